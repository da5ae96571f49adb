"""Safe consumption: the one way a service may subscribe; whatever a record holds, nothing is lost or stalls."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Final, cast

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.message import StreamMessage

from services.chassis.reading import Record
from services.chassis.unit import Unit

# How long to wait for a first message before looking whether the service is to stop.
WAIT_MS: Final = 500


class BatchMessage(KafkaAckableMessage):
    """A batch that commits the offsets of its own records, and only these.

    FastStream commits every partition the consumer has, 350 for a département's partners, at the position reached.
    """

    async def ack(self) -> None:
        """Commit the offset after the last record of each partition of the batch."""
        if not self.committed:
            consumer = cast("AIOKafkaConsumer", self.consumer)
            offsets: dict[TopicPartition, int] = {}
            for record in _records(self.raw_message):
                offsets[TopicPartition(record.topic, record.partition)] = record.offset + 1
            assigned = consumer.assignment()
            mine = {place: offset for place, offset in offsets.items() if place in assigned}
            if mine:
                await consumer.commit(mine)
        await StreamMessage.ack(self)


def _records(raw: Any) -> Sequence[Record]:
    return raw if isinstance(raw, tuple) else (raw,)


async def safe_parser(raw: Any, original: Callable[[Any], Awaitable[Any]]) -> StreamMessage[Any]:
    """Parse without showing FastStream what the sender controls: headers are read later, by us, inside the unit.

    FastStream's own parser raises on a null or undecodable header, after which the record is committed unread; and
    it would obey a `reply_to` header. It is given a bare record, only to learn which consumer this is.
    """
    bare = replace(_records(raw)[0], headers=(), key=None, value=b"")
    parsed = await original((bare,))
    return BatchMessage(body=b"", raw_message=raw, consumer=parsed.consumer)


async def undecoded(message: StreamMessage[Any], _original: Any = None) -> StreamMessage[Any]:
    """Decode nothing: bytes are validated in one place, by the contract."""
    return message


class Listener(ConsumerRebalanceListener):
    """Drops what is kept in memory when partitions move."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    async def on_partitions_revoked(self, revoked: Any) -> None:
        """Another instance may decide from now on."""
        if revoked:
            self._unit.holder.forget()

    async def on_partitions_assigned(self, assigned: Any) -> None:
        """States are loaded with the first message."""


def subscribe(
    broker: KafkaBroker, unit: Unit, *, topics: Sequence[str] = (), pattern: str | None = None, batch: int
) -> Any:
    """Subscribe a unit to topics (kept together: range) or to a pattern (spread: round robin).

    Returns FastStream's subscriber. Offsets are committed after the unit's transaction; an exception rewinds.
    """
    together = RangePartitionAssignor if topics else RoundRobinPartitionAssignor
    subscriber = broker.subscriber(
        *topics,
        pattern=pattern,
        group_id=unit.consumer,
        batch=True,
        max_records=batch,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        no_reply=True,
        parser=safe_parser,
        decoder=undecoded,
        isolation_level="read_committed",
        partition_assignment_strategy=(together,),
        listener=Listener(unit),
    )

    async def handle(message: StreamMessage[Any]) -> None:
        await unit.handle(message.raw_message)

    subscriber(handle)
    # FastStream's own sleeps when idle, as long as it has polled: the client wakes at once, so it may simply wait.
    subscriber.get_msg = _wait_for_batch(batch)  # type: ignore[method-assign, assignment]
    return subscriber


def _wait_for_batch(batch: int) -> Callable[[AIOKafkaConsumer], Coroutine[Any, Any, tuple[Record, ...]]]:
    async def get_msg(consumer: AIOKafkaConsumer) -> tuple[Record, ...]:
        found = await consumer.getmany(timeout_ms=WAIT_MS, max_records=batch)
        return tuple(chain.from_iterable(found.values()))

    return get_msg
