"""What the facts about a vacancy, a request, a designation, a stay, a readiness amount to now; knows no past but that.

The facts about one subject come in order: they are on one topic, under one key. What two topics say of each other (a
designation and its request) is joined when it is read, never here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from contracts.codes import DesignationOutcome, DesignationState
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    HouseholdRefusalSettled,
    StayEnded,
    StayStarted,
)
from contracts.event import Message
from contracts.households import (
    HouseholdWaiting,
    LegalClock,
    ReadinessDeclared,
    ReadinessEnded,
    RequestClosed,
    RequestRegistered,
    RequestSetAside,
    RightRecognised,
)
from contracts.law import JUDGEMENT_REMINDER
from contracts.offers import VacancyClosed, VacancyOpened
from services.chassis.clock import end_of
from services.chassis.kept import Kept

Kind = Literal["vacancy", "request", "update", "designation", "stay", "readiness"]

# A request whose prescriber has not said all: it does not wait, but the law's clock runs.
INCOMPLETE: Final = "incomplete"
_JUDGED: Final = ("refusal_submitted", "refusal_escalated")


class Subject(Kept):
    """One thing under way, or a designation that was. Key: `<kind>:<its id>`.

    since: when it began; due_at: when somebody should have acted (a designation), or the préfet (a request: the end of
    its legal day); about: the request of a designation, or of an update, as its key; contested: its structure
    refused it, whatever became of the refusal.
    """

    siao: str
    kind: Kind
    live: bool = True
    state: str = ""
    persons: int
    structure: str | None = None
    about: str | None = None
    since: datetime
    due_at: datetime | None = None
    contested: bool = False


# (fact, when it was decided, what the subject was) -> what it is now; None: nothing that is kept.
Become = Callable[[Any, datetime, Subject | None], Subject | None]


@dataclass(frozen=True, slots=True)
class Change:
    """How a fact changes its subject. `named`: the fact's field that holds the subject's id."""

    kind: Kind
    named: Callable[[Any], str]
    become: Become

    def key(self, event: Message) -> str:
        """The subject's key."""
        return f"{self.kind}:{self.named(event)}"


def _gone(_event: Any, _at: datetime, _known: Subject | None) -> None:
    """It is under way no more, and not kept."""


def _opened(event: VacancyOpened, _at: datetime, _known: Subject | None) -> Subject:
    return Subject(
        siao=event.siao, kind="vacancy", persons=event.capacity, structure=event.structure, since=event.opened_at
    )


def _registered(event: RequestRegistered, _at: datetime, known: Subject | None) -> Subject | None:
    if not event.missing or (known is not None and known.state != INCOMPLETE):
        return known
    if event.legal_clock is None:
        return None
    return _request(event, event.first_transmitted_at, event.legal_clock, INCOMPLETE)


def _waits(event: HouseholdWaiting, _at: datetime, _known: Subject | None) -> Subject:
    return _request(event, event.since, event.legal_clock)


def _set_aside(_event: RequestSetAside, _at: datetime, known: Subject | None) -> Subject | None:
    """Until it is sent again it does not wait, and the law's clock runs."""
    return None if known is None else known.model_copy(update={"state": INCOMPLETE})


def _recognised(event: RightRecognised, at: datetime, known: Subject | None) -> Subject:
    """The law's clock is this one; of a request that was not kept, for it does not wait, it is all that is known."""
    due_at = end_of(event.legal_clock.due_on)
    if known is not None:
        return known.model_copy(update={"due_at": due_at})
    return Subject(siao=event.siao, kind="request", state=INCOMPLETE, persons=event.persons, since=at, due_at=due_at)


def _request(
    event: HouseholdWaiting | RequestRegistered, since: datetime, clock: LegalClock | None, state: str = ""
) -> Subject:
    due_at = None if clock is None else end_of(clock.due_on)
    return Subject(
        siao=event.siao, kind="request", state=state, persons=event.facts.persons, since=since, due_at=due_at
    )


def _made(event: DesignationMade, _at: datetime, _known: Subject | None) -> Subject:
    return Subject(
        siao=event.siao,
        kind="designation",
        state=DesignationState.NOTIFIED.value,
        persons=event.persons,
        structure=event.structure,
        about=f"request:{event.request}",
        since=event.made_at,
        due_at=event.answer_due_at,
    )


def _progressed(event: DesignationProgressed, at: datetime, known: Subject | None) -> Subject | None:
    if known is None:
        return None
    if event.step in _JUDGED:
        changed = {"due_at": JUDGEMENT_REMINDER.later(at, event.siao), "contested": True}
    elif event.state.value in _JUDGED:
        changed = {}
    else:
        changed = {"due_at": event.answer_due_at}
    return known.model_copy(update={"state": event.state.value, **changed})


def _ended(event: DesignationEnded, at: datetime, known: Subject | None) -> Subject | None:
    if known is None:
        return None
    changed: dict[str, Any] = {"live": False, "state": DesignationState.ENDED.value}
    if event.outcome is DesignationOutcome.DECLINED:
        # Neither place nor household waits for that, but the operator has a refusal to judge.
        due_at = JUDGEMENT_REMINDER.later(at, event.siao)
        changed = {"state": DesignationState.HOUSEHOLD_REFUSAL.value, "due_at": due_at}
    return known.model_copy(update=changed)


def _settled(_event: HouseholdRefusalSettled, _at: datetime, known: Subject | None) -> Subject | None:
    return None if known is None else known.model_copy(update={"live": False, "state": DesignationState.ENDED.value})


def _to_update(event: HouseholdRefusalSettled, at: datetime, known: Subject | None) -> Subject | None:
    """Its request waits no more until it is sent again: its seniority then begins later than this."""
    if event.consequence != "to_update":
        return known
    about = f"request:{event.request}"
    return Subject(siao=event.siao, kind="update", persons=event.persons, about=about, since=at)


def _stays(event: StayStarted, at: datetime, _known: Subject | None) -> Subject:
    return Subject(siao=event.siao, kind="stay", persons=event.persons, structure=event.structure, since=at)


def _ready(event: ReadinessDeclared, at: datetime, _known: Subject | None) -> Subject:
    return Subject(siao=event.siao, kind="readiness", persons=event.persons, since=at)


def _stay(event: StayStarted | StayEnded) -> str:
    return f"{event.household}@{event.place}"


CHANGES: Final[dict[type[Message], tuple[Change, ...]]] = {
    VacancyOpened: (Change("vacancy", lambda e: e.vacancy, _opened),),
    VacancyClosed: (Change("vacancy", lambda e: e.vacancy, _gone),),
    RequestRegistered: (Change("request", lambda e: e.request, _registered),),
    HouseholdWaiting: (Change("request", lambda e: e.request, _waits),),
    RequestSetAside: (Change("request", lambda e: e.request, _set_aside),),
    RightRecognised: (Change("request", lambda e: e.request, _recognised),),
    RequestClosed: (Change("request", lambda e: e.request, _gone),),
    DesignationMade: (Change("designation", lambda e: e.designation, _made),),
    DesignationProgressed: (Change("designation", lambda e: e.designation, _progressed),),
    DesignationEnded: (Change("designation", lambda e: e.designation, _ended),),
    HouseholdRefusalSettled: (
        Change("designation", lambda e: e.designation, _settled),
        Change("update", lambda e: e.request, _to_update),
    ),
    StayStarted: (Change("stay", _stay, _stays),),
    StayEnded: (Change("stay", _stay, _gone),),
    ReadinessDeclared: (Change("readiness", lambda e: e.household, _ready),),
    ReadinessEnded: (Change("readiness", lambda e: e.household, _gone),),
}
