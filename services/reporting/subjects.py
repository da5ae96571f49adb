"""What the facts about a vacancy, a request, a designation, a stay, a readiness amount to now; knows no past but that.

The facts about one subject come in order: they are on one topic, under one key. What two topics say of each other (a
designation and its request) is joined when it is read, never here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from contracts.codes import DesignationState
from contracts.designations import DesignationEnded, DesignationMade, DesignationProgressed, StayEnded, StayStarted
from contracts.event import Message
from contracts.households import HouseholdWaiting, ReadinessDeclared, ReadinessEnded, RequestClosed
from contracts.offers import VacancyClosed, VacancyOpened
from services.chassis.clock import end_of
from services.chassis.kept import Kept

Kind = Literal["vacancy", "request", "designation", "stay", "readiness"]

# Assumptions, no source gives them: an operator judges a refusal within a week; who was accepted has entered, or is
# said not to have come, within a month. Beyond, somebody should look.
JUDGED_WITHIN: Final = timedelta(days=7)
ENTERS_WITHIN: Final = timedelta(days=30)


class Subject(Kept):
    """One thing under way, or a designation that was. Key: `<kind>:<its id>`.

    since: when it began; due_at: when somebody should have acted (a designation), or the préfet (a request: the end of
    its legal day); patience: how long a structure has to answer; about: a designation's request, as its key;
    contested: its structure refused it, whatever became of the refusal.
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
    patience: timedelta | None = None
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


def _waits(event: HouseholdWaiting, _at: datetime, _known: Subject | None) -> Subject:
    due_at = None if event.legal_clock is None else end_of(event.legal_clock.due_on)
    return Subject(siao=event.siao, kind="request", persons=event.facts.persons, since=event.since, due_at=due_at)


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
        patience=event.answer_due_at - event.made_at,
    )


def _progressed(event: DesignationProgressed, at: datetime, known: Subject | None) -> Subject | None:
    if known is None:
        return None
    changed: dict[str, Any] = {"state": event.state.value}
    match event.step:
        case "accepted":
            changed["due_at"] = at + ENTERS_WITHIN
        case "refusal_submitted":
            changed |= {"due_at": at + JUDGED_WITHIN, "contested": True}
        case "refusal_overruled":
            # The structure has as long again as it had at first.
            changed["due_at"] = at + (known.patience or timedelta())
    return known.model_copy(update=changed)


def _ended(_event: DesignationEnded, _at: datetime, known: Subject | None) -> Subject | None:
    return None if known is None else known.model_copy(update={"live": False, "state": DesignationState.ENDED.value})


def _stays(event: StayStarted, at: datetime, _known: Subject | None) -> Subject:
    return Subject(siao=event.siao, kind="stay", persons=event.persons, structure=event.structure, since=at)


def _ready(event: ReadinessDeclared, at: datetime, _known: Subject | None) -> Subject:
    return Subject(siao=event.siao, kind="readiness", persons=event.persons, since=at)


def _stay(event: StayStarted | StayEnded) -> str:
    return f"{event.household}@{event.place}"


CHANGES: Final[dict[type[Message], Change]] = {
    VacancyOpened: Change("vacancy", lambda e: e.vacancy, _opened),
    VacancyClosed: Change("vacancy", lambda e: e.vacancy, _gone),
    HouseholdWaiting: Change("request", lambda e: e.request, _waits),
    RequestClosed: Change("request", lambda e: e.request, _gone),
    DesignationMade: Change("designation", lambda e: e.designation, _made),
    DesignationProgressed: Change("designation", lambda e: e.designation, _progressed),
    DesignationEnded: Change("designation", lambda e: e.designation, _ended),
    StayStarted: Change("stay", _stay, _stays),
    StayEnded: Change("stay", _stay, _gone),
    ReadinessDeclared: Change("readiness", lambda e: e.household, _ready),
    ReadinessEnded: Change("readiness", lambda e: e.household, _gone),
}
