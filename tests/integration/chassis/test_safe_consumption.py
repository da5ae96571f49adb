"""The chassis meets the records of `test_stock_faststream.py`: none is lost, none blocks, none is obeyed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.topics import PARTNERS
from services.chassis import app, health, subscribing, unit
from services.chassis.database import transaction
from services.chassis.kafka import broker_of
from services.chassis.settings import Settings
from services.chassis.starting import PatientBroker
from tests.integration.chassis.counting import Counting
from tests.integration.chassis.wire import RecordHeaders, Wire, a_group, until_true
from tests.load.contender import prepare
from tests.load.place import Place
from tests.servers import Database, Topics

# Both of these hide in a header that means nothing to us, and in one that we need.
UNREADABLE: dict[str, RecordHeaders] = {"null": [("trace", None)], "not-utf8": [("trace", b"\xff\xfe")]}
UNREADABLE_ID: RecordHeaders = [("ce_id", b"\xff\xfe")]


@pytest.fixture(autouse=True)
def register(kafka_admin: AdminClient) -> None:
    """The topic that every service reads before it starts."""
    if PARTNERS.name not in kafka_admin.list_topics(timeout=15).topics:
        register = NewTopic(PARTNERS.name, 1, 1, config=PARTNERS.config)
        kafka_admin.create_topics([register])[PARTNERS.name].result(timeout=30)


@pytest.fixture
async def counting(wire: Wire, topics: Topics, database: Database, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """The counting service on new topics, its database made, not running yet."""
    place = Place(
        bootstrap=wire.kafka.bootstrap,
        user=wire.kafka.admin_user,
        password=wire.kafka.admin_password,
        dsn=database().replace("postgresql+asyncpg", "postgresql"),
        # As in life, another partition on which nothing comes.
        source=topics("source", partitions=2),
        target=topics("target"),
        group=a_group(),
    )
    await prepare(place)
    return Counting(place, wire, monkeypatch)


@pytest.fixture
def without_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that is stopped cancels at once what it has in hand."""

    def impatient(settings: Settings, kind: type[PatientBroker]) -> PatientBroker:
        broker = broker_of(settings, kind)
        broker.config.broker_config.graceful_timeout = 0.01
        return broker

    monkeypatch.setattr(app, "broker_of", impatient)


@pytest.mark.usefixtures("without_patience")
async def test_fact_1_the_message_in_hand_is_handled_after_a_stop(counting: Counting) -> None:
    counting.send(1)
    other = await asyncpg.connect(counting.place.dsn)
    async with other.transaction():
        await other.execute("lock table counters")
        async with counting.running():
            await counting.until_waiting_for_a_lock()
        assert await counting.wire.committed(counting.group, counting.place.source) == 0
    await other.close()
    async with counting.running():
        await counting.until_handled(1)
    assert await counting.counted() == 1


@pytest.mark.usefixtures("without_patience")
async def test_what_a_stop_cancels_has_ended_before_the_database_is_left(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, ended = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def slow_to_end(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
        async with transaction(engine) as connection:
            try:
                entered.set()
                yield connection
                await asyncio.Event().wait()
            finally:
                # As a database that is slow to answer.
                await asyncio.sleep(0.5)
                ended.set()

    monkeypatch.setattr(unit, "transaction", slow_to_end)
    counting.send(1)
    async with counting.running():
        await asyncio.wait_for(entered.wait(), 15)
    assert ended.is_set()


async def test_facts_2_3_and_6_a_failed_message_is_kept_and_the_next_are_handled(counting: Counting) -> None:
    counting.send(1)
    counting.send(2, bad=True)
    counting.send(3)
    async with counting.running():
        await counting.until_handled(3)
    assert (await counting.counted(), await counting.quarantined()) == (2, [(1, "internal")])


@pytest.mark.parametrize("headers", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_facts_4_and_5_an_unreadable_header_takes_nothing_away(
    counting: Counting, headers: RecordHeaders
) -> None:
    for seq in range(11):
        counting.send(seq, headers=headers if seq == 5 else None)
    async with counting.running():
        await counting.until_handled(11)
    assert (await counting.counted(), await counting.quarantined()) == (11, [])


async def test_facts_4_and_5_an_unreadable_envelope_is_kept_and_costs_only_itself(counting: Counting) -> None:
    for seq in range(11):
        counting.send(seq, headers=UNREADABLE_ID if seq == 5 else None)
    async with counting.running():
        await counting.until_handled(11)
    assert (await counting.counted(), await counting.quarantined()) == (10, [(5, "header-unreadable")])


async def test_fact_7_reply_to_is_not_obeyed(counting: Counting, topics: Topics) -> None:
    victim = topics("victim")
    counting.send(1, headers=[("reply_to", victim.encode())])
    async with counting.running():
        await counting.until_handled(1)
    assert (counting.wire.end(victim), await counting.counted()) == (0, 1)


async def test_fact_8_health_tells_of_a_unit_that_does_not_return(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "STUCK_SECONDS", 0.5)

    async def ill() -> bool:
        return await counting.health() == 503

    async def well() -> bool:
        return await counting.health() == 200

    counting.send(1)
    other = await asyncpg.connect(counting.place.dsn)
    async with counting.running():
        async with other.transaction():
            await other.execute("lock table counters")
            counting.send(2)
            await counting.until_waiting_for_a_lock()
            await until_true(ill, "health tells")
        await until_true(well, "health recovers")
        await counting.until_handled(2)
    await other.close()


async def test_what_was_handled_is_committed_before_the_service_has_stopped(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "COMMIT_SECONDS", 2.0)
    async with counting.running():
        counting.send(1)
        await counting.until_answers(1)
        # What is handled now is committed with the next commit, two seconds later.
        counting.send(2)
        await counting.until_answers(2)
    assert await counting.wire.committed(counting.group, counting.place.source) == 2


async def test_what_comes_after_a_busy_moment_does_not_wait_for_other_partitions(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscribing, "BROKER_WAIT_MS", 10_000)
    other = await asyncpg.connect(counting.place.dsn)
    async with counting.running():
        async with other.transaction():
            await other.execute("lock table counters")
            counting.send(1)
            await counting.until_waiting_for_a_lock()
            counting.send(2)
            # Nothing shows from outside that the client, which has the second one, asks ahead without its partition: by
            # itself it does so after a tenth of a second.
            await asyncio.sleep(0.5)
        await counting.until_handled(2)
        counting.send(3)
        began = time.monotonic()
        await counting.until_handled(3)
        assert time.monotonic() - began < 5
    await other.close()


async def test_a_tombstone_and_an_empty_body_are_kept(counting: Counting) -> None:
    for body in (None, b""):
        counting.wire.send(counting.place.source, body, key="household")
    counting.send(1)
    async with counting.running():
        await counting.until_handled(3)
    assert (await counting.counted(), len(await counting.quarantined())) == (1, 2)


async def test_the_same_event_twice_has_one_effect(counting: Counting) -> None:
    same: RecordHeaders = [("ce_id", b"the-same-id")]
    counting.send(1, headers=same)
    async with counting.running():
        await counting.until_handled(1)
        counting.send(1, headers=same)
        counting.send(2)
        await counting.until_handled(3)
        await counting.until_answers(2)
    assert (await counting.counted(), counting.wire.end(counting.place.target)) == (2, 2)
