"""Deadlines of a territory: set, moved, forgotten; what one brings about when it comes is in `deadlines.py`."""

from datetime import date, datetime

from contracts.codes import DesignationState, Party
from contracts.event import Fact
from contracts.law import (
    ANSWER_EXPIRY,
    ANSWER_REMINDER,
    ENTRY_EXPIRY,
    ENTRY_REMINDER,
    INTERVIEW_ANSWER,
    JUDGEMENT_REMINDER,
)
from contracts.received import DeadlineKind, DeadlineReached
from contracts.topics import ANSWERS, Role
from services.chassis.clock import day_of, end_of
from services.chassis.fold import Effects, Forget, Later, notify, publish
from services.orientation.domain.model import Designation
from services.orientation.territory import Territory


def later(kind: DeadlineKind, subject: str, siao: str, due_at: datetime, name: str = "") -> Later:
    """A deadline of this territory, under its kind's name or another."""
    fact = DeadlineReached(siao=siao, kind=kind, subject=subject, due_at=due_at)
    return Later(f"{name or kind}:{subject}", due_at, publish(ANSWERS, siao, fact))


def awaiting_answer(designation: Designation, now: datetime) -> Designation:
    """The designation with the delays of an answer that starts to be awaited now: the structure's silence."""
    due = {
        "remind_at": ANSWER_REMINDER.later(now, designation.siao),
        "answer_due_at": ANSWER_EXPIRY.later(now, designation.siao),
        "awaits": Party.STRUCTURE,
    }
    return designation.model_copy(update=due)


def awaiting_interview(designation: Designation, on: date, awaits: Party) -> Designation:
    """The designation when an interview is set: the answer is due some days after it, never earlier than it was."""
    after = end_of(INTERVIEW_ANSWER.after(on, designation.siao))
    due = {
        "state": DesignationState.INTERVIEW,
        "interview_on": on,
        "remind_at": end_of(on),
        "answer_due_at": max(after, designation.answer_due_at),
        "awaits": awaits,
    }
    return designation.model_copy(update=due)


def awaiting_interview_answer(designation: Designation, now: datetime) -> Designation:
    """The designation once the interview was held: the structure answers within some days, no sooner than it had to."""
    due = {
        "state": DesignationState.ACKNOWLEDGED,
        "remind_at": None,
        "answer_due_at": max(INTERVIEW_ANSWER.later(now, designation.siao), designation.answer_due_at),
        "awaits": Party.STRUCTURE,
    }
    return designation.model_copy(update=due)


def awaiting_entry(designation: Designation, entry_on: date, now: datetime) -> Designation:
    """The designation once accepted: the household is to enter on the day agreed; its silence counts much later."""
    start = max(entry_on, day_of(now))
    due = {
        "state": DesignationState.ACCEPTED,
        "remind_at": end_of(ENTRY_REMINDER.after(start, designation.siao)),
        "answer_due_at": end_of(ENTRY_EXPIRY.after(start, designation.siao)),
        "awaits": Party.HOUSEHOLD,
    }
    return designation.model_copy(update=due)


def silence_watched(designation_id: str, designation: Designation) -> Effects:
    """Silence is reminded, then expires, when the designation says."""
    if designation.remind_at is not None:
        yield later("remind", designation_id, designation.siao, designation.remind_at)
    yield later("expire", designation_id, designation.siao, designation.answer_due_at)


def judgement_watched(designation_id: str, siao: str, now: datetime) -> Effects:
    """A refusal that nobody judges is recalled to its judge."""
    yield later("judge", designation_id, siao, JUDGEMENT_REMINDER.later(now, siao))


def forget_deadlines(designation_id: str) -> Effects:
    """Neither reminder nor expiry nor judgement any more."""
    yield Forget(f"remind:{designation_id}")
    yield Forget(f"expire:{designation_id}")
    yield Forget(f"judge:{designation_id}")


def tell(territory: Territory, siao: str, notice: Fact, *roles: Role) -> Effects:
    """Tell the active partners of these roles."""
    for partner in territory.partners_with(siao, *roles):
        yield notify(partner, notice)
