"""What prescribers, the préfecture and the operator must be told: statuses, refusals to judge, legal days gone by."""

import calendar
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta

from contracts import answers
from contracts.codes import MediationKind
from contracts.notices import LegalClockAlert, RefusalToJudge, RequestUpdated
from contracts.requests import Mediation
from contracts.topics import Role
from deploy.demo.ledger.history import Case, History, is_complete
from deploy.demo.ledger.matching import waits
from deploy.demo.ledger.record import Finding

CHECK = "avis"
LEGAL = "délais légaux"
ILE_DE_FRANCE = frozenset({"75", "77", "78", "91", "92", "93", "94", "95"})


def prescribers_told(history: History, until: datetime) -> list[Finding]:
    """Requests whose prescriber was not told each step, or told one that did not happen."""
    told: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for notice in history.ledger.notices:
        if isinstance(notice.message, RequestUpdated):
            told[notice.partner, notice.message.request_id][notice.message.status] += 1
    found = []
    for (prescriber, request_id), case_ in history.by_request.items():
        counts = told.pop((prescriber, request_id), Counter())
        for status, right in _steps(case_, until - history.patience).items():
            if counts[status] not in right:
                text = f"demande {prescriber}/{request_id} : « {status} » dit {counts[status]} fois"
                found.append(Finding(CHECK, text, "a step not told, or told wrongly"))
    return found + [Finding(CHECK, f"{p}/{r} : demande inconnue", "an unknown request") for p, r in told]


def _steps(case_: Case, told_by: datetime) -> dict[str, range]:
    """How often each step must be told: exactly once each time it happened, if that was before `told_by`."""
    lacking = [act for act in case_.versions if not is_complete(act)]
    made = len(case_.designations)
    again = sum(d.closed_at is not None for d in case_.designations)
    cancelled = any(act.taken for act in case_.cancelled)
    # A request cancelled while it was designated does not wait again: its last designation need not be told.
    spare = int(cancelled) + sum(
        max(d.told.made_at, d.closed_at or d.told.made_at) > told_by for d in case_.designations
    )
    return {
        "incomplete": _exactly(len(lacking)),
        "waiting": _exactly(len(case_.versions) - len(lacking)),
        "designated": range(max(0, made - spare), made + 1),
        "waiting_again": range(max(0, again - spare), again + 1),
        "admitted": range(0 if cancelled else int(_admitted(case_)), int(_admitted(case_)) + 1),
    }


def _admitted(case_: Case) -> bool:
    return any(designation.admitted for designation in case_.designations)


def _exactly(count: int) -> range:
    return range(count, count + 1)


def refusals_told(history: History) -> list[Finding]:
    """Refusals that the operator was not asked to judge, once each."""
    asked = Counter(n.message.designation for n in history.ledger.notices if isinstance(n.message, RefusalToJudge))
    found = []
    for identity, designation in history.designations.items():
        refused = len(designation.taken(answers.DesignationRefused))
        if asked.pop(identity, 0) != refused:
            found.append(
                Finding(CHECK, f"désignation {identity} : refus mal transmis à l'opérateur", "refusal not passed on")
            )
    return found + [Finding(CHECK, f"refus inconnu {identity}", "an unknown refusal") for identity in asked]


def legal_days_told(history: History, until: datetime) -> list[Finding]:
    """Legal days that went by unsaid, said twice, said too early or to the wrong people; `until`: business time."""
    heard: dict[tuple[str, str], list[tuple[datetime, LegalClockAlert]]] = defaultdict(list)
    for notice in history.ledger.notices:
        if isinstance(notice.message, LegalClockAlert):
            heard[notice.partner, notice.message.household].append((notice.at, notice.message))
    found = []
    authorities = list(history.of_role(Role.PREFECTURE, Role.OPERATOR))
    for case_ in history.cases.values():
        if not case_.versions or case_.request.mediation is None:
            continue
        siao = history.ledger.partners[case_.versions[0].delivery.partner].siao
        due = due_on(case_.request.mediation, siao)
        for authority in authorities:
            said = heard.pop((authority, case_.household), [])
            found += _judge_alert(history, case_, due, said, until)
    return found + [
        Finding(LEGAL, f"{who} : alerte sans droit reconnu ({h})", "an alert without a right") for who, h in heard
    ]


def _judge_alert(
    history: History, case_: Case, due: date, said: list[tuple[datetime, LegalClockAlert]], until: datetime
) -> list[Finding]:
    midnight = datetime(due.year, due.month, due.day, tzinfo=UTC)
    what = f"ménage {case_.household}, échéance {due.isoformat()}"
    if len(said) > 1:
        return [Finding(LEGAL, f"{what} : alerte répétée", "the same alert twice")]
    if said and (said[0][0] < midnight or said[0][1].due_on != due):
        return [Finding(LEGAL, f"{what} : alerte fausse ou trop tôt", "wrong or early alert")]
    passed = midnight + timedelta(days=1) < until - history.patience
    if not said and passed and _always_waited(case_):
        return [Finding(LEGAL, f"{what} : alerte manquante", "a missing alert")]
    return []


def _always_waited(case_: Case) -> bool:
    return waits(case_) and not case_.designations


def due_on(mediation: Mediation, siao: str) -> date:
    """The day by which the préfet must have made an offer (CCH R441-16-1, R441-18)."""
    if mediation.kind is MediationKind.DAHO_HEBERGEMENT:
        return mediation.decided_on + timedelta(days=42)
    if mediation.kind is MediationKind.DAHO_TRANSITION:
        return _months_later(mediation.decided_on, 3)
    return _months_later(mediation.decided_on, 6 if siao in ILE_DE_FRANCE else 3)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
