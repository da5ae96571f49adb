"""What is counted of sub-lettings whose lease is to slide (bail glissant)."""

from typing import Final

from contracts.codes import ExitGroup
from contracts.decision_codes import StayDuty
from contracts.designations import StayEnded
from contracts.event import Message
from contracts.indicator_codes import Indicator
from contracts.leases import LeaseReviewRecorded
from contracts.stays import StayDutyOverdue

SLID: Final = f"{ExitGroup.ORDINARY.value}:slid"
_EXTENDED: Final = "extended"


def left_for(event: StayEnded) -> str:
    """Where a household went when its stay ended, and whether its lease has slid."""
    return SLID if event.slid else event.destination.group.value


def concluded(event: LeaseReviewRecorded) -> str:
    """What a review has concluded."""
    return event.outcome.value if event.until is None else _EXTENDED


# Indicators, as `counted.py` makes them: code, definition, kind of fact, details.
COUNTED: Final[tuple[tuple[Indicator, str, type[Message], tuple[str, ...]], ...]] = (
    (
        Indicator.LEASES_SLID,
        "Ménages en sous-location avec bail glissant devenus locataires en titre.",
        StayEnded,
        (SLID,),
    ),
    (
        Indicator.LEASES_EXTENDED,
        "Sous-locations prolongées à l'issue d'un bilan ; un ménage peut en avoir plusieurs.",
        LeaseReviewRecorded,
        (_EXTENDED,),
    ),
    (
        Indicator.LEASE_REVIEWS_OVERDUE,
        "Sous-locations avec bail glissant dont le bilan n'a pas été fait à temps.",
        StayDutyOverdue,
        (StayDuty.LEASE_REVIEW.value,),
    ),
    (
        Indicator.LEASE_TERMS_OVERDUE,
        "Sous-locations dont le bail n'a pas glissé à leur terme, sans prolongation.",
        StayDutyOverdue,
        (StayDuty.LEASE_TERM.value,),
    ),
)
