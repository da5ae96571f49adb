"""Gauges read from the service's own database now and then; refuses to show a figure that it could not read again."""

import asyncio
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from prometheus_client import Gauge
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis import metrics
from services.chassis.clock import Clock
from services.chassis.logs import kind_of, log

# A statement that takes longer is not bounded as it should be.
LONGEST_SECONDS: Final = 5.0
# Where business time is accelerated, figures of business time are read as often as this, in real seconds.
ACCELERATED_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """Gauges that one bounded statement gives; it may name :now, which is business time.

    labels: columns whose values are labels; figures: column -> its gauge, and the values of labels that are the
    column's own and come after these; every: real seconds between two readings. Every instance of a service reads the
    same: `max by (...)` in a query, never `sum`.
    """

    statement: TextClause
    figures: Mapping[str, tuple[Gauge, tuple[str, ...]]]
    labels: tuple[str, ...] = ()
    every: float = 15.0

    def show(self, rows: Iterable[Mapping[Any, Any]]) -> None:
        """Show these rows instead of those before. Nothing is awaited: a scrape sees all of it or nothing."""
        self.forget()
        for row in rows:
            common = tuple(row[label] for label in self.labels)
            for column, (gauge, own) in self.figures.items():
                labels = (*common, *own)
                (gauge.labels(*labels) if labels else gauge).set(row[column])

    def forget(self) -> None:
        """Show nothing: no figure is better than one that may not be true any more."""
        for gauge, own in self.figures.values():
            if self.labels or own:
                gauge.clear()
            else:
                gauge.set(math.nan)


OWN: Final = Reading(
    text(
        "SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) o) AS waiting,"
        " coalesce((SELECT extract(epoch FROM now() - at) FROM outbox ORDER BY seq LIMIT 1), 0)::float AS age,"
        " coalesce((SELECT extract(epoch FROM CAST(:now AS timestamptz) - due_at) FROM timers"
        " WHERE due_at < :now ORDER BY due_at LIMIT 1), 0)::float AS late,"
        " (SELECT count(*) FROM (SELECT FROM quarantine LIMIT 100000) q) AS kept"
    ),
    {
        "waiting": (metrics.OUTBOX_ROWS, ()),
        "age": (metrics.OUTBOX_AGE, ()),
        "late": (metrics.DEADLINES_LATE, ()),
        "kept": (metrics.QUARANTINE_ROWS, ()),
    },
    every=1.0,
)


class Readings:
    """Keeps the gauges of a service up to date, beside its work and whatever becomes of the broker."""

    def __init__(self, engine: AsyncEngine, clock: Clock, readings: Sequence[Reading], *, accelerated: bool) -> None:
        self._engine, self._clock, self._readings = engine, clock, readings
        self._longest = ACCELERATED_SECONDS if accelerated else math.inf

    async def run(self) -> None:
        """Read until cancelled; any failure is survived, and seen."""
        await asyncio.gather(*(self._keep(reading) for reading in self._readings))

    async def _keep(self, reading: Reading) -> None:
        failing = False
        while True:
            try:
                await self._read(reading)
                failing = False
            except Exception as error:
                reading.forget()
                metrics.READING_FAILURES.inc()
                if not failing:
                    log().warning("figures-unread", error=kind_of(error))
                failing = True
            await asyncio.sleep(min(reading.every, self._longest))

    async def _read(self, reading: Reading) -> None:
        async with asyncio.timeout(LONGEST_SECONDS), self._engine.connect() as connection:
            rows = (await connection.execute(reading.statement, {"now": self._clock()})).mappings().all()
        reading.show(rows)
