"""Durable deadlines: when business time reaches one, its fact is published as any other, and whoever set it decides."""

import asyncio
from collections.abc import Callable
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis import inbox, metrics
from services.chassis.clock import Clock
from services.chassis.database import transaction
from services.chassis.faults import Faults

# Deadlines are counted in days: a second is soon enough, unless business time is accelerated.
POLL_SECONDS: Final = 1.0
ACCELERATED_POLL_SECONDS: Final = 0.1
# Longer than the longest retention of an inbound topic (7 days) with room for an operator's replay.
INBOX_DAYS: Final = 30
PRUNE_SECONDS: Final = 3600.0
_FIRE: Final = (
    "WITH due AS (DELETE FROM timers WHERE name IN"
    " (SELECT name FROM timers WHERE due_at <= $1 ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED) RETURNING *)"
    " INSERT INTO outbox (id, topic, key, type, time, payload)"
    " SELECT id, topic, key, type, due_at, payload FROM due ORDER BY due_at, name"
)


class Timers:
    """Moves due deadlines to the outbox, several instances side by side if need be; prunes the inbox now and then."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        committed: Callable[[], None],
        faults: Faults,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._engine, self._clock, self._committed = engine, clock, committed
        self._faults, self._poll = faults, poll_seconds

    async def run(self) -> None:
        """Watch until cancelled; any failure is survived."""
        loop = asyncio.get_running_loop()
        pruned = loop.time()
        while True:
            try:
                await self._fire()
                if loop.time() - pruned > PRUNE_SECONDS:
                    pruned = loop.time()
                    await self._prune()
                self._faults.mended("deadlines")
            except Exception as error:
                self._faults.tell("deadlines", error)
                await asyncio.sleep(1)
            await asyncio.sleep(self._poll)

    async def _fire(self) -> None:
        async with transaction(self._engine) as connection:
            fired = int((await connection.execute(_FIRE, self._clock())).rpartition(" ")[2])
        if fired:
            metrics.TIMERS_FIRED.inc(fired)
            self._committed()

    async def _prune(self) -> None:
        async with transaction(self._engine) as connection:
            while await inbox.prune(connection, INBOX_DAYS):
                pass
