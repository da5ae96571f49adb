"""Code lists of what operator, préfet and CHRS decide; English ids, French labels, as in `codes.py`."""

from contracts.codes import Labelled


class CancelReason(Labelled):
    """Why the operator cancels a designation. Proposal: no official national list exists."""

    MOVED_AWAY = "household_moved_away", "Ménage parti du département"
    DECEASED = "deceased", "Décès"
    INCARCERATED = "incarcerated", "Incarcération"
    HOSPITALISED = "hospitalised", "Hospitalisation"
    DATA_ENTRY_ERROR = "data_entry_error", "Erreur de saisie"
    DUPLICATE = "duplicate", "Doublon"
    SAFETY = "safety", "Sécurité"
    OUT_OF_ORDER = "out_of_order", "Place donnée à un autre ménage, sur décision motivée"


class PublicCategory(Labelled):
    """Category of public for which a CHRS admits (CASF R345-1). Proposal: no official national list exists."""

    ALL = "all_publics", "Tout public"
    MEN = "men", "Hommes seuls"
    WOMEN = "women", "Femmes seules"
    COUPLES = "couples", "Couples"
    FAMILIES = "families", "Familles"
    YOUNG = "young_adults", "Jeunes de 18 à 25 ans"
    VIOLENCE = "victims_of_violence", "Personnes victimes de violences"
    JUSTICE = "leaving_prison", "Sortants de détention"
    CARE = "psychic_or_addiction", "Souffrance psychique ou addictions"
    OTHER = "other", "Autre public autorisé"


class StayDuty(Labelled):
    """What is owed during a stay: in a CHRS, to household and préfet (CASF R345-4); before a lease slides, to all."""

    REVIEW = "review", "Bilan de la situation"
    EXTENSION = "extension", "Demande de prolongation"
    LEASE_REVIEW = "lease_review", "Bilan de la sous-location avec bail glissant"
    LEASE_TERM = "lease_term", "Terme de la sous-location avec bail glissant"


class AdmissionOutcome(Labelled):
    """What the préfet answered to an admission or an extension, or that silence accepted it (CASF R345-4)."""

    ACCEPTED = "accepted", "Acceptée par le préfet"
    DEEMED_ACCEPTED = "deemed_accepted", "Réputée acceptée : silence d'un mois"
    REFUSED = "refused", "Refusée par le préfet"
    WITHDRAWN = "withdrawn", "Sans objet : le ménage n'est pas entré, ou est parti"
