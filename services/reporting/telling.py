"""The round that tells partners the figures: computed once for all of them, apart from the handling of facts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.indicators import EXACT_ROLES, LIVE, IndicatorsComputed, rounded
from contracts.partners import PartnerRegistered
from contracts.topics import INDICATORS
from services.chassis.fold import Send
from services.chassis.rounds import Occasion
from services.reporting.indicators import indicators, live_lines
from services.reporting.periods import Period, Told, due

# A transaction is short: years of months are told in several.
MOST_AT_ONCE: Final = 12
_MONTHS: Final = text("SELECT siao, month, heard FROM months")
_TOLD: Final = text("SELECT siao, period, heard, at, final FROM tellings")
_KEEP: Final = text(
    "INSERT INTO tellings (siao, period, heard, at, final, body)"
    " VALUES (:siao, :period, :heard, :at, :final, CAST(:body AS jsonb)) ON CONFLICT (siao, period) DO UPDATE"
    " SET heard = excluded.heard, at = excluded.at, final = excluded.final, body = excluded.body"
)
_BODIES: Final = text("SELECT siao, period, body::text AS body FROM tellings WHERE siao = ANY(:siaos)")
_READERS: Final = text("SELECT partner, exact FROM readers")
_JOIN: Final = text(
    "INSERT INTO readers (partner, exact) VALUES (:partner, :exact)"
    " ON CONFLICT (partner) DO UPDATE SET exact = excluded.exact"
)
_LEAVE: Final = text("DELETE FROM readers WHERE partner = ANY(:partners)")


async def tell_indicators(connection: AsyncConnection, occasion: Occasion) -> Sequence[Send]:
    """What is due, to all who read it; all that was told before, to who has just joined."""
    readers = [partner for partner in occasion.partners.values() if _reads(partner)]
    joined = await _joined(connection, readers)
    told = await _told_to(connection, {partner.siao for partner in joined})
    fresh: dict[str, list[IndicatorsComputed]] = {}
    for siao, period in await _due(connection, {partner.siao for partner in readers}, occasion):
        figures = await _computed(connection, siao, period, occasion)
        told.get(siao, {}).pop(period.name, None)
        fresh.setdefault(siao, []).append(figures)
    sends = [send for siao, all_ in fresh.items() for send in _sends(all_, [r for r in readers if r.siao == siao])]
    for siao, before in told.items():
        sends += _sends(before.values(), [partner for partner in joined if partner.siao == siao])
    return sends


def _reads(partner: PartnerRegistered) -> bool:
    return partner.role in INDICATORS.roles and partner.status == "active"


async def _joined(connection: AsyncConnection, readers: Sequence[PartnerRegistered]) -> list[PartnerRegistered]:
    """The readers who have not been told yet, or not so exactly; from now on they have."""
    known = {row.partner: row.exact for row in await connection.execute(_READERS)}
    joined = [partner for partner in readers if known.get(partner.id) != (partner.role in EXACT_ROLES)]
    if joined:
        rows = [{"partner": partner.id, "exact": partner.role in EXACT_ROLES} for partner in joined]
        await connection.execute(_JOIN, rows)
    if left := known.keys() - {partner.id for partner in readers}:
        await connection.execute(_LEAVE, {"partners": list(left)})
    return joined


async def _told_to(connection: AsyncConnection, siaos: set[str]) -> dict[str, dict[str, IndicatorsComputed]]:
    """What was last told of each period of these SIAOs, by period."""
    told: dict[str, dict[str, IndicatorsComputed]] = {}
    if siaos:
        for row in await connection.execute(_BODIES, {"siaos": list(siaos)}):
            told.setdefault(row.siao, {})[row.period] = IndicatorsComputed.model_validate_json(row.body)
    return told


async def _due(connection: AsyncConnection, siaos: set[str], occasion: Occasion) -> list[tuple[str, Period]]:
    heard: dict[str, dict[str, int]] = {}
    for row in await connection.execute(_MONTHS):
        heard.setdefault(row.siao, {})[row.month] = row.heard
    told: dict[str, dict[str, Told]] = {}
    for row in await connection.execute(_TOLD):
        told.setdefault(row.siao, {})[row.period] = Told(row.heard, row.at, row.final)
    found = [
        (siao, period)
        for siao in sorted(siaos & heard.keys())
        for period in due(heard[siao], told.get(siao, {}), occasion.now, occasion.pace)
    ]
    # Those told the longest ago first: however many there are, each has its turn.
    never = datetime.min.replace(tzinfo=UTC)

    def told_at(each: tuple[str, Period]) -> datetime:
        before = told.get(each[0], {}).get(each[1].name)
        return never if before is None else before.at

    return sorted(found, key=told_at)[:MOST_AT_ONCE]


async def _computed(connection: AsyncConnection, siao: str, period: Period, occasion: Occasion) -> IndicatorsComputed:
    """The figures of a period as they are now, kept as what was last told of it."""
    if period.name == LIVE:
        lines = await live_lines(connection, siao, period.until)
    else:
        lines = await indicators(connection, siao, period.since, period.until)
    facts = {
        "siao": siao,
        "period": period.name,
        "since": period.since,
        "until": period.until,
        "final": period.final,
        "computed_at": occasion.now,
        "rounded_to": 1,
        "lines": tuple(map(asdict, lines)),
    }
    # Codes come from the database as they are written.
    figures = IndicatorsComputed.model_validate(facts, strict=False)
    kept = {"siao": siao, "period": period.name, "heard": period.heard, "at": occasion.now, "final": period.final}
    await connection.execute(_KEEP, {**kept, "body": figures.model_dump_json()})
    return figures


def _sends(told: Iterable[IndicatorsComputed], readers: Sequence[PartnerRegistered]) -> Iterator[Send]:
    """Each figure to each reader, as exactly as it may have it."""
    for figures in told:
        shown: Mapping[bool, IndicatorsComputed] = {True: figures, False: rounded(figures)}
        for reader in readers:
            yield Send(INDICATORS.of(reader.id), figures.period, shown[reader.role in EXACT_ROLES])
