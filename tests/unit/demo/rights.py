"""What is said of recognised rights: the préfecture's word, and the offers that designations are."""

from datetime import date, datetime, timedelta

from contracts.alerts import LegalOfferMade, RightTold
from contracts.codes import MediationKind
from contracts.requests import Mediation, MediationDecided
from contracts.topics import REQUESTS
from deploy.demo.ledger.record import ACCEPTED
from tests.unit.demo.story import ASKER, OPERATOR, PREFECTURE, Story

# From a décision de médiation on, so many days to offer a place in hébergement.
LEGAL_DAYS = timedelta(days=42)


def daho(decided_on: date) -> Mediation:
    """A right to shelter."""
    return Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=decided_on)


def recognise(story: Story, request_id: str, mediation: Mediation, code: str = ACCEPTED) -> None:
    """The préfecture says which right a household has; its prescriber is told, if the SIAO takes it."""
    decided = MediationDecided(request=f"{ASKER}/{request_id}", mediation=mediation)
    story.say(PREFECTURE, REQUESTS, decided, code, expected=None)
    if code == ACCEPTED:
        told = RightTold(
            request_id=request_id,
            household=f"h-{request_id}",
            kind=mediation.kind,
            decided_on=mediation.decided_on,
            due_on=mediation.decided_on + LEGAL_DAYS,
            requalified=False,
            at=story.now,
        )
        story.tell(ASKER, told)


def offer(
    story: Story, request_id: str, designation: str, decided_on: date, made_at: datetime, *, in_time: bool
) -> None:
    """Préfecture and operator are told that a designation is the offer due to a household."""
    for partner in (PREFECTURE, OPERATOR):
        told = LegalOfferMade(
            household=f"h-{request_id}",
            request=f"{ASKER}/{request_id}",
            kind=MediationKind.DAHO_HEBERGEMENT,
            due_on=decided_on + LEGAL_DAYS,
            designation=designation,
            in_time=in_time,
            made_at=made_at,
        )
        story.tell(partner, told)
