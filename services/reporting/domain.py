"""How each fact becomes a row: who, what, when, how many personnes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from contracts.codes import DesignationOutcome, OfferType, Party
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    HouseholdRefusalSettled,
    LegalClockMissed,
    StayEnded,
    StayStarted,
    VacancyUnmatched,
)
from contracts.event import Message
from contracts.households import (
    HouseholdWaiting,
    ReadinessDeclared,
    ReadinessEnded,
    RequestClosed,
    RequestRegistered,
    RequestSetAside,
    RightRecognised,
)
from contracts.leases import LeaseReviewRecorded
from contracts.offers import (
    PlaceBackInService,
    PlaceOutOfService,
    StructureRegistered,
    VacancyClosed,
    VacancyExpected,
    VacancyOpened,
)
from contracts.proposals import ProposalDecided, ProposalRecorded
from contracts.rights import LegalDeadlineApproaching, LegalOfferRecorded
from contracts.sessions import AgendaMinuted, ItemSettled, OpinionRecorded
from contracts.stays import AdmissionSettled, StayDutyOverdue
from services.chassis.clock import day_of
from services.chassis.kept import Kept
from services.reporting import leases
from services.reporting.sittings import detail_of


class FactRow(Kept):
    """A core fact, as the observatory counts it. `turn` orders the versions of one subject.

    number: how many households or places it stands for; days: the delay that it tells, where it tells one.
    """

    siao: str
    kind: str
    at: datetime
    subject: str
    offer_type: OfferType | None = None
    persons: int = 0
    detail: str = ""
    turn: int = 0
    number: int = 1
    days: int | None = None


def _row(event: Any, at: datetime, subject: str, **facts: Any) -> FactRow:
    return FactRow(siao=event.siao, kind=type(event).__dict__["type"], at=at, subject=subject, **facts)


def _ended_by(event: DesignationEnded) -> str:
    """How it ended; where the author matters to the observatory, by whom."""
    silent = event.outcome is DesignationOutcome.EXPIRED and event.party is not Party.STRUCTURE
    by_operator = event.outcome is DesignationOutcome.CANCELLED and event.party is Party.OPERATOR
    return f"{event.outcome.value}:{event.party.value}" if silent or by_operator else event.outcome.value


def _judged(event: HouseholdRefusalSettled) -> str:
    """The judgement; whether a right is at risk; whether the request waits no more until it is sent again."""
    right = ":right" if event.legal_kind else ""
    return f"{event.verdict}{right}{':to_update' if event.consequence == 'to_update' else ''}"


def _stay_kind(event: StayStarted) -> str:
    return "designated" if event.designation is not None else "emergency" if event.emergency else "direct"


def _expectation(event: VacancyExpected) -> str:
    return "announced" if event.expected_on else "no_longer"


def _days_unknown(event: VacancyOpened) -> int | None:
    """Days for which a place was free and the SIAO did not know; None in facts of the first contract."""
    return (day_of(event.opened_at) - event.freed_on).days if event.freed_on else None


# How each fact becomes a row; a fact that no indicator looks at is not here.
ROWS: Final[dict[type[Message], Callable[[Any, datetime], FactRow]]] = {
    StructureRegistered: lambda e, at: _row(
        e, at, e.structure, offer_type=e.offer_type, persons=e.capacity, number=len(e.place_ids)
    ),
    VacancyExpected: lambda e, at: _row(
        e, at, e.vacancy, offer_type=e.offer_type, persons=e.capacity, detail=_expectation(e)
    ),
    VacancyOpened: lambda e, at: _row(
        e, at, e.vacancy, offer_type=e.offer_type, persons=e.capacity, detail=e.cause, days=_days_unknown(e)
    ),
    VacancyClosed: lambda e, at: _row(e, at, e.vacancy, offer_type=e.offer_type, persons=e.capacity, detail=e.reason),
    PlaceOutOfService: lambda e, at: _row(
        e, at, e.place, offer_type=e.offer_type, persons=e.capacity, detail=e.reason.value
    ),
    PlaceBackInService: lambda e, at: _row(e, at, e.place, offer_type=e.offer_type, persons=e.capacity),
    RequestRegistered: lambda e, at: _row(
        e,
        at,
        e.request,
        offer_type=e.recommended[0],
        persons=e.facts.persons,
        detail="incomplete" if e.missing else "complete",
        turn=e.revision,
    ),
    HouseholdWaiting: lambda e, at: _row(e, at, e.request, offer_type=e.qualified[0], persons=e.facts.persons),
    RequestSetAside: lambda e, at: _row(e, at, e.request, persons=e.persons, detail=e.reason),
    RightRecognised: lambda e, at: _row(
        e, at, e.request, persons=e.persons, detail="requalified" if e.requalified else "recognised"
    ),
    RequestClosed: lambda e, at: _row(e, at, e.request, persons=e.persons, detail=e.reason),
    ReadinessDeclared: lambda e, at: _row(e, at, e.household, persons=e.persons),
    ReadinessEnded: lambda e, at: _row(e, at, e.household, persons=e.persons, detail=e.reason),
    ProposalRecorded: lambda e, at: _row(e, at, e.proposal, persons=e.persons),
    ProposalDecided: lambda e, at: _row(e, at, e.proposal, persons=e.persons, detail=e.decision.value),
    DesignationMade: lambda e, at: _row(e, at, e.designation, offer_type=e.offer_type, persons=e.persons),
    VacancyUnmatched: lambda e, at: _row(e, at, e.vacancy, offer_type=e.offer_type),
    DesignationProgressed: lambda e, at: _row(
        e, at, e.designation, offer_type=e.offer_type, persons=e.persons, detail=e.step
    ),
    DesignationEnded: lambda e, at: _row(
        e, at, e.designation, offer_type=e.offer_type, persons=e.persons, detail=_ended_by(e)
    ),
    HouseholdRefusalSettled: lambda e, at: _row(
        e,
        at,
        e.request,
        offer_type=e.offer_type,
        persons=e.persons,
        detail=_judged(e),
    ),
    StayStarted: lambda e, at: _row(
        e,
        at,
        f"{e.household}@{e.place}",
        offer_type=e.offer_type,
        persons=e.persons,
        detail=_stay_kind(e),
    ),
    AdmissionSettled: lambda e, at: _row(
        e,
        at,
        e.admission,
        offer_type=e.offer_type,
        persons=e.persons,
        detail=e.outcome.value,
    ),
    StayDutyOverdue: lambda e, at: _row(
        e, at, f"{e.household}@{e.place}", offer_type=e.offer_type, persons=e.persons, detail=e.duty.value
    ),
    LeaseReviewRecorded: lambda e, at: _row(
        e,
        at,
        f"{e.household}@{e.place}",
        offer_type=e.offer_type,
        persons=e.persons,
        detail=leases.concluded(e),
    ),
    StayEnded: lambda e, at: _row(
        e,
        at,
        f"{e.household}@{e.place}",
        offer_type=e.offer_type,
        persons=e.persons,
        detail=leases.left_for(e),
    ),
    LegalDeadlineApproaching: lambda e, at: _row(e, at, e.request, persons=e.persons),
    LegalOfferRecorded: lambda e, at: _row(
        e, at, e.request, offer_type=e.offer_type, persons=e.persons, detail="in_time" if e.in_time else "late"
    ),
    LegalClockMissed: lambda e, at: _row(e, at, e.request, persons=e.persons),
    OpinionRecorded: lambda e, at: _row(
        e, at, f"{e.session}/{e.vacancy}/{e.member}", offer_type=e.offer_type, detail=e.opinion
    ),
    ItemSettled: lambda e, at: _row(
        e, at, f"{e.session}/{e.vacancy}", offer_type=e.offer_type, persons=e.persons, detail=detail_of(e)
    ),
    AgendaMinuted: lambda e, at: _row(e, at, e.session),
}
