"""What prescribers and the operator must be told: statuses of requests, rights recognised, refusals to judge."""

from collections import Counter, defaultdict
from datetime import datetime

from contracts import answers
from contracts.alerts import RightTold
from contracts.notices import HouseholdRefusalToJudge, RefusalToJudge, RequestUpdated
from deploy.demo.ledger.history import Case, History, is_complete
from deploy.demo.ledger.record import Finding
from deploy.demo.ledger.rights import due_on

CHECK = "avis"


def as_it_was(history: History, until: datetime) -> list[Finding]:
    """All that was told wrongly, twice or not at all; `until`: business time."""
    return [*prescribers_told(history, until), *rights_told(history), *refusals_told(history)]


def prescribers_told(history: History, until: datetime) -> list[Finding]:
    """Requests whose prescriber was not told each step, or told one that did not happen."""
    told: dict[tuple[str, str], list[RequestUpdated]] = defaultdict(list)
    for notice in history.ledger.notices:
        if isinstance(notice.message, RequestUpdated):
            told[notice.partner, notice.message.request_id].append(notice.message)
    found, told_by = [], until - history.patience
    for (prescriber, request_id), case_ in history.by_request.items():
        said = told.pop((prescriber, request_id), [])
        counts = Counter[str](message.status for message in said)
        # Of what was decided at the very end, the structure may not have heard yet.
        early = Counter[str](message.status for message in said if message.at <= told_by)
        for status, right in _steps(case_, told_by).items():
            if counts[status] < right.start or early[status] >= right.stop:
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


def rights_told(history: History) -> list[Finding]:
    """Rights that the préfecture told, and of which the prescriber was not told once, or told another legal day."""
    told: dict[tuple[str, str], list[RightTold]] = defaultdict(list)
    for notice in history.ledger.notices:
        if isinstance(notice.message, RightTold):
            told[notice.partner, notice.message.request_id].append(notice.message)
    found = []
    for (prescriber, request_id), case_ in history.by_request.items():
        said = told.pop((prescriber, request_id), [])
        siao = history.ledger.partners[prescriber].siao
        right = [due_on(case_.mediation, siao)] if case_.recognised and case_.mediation else []
        if [message.due_on for message in said] != right:
            text = f"demande {prescriber}/{request_id} : droit reconnu mal dit au prescripteur"
            found.append(Finding(CHECK, text, "a right not told, or told wrongly"))
    return found + [Finding(CHECK, f"{p}/{r} : droit inconnu", "an unknown right") for p, r in told]


def refusals_told(history: History) -> list[Finding]:
    """Refusals, of structures and of households, that the operator was not asked to judge, once each."""
    found = []
    for said, notice in (
        (answers.DesignationRefused, RefusalToJudge),
        (answers.HouseholdDeclined, HouseholdRefusalToJudge),
    ):
        asked = Counter(n.message.designation for n in history.ledger.notices if isinstance(n.message, notice))
        for identity, designation in history.designations.items():
            if asked.pop(identity, 0) != len(designation.taken(said)):
                text = f"désignation {identity} : refus mal transmis à l'opérateur"
                found.append(Finding(CHECK, text, "refusal not passed on"))
        found += [Finding(CHECK, f"refus inconnu {identity}", "an unknown refusal") for identity in asked]
    return found
