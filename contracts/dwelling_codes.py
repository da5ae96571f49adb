"""Code lists of the way to ordinary housing; English ids, French labels, as in `codes.py`."""

from contracts.codes import Labelled


class CaleolDecision(Labelled):
    """What a CALEOL decides on a household that was proposed a dwelling (CCH R441-3)."""

    ATTRIBUTED = "attributed", "Attribution du logement proposé"
    RANKED = "attributed_by_rank", "Attribution par classement"
    CONDITIONAL = "attributed_under_condition", "Attribution sous condition suspensive"
    NOT_ATTRIBUTED = "not_attributed", "Non-attribution au candidat"
    INADMISSIBLE = "inadmissible", "Rejet pour irrecevabilité de la demande"

    @property
    def refuses(self) -> bool:
        """Whether the dwelling is not for this household."""
        return self in (CaleolDecision.NOT_ATTRIBUTED, CaleolDecision.INADMISSIBLE)


class CaleolReason(Labelled):
    """Why a CALEOL does not attribute. Proposal: no official national list was read."""

    SIZE_MISMATCH = "size_mismatch", "Taille du logement inadaptée au ménage"
    RESOURCES_ABOVE_CEILING = "resources_above_ceiling", "Ressources au-dessus des plafonds"
    RESOURCES_INSUFFICIENT = "resources_insufficient", "Ressources insuffisantes pour ce logement"
    RESIDENCE_RIGHT = "residence_right", "Droit au séjour non établi"
    FILE_INCOMPLETE = "file_incomplete", "Dossier incomplet"
    ANOTHER_CANDIDATE = "another_candidate", "Logement attribué à un autre candidat"
    HOUSEHOLD_DECLINED = "household_declined", "Logement décliné par le ménage"
    OTHER = "other", "Autre motif"


class LeaseOutcome(Labelled):
    """What association, landlord and household conclude together of a sub-letting whose lease is to slide."""

    CONTINUES = "continues", "La sous-location continue"
    READY = "ready_to_slide", "Le bail peut glisser"
    OTHER_WAY = "other_way", "Le bail ne glissera pas : une autre solution est cherchée"


class ReadinessPause(Labelled):
    """Why a structure suspends a household's readiness. Proposal: no official national list exists."""

    FILE_TO_RENEW = "file_to_renew", "Demande de logement à renouveler ou à compléter"
    RESOURCES_CHANGED = "resources_changed", "Changement de ressources"
    FAMILY_CHANGED = "family_changed", "Changement de situation familiale"
    HEALTH = "health", "Santé, hospitalisation"
    ABSENT = "absent", "Ménage absent"
    SUPPORT_TO_STRENGTHEN = "support_to_strengthen", "Accompagnement à renforcer"
    OTHER = "other", "Autre motif"
