"""Stable names of the rules that may keep a household out of a place, as proofs and explanations give them."""

from contracts.codes import Labelled


class HardRule(Labelled):
    """A rule that excludes: of the place, of the projet d'établissement, of the household's wish, of what went before.

    `not_qualified` comes before the lists: the household is on none for this type of offer, and no one overrides it.
    """

    BARRED = "barred", "Cette place a déjà été proposée à ce ménage"
    SUSPENDED = "suspended", "Demande suspendue pour ce type d'offre"
    COOLING_OFF = "cooling_off", "Refus retenu récent entre ce ménage et cette structure"
    COMMUNE = "commune_not_wished", "Commune non souhaitée par le ménage"
    CAPACITY = "capacity", "Place trop petite"
    UNDER_OCCUPATION = "under_occupation", "Place trop grande"
    ACCESSIBILITY = "accessibility", "Place non accessible"
    PUBLIC = "public", "Place réservée à un autre public"
    COMPOSITION = "composition", "Composition du ménage non prévue par le projet d'établissement"
    AGE = "age", "Âge non prévu par le projet d'établissement"
    ADULTS = "adults", "Adultes non prévus par le projet d'établissement"
    SIZE = "size", "Taille du ménage non prévue par le projet d'établissement"
    CHILDREN = "children", "Enfants non prévus par le projet d'établissement"
    SUPPORT = "support", "Accompagnement non assuré par la structure"
    NO_PETS = "no_pets", "Animaux non admis"
    RESOURCES = "resources", "Ressources exigées"
    RESIDENCE_RIGHT = "residence_right", "Droit au séjour exigé"
    NOT_QUALIFIED = "not_qualified", "Orientation non retenue pour ce type d'offre"


class OutOfOrderReason(Labelled):
    """Why the operator designates a household before its turn. Proposal: no official national list exists."""

    IMMEDIATE_DANGER = "immediate_danger", "Danger immédiat"
    LEGAL_INJUNCTION = "legal_injunction", "Décision de justice ou du préfet"
    FAMILY_REUNION = "family_reunion", "Rapprochement de membres d'une famille"
    CARE = "continuity_of_care", "Continuité de soins ou d'accompagnement"
    SCHOOL_OR_WORK = "school_or_work", "Scolarité ou emploi à proximité"
    SWAP = "swap", "Échange qui libère une place mieux adaptée"
    ERROR_CORRECTED = "error_corrected", "Réparation d'une erreur"
    OTHER_ARGUED = "other_argued", "Autre motif argumenté"


class SuspensionReason(Labelled):
    """Why a request is suspended for a time. Proposal: no official national list exists."""

    ASKED = "asked_by_household", "À la demande du ménage"
    AWAY = "away", "Ménage absent"
    HOSPITALISED = "hospitalised", "Hospitalisation"
    DETAINED = "detained", "Détention"
    TO_PREPARE = "to_prepare", "Projet à préparer avec le prescripteur"
    OTHER = "other", "Autre motif"
