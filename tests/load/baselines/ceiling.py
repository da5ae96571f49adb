"""The ceiling of one hop: what careful hand-written Python reaches with the same promises and none of the safety.

Same promises as the chassis: at least once on the wire, each event's effects once in the database, order per key,
an idempotent producer with acks=all, a durable commit. What it refuses to pay for: validation, quarantine, encryption,
back-off, metrics, liveness, a second consumer of the same group.
"""

import asyncio
import contextlib
import gc
import sys
import time
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from os import urandom
from typing import Any, Final, TypeAlias

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.partitioner import murmur2
from asyncpg.pgproto.pgproto import UUID
from pydantic_core import from_json, to_json

from tests.load.place import PARTITIONS, Place, from_environment

BATCH: Final = 2_000
POLL_SECONDS: Final = 0.05
ROLES: Final = ("consume", "relay")
SPEC: Final = ("ce_specversion", b"1.0")
TYPE: Final = ("ce_type", b"counted.v1")
SOURCE: Final = ("ce_source", b"/siao/ceiling")
CONTENT: Final = ("content-type", b"application/json")

Batch: TypeAlias = tuple[dict[UUID, Any], dict[TopicPartition, int]]

SCHEMA: Final = """
create table inbox (id uuid primary key);
create table state (key text primary key, n bigint not null);
create table outbox (seq bigint generated always as identity primary key, id uuid not null, key text not null,
                     body bytea not null);
"""
INBOX: Final = "insert into inbox select unnest($1::uuid[]) on conflict do nothing returning id"
LOAD: Final = "select key, n from state where key = any($1)"
STORE: Final = """
with stored as (insert into state select * from unnest($1::text[], $2::bigint[])
                on conflict (key) do update set n = excluded.n)
select pg_notify('outbox', '')
"""
FILL: Final = """
insert into outbox (id, key, body)
select gen_random_uuid(), key,
       convert_to(json_build_object('key', key, 'n', i / $2 + 1, 'seq', i, 'at', 0)::text, 'UTF8')
from (select i, 'household-' || lpad((i % $2)::text, 6, '0') as key from generate_series(0, $1 - 1) i)
"""
TAKE: Final = "select seq, id, key, body from outbox order by seq limit $1"
DELETE: Final = "delete from outbox where seq = any($1)"


async def prepare(place: Place) -> None:
    """Creates the tables in the run's empty database."""
    connection = await asyncpg.connect(place.dsn)
    await connection.execute(SCHEMA)
    await connection.close()


async def fill(place: Place, rows: int, keys: int) -> None:
    """Puts rows in the outbox, in the order of their counters."""
    connection = await asyncpg.connect(place.dsn)
    await connection.execute(FILL, rows, keys)
    await connection.execute("analyze outbox")
    await connection.close()


def decode(records: Iterable[ConsumerRecord[bytes, bytes]]) -> dict[UUID, Any]:
    """The bodies by event id, in order; ValueError for what is not JSON, StopIteration without an id."""
    return {
        UUID(next(value for name, value in record.headers if name == "ce_id").decode()): from_json(record.value or b"")
        for record in records
    }


def count(fresh: Iterable[Any], counts: dict[str, int]) -> list[tuple[UUID, str, bytes]]:
    """Moves the counters and makes the outbox rows."""
    rows = []
    for body in fresh:
        key = body["key"]
        counts[key] = n = counts.get(key, 0) + 1
        rows.append((UUID(urandom(16)), key, to_json({"key": key, "n": n, "seq": body["seq"], "at": body["at"]})))
    return rows


async def read(consumer: AIOKafkaConsumer) -> Batch:
    """The next batch, decoded, with the offsets to commit once it is folded."""
    while not (polled := await consumer.getmany(timeout_ms=1_000, max_records=BATCH)):
        pass
    positions = {partition: records[-1].offset + 1 for partition, records in polled.items()}
    return decode(chain.from_iterable(polled.values())), positions


async def fold(consumer: AIOKafkaConsumer, connection: asyncpg.Connection) -> None:
    """One transaction for each batch, for ever; its offsets are committed after it, beside the next one.

    The next batch is read while PostgreSQL inserts into the inbox, its longest statement: started one statement
    earlier, the reading would hold the loop while PostgreSQL waits to be told what to do.
    """
    upcoming = asyncio.create_task(read(consumer))
    committing: asyncio.Task[None] | None = None
    while True:
        bodies, positions = await upcoming
        async with connection.transaction():
            inserting = asyncio.create_task(connection.fetch(INBOX, list(bodies)))
            upcoming = asyncio.create_task(read(consumer))
            fresh = [bodies[row[0]] for row in await inserting]
            counts: dict[str, int] = dict(await connection.fetch(LOAD, list({body["key"] for body in fresh})))
            rows = count(fresh, counts)
            await connection.copy_records_to_table("outbox", records=rows, columns=("id", "key", "body"))
            await connection.execute(STORE, list(counts), list(counts.values()))
        if committing is not None:
            await committing
        committing = asyncio.create_task(consumer.commit(positions))


async def consume(place: Place) -> None:
    """Folds for ever; ends with the first error."""
    connection = await asyncpg.connect(place.dsn)
    consumer = AIOKafkaConsumer(
        place.source,
        group_id=place.group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=4_194_304,
        **place.aiokafka(),
    )
    await consumer.start()
    # A batch leaves some thousand objects and no cycle: the collector would only look at them again and again.
    gc.freeze()
    gc.set_threshold(100_000)
    await fold(consumer, connection)


@lru_cache(maxsize=100_000)
def partition_of(key: str) -> int:
    """The partition that every Kafka client's default partitioner gives this key."""
    return int(murmur2(key.encode()) & 0x7FFFFFFF) % PARTITIONS


async def send(producer: AIOKafkaProducer, topic: str, rows: Iterable[Any]) -> None:
    """Sends rows in their order, as whole batches made here: one for each partition unless one is full."""
    now = time.time()
    stamp = ("ce_time", time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(now)).encode())
    batches: dict[int, Any] = {}
    sent = []
    for _, identity, key, body in rows:
        partition = partition_of(key)
        headers = [SPEC, ("ce_id", str(identity).encode()), TYPE, SOURCE, stamp, CONTENT]
        record = {"key": key.encode(), "value": body, "timestamp": int(now * 1_000), "headers": headers}
        batch = batches.get(partition)
        if batch is None or batch.append(**record) is None:
            if batch is not None:
                sent.append(await producer.send_batch(batch, topic, partition=partition))
            batches[partition] = batch = producer.create_batch()
            batch.append(**record)
    for partition, batch in batches.items():
        sent.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*sent)


async def relay(place: Place) -> None:
    """Publishes the outbox in order for ever; deletes exactly what was read, once the broker has it."""
    connection = await asyncpg.connect(place.dsn)
    producer = AIOKafkaProducer(
        enable_idempotence=True, acks="all", max_batch_size=900_000, linger_ms=0, **place.aiokafka()
    )
    await producer.start()
    woken = asyncio.Event()
    await connection.add_listener("outbox", lambda *_: woken.set())
    while True:
        woken.clear()
        rows = await connection.fetch(TAKE, BATCH)
        if rows:
            await send(producer, place.target, rows)
            await connection.execute(DELETE, [row[0] for row in rows])
            continue
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(woken.wait(), POLL_SECONDS)


if __name__ == "__main__":
    asyncio.run({"consume": consume, "relay": relay}[sys.argv[1]](from_environment()))
