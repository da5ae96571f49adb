"""Shipping: rows of the outbox to the broker, pipelined, in order within each partition; says which were acknowledged.

A refusal of one message is found out and costs only that message; a refusal of a topic costs only that topic.
"""

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
)
from aiokafka.partitioner import DefaultPartitioner

from services.chassis.kafka import let_go, producer_of
from services.chassis.settings import Settings

Line: TypeAlias = Any  # asyncpg's Record: seq, id, topic, key, type, time, traceparent, payload

# The client itself would try for ever: whatever it then holds back, other topics must not wait for.
SEND_SECONDS: Final = 20.0
TOO_LARGE: Final = (MessageSizeTooLargeError, RecordListTooLargeError)
_PARTITIONER: Final = DefaultPartitioner()


@dataclass(slots=True)
class Delivery:
    """What became of some rows: sequence numbers acknowledged, rows no broker takes, topics that refuse us, the rest.

    smaller: a batch was too large for its topic, and is to be sent again in smaller ones.
    """

    sent: list[int] = field(default_factory=list)
    impossible: list[Line] = field(default_factory=list)
    refused: dict[str, KafkaError] = field(default_factory=dict)
    failure: KafkaError | None = None
    smaller: bool = False

    @property
    def whole(self) -> bool:
        """Whether everything was acknowledged."""
        return not (self.impossible or self.refused or self.failure or self.smaller)


class Shipping:
    """A producer, made when it is needed and made again after any failure: a gap in its sequence is not mended."""

    def __init__(self, settings: Settings, source: str) -> None:
        self._settings = settings
        self._constant_headers = [
            ("ce_specversion", b"1.0"),
            ("ce_source", source.encode()),
            ("content-type", b"application/json"),
        ]
        self._producer: AIOKafkaProducer | None = None
        # The largest batch that a topic may still be sent, in bytes, where it refused a larger one.
        self._room: dict[str, int] = {}

    async def open(self) -> None:
        """Connect. It asks once for all that there is: the client alone would ask again for each of a thousand."""
        if self._producer is None:
            self._producer = producer_of(self._settings)
            await self._producer.start()
            everything = await self._producer.client.fetch_all_metadata()
            await self._learn(everything.topics())

    async def close(self) -> None:
        """Let the producer go, with whatever it still holds: that is in the outbox."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await let_go(producer)

    async def absent(self, topics: Set[str], again: bool) -> dict[str, bool]:
        """Those of these topics that the broker does not show us, and whether it is for want of a right.

        again: ask, even if it was asked before.
        """
        await self._learn(topics)
        client = self._started().client
        if again:
            await client.force_metadata_update()
        cluster = client.cluster
        return {topic: topic in cluster.unauthorized_topics for topic in topics - cluster.topics()}

    async def send(self, rows: Sequence[Line]) -> Delivery:
        """Send rows, in order within each partition."""
        delivery = Delivery()
        places: dict[tuple[str, int], list[Line]] = {}
        counts = {topic: await self._partitions(topic) for topic in {row["topic"] for row in rows}}
        for row in rows:
            topic = row["topic"]
            places.setdefault((topic, partition_of(row["key"], counts[topic])), []).append(row)
        try:
            async with asyncio.timeout(SEND_SECONDS), asyncio.TaskGroup() as flights:
                for place, lines in places.items():
                    flights.create_task(self._send(delivery, *place, lines))
        except TimeoutError:
            delivery.failure = KafkaTimeoutError()
        return delivery

    async def _send(self, delivery: Delivery, topic: str, partition: int, rows: Sequence[Line]) -> None:
        """Send the rows of one partition, batch after batch; stops at the first batch that fails."""
        room, batch, aboard = self._room.get(topic), self._started().create_batch(), list[Line]()
        for row in rows:
            headers, key, value = self._headers(row), row["key"].encode(), row["payload"]
            # A batch takes any first message, whatever its size.
            while (room and aboard and batch.size() + len(value or b"") > room) or batch.append(
                key=key, value=value, timestamp=None, headers=headers
            ) is None:
                if not await self._ship(delivery, batch, topic, partition, aboard):
                    return
                batch, aboard = self._started().create_batch(), []
            aboard.append(row)
        if aboard:
            await self._ship(delivery, batch, topic, partition, aboard)

    async def _ship(self, delivery: Delivery, batch: Any, topic: str, partition: int, aboard: list[Line]) -> bool:
        size = batch.size()
        try:
            await (await self._started().send_batch(batch, topic, partition=partition))
        except TOO_LARGE:
            if len(aboard) == 1:
                delivery.impossible += aboard
                self._room.pop(topic, None)
            else:
                delivery.smaller = True
                self._room[topic] = min(self._room.get(topic, size), size) // 2
        except TopicAuthorizationFailedError as refusal:
            delivery.refused[topic] = refusal
        except KafkaError as failure:
            delivery.failure = failure
        else:
            delivery.sent += [row["seq"] for row in aboard]
            return True
        return False

    async def _learn(self, topics: Set[str]) -> None:
        client = self._started().client
        known = client.cluster.topics()
        if not topics <= known:
            await client.set_topics(known | topics)

    async def _partitions(self, topic: str) -> int:
        return len(await self._started().partitions_for(topic))

    def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise LookupError("nothing is shipped before it is open")
        return self._producer

    def _headers(self, row: Line) -> list[tuple[str, bytes]]:
        """The headers of a row; the producer wants a list. A tombstone has none."""
        if row["payload"] is None:
            return []
        headers = [
            *self._constant_headers,
            ("ce_id", row["id"].encode()),
            ("ce_type", row["type"].encode()),
            ("ce_time", row["time"].isoformat().encode()),
        ]
        if row["traceparent"] is not None:
            headers.append(("traceparent", row["traceparent"].encode()))
        return headers


@lru_cache(maxsize=100_000)
def partition_of(key: str, partitions: int) -> int:
    """The partition of a key, as any Kafka client would choose it (murmur2)."""
    places = range(partitions)
    return 0 if partitions == 1 else int(_PARTITIONER(key.encode(), places, places))
