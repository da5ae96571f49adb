"""The relay: publishes the outbox in order, pipelined, and deletes exactly what the broker has acknowledged."""

import asyncio
import contextlib
import math
import time
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner
from asyncpg import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis import metrics, quarantine
from services.chassis.database import raw_connection
from services.chassis.kafka import producer_of
from services.chassis.logs import kind_of, log
from services.chassis.settings import Settings
from services.chassis.vault import Vault

# Rows read, published and deleted together.
CHUNK: Final = 4000
POLL_SECONDS: Final = 0.1
# A topic is provisioned within seconds: after a minute without it, its messages are an operator's matter.
MISSING_SECONDS: Final = 60.0
ASK_SECONDS: Final = 1.0
_PARTITIONER: Final = DefaultPartitioner()
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('outbox-relay'))"
_READ: Final = "SELECT seq, id, topic, key, type, time, traceparent, payload FROM outbox ORDER BY seq LIMIT $1"
_DELETE: Final = "DELETE FROM outbox WHERE seq = ANY($1::bigint[])"
_AGE: Final = (
    "SELECT (SELECT count(*) FROM (SELECT FROM outbox LIMIT 100000) o),"
    " coalesce((SELECT extract(epoch FROM now() - at) FROM outbox ORDER BY seq LIMIT 1), 0)::float"
)

Line: TypeAlias = Any  # asyncpg's Record: seq, id, topic, key, type, time, traceparent, payload


class Relay:
    """One publishing instance a service, elected by an advisory lock; woken by commits, and by polling.

    A publication that fails is tried again from the first row that failed: nothing that follows it on the same
    partition is deleted before it, so order holds; what was sent twice is recognised by its id.
    """

    def __init__(self, settings: Settings, engine: AsyncEngine, source: str) -> None:
        self._settings, self._engine = settings, engine
        self._constant_headers = [
            ("ce_specversion", b"1.0"),
            ("ce_source", source.encode()),
            ("content-type", b"application/json"),
        ]
        self._woken = asyncio.Event()
        self._producer: AIOKafkaProducer | None = None
        self._vault = Vault(settings.vault_key.get_secret_value())
        self._missed: dict[str, float] = {}
        self._asked = 0.0
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
                    async with raw_connection(self._engine) as connection:
                        try:
                            await self._lead(connection)
                        finally:
                            # The lock is the session's: given back to the pool, it would keep everyone out, us too.
                            connection.terminate()
                except Exception as error:
                    metrics.RELAY_FAILURES.inc()
                    log().warning("relay-put-off", error=kind_of(error))
                    await self._close()
                self.elected = False
                metrics.RELAY_LEADER.set(0)
                await asyncio.sleep(1)
        finally:
            await self._close()

    async def _lead(self, connection: Connection) -> None:
        while not await connection.fetchval(_LOCK):  # noqa: ASYNC110  (the lock is another process's)
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
                rows, age = await connection.fetchrow(_AGE)
                metrics.OUTBOX_ROWS.set(rows)
                metrics.OUTBOX_AGE.set(age)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), POLL_SECONDS)

    async def _publish(self, connection: Connection) -> bool:
        """Publish one chunk; True when there may be more."""
        rows = await connection.fetch(_READ, CHUNK)
        if not rows:
            return False
        if self._producer is None:
            self._producer = producer_of(self._settings)
            await self._producer.start()
            everything = await self._producer.client.fetch_all_metadata()
            await self._learn(everything.topics())
        missing = await self._missing({row["topic"] for row in rows})
        there = [row for row in rows if row["topic"] not in missing]
        sent = await self._send(there)
        await connection.execute(_DELETE, sent)
        metrics.RELAYED.inc(len(sent))
        if len(sent) < len(there):
            raise ConnectionError(f"{len(there) - len(sent)} messages were not acknowledged")
        given_up = [row for row in rows if time.monotonic() - missing.get(row["topic"], math.inf) > MISSING_SECONDS]
        await self._set_aside(connection, given_up)
        return len(sent) + len(given_up) == CHUNK

    async def _send(self, rows: Sequence[Line]) -> list[int]:
        """Send rows, in order within each partition; the sequence numbers acknowledged."""
        places: dict[tuple[str, int], list[Line]] = {}
        counts = {topic: await self._partitions(topic) for topic in {row["topic"] for row in rows}}
        for row in rows:
            topic = row["topic"]
            places.setdefault((topic, partition_of(row["key"], counts[topic])), []).append(row)
        flights = [self._send_partition(topic, partition, lines) for (topic, partition), lines in places.items()]
        return [seq for seqs in await asyncio.gather(*flights) for seq in seqs]

    async def _learn(self, topics: Set[str]) -> None:
        """Ask once about all topics not known yet: the client alone would ask again for each of a thousand."""
        client = self._started().client
        known = client.cluster.topics()
        if not topics <= known:
            await client.set_topics(known | topics)

    async def _missing(self, topics: Set[str]) -> Mapping[str, float]:
        """Those of these topics that the broker does not have, or not for us, and since when; asked once a second."""
        await self._learn(topics - self._missed.keys())
        client, now = self._started().client, time.monotonic()
        if self._missed and now - self._asked > ASK_SECONDS:
            self._asked = now
            await client.force_metadata_update()
        absent = topics - client.cluster.topics()
        self._missed = {topic: self._missed.get(topic, now) for topic in absent}
        return self._missed

    async def _set_aside(self, connection: Connection, rows: Sequence[Line]) -> None:
        """Keep messages that no topic takes where an operator finds them, so that the outbox can go on."""
        if rows:
            async with connection.transaction():
                await quarantine.keep_undeliverable(connection, self._vault, rows)
                await connection.execute(_DELETE, [row["seq"] for row in rows])
            log().error("topic-missing", code=quarantine.UNDELIVERABLE, count=len(rows))

    async def _partitions(self, topic: str) -> int:
        return len(await self._started().partitions_for(topic))

    def _started(self) -> AIOKafkaProducer:
        if self._producer is None:
            raise LookupError("the relay publishes only once it leads")
        return self._producer

    async def _send_partition(self, topic: str, partition: int, rows: Sequence[Line]) -> list[int]:
        """Send the rows of one partition, batch after batch; stops at the first batch that fails."""
        sent: list[int] = []
        batch, aboard = self._started().create_batch(), list[int]()
        for row in rows:
            headers = self._headers(row)
            while batch.append(key=row["key"].encode(), value=row["payload"], timestamp=None, headers=headers) is None:
                if not aboard or not await self._ship(batch, topic, partition):
                    return sent
                sent.extend(aboard)
                batch, aboard = self._started().create_batch(), list[int]()
            aboard.append(row["seq"])
        if aboard and await self._ship(batch, topic, partition):
            sent.extend(aboard)
        return sent

    async def _ship(self, batch: Any, topic: str, partition: int) -> bool:
        try:
            await (await self._started().send_batch(batch, topic, partition=partition))
        except KafkaError as error:
            log().warning("publication-failed", error=kind_of(error))
            return False
        return True

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

    async def _close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with contextlib.suppress(Exception):
                await producer.stop()


@lru_cache(maxsize=100_000)
def partition_of(key: str, partitions: int) -> int:
    """The partition of a key, as any Kafka client would choose it (murmur2)."""
    places = range(partitions)
    return 0 if partitions == 1 else int(_PARTITIONER(key.encode(), places, places))
