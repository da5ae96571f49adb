"""The day by which a request that waits is refreshed: its prescriber is told before it, intake once it has gone by."""

from datetime import date, datetime

from contracts.alerts import RequestRefreshDue
from contracts.designations import RequestRefreshOverdue
from contracts.event import Message
from contracts.law import REFRESH_PERIOD, REFRESH_REMINDER
from contracts.received import DeadlineReached
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from services.chassis.clock import day_of, end_of, start_of
from services.chassis.fold import Effects, Forget, Heard, Put, notify, publish
from services.orientation.domain.model import Waiting
from services.orientation.handlers.timing import later
from services.orientation.store import WAITING
from services.orientation.territory import Territory

_NAME = "refresh"


def watch(heard: Heard[Message], request: str, waiting: Waiting) -> Effects:
    """One deadline a request: first the reminder, then the day itself."""
    due_on = waiting.refresh_due_on
    if due_on is None:
        return
    near = _near(due_on, waiting.siao)
    if near > heard.now:
        yield later("refresh_near", request, waiting.siao, near, _NAME)
    else:
        yield later("refresh_late", request, waiting.siao, end_of(due_on), _NAME)


def forget(request: str) -> Effects:
    """It waits no more."""
    yield Forget(f"{_NAME}:{request}")


def _near(due_on: date, siao: str) -> datetime:
    return start_of(REFRESH_REMINDER.before(due_on, siao))


def reach(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """The day is near, or has gone by, unless it was moved meanwhile. Who is designated then is in touch: not asked."""
    request, late = heard.event.subject, heard.event.kind == "refresh_late"
    waiting = territory.get(WAITING, request)
    due_on = waiting.refresh_due_on if waiting is not None and waiting.live else None
    if waiting is None or due_on is None:
        return
    if heard.event.due_at != (end_of(due_on) if late else _near(due_on, waiting.siao)):
        return
    if waiting.designation is not None:
        moved = REFRESH_PERIOD.after(day_of(heard.now), waiting.siao)
        waiting = waiting.model_copy(update={"refresh_due_on": moved})
        yield Put(WAITING, request, waiting)
        yield from watch(heard, request, waiting)
    elif late:
        fact = RequestRefreshOverdue(
            siao=waiting.siao,
            request=request,
            household=waiting.household,
            persons=waiting.facts.persons,
            due_on=due_on,
            at=heard.now,
        )
        yield publish(DESIGNATIONS_TOPIC, waiting.siao, fact)
    else:
        named = request.partition("/")[2]
        notice = RequestRefreshDue(request_id=named, household=waiting.household, due_on=due_on, at=heard.now)
        yield notify(waiting.prescriber, notice)
        yield from watch(heard, request, waiting)
