"""Answers that depend on what others did meanwhile: which are right, and only those.

When the other's act was over before the message was sent, one answer is right; when it came after the answer, the
other one is; in between, both are legitimate and the system's choice stands.
"""

from datetime import datetime

from contracts import answers, decisions, requests
from contracts.topics import Role
from deploy.demo.ledger.answers import CHECK, Act, unexpected
from deploy.demo.ledger.history import Designation, History
from deploy.demo.ledger.record import ACCEPTED, Finding

_ON_DESIGNATION = (
    answers.DesignationAcknowledged,
    answers.DesignationAccepted,
    answers.DesignationRefused,
    answers.HouseholdDeclined,
    answers.HouseholdNoShow,
    answers.HouseholdAdmitted,
    decisions.RefusalJudged,
)


def judge(history: History) -> list[Finding]:
    """Acts whose answer is not among those that the others' acts allow, and stays that ended twice."""
    found = []
    for act in history.acts:
        if act.delivery.expected is None and act.outcome is not None:
            right = right_answers(history, act)
            if act.outcome not in right:
                found.append(unexpected(act, right))
    for case_ in history.cases.values():
        if sum(act.taken for act in case_.departures) > 1:
            text = f"ménage {case_.household} : séjour terminé plusieurs fois"
            found.append(Finding(CHECK, text, "a stay ended more than once"))
    return found


def right_answers(history: History, act: Act) -> frozenset[str]:
    """The answers that are legitimate for this act."""
    message = act.delivery.message
    match message:
        case answers.HouseholdRehoused():
            others = [a for a in history.cases[message.household].rehoused if a is not act and a.taken]
            return _unless_over(history, act, others, "household-not-ready")
        case requests.RequestCancelled():
            case_ = history.by_request[act.delivery.partner, message.request_id]
            admissions = [d.admitted for d in case_.designations if d.admitted]
            return _unless_over(history, act, admissions, "request-closed")
        case requests.MediationDecided():
            found = next(c for c in history.by_request.values() if act in c.decided)
            endings = [d.admitted for d in found.designations if d.admitted]
            return _unless_over(history, act, endings + [a for a in found.cancelled if a.taken], "request-closed")
        case _ if isinstance(message, _ON_DESIGNATION):
            return _on_designation(history, act, history.designations.get(message.designation))
    raise AssertionError(f"the answer to {act.delivery.type} depends on nobody")


def _unless_over(history: History, act: Act, endings: list[Act], code: str) -> frozenset[str]:
    """ACCEPTED, unless one of `endings` came first."""
    right = set()
    if all(_may_precede(history, act, ending) for ending in endings):
        right.add(ACCEPTED)
    if any(_may_precede(history, ending, act) for ending in endings):
        right.add(code)
    return frozenset(right)


def _may_precede(history: History, first: Act, second: Act) -> bool:
    """Whether `first` may have been decided before `second`: it was sent before the other was surely decided."""
    return second.answer is not None and first.delivery.sent_at <= second.answer.at + history.slack


def _on_designation(history: History, act: Act, designation: Designation | None) -> frozenset[str]:
    operator = history.ledger.partners[act.delivery.partner].role is Role.OPERATOR
    if designation is None or not (operator or designation.notice.partner == act.delivery.partner):
        return frozenset({"designation-unknown"})
    if _overruled_too_often(designation, act):
        return frozenset({"overruled-too-often"})
    closed_at = _closed_by_others(designation)
    if closed_at is None or act.answer is None:
        return frozenset({ACCEPTED})
    right = set()
    if act.delivery.sent_at <= closed_at + history.slack:
        right.add(ACCEPTED)
    if act.answer.at >= closed_at - history.slack:
        right.add("designation-not-expecting")
    return frozenset(right)


def _overruled_too_often(designation: Designation, act: Act) -> bool:
    """The operator overrules three times at most; then it upholds or escalates."""
    message = act.delivery.message
    if not isinstance(message, decisions.RefusalJudged) or message.verdict != "overruled":
        return False
    before = designation.judgements[: designation.judgements.index(act)]
    verdicts = [getattr(a.delivery.message, "verdict", "") for a in before if a.taken]
    return verdicts.count("overruled") >= 3


def _closed_by_others(designation: Designation) -> datetime | None:
    """When the clock, the prescriber or the withdrawal of the vacancy ended it; None when its own answers did."""
    closings = [n.message for n in designation.closed if n.message.outcome in ("expired", "cancelled", "withdrawn")]
    return closings[0].at if closings else None
