"""What was committed is published, in the order of its key, by one instance, whatever happens on the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from contracts.topics import CORE_PARTITIONS
from deploy.embedded.parts import Broker, DatabaseServer
from services.chassis import metrics, outbox, relay
from services.chassis.database import engine_of, raw_connection, transaction
from services.chassis.fold import Send
from services.chassis.quarantine import context_of
from services.chassis.relay import Relay
from services.chassis.vault import Vault
from tests.integration.chassis.evidence import backends_of, counted, id_of, running, settings_of, taken_from
from tests.integration.chassis.rig import NOON, Bench, an_answer, bench_on
from tests.integration.chassis.wire import a_group, until, until_true
from tests.servers import Database, Topics

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


@pytest.fixture
def one(bench: Bench, kafka: Broker) -> Relay:
    """The relay of one instance."""
    return Relay(settings_of(kafka, bench.url), bench.engine, "/siao/offers")


async def post(bench: Bench, *sends: Send, cause: bytes = b"cause") -> None:
    """Commit messages to the outbox."""
    messages = [outbox.outgoing(cause, index, send, NOON, None) for index, send in enumerate(sends)]
    async with transaction(bench.engine) as connection:
        await outbox.post(connection, messages)


def numbered(topic: str, numbers: Sequence[int], keys: int = 1) -> list[Send]:
    """One message a number, spread over some keys."""
    return [Send(topic, f"key-{number % keys}", an_answer(str(number))) for number in numbers]


def numbers_of(records: Sequence[object]) -> list[int]:
    """The numbers of records, in the order of the log."""
    return [int(json.loads(record.value())["message_id"]) for record in records]  # type: ignore[attr-defined]


def without_repetitions(records: Sequence[object]) -> list[object]:
    """Records as a reader takes them that recognises ids."""
    return list({id_of(record): record for record in reversed(records)}.values())[::-1]


async def until_empty(bench: Bench, seconds: float = 30) -> None:
    """Returns when nothing waits to be published."""

    async def empty() -> bool:
        return await bench.rows("SELECT count(*) FROM outbox") == [0]

    await until_true(empty, "the outbox is empty", seconds)


async def until_waiting(bench: Bench) -> None:
    """Returns when a session waits for a lock."""

    async def waits() -> bool:
        return bool((await bench.rows(WAITING))[0])

    await until_true(waits, "a session waits for a lock")


async def test_the_order_of_each_key_is_kept(bench: Bench, one: Relay, kafka: Broker, topics: Topics) -> None:
    core, other = topics("core", partitions=CORE_PARTITIONS), topics("other", partitions=3)
    for start in range(0, 20_000, 5_000):
        numbers = range(start, start + 5_000)
        await post(bench, *numbered(core, numbers, 101), *numbered(other, numbers, 7), cause=b"%d" % start)
    async with running(one.run()):
        await until_empty(bench)
    for topic, keys, partitions in ((core, 101, CORE_PARTITIONS), (other, 7, 3)):
        records = await asyncio.to_thread(taken_from, kafka, topic, 20_000, partitions)
        by_key: dict[bytes, list[int]] = {}
        for record, number in zip(records, numbers_of(records), strict=True):
            by_key.setdefault(record.key(), []).append(number)
        assert by_key == {f"key-{key}".encode(): list(range(key, 20_000, keys)) for key in range(keys)}
        assert {record.partition() for record in records} == set(range(partitions))


async def test_a_message_has_the_envelope_of_its_row(bench: Bench, one: Relay, kafka: Broker, topics: Topics) -> None:
    topic, trace = topics(), "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    message = outbox.outgoing(b"cause", 0, Send(topic, "k", an_answer("1")), NOON, trace)
    async with transaction(bench.engine) as connection:
        await outbox.post(connection, [message])
    async with running(one.run()):
        (record,) = await asyncio.to_thread(taken_from, kafka, topic, 1)
    assert dict(record.headers()) == {
        "ce_specversion": b"1.0",
        "ce_id": message.id.encode(),
        "ce_type": b"message.accepted.v1",
        "ce_source": b"/siao/offers",
        "ce_time": b"2026-11-24T12:00:00+00:00",
        "content-type": b"application/json",
        "traceparent": trace.encode(),
    }


async def test_a_tombstone_takes_its_place_in_the_order(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics
) -> None:
    topic = topics(config={"cleanup.policy": "compact"})
    await post(bench, Send(topic, "k", an_answer("1")), Send(topic, "k", None), Send(topic, "k", an_answer("2")))
    async with running(one.run()):
        records = await asyncio.to_thread(taken_from, kafka, topic, 3)
    assert [record.value() is None for record in records] == [False, True, False]
    assert {record.key() for record in records} == {b"k"}


async def test_a_transaction_that_commits_late_is_not_skipped(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics
) -> None:
    topic = topics()
    late = [outbox.outgoing(b"late", 0, Send(topic, "k", an_answer("1")), NOON, None)]
    async with running(one.run()):
        async with transaction(bench.engine) as connection:
            await outbox.post(connection, late)
            await post(bench, Send(topic, "k", an_answer("2")))
            await asyncio.to_thread(taken_from, kafka, topic, 1)
        records = await asyncio.to_thread(taken_from, kafka, topic, 2)
        await until_empty(bench)
    assert numbers_of(records) == [2, 1]


async def test_a_death_between_publication_and_deletion_repeats_and_loses_nothing(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics, postgres: DatabaseServer
) -> None:
    topic, failures = topics(partitions=2), counted(metrics.RELAY_FAILURES)
    await post(bench, *numbered(topic, range(1_000), 20))
    async with running(one.run()):
        async with transaction(bench.engine) as holder:
            # The rows can be read, and published, but not deleted.
            await holder.execute("SELECT FROM outbox FOR UPDATE")
            await asyncio.to_thread(taken_from, kafka, topic, 1_000, 2)
            await until_waiting(bench)
            await asyncio.to_thread(postgres.sql, f"{backends_of(bench.url)} AND wait_event_type = 'Lock'")
        await post(bench, *numbered(topic, range(1_000, 1_200), 20), cause=b"after")
        await until_empty(bench)
    records = await asyncio.to_thread(taken_from, kafka, topic, 2_200, 2)
    # The fault did happen: every message is there twice, under one id.
    assert (len(records), failures() >= 1) == (2_200, True)
    once = without_repetitions(records)
    by_key: dict[int, list[int]] = {}
    for number in numbers_of(once):
        by_key.setdefault(number % 20, []).append(number)
    assert by_key == {key: list(range(key, 1_200, 20)) for key in range(20)}


async def test_a_broker_stopped_and_started_delays_and_loses_nothing(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics
) -> None:
    topic = topics()
    async with running(one.run()):
        await post(bench, *numbered(topic, range(500)))
        await until_empty(bench)
        await asyncio.to_thread(kafka.stop)
        try:
            await post(bench, *numbered(topic, range(500, 1_000)), cause=b"meanwhile")
        finally:
            await asyncio.to_thread(kafka.start)
        await until_empty(bench, 60)
    records = await asyncio.to_thread(taken_from, kafka, topic, 1_000)
    assert numbers_of(without_repetitions(records)) == list(range(1_000))


async def test_an_instance_that_failed_at_the_broker_leads_again(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics
) -> None:
    topic, failures = topics(), counted(metrics.RELAY_FAILURES)
    await post(bench, *numbered(topic, range(10)))
    # Other sessions lie in the pool, as in a service at work: the lock must not stay with one of them.
    async with raw_connection(bench.engine), raw_connection(bench.engine), raw_connection(bench.engine):
        pass
    await asyncio.to_thread(kafka.stop)
    try:
        async with running(one.run()):
            await until(lambda: failures() >= 1, "the relay has failed")
            await asyncio.to_thread(kafka.start)
            await until_empty(bench)
    finally:
        if kafka.pid is None:
            await asyncio.to_thread(kafka.start)
    assert numbers_of(await asyncio.to_thread(taken_from, kafka, topic, 10)) == list(range(10))


async def test_of_two_instances_one_publishes_and_the_other_takes_over(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics
) -> None:
    topic, engine = topics(), engine_of(bench.url)
    other = Relay(settings_of(kafka, bench.url), engine, "/siao/offers")
    try:
        async with running(one.run()) as first:
            await until(lambda: one.elected, "the first is elected")
            async with running(other.run()):
                await post(bench, *numbered(topic, range(300)))
                await until_empty(bench)
                assert not other.elected
                first[0].cancel()
                await until(lambda: other.elected, "the other takes over")
                await post(bench, *numbered(topic, range(300, 600)), cause=b"after")
                await until_empty(bench)
    finally:
        await engine.dispose()
    assert numbers_of(await asyncio.to_thread(taken_from, kafka, topic, 600)) == list(range(600))


async def test_what_another_instance_commits_is_published_at_once(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL_SECONDS", 60.0)
    topic, engine = topics(), engine_of(bench.url)
    other = Relay(settings_of(kafka, bench.url), engine, "/siao/offers")
    try:
        async with running(one.run()):
            await until(lambda: one.elected, "the first is elected")
            async with running(other.run()):
                for number in range(3):
                    await post(bench, *numbered(topic, [number]), cause=b"%d" % number)
                    other.wake()
                    await until_empty(bench, 10)
                assert not other.elected
    finally:
        await engine.dispose()
    assert numbers_of(await asyncio.to_thread(taken_from, kafka, topic, 3)) == [0, 1, 2]


async def test_a_missing_topic_holds_back_nothing_else_and_gets_its_messages_when_it_appears(
    bench: Bench, one: Relay, kafka: Broker, kafka_admin: AdminClient, topics: Topics
) -> None:
    topic, missing = topics(), a_group("missing")
    await post(bench, *(send for n in range(3) for send in (*numbered(missing, [n]), *numbered(topic, [n]))))
    async with running(one.run()):
        assert numbers_of(await asyncio.to_thread(taken_from, kafka, topic, 3, seconds=10)) == [0, 1, 2]
        assert await bench.rows("SELECT DISTINCT topic FROM outbox") == [missing]
        kafka_admin.create_topics([NewTopic(missing, 1, 1)])[missing].result(timeout=30)
        try:
            records = await asyncio.to_thread(taken_from, kafka, missing, 3)
        finally:
            kafka_admin.delete_topics([missing])[missing].result(timeout=30)
    assert numbers_of(records) == [0, 1, 2]


async def test_messages_for_a_topic_that_stays_missing_are_set_aside_sealed(
    bench: Bench, kafka: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "MISSING_SECONDS", 0.5)
    topic, missing, set_aside = topics(), a_group("missing"), counted(metrics.QUARANTINED, "undeliverable")
    settings = settings_of(kafka, bench.url)
    await post(bench, Send(missing, "k", an_answer("Zéphyrine")), Send(missing, "k", None), *numbered(topic, [1]))
    async with running(Relay(settings, bench.engine, "/siao/offers").run()):
        await until_empty(bench)
        await post(bench, *numbered(topic, [2]), cause=b"after")
        await until_empty(bench)
    kept = await bench.rows('SELECT topic, partition, "offset", code, sealed FROM quarantine ORDER BY "offset"')
    assert [(name, partition, code) for name, partition, _, code, _ in kept] == [(missing, -1, "undeliverable")] * 2
    vault = Vault(settings.vault_key.get_secret_value())
    opened = [json.loads(vault.open(sealed, context_of(missing, -1, offset))) for _, _, offset, _, sealed in kept]
    assert ["Zéphyrine".encode().decode("latin-1") in (thing["value"] or "") for thing in opened] == [True, False]
    assert numbers_of(await asyncio.to_thread(taken_from, kafka, topic, 2)) == [1, 2]
    assert set_aside() == 2
