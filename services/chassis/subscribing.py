"""Safe consumption: the one way a service may subscribe; whatever a record holds, nothing is lost or stalls."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Final, cast

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.message import StreamMessage

from services.chassis.reading import Record
from services.chassis.unit import Unit

# How long to wait for a first message before looking whether the service is to stop.
WAIT_MS: Final = 500
# How long the broker may keep a question that it has no answer to. While a batch is handled the client asks for other
# partitions only: what comes on those of the batch waits as long. Of the hundreds of partners' partitions it asks less
# often, for each question names them all.
FEW_WAIT_MS: Final = 50
MANY_WAIT_MS: Final = 500
# The client reads other partitions between two refusals of one: reading is well when none came for so long.
WELL_SECONDS: Final = 10.0
# How long reading may be refused before it begins anew, and how long that may take.
ANEW_SECONDS: Final = 10.0
START_SECONDS: Final = 30.0


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


@dataclass(slots=True)
class Reader:
    """Reads for one unit, once the gate is open, and begins anew where the client never would.

    The client reads on by itself when a broker comes back or a topic may be read again; once its group was refused, it
    raises the same error for ever.
    """

    unit: Unit
    gate: asyncio.Event
    batch: int
    subscriber: Any = None
    _first: float = 0.0
    _last: float = 0.0

    async def get_msg(self, consumer: AIOKafkaConsumer) -> tuple[Record, ...]:
        """The next batch, empty when nothing comes. FastStream's own sleeps when idle: the client wakes by itself."""
        await self.gate.wait()
        try:
            found = await consumer.getmany(timeout_ms=WAIT_MS, max_records=self.batch)
        except KafkaError as error:
            self._refused(error)
            raise
        if self._last and time.monotonic() - self._last > WELL_SECONDS:
            self._first = self._last = 0.0
            self.unit.faults.mended(self.unit.consumer)
        return tuple(chain.from_iterable(found.values()))

    def _refused(self, error: Exception) -> None:
        self._last = time.monotonic()
        self._first = self._first or self._last
        self.unit.faults.tell(self.unit.consumer, error)

    async def keep(self) -> None:
        """Watch until cancelled; begin anew whenever reading was refused for too long."""
        while True:
            await asyncio.sleep(1)
            if self._first and time.monotonic() - self._first > ANEW_SECONDS:
                await self._begin_anew()

    async def _begin_anew(self) -> None:
        self.unit.reviving = True
        # The client may end by raising what it had cancelled itself.
        await asyncio.gather(self.subscriber.stop(), return_exceptions=True)
        try:
            async with asyncio.timeout(START_SECONDS):
                await self.subscriber.start()
        except Exception as error:
            self._refused(error)
        else:
            self._first, self.unit.reviving = 0.0, False


def subscribe(
    broker: KafkaBroker,
    unit: Unit,
    gate: asyncio.Event,
    *,
    topics: Sequence[str] = (),
    pattern: str | None = None,
    batch: int,
) -> Reader:
    """Subscribe a unit to topics (kept together: range) or to a pattern (spread: round robin).

    Nothing is consumed before the gate opens. Offsets are committed after the unit's transaction; an exception rewinds.
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
        fetch_max_wait_ms=FEW_WAIT_MS if topics else MANY_WAIT_MS,
        partition_assignment_strategy=(together,),
        listener=Listener(unit),
    )

    async def handle(message: StreamMessage[Any]) -> None:
        await unit.handle(message.raw_message)

    subscriber(handle)
    reader = Reader(unit, gate, batch, subscriber)
    subscriber.get_msg = reader.get_msg  # type: ignore[method-assign]
    return reader
