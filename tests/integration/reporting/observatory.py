"""A reporting database with chosen facts in it, and its pages asked as a browser asks for them."""

import asyncio
from collections.abc import Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.codes import OfferType
from contracts.event import Message
from services.chassis.database import engine_of, transaction
from services.chassis.store import Store
from services.chassis.vault import Vault
from services.reporting.app import DESCRIPTION
from services.reporting.domain import FactRow
from services.reporting.indicators import ALL, indicators, live
from services.reporting.periods import month_key, month_of
from services.reporting.store import FACTS

SIAO: Final = "92"
# Half a month before "now": a fact of the period that most tests look at.
THEN: Final = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
NOW: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MONTH: Final = (date(2026, 11, 1), date(2026, 12, 1))
# One fact more in its month, as the handler counts it.
_HEARD: Final = (
    "INSERT INTO months (key, version, body, siao, month, heard)"
    " VALUES ($1, 1, jsonb_build_object('siao', $2::text, 'month', $3::text, 'heard', 1), $2, $3, 1)"
    " ON CONFLICT (key) DO UPDATE SET heard = months.heard + 1"
)


def fact(kind: type[Message], subject: str = "one", **facts: Any) -> FactRow:
    """A fact of one CHRS place and one person, in the period."""
    plain: dict[str, Any] = {"siao": SIAO, "at": THEN, "offer_type": OfferType.CHRS, "persons": 1}
    return FactRow(kind=kind.__dict__["type"], subject=subject, **{**plain, **facts})


@dataclass(frozen=True)
class Answer:
    """What a page answered."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Observatory:
    """Facts and pages of one database."""

    engine: AsyncEngine
    now: datetime = NOW
    _count: int = field(default=0)

    async def keep(self, rows: Iterable[FactRow]) -> None:
        """Write facts as the service does."""
        kept = {}
        for row in rows:
            self._count += 1
            kept[f"fact-{self._count}"] = (row, 0)
        async with transaction(self.engine) as connection:
            await Store(connection, Vault(bytes(32))).save(FACTS, kept)
            for row, _ in kept.values():
                await connection.execute(_HEARD, month_key(row.siao, row.at), row.siao, month_of(row.at))

    async def figures(
        self, since: date = MONTH[0], until: date = MONTH[1], *, siao: str = SIAO, kind: str = ALL
    ) -> dict[str, tuple[int, int]]:
        """Indicator -> (ménages, personnes), for one type of offer or all; zeros are left out."""
        async with self.engine.connect() as connection:
            lines = await indicators(connection, siao, since, until)
        return {
            line.indicator: (line.households, line.persons)
            for line in lines
            if line.offer_type == kind and (line.households, line.persons) != (0, 0)
        }

    async def live(self) -> dict[str, Any]:
        """What is true now."""
        async with self.engine.connect() as connection:
            return await live(connection, SIAO, date(2026, 11, 25))

    async def get(self, address: str) -> Answer:
        """Ask for a page."""
        path, _, query = address.partition("?")
        routes = dict(route(self.engine, lambda: self.now) for route in DESCRIPTION.routes)
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {"type": "http", "method": "GET", "path": path, "query_string": quote(query, safe="=&%").encode()}
        await routes[path](scope, receive, send)
        headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], headers, b"".join(m["body"] for m in sent[1:]).decode())


@asynccontextmanager
async def observatory(address: str) -> Any:
    """An observatory on a migrated database."""
    engine = engine_of(address)
    try:
        yield Observatory(engine)
    finally:
        await engine.dispose()
        await asyncio.sleep(0)
