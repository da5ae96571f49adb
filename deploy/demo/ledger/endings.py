"""Each designation ended as the structure, the household or the silence said, was reminded, and was judged."""

from datetime import UTC, datetime, time, timedelta

from contracts import answers
from contracts.codes import DesignationOutcome, Party
from contracts.decisions import RefusalJudged
from deploy.demo.ledger.answers import Act
from deploy.demo.ledger.history import Designation, History
from deploy.demo.ledger.lawful import fault
from deploy.demo.ledger.record import Finding

REMIND_AFTER = timedelta(days=7)
EXPIRE_AFTER = timedelta(days=10)
_PARTIES = {
    DesignationOutcome.REFUSED: Party.STRUCTURE,
    DesignationOutcome.DECLINED: Party.HOUSEHOLD,
    DesignationOutcome.NO_SHOW: Party.HOUSEHOLD,
    DesignationOutcome.EXPIRED: Party.STRUCTURE,
    DesignationOutcome.WITHDRAWN: Party.STRUCTURE,
    DesignationOutcome.CANCELLED: Party.PRESCRIBER,
}


def ended_as_said(history: History, until: datetime) -> list[Finding]:
    """Designations whose end, at the end of the run (`until`, business time), is not the one that was said."""
    found = []
    for designation in history.designations.values():
        closings = [n.message for n in designation.closed if n.message.outcome is not DesignationOutcome.ADMITTED]
        if len(closings) > 1:
            found.append(fault(designation, "close plusieurs fois", "closed more than once"))
        right = _right_outcomes(history, designation, until)
        got = closings[0].outcome if closings else None
        if got not in right:
            names = "/".join(sorted(outcome.value if outcome else "ouverte" for outcome in right))
            said = got.value if got else "ouverte"
            found.append(fault(designation, f"close « {said} », attendu « {names} »", "not ended as it was said"))
        elif closings and closings[0].party is not _PARTIES[closings[0].outcome]:
            found.append(fault(designation, f"mauvais auteur « {closings[0].party.value} »", "wrong party"))
        found += _reminders(history, designation)
        found += _overruled(designation)
    return found


def _right_outcomes(history: History, designation: Designation, until: datetime) -> set[DesignationOutcome | None]:
    """The outcomes that are right; None: still open, or admitted."""
    if designation.admitted is not None:
        return {None}
    if designation.taken(answers.HouseholdDeclined):
        return {DesignationOutcome.DECLINED}
    if designation.taken(answers.HouseholdNoShow):
        return {DesignationOutcome.NO_SHOW}
    if any(_verdict(act) == "upheld" for act in designation.judgements if act.taken):
        return {DesignationOutcome.REFUSED}
    right = _ended_by_others(history, designation)
    waits_for_judgement = len(designation.taken(answers.DesignationRefused)) > len(designation.overruled)
    if not designation.taken(answers.DesignationAccepted) and not waits_for_judgement:
        due = deadline(designation)
        if due <= until + history.slack:
            right.add(DesignationOutcome.EXPIRED)
        if due < until - history.patience:
            return right
    return right or {None} if DesignationOutcome.EXPIRED not in right else right | {None}


def _ended_by_others(history: History, designation: Designation) -> set[DesignationOutcome | None]:
    """What the withdrawal of the vacancy or the cancellation of the request made of it."""
    made = designation.told.made_at - history.slack
    closed_at = designation.closed_at
    withdrawn = [
        act
        for act in history.withdrawn[designation.place]
        if act.answer and made <= act.answer.at and (not closed_at or act.delivery.sent_at <= closed_at + history.slack)
    ]
    cancelled = [
        act
        for act in history.cases[designation.told.household].cancelled
        if act.taken and act.answer and made <= act.answer.at
    ]
    found: set[DesignationOutcome | None] = {DesignationOutcome.WITHDRAWN} if withdrawn else set()
    return found | ({DesignationOutcome.CANCELLED} if cancelled else set())


def deadline(designation: Designation) -> datetime:
    """The day by which the structure must answer; an overruled refusal restarts it."""
    restarts = [notice.message.at + EXPIRE_AFTER for notice in designation.overruled]
    due: datetime = max([designation.told.answer_due_at, *restarts])
    return due


def _reminders(history: History, designation: Designation) -> list[Finding]:
    """Of an answer, once each time that one is awaited; of an entry, once, when its day went by a week ago."""
    starts = [designation.told.made_at, *(notice.message.at for notice in designation.overruled)]
    accepted = designation.taken(answers.DesignationAccepted)
    found = []
    if len(designation.reminded) > len(starts) + len(accepted):
        found.append(fault(designation, "relancée trop souvent", "reminded too often"))
    for notice in designation.reminded:
        said = [act for act in accepted if act.answer and act.answer.at + history.slack < notice.message.at]
        awaited = [_day_of_entry(act) for act in said] or starts
        if all(notice.message.at < start + REMIND_AFTER for start in awaited):
            found.append(fault(designation, "relancée trop tôt", "reminded too early"))
    expired = any(notice.message.outcome is DesignationOutcome.EXPIRED for notice in designation.closed)
    if expired and not designation.reminded:
        found.append(fault(designation, "expirée sans relance", "expired without a reminder"))
    return found


def _day_of_entry(act: Act) -> datetime:
    """The beginning of the day agreed for an entry."""
    message = act.delivery.message
    day = message.entry_on if isinstance(message, answers.DesignationAccepted) else act.delivery.sent_at.date()
    return datetime.combine(day, time(), UTC)


def _overruled(designation: Designation) -> list[Finding]:
    said = sum(_verdict(act) == "overruled" for act in designation.judgements if act.taken)
    if said != len(designation.overruled):
        return [
            fault(designation, f"{said} refus non retenus, {len(designation.overruled)} annoncés", "verdicts not told")
        ]
    return []


def _verdict(act: Act) -> str:
    message = act.delivery.message
    return message.verdict if isinstance(message, RefusalJudged) else ""
