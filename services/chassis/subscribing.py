"""Safe consumption: the one way a service may subscribe; whatever a record holds, nothing is lost or stalls."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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

from services.chassis.fetching import fetch_in_sessions
from services.chassis.reading import Record
from services.chassis.unit import Unit

# How long to wait for a first message before looking whether the service is to stop.
WAIT_MS: Final = 500
# How long the broker may keep a question that it has no answer to: whatever comes on any partition is answered at once.
BROKER_WAIT_MS: Final = 2_000
# By itself the client, a tenth of a second after it was given records that nobody took yet, asks for the other
# partitions only; what then comes on the first ones waits for that answer. It asks for nothing until they were taken.
AHEAD_SECONDS: Final = 60.0
# The least time between two commits of offsets: what was handled and not committed comes again after a crash, and is
# recognised; each commit is work for the broker.
COMMIT_SECONDS: Final = 0.1
# The client reads other partitions between two refusals of one: reading is well when none came for so long.
WELL_SECONDS: Final = 10.0
# How long reading may be refused before it begins anew, and how long that may take.
ANEW_SECONDS: Final = 10.0
START_SECONDS: Final = 30.0


class BatchMessage(KafkaAckableMessage):
    """A batch that commits the offsets of its own records, and only these, beside the next one.

    FastStream commits every partition the consumer has, 350 for a département's partners, at the position reached, and
    waits for the broker before it reads on.
    """

    commit: Callable[[AIOKafkaConsumer, Mapping[TopicPartition, int]], None]

    async def ack(self) -> None:
        """The offset after the last record of each partition of the batch may be committed."""
        if not self.committed:
            records = _records(self.raw_message)
            offsets = {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}
            self.commit(cast("AIOKafkaConsumer", self.consumer), offsets)
        await StreamMessage.ack(self)


def _records(raw: Any) -> Sequence[Record]:
    return raw if isinstance(raw, tuple) else (raw,)


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
    due: offsets that may be committed; committing: a commit is under way, which takes them along.
    """

    unit: Unit
    gate: asyncio.Event
    batch: int
    subscriber: Any = None
    due: dict[TopicPartition, int] = field(default_factory=dict)
    committing: asyncio.Task[None] | None = None
    _first: float = 0.0
    _last: float = 0.0

    async def get_msg(self, consumer: AIOKafkaConsumer) -> tuple[Record, ...]:
        """The next batch, empty when nothing comes. FastStream's own sleeps when idle: the client wakes by itself."""
        fetch_in_sessions(consumer)
        fetcher: Any = consumer._fetcher
        fetcher._prefetch_backoff = AHEAD_SECONDS
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

    async def parse(self, raw: Any, original: Callable[[Any], Awaitable[Any]]) -> StreamMessage[Any]:
        """Parse without showing FastStream what the sender controls: headers are read later, by us, inside the unit.

        FastStream's own parser raises on a null or undecodable header, after which the record is committed unread; and
        it would obey a `reply_to` header. It is given a bare record, only to learn which consumer this is.
        """
        bare = replace(_records(raw)[0], headers=(), key=None, value=b"")
        parsed = await original((bare,))
        message = BatchMessage(body=b"", raw_message=raw, consumer=parsed.consumer)
        message.commit = self.commit
        return message

    def commit(self, consumer: AIOKafkaConsumer, offsets: Mapping[TopicPartition, int]) -> None:
        """Commit these offsets, with or after what is being committed. A stop waits for it, as for a batch in hand."""
        self.due |= offsets
        if self.committing is None:
            held = contextlib.ExitStack()
            held.enter_context(self.subscriber.lock)
            self.committing = asyncio.create_task(self._commit(consumer, held))

    async def _commit(self, consumer: AIOKafkaConsumer, held: contextlib.ExitStack) -> None:
        with held:
            try:
                while self.due:
                    due, self.due = self.due, {}
                    assigned = consumer.assignment()
                    mine = {place: offset for place, offset in due.items() if place in assigned}
                    if mine:
                        await consumer.commit(mine)
                    await asyncio.sleep(COMMIT_SECONDS)
            except KafkaError:
                # Whatever was not committed comes again, and the inbox knows it.
                pass
            finally:
                self.committing = None

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
        if self.committing is not None:
            # It may ask for ever, through a client that is closed.
            self.committing.cancel()
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
    reader = Reader(unit, gate, batch)
    subscriber = broker.subscriber(
        *topics,
        pattern=pattern,
        group_id=unit.consumer,
        batch=True,
        max_records=batch,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        no_reply=True,
        parser=reader.parse,
        decoder=undecoded,
        isolation_level="read_committed",
        fetch_max_wait_ms=BROKER_WAIT_MS,
        partition_assignment_strategy=(together,),
        listener=Listener(unit),
    )

    async def handle(message: StreamMessage[Any]) -> None:
        await unit.handle(message.raw_message)

    subscriber(handle)
    subscriber.get_msg = reader.get_msg  # type: ignore[method-assign]
    reader.subscriber = subscriber
    return reader
