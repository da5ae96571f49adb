"""What partners are being told, as it is written: one connection for all of them, the last records of each in memory.

Who waits, waits for a bell in memory; only who is far behind costs a read from the broker.
"""

import asyncio
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import OffsetOutOfRangeError, TopicAuthorizationFailedError

from services.chassis.faults import Fault, Faults
from services.chassis.fetching import fetch_in_sessions
from services.chassis.kafka import client_settings
from services.chassis.needs import reason_of
from services.chassis.settings import ProcessSettings
from services.edge import figures
from services.edge.looking_back import Record

# What is kept of each partner's notices: a dozen designations, some hundreds of receipts. 350 partners: 22 MB at most.
KEPT_BYTES: Final = 65_536
# It names people: what nobody has come for is soon on the broker only, which forgets it in its time.
KEPT_SECONDS: Final = 600.0
SWEEP_SECONDS: Final = 30.0
POLL_MS: Final = 250
RETRY_SECONDS: Final = 0.5
ANSWER_SECONDS: Final = 10.0
# A topic that is not shown to us, or refuses us, is looked for again after so long.
ABSENT_SECONDS: Final = 2.0


@dataclass(slots=True)
class Stretch:
    """The end of one topic: its last records, the offset of the first of them, and the offset that comes next."""

    first: int
    next: int
    records: deque[Record] = field(default_factory=deque)
    size: int = 0
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, records: Iterable[Record]) -> None:
        """Take over what came, and wake who waits for it."""
        for record in records:
            self.records.append(record)
            self.size += _size(record)
            self.next = record.offset + 1
        self.forget(0)
        self.ring()

    def forget(self, before: float) -> None:
        """Keep no record from before this instant, in milliseconds since 1970, and none too many."""
        while self.records and (self.size > KEPT_BYTES or self.records[0].timestamp < before):
            self.size -= _size(self.records.popleft())
        self.first = self.records[0].offset if self.records else self.next

    def ring(self) -> None:
        """Wake all who wait; the next to wait, wait for another bell."""
        bell, self.bell = self.bell, asyncio.Event()
        bell.set()

    def since(self, position: int, most: int) -> list[Record]:
        """The first records from `position` on, which is not before `first`."""
        found = (record for record in self.records if record.offset >= position)
        return [record for record, _ in zip(found, range(most), strict=False)]


def _size(record: Record) -> int:
    return len(record.value or b"") + sum(len(name) + len(value or b"") for name, value in record.headers)


class Tail:
    """Follows topics from their ends. A topic is in `stretches` as long as it is followed."""

    def __init__(self, settings: ProcessSettings, faults: Faults) -> None:
        self._settings, self._faults = settings, faults
        self.stretches: dict[str, Stretch] = {}
        self._wanted: frozenset[str] = frozenset()
        self._looked_for: frozenset[str] = frozenset()
        self._look_at = 0.0
        self.turned = self._swept = time.monotonic()

    @property
    def settled(self) -> bool:
        """Whether all that is wanted was looked for; what could be found is followed."""
        return self._looked_for == self._wanted

    def want(self, topics: Iterable[str]) -> None:
        """These topics are to be followed, and no others."""
        self._wanted = frozenset(topics)
        self._look_at = 0.0
        for topic in self.stretches.keys() - self._wanted:
            self.stretches.pop(topic).ring()

    async def run(self) -> None:
        """Follow until cancelled; after a loss, from where each topic was."""
        while True:
            try:
                await self._follow()
            except Exception as error:
                found = Fault("broker-unreachable", self._settings.kafka) if isinstance(error, TimeoutError) else error
                self._faults.tell("notices", await reason_of(found, self._settings))
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        consumer = AIOKafkaConsumer(
            **client_settings(self._settings),
            auto_offset_reset="none",
            enable_auto_commit=False,
            fetch_max_wait_ms=POLL_MS,
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await consumer.start()
            fetch_in_sessions(consumer)
            followed: frozenset[str] = frozenset()
            while True:
                if followed != self._wanted and time.monotonic() >= self._look_at:
                    async with asyncio.timeout(ANSWER_SECONDS):
                        followed = await self._assign(consumer)
                self._faults.mended("notices")
                self._sweep()
                if not followed:
                    await asyncio.sleep(POLL_MS / 1000)
                    continue
                if lost := await self._take(consumer):
                    followed -= lost
        finally:
            # When the broker is away, the client ends by raising what it had cancelled itself.
            await asyncio.gather(consumer.stop(), return_exceptions=True)

    def _sweep(self) -> None:
        self.turned = time.monotonic()
        if self.turned - self._swept > SWEEP_SECONDS:
            self._swept = self.turned
            for stretch in self.stretches.values():
                stretch.forget((time.time() - KEPT_SECONDS) * 1000)

    async def _assign(self, consumer: AIOKafkaConsumer) -> frozenset[str]:
        """Read what is wanted and shown to us: known topics from where they were, new ones from their ends."""
        self._look_at = time.monotonic() + ABSENT_SECONDS
        wanted = self._wanted
        shown = wanted & await consumer.topics()
        # Asked for at once: the client alone would ask for each of some hundreds, a tenth of a second each.
        await consumer._client.set_topics(shown)
        fresh = [TopicPartition(topic, 0) for topic in shown - self.stretches.keys()]
        ends = await consumer.end_offsets(fresh) if fresh else {}
        for place, end in ends.items():
            if place.topic in self._wanted:
                self.stretches[place.topic] = Stretch(end, end)
        followed = frozenset(shown & self.stretches.keys())
        # In one go: between the two, the client would look for positions by itself.
        consumer.assign([TopicPartition(topic, 0) for topic in followed])
        for topic in followed:
            consumer.seek(TopicPartition(topic, 0), self.stretches[topic].next)
        figures.FOLLOWED.set(len(followed))
        self._looked_for = wanted
        return followed

    async def _take(self, consumer: AIOKafkaConsumer) -> frozenset[str]:
        """Wait a little for what comes; the topics that cannot be followed any more."""
        try:
            batches: dict[Any, list[Record]] = await consumer.getmany(timeout_ms=POLL_MS)
        except (TopicAuthorizationFailedError, OffsetOutOfRangeError) as refusal:
            lost = frozenset(getattr(place, "topic", place) for place in _named(refusal))
            for topic in lost & self.stretches.keys():
                self.stretches.pop(topic).ring()
            self._look_at = time.monotonic() + ABSENT_SECONDS
            return lost
        for place, records in batches.items():
            if (stretch := self.stretches.get(place.topic)) is not None:
                stretch.add(records)
        return frozenset()


def _named(refusal: Exception) -> Iterable[Any]:
    """What the client puts in its error: a topic's name, or the places concerned."""
    told = refusal.args[0] if refusal.args else ()
    return [told] if isinstance(told, str) else told
