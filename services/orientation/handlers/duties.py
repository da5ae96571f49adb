"""What is owed during a stay, in time. A CHRS: a bilan every six months, an extension asked (CASF R345-4).

Before a lease slides: a review every six months, and a term in which it slides or is extended.
"""

from datetime import date, datetime
from typing import Any

from contracts.alerts import StayDutyDue
from contracts.answers import StayReviewed
from contracts.decision_codes import StayDuty
from contracts.event import Message, Refusal
from contracts.law import (
    EXTENSION_REMINDER,
    EXTENSION_REQUEST,
    LEASE_TERM_REMINDER,
    REVIEW_PERIOD,
    REVIEW_REMINDER,
    SLIDING,
    UNDER_R345_4,
    Limit,
)
from contracts.received import AnswerReceived, DeadlineKind, DeadlineReached
from contracts.stays import StayDutyOverdue, StayExtended, StayReviewRecorded
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from contracts.topics import Role
from services.chassis.clock import day_of, end_of, start_of
from services.chassis.fold import Effects, Forget, Heard, Put, accept, notify, publish
from services.orientation.domain.model import Stay
from services.orientation.handlers.timing import later, tell
from services.orientation.store import STAYS
from services.orientation.territory import Territory

_NEAR: dict[StayDuty, DeadlineKind] = {
    StayDuty.REVIEW: "review_near",
    StayDuty.EXTENSION: "extension_near",
    StayDuty.LEASE_REVIEW: "lease_review_near",
    StayDuty.LEASE_TERM: "lease_term_near",
}
_LATE: dict[StayDuty, DeadlineKind] = {
    StayDuty.REVIEW: "review_late",
    StayDuty.EXTENSION: "extension_late",
    StayDuty.LEASE_REVIEW: "lease_review_late",
    StayDuty.LEASE_TERM: "lease_term_late",
}
_REMINDERS = {
    StayDuty.REVIEW: REVIEW_REMINDER,
    StayDuty.EXTENSION: EXTENSION_REMINDER,
    StayDuty.LEASE_REVIEW: REVIEW_REMINDER,
    StayDuty.LEASE_TERM: LEASE_TERM_REMINDER,
}


def duties_of(stay: Stay) -> tuple[StayDuty, ...]:
    """What is owed during a stay of this type."""
    if stay.offer_type in UNDER_R345_4:
        return StayDuty.REVIEW, StayDuty.EXTENSION
    return (StayDuty.LEASE_REVIEW, StayDuty.LEASE_TERM) if stay.offer_type in SLIDING else ()


def own_stay(heard: Heard[AnswerReceived], territory: Territory, household: str) -> Stay:
    """The household's stay with the sender. Raises Refusal stay-unknown."""
    stay = territory.get(STAYS, household)
    if stay is None or not stay.live or stay.partner != heard.event.origin.partner:
        raise Refusal("stay-unknown", "$.household")
    return stay


def chrs_stay(heard: Heard[AnswerReceived], territory: Territory, household: str) -> Stay:
    """The same, when the law asks something of it. Raises Refusal: stay-unknown, chrs-only."""
    stay = own_stay(heard, territory, household)
    if stay.offer_type not in UNDER_R345_4:
        raise Refusal("chrs-only", "$.household")
    return stay


def due_of(stay: Stay, duty: StayDuty) -> date | None:
    """The last day to do it; None: nothing is due. An extension that is before the préfet is not due any more."""
    match duty:
        case StayDuty.REVIEW | StayDuty.LEASE_REVIEW:
            return stay.review_due_on
        case StayDuty.LEASE_TERM:
            return stay.ends_on
        case StayDuty.EXTENSION:
            if stay.ends_on is None or stay.extension is not None:
                return None
            return EXTENSION_REQUEST.before(stay.ends_on, stay.siao)


def watch_duties(heard: Heard[Message], household: str, stay: Stay) -> Effects:
    """Each duty is recalled before its last day, and told as overdue after it."""
    for duty in duties_of(stay):
        due_on = due_of(stay, duty)
        near = _near(stay, duty, due_on) if due_on else None
        if near is not None and near > heard.now:
            yield later(_NEAR[duty], household, stay.siao, near)
        else:
            yield Forget(f"{_NEAR[duty]}:{household}")
        if due_on is not None:
            yield later(_LATE[duty], household, stay.siao, end_of(due_on))
        else:
            yield Forget(f"{_LATE[duty]}:{household}")


def _near(stay: Stay, duty: StayDuty, due_on: date) -> datetime:
    return start_of(_REMINDERS[duty].before(due_on, stay.siao))


def forget_duties(household: str, stay: Stay) -> Effects:
    """Nothing is due any more."""
    for duty in duties_of(stay):
        yield Forget(f"{_NEAR[duty]}:{household}")
        yield Forget(f"{_LATE[duty]}:{household}")


def reach(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """A duty is near or overdue, if it was not done meanwhile: the structure is told; of what is late, the operator.

    Of a lease that is to slide the landlord is told too: it is one of the three who review it.
    """
    household, kind = heard.event.subject, heard.event.kind
    duty = next(duty for duty in StayDuty if kind in (_NEAR[duty], _LATE[duty]))
    stay = territory.get(STAYS, household)
    due_on = due_of(stay, duty) if stay is not None and stay.live else None
    if stay is None or due_on is None:
        return
    overdue = kind == _LATE[duty]
    if heard.event.due_at != (end_of(due_on) if overdue else _near(stay, duty, due_on)):
        return
    notice = StayDutyDue(household=household, place=stay.place, duty=duty, due_on=due_on, overdue=overdue, at=heard.now)
    yield notify(stay.partner, notice)
    landlord = territory.landlord_of(stay.place) if stay.offer_type in SLIDING else None
    if landlord is not None:
        yield notify(landlord, notice)
    if overdue:
        yield publish(DESIGNATIONS_TOPIC, stay.siao, _overdue(heard, household, stay, duty, due_on))
        yield from tell(territory, stay.siao, notice, Role.OPERATOR)


def _overdue(heard: Heard[Message], household: str, stay: Stay, duty: StayDuty, due_on: date) -> StayDutyOverdue:
    return StayDutyOverdue(
        **about(household, stay),
        structure=stay.structure,
        partner=stay.partner,
        duty=duty,
        due_on=due_on,
        at=heard.now,
    )


def about(household: str, stay: Stay) -> dict[str, Any]:
    """What every fact of a stay says of it."""
    return {
        "siao": stay.siao,
        "household": household,
        "place": stay.place,
        "offer_type": stay.offer_type,
        "persons": stay.persons,
    }


def next_review(stay: Stay, reviewed_on: date, period: Limit) -> date:
    """When the next is due after a review; one that is older than the last changes nothing."""
    due_on = period.after(reviewed_on, stay.siao)
    return due_on if stay.review_due_on is None else max(due_on, stay.review_due_on)


def review(heard: Heard[AnswerReceived], territory: Territory, event: StayReviewed) -> Effects:
    """The bilan was made: the next is due six months after it."""
    stay = chrs_stay(heard, territory, event.household)
    if not stay.entered_on <= event.reviewed_on <= day_of(heard.now):
        raise Refusal("day-out-of-stay", "$.reviewed_on")
    next_due_on = next_review(stay, event.reviewed_on, REVIEW_PERIOD)
    yield accept(heard, ("household", event.household))
    reviewed = stay.model_copy(update={"review_due_on": next_due_on})
    yield Put(STAYS, event.household, reviewed)
    yield from watch_duties(heard, event.household, reviewed)
    fact = StayReviewRecorded(
        **about(event.household, stay), reviewed_on=event.reviewed_on, next_due_on=next_due_on, at=heard.now
    )
    yield publish(DESIGNATIONS_TOPIC, stay.siao, fact)


def extend(heard: Heard[Message], territory: Territory, household: str, until: date | None) -> Effects:
    """The préfet has answered an extension, or its silence: until that day; None: it was refused."""
    stay = territory.get(STAYS, household)
    if stay is None or not stay.live:
        return
    extended = stay.model_copy(update={"extension": None, "ends_on": until if until is not None else stay.ends_on})
    yield Put(STAYS, household, extended)
    yield from watch_duties(heard, household, extended)
    if until is not None:
        yield publish(DESIGNATIONS_TOPIC, stay.siao, StayExtended(**about(household, stay), until=until, at=heard.now))
