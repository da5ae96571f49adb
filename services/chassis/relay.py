"""The relay: publishes the outbox in order, pipelined, and deletes exactly what the broker has acknowledged."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.event import Envelope, Headers, binary_headers
from services.chassis import metrics
from services.chassis.kafka import producer_of
from services.chassis.logs import kind_of, log
from services.chassis.settings import Settings

# Rows read, published and deleted together.
CHUNK: Final = 4000
POLL_SECONDS: Final = 0.1
_LOCK: Final = text("SELECT pg_try_advisory_lock(hashtext('outbox-relay'))")
_READ: Final = text(
    "SELECT seq, id, topic, key, type, time, traceparent, payload FROM outbox ORDER BY seq LIMIT :chunk"
)
_DELETE: Final = text("DELETE FROM outbox WHERE seq = ANY(CAST(:seqs AS bigint[]))")
_AGE: Final = text("SELECT count(*), coalesce(extract(epoch FROM now() - min(at)), 0) FROM outbox")

Line = Row[Any]


class Relay:
    """One publishing instance a service, elected by an advisory lock; woken by commits, and by polling.

    A publication that fails is tried again from the first row that failed: nothing that follows it on the same
    partition is deleted before it, so order holds; what was sent twice is recognised by its id.
    """

    def __init__(self, settings: Settings, engine: AsyncEngine, source: str) -> None:
        self._settings, self._engine, self._source = settings, engine, source
        self._woken = asyncio.Event()
        self._partitioner = DefaultPartitioner()
        self._producer: AIOKafkaProducer | None = None
        self.elected = False
        self.last_success = time.monotonic()

    def wake(self) -> None:
        """There is something to publish."""
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; any failure is survived."""
        try:
            while True:
                try:
                    async with self._engine.connect() as connection:
                        await self._lead(await connection.execution_options(isolation_level="AUTOCOMMIT"))
                except Exception as error:
                    metrics.RELAY_FAILURES.inc()
                    log().warning("relay-put-off", error=kind_of(error))
                    await self._close()
                self.elected = False
                metrics.RELAY_LEADER.set(0)
                await asyncio.sleep(1)
        finally:
            await self._close()

    async def _lead(self, connection: AsyncConnection) -> None:
        while not (await connection.execute(_LOCK)).scalar_one():
            await asyncio.sleep(1)
        self.elected = True
        metrics.RELAY_LEADER.set(1)
        measured = 0.0
        while True:
            self._woken.clear()
            while await self._publish(connection):
                pass
            self.last_success = time.monotonic()
            if time.monotonic() - measured > 1:
                measured = time.monotonic()
                rows, age = (await connection.execute(_AGE)).one()
                metrics.OUTBOX_ROWS.set(rows)
                metrics.OUTBOX_AGE.set(float(age))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)

    async def _publish(self, connection: AsyncConnection) -> bool:
        """Publish one chunk; True when there may be more."""
        rows = (await connection.execute(_READ, {"chunk": CHUNK})).all()
        if not rows:
            return False
        if self._producer is None:
            self._producer = producer_of(self._settings)
            await self._producer.start()
        sent = await self._send(rows)
        await connection.execute(_DELETE, {"seqs": sent})
        metrics.RELAYED.inc(len(sent))
        if len(sent) < len(rows):
            raise ConnectionError(f"{len(rows) - len(sent)} messages were not acknowledged")
        return len(rows) == CHUNK

    async def _send(self, rows: Sequence[Line]) -> list[int]:
        """Send rows, in order within each partition; the sequence numbers acknowledged."""
        places: dict[tuple[str, int], list[Line]] = {}
        for row in rows:
            places.setdefault((row.topic, await self._partition(row)), []).append(row)
        flights = [self._send_partition(topic, partition, lines) for (topic, partition), lines in places.items()]
        return [seq for seqs in await asyncio.gather(*flights) for seq in seqs]

    async def _partition(self, row: Line) -> int:
        assert self._producer is not None
        partitions = sorted(await self._producer.partitions_for(row.topic))
        return int(self._partitioner(row.key.encode(), partitions, partitions))

    async def _send_partition(self, topic: str, partition: int, rows: Sequence[Line]) -> list[int]:
        """Send the rows of one partition, batch after batch; stops at the first batch that fails."""
        assert self._producer is not None
        sent: list[int] = []
        batch, aboard = self._producer.create_batch(), list[int]()
        for row in rows:
            while not _append(batch, row, self._headers(row)):
                if not aboard or not await self._ship(batch, topic, partition):
                    return sent
                sent.extend(aboard)
                batch, aboard = self._producer.create_batch(), list[int]()
            aboard.append(row.seq)
        if aboard and await self._ship(batch, topic, partition):
            sent.extend(aboard)
        return sent

    async def _ship(self, batch: Any, topic: str, partition: int) -> bool:
        assert self._producer is not None
        try:
            await (await self._producer.send_batch(batch, topic, partition=partition))
        except KafkaError as error:
            log().warning("publication-failed", error=kind_of(error))
            return False
        return True

    def _headers(self, row: Line) -> Headers:
        if row.payload is None:
            return ()
        return binary_headers(
            Envelope(id=row.id, type=row.type, source=self._source, time=row.time, traceparent=row.traceparent)
        )

    async def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(Exception):
                await producer.stop()


def _append(batch: Any, row: Line, headers: Headers) -> bool:
    """Whether the row fitted in the batch."""
    return batch.append(key=row.key.encode(), value=row.payload, timestamp=None, headers=headers) is not None
