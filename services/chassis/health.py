"""Health that tells the truth: alive means progress, ready means able; a client library's ping says neither."""

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import TopicPartition
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis import metrics
from services.chassis.faults import Fault, Faults
from services.chassis.reading import family
from services.chassis.relay import Relay
from services.chassis.tracing import Recorder
from services.chassis.unit import Unit

# A handler, or a partition with messages to read, that has not moved for so long is stuck.
STUCK_SECONDS: Final = 60.0
OUTBOX_STALE_SECONDS: Final = 30.0
PERIOD_SECONDS: Final = 1.0
TRACES: Final = "traces"


@dataclass(slots=True)
class Watch:
    """Looks at a service's subscriptions, database and relay every second."""

    engine: AsyncEngine
    relay: Relay
    subscriptions: Sequence[tuple[Unit, Any]]
    faults: Faults
    recorder: Recorder | None = None
    started: bool = False
    _moved: dict[TopicPartition, tuple[int, float]] = field(default_factory=dict)
    _stuck: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            await self._database()
            if self.started:
                await self._look()
            self._traces()
            self.faults.remind()
            metrics.READY.set(not self.faults_of_readiness())
            await asyncio.sleep(PERIOD_SECONDS)

    async def _database(self) -> None:
        try:
            async with asyncio.timeout(5), self.engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
            self.faults.mended("database")
        except Exception as error:
            self.faults.tell("database", error)

    def _traces(self) -> None:
        where = self.recorder.failing() if self.recorder is not None else None
        if where is None:
            self.faults.mended(TRACES)
        else:
            self.faults.tell(TRACES, Fault("traces-unreachable", where))

    async def _look(self) -> None:
        # The client raises, or waits, while partitions move: what was known stays known until the next look.
        with contextlib.suppress(Exception):
            async with asyncio.timeout(5):
                await self._progress()

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
        # What went to another instance is told there.
        metrics.LAG.clear()
        for name, count in lag.items():
            metrics.LAG.labels(name).set(count)
        self._stuck = frozenset(stuck)

    def faults_of_life(self) -> Mapping[str, str]:
        """Why this process should be restarted; empty when it is alive."""
        faults = dict.fromkeys(self._stuck, "no progress")
        for unit, subscriber in self.subscriptions:
            if unit.busy_since is not None and time.monotonic() - unit.busy_since > STUCK_SECONDS:
                faults[unit.consumer] = "handler does not return"
            if (
                self.started
                and not unit.reviving
                and (not subscriber.tasks or all(task.done() for task in subscriber.tasks))
            ):
                faults[unit.consumer] = "consumer stopped"
        return faults

    def faults_of_readiness(self) -> Mapping[str, str]:
        """Why this process cannot do its work now; empty when it is ready."""
        faults = self.faults.now() | dict(self.faults_of_life())
        # Without traces, a service is no less able.
        faults.pop(TRACES, None)
        if not self.started:
            faults.setdefault("start", "not finished")
        if self.relay.elected and time.monotonic() - self.relay.last_success > OUTBOX_STALE_SECONDS:
            faults.setdefault("relay", "not publishing")
        return faults
