"""What the broker refuses costs only what it refuses: one message, or one topic; the rest is published in order."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from confluent_kafka.admin import AclOperation, AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.embedded.parts import Broker
from services.chassis import metrics, outbox, relay, shipping
from services.chassis.database import transaction
from services.chassis.fold import Send
from services.chassis.relay import Relay
from tests.integration.chassis.evidence import counted, running, settings_of, taken_from
from tests.integration.chassis.login import READ, WRITE, Login
from tests.integration.chassis.rig import NOON, Bench, an_answer, bench_on
from tests.integration.chassis.wire import a_group, until, until_true
from tests.servers import Database, Topics

pytestmark = pytest.mark.once


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


@pytest.fixture
def one(bench: Bench, kafka: Broker) -> Relay:
    """The relay of one instance."""
    return Relay(settings_of(kafka, bench.url), bench.engine, "/siao/offers", bench.faults)


async def post(bench: Bench, *sends: Send, cause: bytes = b"cause") -> None:
    """Commit messages to the outbox."""
    async with transaction(bench.engine) as connection:
        await outbox.post(connection, [outbox.outgoing(cause, n, send, NOON, None) for n, send in enumerate(sends)])


def numbered(topic: str, numbers: Sequence[int], padding: int = 0) -> list[Send]:
    """One message a number, under one key."""
    return [Send(topic, "key", an_answer(f"{number}{' ' * padding}")) for number in numbers]


async def arrive(kafka: Broker, topic: str, count: int) -> list[int]:
    """The numbers of a topic's records, each once, in the order of the log."""
    records = await asyncio.to_thread(taken_from, kafka, topic, count)
    return list(dict.fromkeys(int(json.loads(record.value())["message_id"]) for record in records))


async def until_left(bench: Bench, topics: Sequence[str]) -> None:
    """Returns when messages of these topics only wait to be published."""

    async def so() -> bool:
        return await bench.rows("SELECT DISTINCT topic FROM outbox ORDER BY topic") == sorted(topics)

    await until_true(so, f"only {topics} wait", 30)


async def test_a_message_too_large_for_its_topic_is_set_aside_alone(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics
) -> None:
    small, other, set_aside = (
        topics(config={"max.message.bytes": "5000"}),
        topics(),
        counted(metrics.QUARANTINED, "undeliverable"),
    )
    await post(
        bench, *numbered(small, range(100)), *numbered(small, [100], 20_000), *numbered(small, range(101, 200)),
        *numbered(other, range(200)),
    )  # fmt: skip
    async with running(one.run()):
        await until_left(bench, [])
    assert await arrive(kafka, small, 199) == [*range(100), *range(101, 200)]
    assert await arrive(kafka, other, 200) == list(range(200))
    assert await bench.rows("SELECT topic, code FROM quarantine") == [(small, "undeliverable")]
    assert set_aside() == 1


async def test_a_batch_too_large_for_its_topic_goes_in_smaller_ones(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics
) -> None:
    topic = topics(config={"max.message.bytes": "65536"})
    await post(bench, *numbered(topic, range(3_000)))
    async with running(one.run()):
        await until_left(bench, [])
        await post(bench, *numbered(topic, range(3_000, 6_000)), cause=b"after")
        await until_left(bench, [])
    assert await arrive(kafka, topic, 6_000) == list(range(6_000))
    assert await bench.rows("SELECT count(*) FROM quarantine") == [0]


@pytest.fixture
def login(kafka_admin: AdminClient) -> Iterator[Login]:
    """A login without rights."""
    made = Login(kafka_admin, a_group("relay"))
    made.set_password()
    yield made
    made.forbid_everything()


@pytest.mark.parametrize("still", [(), (READ,)], ids=["not even seen", "only seen"])
async def test_a_right_that_is_withdrawn_holds_back_its_topic_and_is_seen(
    bench: Bench,
    kafka: Broker,
    topics: Topics,
    login: Login,
    monkeypatch: pytest.MonkeyPatch,
    still: Sequence[AclOperation],
) -> None:
    monkeypatch.setattr(relay, "MISSING_SECONDS", 0.2)
    monkeypatch.setattr(relay, "REFUSED_PAUSE", 0.2)
    closed, other, failures = topics(), topics(), counted(metrics.RELAY_FAILURES)
    login.allow(WRITE, closed, other)
    for operation in still:
        login.allow(operation, closed)
    settings = settings_of(kafka, bench.url, **login.settings)
    async with running(Relay(settings, bench.engine, "/siao/offers", bench.faults).run()):
        await post(bench, *numbered(closed, [0]), *numbered(other, [0]))
        await until_left(bench, [])
        login.forbid(WRITE, closed)
        await post(bench, *numbered(closed, range(1, 4)), *numbered(other, range(1, 4)), cause=b"meanwhile")
        await until_left(bench, [closed])
        assert await arrive(kafka, other, 4) == [0, 1, 2, 3]
        await until(lambda: bench.faults.now() == {"relay": "right-missing"}, "the fault is told")
        assert failures() >= 1
        login.allow(WRITE, closed)
        await until_left(bench, [])
        await until(lambda: bench.faults.now() == {}, "the end of the fault is told")
    assert await arrive(kafka, closed, 4) == [0, 1, 2, 3]
    assert await bench.rows("SELECT count(*) FROM quarantine") == [0]


async def test_messages_of_a_core_topic_are_never_given_up(
    bench: Bench, kafka: Broker, kafka_admin: AdminClient, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "MISSING_SECONDS", 0.2)
    monkeypatch.setattr(relay, "MISSING_PAUSE", 0.1)
    core, partners, other = a_group("core"), a_group("partner"), topics()
    settings = settings_of(kafka, bench.url)
    kept = Relay(settings, bench.engine, "/siao/offers", bench.faults, frozenset({core}))
    await post(bench, *numbered(core, [0, 1]), *numbered(partners, [0]), *numbered(other, [0]))
    async with running(kept.run()):
        await until_left(bench, [core])
        assert bench.faults.now() == {"relay": "topic-missing"}
        assert await bench.rows("SELECT topic FROM quarantine") == [partners]
        kafka_admin.create_topics([NewTopic(core, 1, 1)])[core].result(timeout=30)
        try:
            await until_left(bench, [])
            assert await arrive(kafka, core, 2) == [0, 1]
        finally:
            kafka_admin.delete_topics([core])[core].result(timeout=30)


async def test_however_much_is_held_back_the_rest_is_published(
    bench: Bench, one: Relay, kafka: Broker, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "CHUNK", 20)
    missing, other = a_group("missing"), topics()
    await post(bench, *numbered(missing, range(100)), *numbered(other, range(50)))
    async with running(one.run()):
        await until_left(bench, [missing])
    assert await arrive(kafka, other, 50) == list(range(50))
    assert await bench.rows("SELECT count(*) FROM outbox") == [100]


async def test_a_topic_that_vanishes_delays_the_others_and_stops_none(
    bench: Bench, one: Relay, kafka: Broker, kafka_admin: AdminClient, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipping, "SEND_SECONDS", 1.0)
    vanishing, other = a_group("vanishing"), topics()
    kafka_admin.create_topics([NewTopic(vanishing, 1, 1)])[vanishing].result(timeout=30)
    async with running(one.run()):
        await post(bench, *numbered(vanishing, [0]), *numbered(other, [0]))
        await until_left(bench, [])
        kafka_admin.delete_topics([vanishing])[vanishing].result(timeout=30)
        await post(bench, *numbered(vanishing, [1]), *numbered(other, [1]), cause=b"after")
        await until_left(bench, [vanishing])
        await post(bench, *numbered(other, [2]), cause=b"later")
        await until_left(bench, [vanishing])
    assert await arrive(kafka, other, 3) == [0, 1, 2]
