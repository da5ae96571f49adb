"""Health that tells the truth: alive means progress, ready means able; a client library's ping says neither."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import TopicPartition
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis import metrics
from services.chassis.logs import kind_of, log
from services.chassis.reading import family
from services.chassis.relay import Relay
from services.chassis.unit import Unit

# A handler, or a partition with messages to read, that has not moved for so long is stuck.
STUCK_SECONDS: Final = 60.0
OUTBOX_STALE_SECONDS: Final = 30.0
PERIOD_SECONDS: Final = 1.0


@dataclass(slots=True)
class Watch:
    """Looks at a service's subscriptions, database and relay every second."""

    engine: AsyncEngine
    relay: Relay
    subscriptions: Sequence[tuple[Unit, Any]]
    started: bool = False
    database_ok: bool = False
    _moved: dict[TopicPartition, tuple[int, float]] = field(default_factory=dict)
    _stuck: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            self.database_ok = await self._database()
            if self.started:
                await self._look()
            await asyncio.sleep(PERIOD_SECONDS)

    async def _database(self) -> bool:
        try:
            async with asyncio.timeout(5), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception as error:
            if self.database_ok:
                log().warning("database-unreachable", error=kind_of(error))
            return False
        return True

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(5):
                await self._progress()
        except Exception as error:
            # The client raises, or waits, while partitions move: what was known stays known until the next look.
            log().warning("progress-unknown", error=kind_of(error))

    async def _progress(self) -> None:
        lag: dict[str, int] = defaultdict(int)
        stuck, now = set(), time.monotonic()
        for unit, subscriber in self.subscriptions:
            consumer = subscriber.consumer
            for place in consumer.assignment() if consumer else ():
                highwater, position = consumer.highwater(place) or 0, await consumer.position(place)
                lag[family(place.topic)] += max(0, highwater - position)
                before, since = self._moved.get(place, (-1, now))
                if position != before or position >= highwater or unit.failing:
                    since = now
                self._moved[place] = (position, since)
                if now - since > STUCK_SECONDS:
                    stuck.add(family(place.topic))
        for name, count in lag.items():
            metrics.LAG.labels(name).set(count)
        self._stuck = frozenset(stuck)

    def faults_of_life(self) -> Mapping[str, str]:
        """Why this process should be restarted; empty when it is alive."""
        faults = dict.fromkeys(self._stuck, "no progress")
        for unit, subscriber in self.subscriptions:
            if unit.busy_since is not None and time.monotonic() - unit.busy_since > STUCK_SECONDS:
                faults[unit.consumer] = "handler does not return"
            if self.started and (not subscriber.tasks or all(task.done() for task in subscriber.tasks)):
                faults[unit.consumer] = "consumer stopped"
        return faults

    def faults_of_readiness(self) -> Mapping[str, str]:
        """Why this process cannot do its work now; empty when it is ready."""
        faults = dict(self.faults_of_life())
        if not self.started:
            faults["start"] = "not finished"
        if not self.database_ok:
            faults["database"] = "unreachable"
        faults |= {unit.consumer: "putting off" for unit, _ in self.subscriptions if unit.failing}
        if self.relay.elected and time.monotonic() - self.relay.last_success > OUTBOX_STALE_SECONDS:
            faults["relay"] = "not publishing"
        return faults
