"""What happens when a deadline comes, if it still matters: a reminder, an expiry, a legal day gone by."""

from contracts.codes import DesignationOutcome, Party
from contracts.designations import LegalClockMissed
from contracts.notices import LegalClockAlert
from contracts.received import DeadlineReached
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from contracts.topics import Role
from services.chassis.clock import end_of
from services.chassis.fold import Effects, Heard, no_keys, notify, publish
from services.orientation.handlers.answers import WAITING_FOR_ANSWER, progressed
from services.orientation.handlers.designating import end_and_go_on
from services.orientation.handlers.folds import CORE
from services.orientation.store import DESIGNATIONS, WAITING
from services.orientation.territory import Territory


@CORE.on(DeadlineReached, keys=no_keys)
def reach(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """A deadline has come."""
    if heard.event.kind == "legal":
        yield from _miss_legal_day(heard, territory)
    else:
        yield from _silence(heard, territory)


def _silence(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """The structure has not answered: reminded, then expired; the silence is the structure's."""
    subject = heard.event.subject
    designation = territory.get(DESIGNATIONS, subject)
    if designation is None or designation.state not in WAITING_FOR_ANSWER:
        return
    if heard.event.kind == "expire":
        yield from end_and_go_on(heard, territory, subject, DesignationOutcome.EXPIRED, Party.STRUCTURE)
        return
    yield progressed(heard, subject, designation, designation.state, "reminded")


def _miss_legal_day(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """The préfet's delay has passed and no designation is under way: préfecture and operator are told."""
    request = heard.event.subject
    waiting = territory.get(WAITING, request)
    if waiting is None or not waiting.live or waiting.designation is not None or waiting.legal_clock is None:
        return
    clock = waiting.legal_clock
    if heard.event.due_at != end_of(clock.due_on):
        # It crossed the amendment that moved the day: the new one has its own deadline.
        return
    fact = LegalClockMissed(
        siao=waiting.siao,
        request=request,
        household=waiting.household,
        persons=waiting.facts.persons,
        kind=clock.kind,
        due_on=clock.due_on,
        at=heard.now,
    )
    yield publish(DESIGNATIONS_TOPIC, waiting.siao, fact)
    alert = LegalClockAlert(household=waiting.household, request=request, kind=clock.kind, due_on=clock.due_on)
    for partner in territory.partners_with(waiting.siao, Role.PREFECTURE, Role.OPERATOR):
        yield notify(partner, alert)
