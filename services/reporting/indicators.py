"""Indicators of a period, computed from the facts in SQL: one definition for the page, the file and the live view."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.codes import DesignationOutcome, OfferType
from contracts.designations import DesignationEnded, DesignationMade, DesignationProgressed
from contracts.offers import VacancyClosed, VacancyOpened
from services.reporting.domain import INDICATORS, Indicator

# A day of the observatory is a day in France, whatever the server's zone.
PARIS: Final = ZoneInfo("Europe/Paris")
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, in ménages and in personnes; offer_type "all" is the total."""

    indicator: str
    offer_type: str
    households: int
    persons: int


_SUM: Final = (
    "SELECT coalesce(offer_type, '') AS offer_type, count(*) AS households, coalesce(sum(persons), 0) AS persons"
)
_FLOW: Final = text(
    f"{_SUM} FROM facts WHERE siao = :siao AND kind = :kind AND at >= :since AND at < :until"
    " AND (cardinality(CAST(:details AS text[])) = 0 OR detail = ANY(CAST(:details AS text[]))) GROUP BY 1"
)
_FIRST: Final = text(
    f"{_SUM} FROM (SELECT DISTINCT ON (subject) * FROM facts WHERE siao = :siao AND kind = :kind"
    " ORDER BY subject, turn) f WHERE at >= :since AND at < :until"
    " AND (cardinality(CAST(:details AS text[])) = 0 OR detail = ANY(CAST(:details AS text[]))) GROUP BY 1"
)
# A subject may begin and end several times (a household ready, withdrawn, ready again): it is in stock when it has
# begun more often than it has ended; amendments of a request begin it again and are not counted twice.
_STOCK: Final = text(
    f"{_SUM} FROM (SELECT DISTINCT ON (b.subject) b.* FROM facts b WHERE b.siao = :siao AND b.kind = :kind"
    " AND b.at < :until AND NOT EXISTS (SELECT FROM facts e WHERE e.kind = :ended AND e.subject = b.subject"
    " AND e.at < :until AND e.at >= b.at) ORDER BY b.subject, b.at DESC) f GROUP BY 1"
)
_STATEMENTS: Final[dict[str, TextClause]] = {"flow": _FLOW, "first": _FIRST, "stock": _STOCK}


async def indicators(connection: AsyncConnection, siao: str, since: date, until: date) -> list[Line]:
    """All indicators of [since, until), each with its total and its lines by type of offer."""
    start, stop = (datetime.combine(day, time(), PARIS) for day in (since, until))
    lines: list[Line] = []
    for indicator in INDICATORS:
        lines.extend(await _compute(connection, indicator, siao, start, stop))
    return lines


async def _compute(
    connection: AsyncConnection, indicator: Indicator, siao: str, start: datetime, stop: datetime
) -> list[Line]:
    parameters: dict[str, Any] = {"siao": siao, "kind": _type(indicator.kind), "until": stop}
    if indicator.measure == "stock":
        parameters["ended"] = _type(indicator.ended_by)
    else:
        parameters |= {"since": start, "details": list(indicator.details)}
    rows = (await connection.execute(_STATEMENTS[indicator.measure], parameters)).all()
    total = Line(indicator.id, ALL, sum(r.households for r in rows), sum(r.persons for r in rows))
    by_type = {row.offer_type: row for row in rows}
    known = [by_type[kind.value] for kind in OfferType if kind.value in by_type]
    return [total, *(Line(indicator.id, r.offer_type, r.households, r.persons) for r in known)]


def _type(model: Any) -> str:
    return str(model.__dict__["type"])


_LIVE: Final = text(
    "SELECT (SELECT count(*) FROM facts WHERE siao = :siao AND kind = :opened)"
    " - (SELECT count(*) FROM facts WHERE siao = :siao AND kind = :closed) AS vacant,"
    " (SELECT count(*) FROM facts WHERE siao = :siao AND kind = :made)"
    " - (SELECT count(*) FROM facts WHERE siao = :siao AND kind = :ended) AS designated,"
    " (SELECT count(*) FROM facts WHERE siao = :siao AND kind = :progressed AND detail = 'refusal_submitted')"
    " - (SELECT count(*) FROM facts WHERE siao = :siao AND kind = :progressed AND detail = 'refusal_overruled')"
    " - (SELECT count(*) FROM facts r WHERE r.siao = :siao AND r.kind = :ended AND r.detail = :refused) AS to_judge"
)


async def live(connection: AsyncConnection, siao: str, today: date) -> dict[str, Any]:
    """What is true now: stocks in ménages and personnes, vacancies, designations under way, refusals to judge."""
    parameters = {
        "siao": siao,
        "opened": VacancyOpened.type,
        "closed": VacancyClosed.type,
        "made": DesignationMade.type,
        "ended": DesignationEnded.type,
        "progressed": DesignationProgressed.type,
        "refused": DesignationOutcome.REFUSED.value,
    }
    row = (await connection.execute(_LIVE, parameters)).one()
    lines = await indicators(connection, siao, date.min.replace(year=1970), today)
    totals = {line.indicator: line for line in lines if line.offer_type == ALL}
    stocks = {
        name: {"households": totals[name].households, "persons": totals[name].persons}
        for name in ("waiting", "ready", "hosted")
    }
    return {
        **stocks,
        "vacant": row.vacant,
        "designated": row.designated,
        "refusals_to_judge": row.to_judge,
        "legal_missed": totals["legal_clocks_missed"].households,
    }


def by_id(lines: Sequence[Line]) -> dict[str, dict[str, Line]]:
    """Indicator -> type of offer -> line."""
    table: dict[str, dict[str, Line]] = {}
    for line in lines:
        table.setdefault(line.indicator, {})[line.offer_type] = line
    return table
