"""What happens when a deadline comes, if it still matters: who is reminded, what expires, which day has gone by."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from contracts.codes import DesignationOutcome, DesignationState
from contracts.received import DeadlineReached
from services.chassis.fold import Effects, Heard, Key
from services.chassis.tables import StateTable
from services.orientation.handlers import agendas, chrs, duties, holds, judgements, legal, offers, refreshes
from services.orientation.handlers.designating import end_and_go_on, find_place
from services.orientation.handlers.folds import CORE
from services.orientation.handlers.progress import progressed
from services.orientation.handlers.replies import WAITING_FOR_ANSWER
from services.orientation.store import DESIGNATIONS, WAITING
from services.orientation.territory import Territory

# The states in which silence counts; whose it is, the designation says.
SILENCE_COUNTS: Final = (*WAITING_FOR_ANSWER, DesignationState.ACCEPTED)

Reached: TypeAlias = Callable[[Heard[DeadlineReached], Territory], Effects]


def subject(heard: Heard[DeadlineReached]) -> list[Key]:
    """What may be archived: a designation whose refusal by the household is judged late, a request to be updated."""
    tables: dict[str, StateTable[Any]] = {"judge": DESIGNATIONS, "hold_over": WAITING}
    table = tables.get(heard.event.kind)
    return [(table, heard.event.subject)] if table is not None else []


@CORE.on(DeadlineReached, keys=subject)
def reach(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """A deadline has come."""
    yield from _REACHED[heard.event.kind](heard, territory)


def _remind(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """No answer, no entry: the structure is reminded."""
    designation = territory.get(DESIGNATIONS, heard.event.subject)
    if designation is None or designation.state not in SILENCE_COUNTS:
        return
    if designation.remind_at is not None and heard.event.due_at < designation.remind_at:
        # It crossed the answer that moved it.
        return
    yield progressed(heard, heard.event.subject, designation, "reminded")


def _expire(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """Silence ends the designation, and it is said whose silence it was."""
    designation = territory.get(DESIGNATIONS, heard.event.subject)
    if designation is None or designation.state not in SILENCE_COUNTS:
        return
    if heard.event.due_at < designation.answer_due_at:
        return
    yield from end_and_go_on(heard, territory, heard.event.subject, DesignationOutcome.EXPIRED, designation.awaits)


def _release(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """A hold is over: a vacancy that nobody was found for may suit the household now."""
    yield from holds.release(territory, heard.event.subject, heard.event.due_at)
    yield from find_place(heard, territory, heard.event.subject)


_REACHED: Final[dict[str, Reached]] = {
    "remind": _remind,
    "expire": _expire,
    "judge": judgements.recall,
    "admission": chrs.fall_silent,
    "review_near": duties.reach,
    "review_late": duties.reach,
    "extension_near": duties.reach,
    "extension_late": duties.reach,
    "lease_review_near": duties.reach,
    "lease_review_late": duties.reach,
    "lease_term_near": duties.reach,
    "lease_term_late": duties.reach,
    "refresh_near": refreshes.reach,
    "refresh_late": refreshes.reach,
    "legal": legal.reach,
    "legal_near": legal.reach,
    "projet": offers.begin_projet,
    "hold_over": _release,
    "agenda": agendas.reach,
}
