"""Indicators of a period, computed from the facts in SQL: one definition for the page, the file and the live view."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.codes import OfferType
from contracts.designations import DesignationEnded, DesignationMade, DesignationProgressed, LegalClockMissed
from contracts.offers import VacancyClosed, VacancyOpened
from services.chassis.clock import start_of
from services.reporting.counted import INDICATORS, Indicator

ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, in ménages and in personnes; offer_type "all" is the total."""

    indicator: str
    offer_type: str
    households: int
    persons: int


_SUM: Final = (
    "coalesce(offer_type, '') AS offer_type, count(*) AS households, coalesce(sum(persons), 0) AS persons FROM facts f"
)
# All flows of a period in one pass over it.
_FLOWS: Final = text(
    f"SELECT kind, detail, {_SUM} WHERE siao = :siao AND at >= :since AND at < :until GROUP BY kind, detail, offer_type"
)
# The rows of a period that are the first of their subject.
_FIRSTS: Final = text(
    f"SELECT kind, detail, {_SUM} WHERE siao = :siao AND kind = ANY(:kinds) AND at >= :since AND at < :until"
    " AND NOT EXISTS (SELECT FROM facts e WHERE e.kind = f.kind AND e.subject = f.subject AND e.turn < f.turn)"
    " GROUP BY kind, detail, offer_type"
)
# A subject may begin and end several times (a household ready, withdrawn, ready again), and an amendment begins it
# again: it is in stock when the last that was heard of it is a beginning.
_STOCK: Final = text(
    "SELECT coalesce(offer_type, '') AS offer_type, count(*) AS households, coalesce(sum(persons), 0) AS persons"
    " FROM (SELECT DISTINCT ON (subject) kind, offer_type, persons FROM facts"
    " WHERE siao = :siao AND kind = ANY(:kinds) AND at < :until AND (kind <> :pauses OR detail = ANY(:details))"
    " ORDER BY subject, at DESC, kind = :begins) f"
    " WHERE kind = :begins GROUP BY 1"
)


async def indicators(connection: AsyncConnection, siao: str, since: date, until: date) -> list[Line]:
    """All indicators of [since, until), each with its total and its lines by type of offer."""
    start, stop = map(start_of, (since, until))
    firsts = [_type(indicator.kind) for indicator in INDICATORS if indicator.measure == "first"]
    period: dict[str, Any] = {"siao": siao, "since": start, "until": stop}
    counted: dict[str, Sequence[Any]] = {
        "flow": (await connection.execute(_FLOWS, period)).all(),
        "first": (await connection.execute(_FIRSTS, {**period, "kinds": firsts})).all(),
    }
    lines: list[Line] = []
    for indicator in INDICATORS:
        if indicator.measure == "stock":
            lines.extend(_lines(indicator.id, await _stock(connection, indicator, siao, stop)))
            continue
        kind = _type(indicator.kind)
        rows = [row for row in counted[indicator.measure] if row.kind == kind]
        lines.extend(_lines(indicator.id, [r for r in rows if not indicator.details or r.detail in indicator.details]))
    return lines


async def _stock(connection: AsyncConnection, indicator: Indicator, siao: str, stop: datetime) -> Sequence[Any]:
    begins = _type(indicator.kind)
    pauses, details = indicator.paused_by or (None, ())
    kinds = [begins, *map(_type, indicator.ended_by), *([_type(pauses)] if pauses else ())]
    heard = {"begins": begins, "kinds": kinds, "pauses": kinds[-1] if pauses else "", "details": list(details)}
    parameters = {"siao": siao, "until": stop, **heard}
    return (await connection.execute(_STOCK, parameters)).all()


def _lines(indicator: str, rows: Iterable[Any], signs: Mapping[str, int] | None = None) -> list[Line]:
    """The total, then the lines by type of offer, in the order of the code list; signs: of rows, by their kind."""
    by_type: dict[str, tuple[int, int]] = {}
    for row in rows:
        households, persons = by_type.get(row.offer_type, (0, 0))
        sign = 1 if signs is None else signs[row.kind]
        by_type[row.offer_type] = (households + sign * row.households, persons + sign * row.persons)
    total = Line(indicator, ALL, sum(h for h, _ in by_type.values()), sum(p for _, p in by_type.values()))
    known = [kind.value for kind in OfferType if by_type.get(kind.value, (0, 0)) != (0, 0)]
    return [total, *(Line(indicator, kind, *by_type[kind]) for kind in known)]


def _type(model: Any) -> str:
    return str(model.__dict__["type"])


# What is true now and is no stock: facts of one kind less those of another.
_NOW: Final = (
    ("vacant", VacancyOpened, VacancyClosed),
    ("designated", DesignationMade, DesignationEnded),
    ("legal_missed", LegalClockMissed, None),
)
NOW_ONLY: Final = (*(name for name, _, _ in _NOW), "refusals_to_judge")
_COUNTS: Final = text(
    "SELECT kind, coalesce(offer_type, '') AS offer_type, count(*) AS households, coalesce(sum(persons), 0) AS persons"
    " FROM facts WHERE siao = :siao AND kind = ANY(:kinds) GROUP BY 1, 2"
)
# A refusal waits for its judgement until it is overruled, or its designation ends: upheld, withdrawn or cancelled.
_TO_JUDGE: Final = text(
    "SELECT coalesce(offer_type, '') AS offer_type, count(*) AS households, coalesce(sum(persons), 0) AS persons"
    " FROM (SELECT subject, max(offer_type) AS offer_type, max(persons) AS persons FROM facts"
    " WHERE siao = :siao AND kind = :progressed"
    " AND detail IN ('refusal_submitted', 'refusal_overruled') GROUP BY subject"
    " HAVING count(*) FILTER (WHERE detail = 'refusal_submitted')"
    " > count(*) FILTER (WHERE detail = 'refusal_overruled')) p"
    " WHERE NOT EXISTS (SELECT FROM facts e WHERE e.kind = :ended AND e.subject = p.subject) GROUP BY 1"
)


async def live_lines(connection: AsyncConnection, siao: str, until: date) -> list[Line]:
    """What is true now: stocks, vacancies, designations under way, refusals to judge; totals and by type of offer."""
    lines: list[Line] = []
    for indicator in INDICATORS:
        if indicator.measure == "stock":
            lines.extend(_lines(indicator.id, await _stock(connection, indicator, siao, start_of(until))))
    kinds = [_type(kind) for _, *pair in _NOW for kind in pair if kind is not None]
    counts = (await connection.execute(_COUNTS, {"siao": siao, "kinds": kinds})).all()
    for name, more, less in _NOW:
        signs = {_type(more): 1} | ({} if less is None else {_type(less): -1})
        lines.extend(_lines(name, [row for row in counts if row.kind in signs], signs))
    judging = {"siao": siao, "progressed": DesignationProgressed.type, "ended": DesignationEnded.type}
    return [*lines, *_lines("refusals_to_judge", (await connection.execute(_TO_JUDGE, judging)).all())]


async def live(connection: AsyncConnection, siao: str, until: date) -> dict[str, Any]:
    """The totals of what is true now: stocks in ménages and personnes, how many of the rest."""
    totals = {line.indicator: line for line in await live_lines(connection, siao, until) if line.offer_type == ALL}
    stocks = {indicator.id for indicator in INDICATORS if indicator.measure == "stock"}
    return {
        name: {"households": line.households, "persons": line.persons} if name in stocks else line.households
        for name, line in totals.items()
    }


def by_id(lines: Sequence[Line]) -> dict[str, dict[str, Line]]:
    """Indicator -> type of offer -> line."""
    table: dict[str, dict[str, Line]] = {}
    for line in lines:
        table.setdefault(line.indicator, {})[line.offer_type] = line
    return table
