"""Code lists: English ids, French labels; the field's own words, with the SI SIAO code where it is known."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A code with the label that people read. `si_siao` is its code in the 2022 referential, where known."""

    label: str
    si_siao: int | None

    def __new__(cls, value: str, label: str, si_siao: int | None = None) -> Self:
        """A code with its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.si_siao = si_siao
        return member


class Regime(Labelled):
    """The mission an offer belongs to: hébergement (direct designation) or logement de transition ou adapté."""

    HEBERGEMENT = "hebergement", "Hébergement"
    LOGEMENT = "logement", "Logement de transition ou adapté"


class OfferType(Labelled):
    """What the SIAO designates households to (circulaire of 8 April 2010).

    SI SIAO code: `typesEtablissementUn`, or `typePlaces` (30, 40) for what that list has as one (300).
    """

    CHRS = "chrs", "Centre d'hébergement et de réinsertion sociale", 400
    STABILISATION = "stabilisation", "Hébergement de stabilisation", 40
    INSERTION = "insertion", "Hébergement d'insertion (hors CHRS)", 30
    ALT = "alt", "Structure en ALT (allocation logement temporaire)", 500
    RHVS = "rhvs", "Résidence hôtelière à vocation sociale", 200
    RESIDENCE_SOCIALE = "residence_sociale", "Résidence sociale", 800
    PENSION_DE_FAMILLE = "pension_de_famille", "Pension de famille", 800
    RESIDENCE_ACCUEIL = "residence_accueil", "Résidence accueil", 800
    FJT = "fjt", "Foyer de jeunes travailleurs", 800
    FTM = "ftm", "Foyer de travailleurs migrants", 800
    IML_SOUS_LOCATION = "iml_sous_location", "Intermédiation locative en sous-location", 900
    IML_BAIL_GLISSANT = "iml_bail_glissant", "Sous-location avec bail glissant", 900
    IML_MANDAT = "iml_mandat", "Intermédiation locative en mandat de gestion", 900

    @property
    def regime(self) -> Regime:
        """The mission this type of offer belongs to."""
        hebergement = (OfferType.CHRS, OfferType.STABILISATION, OfferType.INSERTION, OfferType.ALT)
        return Regime.HEBERGEMENT if self in hebergement else Regime.LOGEMENT


class OutOfScope(Labelled):
    """What is asked for at another door: emergency (the 115) and the asylum scheme (the OFII)."""

    EMERGENCY_SHELTER = "chu", "Centre d'hébergement d'urgence", 10
    HOTEL = "hotel", "Hôtel", 1
    WINTER = "hiver", "Places hivernales", 20
    CADA = "cada", "Centre d'accueil pour demandeurs d'asile", 700
    HUDA = "huda", "Hébergement d'urgence pour demandeurs d'asile", 700
    CPH = "cph", "Centre provisoire d'hébergement", 700
    CAES = "caes", "Centre d'accueil et d'examen des situations", 700

    @property
    def asylum(self) -> bool:
        """Whether the asylum scheme is the right door."""
        return self in (OutOfScope.CADA, OutOfScope.HUDA, OutOfScope.CPH, OutOfScope.CAES)


class Composition(Labelled):
    """Household composition, always derived from its members (SI SIAO `compositions`)."""

    SINGLE_MAN = "single_man", "Homme seul", 10
    SINGLE_WOMAN = "single_woman", "Femme seule", 20
    COUPLE = "couple", "Couple sans enfant", 30
    WOMAN_WITH_CHILDREN = "woman_with_children", "Femme seule avec enfant(s)", 40
    MAN_WITH_CHILDREN = "man_with_children", "Homme seul avec enfant(s)", 50
    GROUP_WITH_CHILDREN = "group_with_children", "Groupe avec enfant(s)", 60
    ADULT_GROUP = "adult_group", "Groupe d'adultes sans enfant", 70
    LONE_MINOR = "lone_minor", "Mineur isolé", 80
    MINOR_GROUP = "minor_group", "Mineurs en groupe", 90
    COUPLE_WITH_CHILDREN = "couple_with_children", "Couple avec enfant(s)", 100


class Gender(Labelled):
    """Gender as the person states it."""

    MAN = "man", "Homme"
    WOMAN = "woman", "Femme"
    OTHER = "other", "Autre"


class Relation(Labelled):
    """What a member is to the lead applicant."""

    LEAD = "lead", "Demandeur principal"
    PARTNER = "partner", "Conjoint"
    CHILD = "child", "Enfant"
    OTHER = "other", "Autre membre"


class Known(Labelled):
    """A fact in three-valued logic: unknown is never yes."""

    YES = "yes", "Oui"
    NO = "no", "Non"
    UNKNOWN = "unknown", "Non renseigné"


class SupportLevel(Labelled):
    """How much social support the household needs, as evaluated."""

    NONE = "none", "Aucun accompagnement"
    LIGHT = "light", "Accompagnement léger"
    REGULAR = "regular", "Accompagnement régulier"
    INTENSIVE = "intensive", "Accompagnement soutenu"


class RequestReason(Labelled):
    """Why the household asks (SI SIAO `motifDemandes`, grouped)."""

    SEPARATION = "separation", "Séparation ou rupture des liens familiaux"
    WANDERING = "wandering", "Errance, dort dans la rue"
    EVICTION = "eviction", "Expulsion locative"
    NEW_ARRIVAL = "new_arrival", "Arrivée en France"
    VIOLENCE = "violence", "Violences familiales ou conjugales"
    NO_RESOURCES = "no_resources", "Absence de ressources"
    LEAVING_INSTITUTION = "leaving_institution", "Fin de prise en charge (ASE, hôpital, détention)"
    UNFIT_HOUSING = "unfit_housing", "Logement inadapté ou insalubre"
    HEALTH = "health", "Santé"
    OTHER = "other", "Autre"


class Situation(Labelled):
    """Where the household sleeps when it asks (SI SIAO `situationDemandes`, grouped)."""

    STREET = "street", "À la rue ou abri précaire"
    EMERGENCY_OR_HOTEL = "emergency_or_hotel", "Hébergement d'urgence ou hôtel"
    WITH_OTHERS = "with_others", "Hébergé chez des tiers"
    THREATENED_HOME = "threatened_home", "Logement propre menacé"
    INSERTION = "insertion", "Hébergement d'insertion ou de stabilisation"
    INSTITUTION = "institution", "Institution (hôpital, détention, ASE)"
    ASYLUM_SCHEME = "asylum_scheme", "Dispositif national d'accueil"
    OTHER = "other", "Autre ou non renseigné"


class PrescriberKind(Labelled):
    """The kind of organisation whose social worker made the evaluation."""

    SHELTER = "shelter", "Structure d'hébergement ou équipe hôtel"
    DEPARTEMENT = "departement", "Service social départemental"
    CCAS = "ccas", "CCAS ou CIAS"
    DAY_CENTRE = "day_centre", "Accueil de jour, équipe mobile ou maraude"
    HOSPITAL = "hospital", "Hôpital ou psychiatrie"
    YOUTH = "youth", "ASE ou mission locale"
    VIOLENCE_SUPPORT = "violence_support", "Association d'aide aux victimes"
    JUSTICE = "justice", "SPIP ou justice"
    OTHER = "other", "Autre"


class EvaluationSection(Labelled):
    """Headings of the standard evaluation grid (version 1; SIAO 92 and SI SIAO objects)."""

    ADMINISTRATIVE = "administrative", "Situation administrative"
    FAMILY = "family", "Situation familiale"
    SOCIAL = "social", "Situation sociale"
    EMPLOYMENT = "employment", "Emploi et formation"
    BUDGET = "budget", "Budget"
    SOCIAL_COVER = "social_cover", "Couverture sociale"
    HOUSING = "housing", "Situation par rapport au logement"
    SUPPORT = "support", "Accompagnement"


class MediationKind(Labelled):
    """Which opposable right a commission de médiation recognised."""

    DALO = "dalo", "DALO (logement)"
    DAHO_HEBERGEMENT = "daho_hebergement", "DAHO, hébergement"
    DAHO_TRANSITION = "daho_transition", "DAHO, logement de transition, logement-foyer ou RHVS"


class StructureRefusal(Labelled):
    """Why a structure refuses a designation. Proposal: no official national list exists."""

    PUBLIC_NOT_AUTHORISED = "public_not_authorised", "Public non autorisé"
    CAPACITY_MISMATCH = "capacity_or_typology_mismatch", "Capacité ou typologie inadaptée"
    COMPOSITION_MISMATCH = "household_composition_mismatch", "Composition du ménage inadaptée"
    ACCESSIBILITY_MISMATCH = "accessibility_mismatch", "Accessibilité inadaptée"
    SUPPORT_EXCEEDS_MEANS = "support_need_exceeds_means", "Accompagnement au-delà des moyens"
    SAFETY = "safety_incompatibility", "Incompatibilité de sécurité"
    NO_LONGER_AVAILABLE = "place_no_longer_available", "Place reprise"
    NOT_READY = "place_not_ready", "Place pas encore prête"
    RESOURCES = "resources_insufficient", "Ressources insuffisantes (logement adapté)"
    ADMINISTRATIVE = "administrative_situation", "Situation administrative (logement adapté)"
    FILE_INCOMPLETE = "file_incomplete", "Dossier incomplet"
    UNREACHABLE = "household_unreachable", "Ménage injoignable"
    OTHER_ARGUED = "other_argued", "Autre motif argumenté"


class HouseholdRefusal(Labelled):
    """Why a household declines a designation."""

    LOCATION = "location", "Localisation"
    COHABITATION = "cohabitation", "Cohabitation"
    TYPE_OF_PLACE = "type_of_place", "Type de place"
    PETS = "pets", "Animaux"
    PRICE = "price_or_contribution", "Coût ou participation"
    DISTANCE = "distance_work_school", "Trajet travail ou école"
    HEALTH = "health_or_accessibility", "Santé ou accessibilité"
    SEPARATION = "separation_of_household", "Séparation du ménage"
    OTHER_SOLUTION = "other_solution_found", "Autre solution trouvée"
    NO_SUPPORT_WANTED = "does_not_want_support", "Ne veut pas d'accompagnement"
    SAFETY = "safety", "Sécurité"
    OTHER = "other", "Autre"


class ExitGroup(Labelled):
    """Observatory grouping of exit destinations."""

    ORDINARY = "logement_ordinaire", "Logement ordinaire"
    ADAPTED = "logement_accompagne", "Logement accompagné"
    SHELTER = "autre_hebergement", "Autre hébergement"
    FAMILY = "tiers_famille", "Tiers, famille"
    INSTITUTION = "institution_sante_prison", "Institution, santé, prison"
    UNKNOWN = "inconnu_rue_fortune", "Inconnu, rue, fortune"
    DEATH = "deces", "Décès"


class ExitDestination(Labelled):
    """Where a household goes when it leaves (SI SIAO `situationSortieDemande`)."""

    PRIVATE_HOUSING = "private_housing", "Logement privé", 14
    SOCIAL_HOUSING = "social_housing", "Logement social", 15
    ADAPTED_HOUSING = "adapted_housing", "Logement accompagné ou adapté", 12
    OTHER_SHELTER = "other_shelter", "Autre hébergement", 8
    FAMILY_OR_FRIENDS = "family_or_friends", "Tiers ou famille", 7
    HEALTH_OR_PRISON = "health_or_prison", "Institution, santé, détention", 26
    STREET_OR_UNKNOWN = "street_or_unknown", "Rue, fortune ou inconnu", 28
    DEATH = "death", "Décès", 6

    @property
    def group(self) -> ExitGroup:
        """The group under which the observatory counts this destination."""
        return _EXIT_GROUPS[self]


_EXIT_GROUPS = {
    ExitDestination.PRIVATE_HOUSING: ExitGroup.ORDINARY,
    ExitDestination.SOCIAL_HOUSING: ExitGroup.ORDINARY,
    ExitDestination.ADAPTED_HOUSING: ExitGroup.ADAPTED,
    ExitDestination.OTHER_SHELTER: ExitGroup.SHELTER,
    ExitDestination.FAMILY_OR_FRIENDS: ExitGroup.FAMILY,
    ExitDestination.HEALTH_OR_PRISON: ExitGroup.INSTITUTION,
    ExitDestination.STREET_OR_UNKNOWN: ExitGroup.UNKNOWN,
    ExitDestination.DEATH: ExitGroup.DEATH,
}


class Party(Labelled):
    """Whose act, or whose silence, it was."""

    STRUCTURE = "structure", "Structure"
    HOUSEHOLD = "household", "Ménage"
    PRESCRIBER = "prescriber", "Prescripteur"
    OPERATOR = "operator", "Opérateur SIAO"


class DesignationState(Labelled):
    """Where a designation stands (états de la désignation)."""

    NOTIFIED = "notified", "Notifiée"
    ACKNOWLEDGED = "acknowledged", "Accusée de réception"
    INTERVIEW = "interview", "Entretien fixé"
    REFUSAL_SUBMITTED = "refusal_submitted", "Refus à juger"
    REFUSAL_ESCALATED = "refusal_escalated", "Refus transmis à la préfecture"
    HOUSEHOLD_REFUSAL = "household_refusal_under_review", "Refus du ménage à juger"
    ACCEPTED = "accepted", "Acceptée"
    ADMITTED = "admitted", "Admission prononcée"
    ENDED = "ended", "Close"


class DesignationOutcome(Labelled):
    """How a designation ended without, or with, an admission."""

    ADMITTED = "admitted", "Admission"
    REFUSED = "refused", "Refus de la structure retenu"
    DECLINED = "declined", "Refus du ménage"
    NO_SHOW = "no_show", "Ménage absent"
    EXPIRED = "expired", "Sans réponse dans le délai"
    WITHDRAWN = "withdrawn", "Vacance retirée"
    CANCELLED = "cancelled", "Annulée : demande close, ou décision motivée de l'opérateur"
    SUPERSEDED = "superseded", "Ménage accueilli ailleurs"
