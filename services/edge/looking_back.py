"""Reads of what a topic already holds, by a few connections that are lent out; refuses a place that is not there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.chassis.kafka import client_settings
from services.chassis.settings import ProcessSettings
from services.edge import figures
from services.edge.refusals import Refused

Record: TypeAlias = Any  # aiokafka's ConsumerRecord

CONNECTIONS: Final = 4
# How long a read waits for a connection, and then for the broker.
TURN_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 5.0


class LookingBack:
    """Bounded reads of partners' topics, each of one partition."""

    def __init__(self, settings: ProcessSettings) -> None:
        self._settings = settings
        self._free: asyncio.LifoQueue[AIOKafkaConsumer | None] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self._free.put_nowait(None)

    async def records(self, topic: str, position: int | None, most: int) -> tuple[int, list[Record]]:
        """At most so many records from `position` on, the oldest kept for None; none at the end of the topic.

        With the offset that was begun at.

        Raises Refused (`cursor-expired`) when the topic does not reach from there, TimeoutError or KafkaError when the
        broker does not answer.
        """
        place = TopicPartition(topic, 0)
        async with self._lent() as consumer:
            first, end = await self._span(consumer, place)
            start = first if position is None else position
            if not first <= start <= end:
                raise Refused("cursor-expired", "after", continue_with=cursor_of(first))
            _place(consumer, place, start)
            found: list[Record] = []
            while len(found) < most and await consumer.position(place) < end:
                found += (await consumer.getmany(place, timeout_ms=200)).get(place, ())
            return start, found[:most]

    async def end(self, topic: str) -> int:
        """The offset that the next record will have."""
        place = TopicPartition(topic, 0)
        async with self._lent() as consumer:
            return (await self._span(consumer, place))[1]

    async def latest(self, topic: str) -> tuple[dict[bytes, Record], int]:
        """A compacted topic's last record of each key, those removed left out; and where it ended."""
        place = TopicPartition(topic, 0)
        async with self._lent() as consumer:
            first, end = await self._span(consumer, place)
            _place(consumer, place, first)
            held: dict[bytes, Record] = {}
            while await consumer.position(place) < end:
                for record in (await consumer.getmany(place, timeout_ms=200)).get(place, ()):
                    key = record.key or b""
                    if record.value is None:
                        held.pop(key, None)
                    else:
                        held[key] = record
            return held, end

    async def stop(self) -> None:
        """Close the connections that are not lent out."""
        while not self._free.empty():
            if (consumer := self._free.get_nowait()) is not None:
                await asyncio.gather(consumer.stop(), return_exceptions=True)

    @staticmethod
    async def _span(consumer: AIOKafkaConsumer, place: TopicPartition) -> tuple[int, int]:
        first = (await consumer.beginning_offsets([place]))[place]
        return first, (await consumer.end_offsets([place]))[place]

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[AIOKafkaConsumer]:
        """A connection without a place. One that failed, or was left half-way, is not lent again."""
        figures.LOOK_BACKS.inc()
        async with asyncio.timeout(TURN_SECONDS):
            consumer = await self._free.get()
        sound = None
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                consumer = consumer or await self._connected()
                yield consumer
                # It would read ahead, for nobody. `unsubscribe` is no way to stop that: the client's reading task dies.
                consumer.pause(*consumer.assignment())
            sound = consumer
        except Refused:
            # Nothing was read: it has no place.
            sound = consumer
            raise
        finally:
            self._free.put_nowait(sound)
            if sound is None and consumer is not None:
                await asyncio.gather(consumer.stop(), return_exceptions=True)

    async def _connected(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            **client_settings(self._settings),
            auto_offset_reset="none",
            enable_auto_commit=False,
            fetch_max_wait_ms=10,
            # A topic that it has not read yet is first asked for: not a tenth of a second later.
            retry_backoff_ms=20,
        )
        try:
            await consumer.start()
        except BaseException:
            await asyncio.gather(consumer.stop(), return_exceptions=True)
            raise
        return consumer


def _place(consumer: AIOKafkaConsumer, place: TopicPartition, offset: int) -> None:
    """Assigned and sought in one go: in between, the client would look for a position by itself."""
    consumer.assign([place])
    consumer.seek(place, offset)


def cursor_of(offset: int) -> str:
    """The cursor that means: from this offset on."""
    return f"n{offset}"


def offset_of(cursor: str) -> int:
    """The offset of a cursor. Raises Refused (`cursor-invalid`)."""
    digits = cursor[1:]
    if not (cursor.startswith("n") and digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        raise Refused("cursor-invalid", "after")
    return int(digits)
