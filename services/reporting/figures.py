"""The figures of a SIAO for Prometheus: what stands now, read from `subjects`; what happens, counted fact by fact."""

from typing import Final

from prometheus_client import Counter, Gauge
from sqlalchemy import text

from contracts.codes import DesignationState
from services.chassis.metrics import REGISTRY
from services.chassis.readings import Reading

# States of a designation in which somebody has to act next: the structure, the operator, the structure or household.
UNDER_WAY: Final = (
    DesignationState.NOTIFIED,
    DesignationState.ACKNOWLEDGED,
    DesignationState.INTERVIEW,
    DesignationState.REFUSAL_SUBMITTED,
    DesignationState.REFUSAL_ESCALATED,
    DesignationState.ACCEPTED,
)
# After the place and the household were given back: a household's refusal, which the operator judges.
TO_JUDGE: Final = DesignationState.HOUSEHOLD_REFUSAL
# A share of fewer designations says little; and a bound on how many series there can be, whatever happens.
LEAST_DESIGNATIONS: Final = 10
WINDOW_DAYS: Final = 90
MOST_STRUCTURES: Final = 1000
SOON_DAYS: Final = 7


def _gauge(name: str, meaning: str, *labels: str) -> Gauge:
    return Gauge(f"siao_{name}", f"{meaning} (business time)", ["siao", *labels], registry=REGISTRY)


FACTS_HEARD: Final = Counter(
    "siao_facts",
    "Core facts as reporting hears them, by type and detail (outcome, step, cause, reason, group of exits)",
    ["siao", "type", "detail"],
    registry=REGISTRY,
)
VACANCIES: Final = _gauge("vacancies", "Vacancies open now, with a designation under way or without", "state")
WAITING_HOUSEHOLDS: Final = _gauge("waiting_households", "Households waiting now, designated or not yet")
WAITING_PERSONS: Final = _gauge("waiting_persons", "Persons of the households waiting now")
READY_HOUSEHOLDS: Final = _gauge("ready_households", "Households ready for ordinary housing now")
READY_PERSONS: Final = _gauge("ready_persons", "Persons of the households ready for ordinary housing now")
HOSTED_HOUSEHOLDS: Final = _gauge("hosted_households", "Households known to be hosted now")
HOSTED_PERSONS: Final = _gauge("hosted_persons", "Persons of the households known to be hosted now")
DESIGNATIONS: Final = _gauge("designations_under_way", "Designations under way now, by state", "state")
STUCK: Final = _gauge(
    "designations_stuck",
    "Designations whose next act is overdue: no answer, no judgement or no entry in time (contracts.law), by state",
    "state",
)
LEGAL_CLOCKS: Final = _gauge(
    "legal_clocks",
    f"DALO and DAHO clocks of households without a designation, their request complete or not: running, due_soon"
    f" ({SOON_DAYS} days), missed (within the last day), overdue (longer)",
    "status",
)
STRUCTURE_DESIGNATIONS: Final = _gauge(
    "structure_designations",
    f"Designations to a structure in the last {WINDOW_DAYS} days, where there were {LEAST_DESIGNATIONS} or more",
    "structure",
)
STRUCTURE_REFUSALS: Final = _gauge(
    "structure_refusals",
    f"Of the designations to a structure in the last {WINDOW_DAYS} days, those that it refused, upheld or not,"
    f" where there were {LEAST_DESIGNATIONS} or more",
    "structure",
)


# A designation under way holds its vacancy; the two are told on different topics, one a moment before the other.
_HOLDS: Final = f"kind = 'designation' AND state <> '{TO_JUDGE.value}'"
_OPEN, _HELD = (f"coalesce(sum(n) FILTER (WHERE {which}), 0)" for which in ("kind = 'vacancy'", _HOLDS))


def _stock(kind: str, name: str) -> str:
    """Of a kind: how many, and how many persons they are."""
    return ", ".join(
        f"coalesce(sum({what}) FILTER (WHERE kind = '{kind}' AND state = ''), 0) AS {name}{unit}"
        for what, unit in (("n", ""), ("persons", "_persons"))
    )


def _designations(state: DesignationState) -> str:
    """In a state: how many, and how many of them are late."""
    return ", ".join(
        f"coalesce(sum({what}) FILTER (WHERE kind = 'designation' AND state = '{state.value}'), 0)"
        f" AS {prefix}{state.value}"
        for what, prefix in (("n", ""), ("late", "stuck_"))
    )


_STOCKS: Final = ", ".join(
    (
        f"least({_OPEN}, {_HELD}) AS designated, greatest(0, {_OPEN} - {_HELD}) AS undesignated",
        _stock("request", "waiting"),
        _stock("readiness", "ready"),
        _stock("stay", "hosted"),
        *map(_designations, (*UNDER_WAY, TO_JUDGE)),
    )
)
# Requests that are to be sent again do not wait: they are few, and each is found by its key.
_TO_UPDATE: Final = (
    "SELECT u.siao, 'request', '', -count(*), -sum(r.persons), 0 FROM subjects u JOIN subjects r ON r.key = u.about"
    " WHERE u.live AND u.kind = 'update' AND r.live AND r.state = '' AND r.since <= u.since GROUP BY u.siao"
)
STOCKS: Final = Reading(
    # Few figures of many rows, in the order of the index; then many figures of few rows.
    text(
        f"SELECT siao, {_STOCKS} FROM (SELECT siao, kind, state, count(*) AS n, sum(persons) AS persons,"
        " count(*) FILTER (WHERE due_at < :now) AS late FROM subjects WHERE live GROUP BY siao, kind, state"
        f" UNION ALL {_TO_UPDATE}) s GROUP BY siao"
    ),
    {
        "designated": (VACANCIES, ("designated",)),
        "undesignated": (VACANCIES, ("undesignated",)),
        "waiting": (WAITING_HOUSEHOLDS, ()),
        "waiting_persons": (WAITING_PERSONS, ()),
        "ready": (READY_HOUSEHOLDS, ()),
        "ready_persons": (READY_PERSONS, ()),
        "hosted": (HOSTED_HOUSEHOLDS, ()),
        "hosted_persons": (HOSTED_PERSONS, ()),
        **{state.value: (DESIGNATIONS, (state.value,)) for state in UNDER_WAY},
        **{f"stuck_{state.value}": (STUCK, (state.value,)) for state in (*UNDER_WAY, TO_JUDGE)},
    },
    ("siao",),
)
_SOON: Final = f"CAST(:now AS timestamptz) + interval '{SOON_DAYS} days'"
_YESTERDAY: Final = "CAST(:now AS timestamptz) - interval '1 day'"
_STATUSES: Final = {
    "running": f"due_at >= {_SOON}",
    "due_soon": f"due_at >= :now AND due_at < {_SOON}",
    "missed": f"due_at >= {_YESTERDAY} AND due_at < :now",
    "overdue": f"due_at < {_YESTERDAY}",
}
_CLOCKS: Final = ", ".join(f"count(*) FILTER (WHERE {where}) AS {status}" for status, where in _STATUSES.items())
CLOCKS: Final = Reading(
    text(
        f"SELECT siao, {_CLOCKS} FROM subjects r"
        " WHERE live AND kind = 'request' AND due_at IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM subjects d WHERE d.live AND d.kind = 'designation' AND d.about = r.key"
        f" AND d.state <> '{TO_JUDGE.value}') GROUP BY siao"
    ),
    {status: (LEGAL_CLOCKS, (status,)) for status in _STATUSES},
    ("siao",),
)
REFUSALS: Final = Reading(
    text(
        "SELECT siao, structure, count(*) AS designations, count(*) FILTER (WHERE contested) AS refusals"
        " FROM subjects WHERE kind = 'designation'"
        f" AND since >= CAST(:now AS timestamptz) - interval '{WINDOW_DAYS} days' GROUP BY siao, structure"
        f" HAVING count(*) >= {LEAST_DESIGNATIONS} ORDER BY designations DESC LIMIT {MOST_STRUCTURES}"
    ),
    {"designations": (STRUCTURE_DESIGNATIONS, ()), "refusals": (STRUCTURE_REFUSALS, ())},
    ("siao", "structure"),
    every=60.0,
)
READINGS: Final = (STOCKS, CLOCKS, REFUSALS)
