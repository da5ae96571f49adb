"""Reading within fetch sessions: what a consumer is given is what it would be given without, and costs what changed."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.protocol.fetch import FetchRequest_v7, FetchRequest_v11
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.embedded.parts import Broker
from services.chassis.fetching import Question, Session, Sessions, fetch_in_sessions
from services.chassis.kafka import client_settings
from tests.backends.backend import Backend
from tests.integration.chassis.evidence import settings_of
from tests.integration.chassis.wire import Wire, until
from tests.servers import Topics

# About what our client asks, of the same broker in either.
pytestmark = pytest.mark.once
PARTITIONS = 40


class Overheard:
    """The library's client, and how many partitions each question named."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.named: list[int] = []
        self.left: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    async def send(self, node: int, request: Any) -> Any:
        if isinstance(request, Question):
            struct: Any = request.build(FetchRequest_v11)
            self.named.append(len(struct.topics))
            self.left.append(len(struct.forgotten_topics_data))
        return await self._client.send(node, request)


class Ending:
    """The last question of a session."""

    def __init__(self, session: int) -> None:
        self._session = session

    def prepare(self, _versions: Any) -> FetchRequest_v7:
        return FetchRequest_v7(-1, 0, 1, 1, 0, self._session, -1, [], [])


class Reading:
    """A consumer of every partition of a topic, within sessions, and what it was given."""

    def __init__(self, consumer: AIOKafkaConsumer, topic: str) -> None:
        self.consumer = consumer
        self.places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        self.given: list[str] = []
        fetch_in_sessions(consumer)
        fetcher: Any = consumer._fetcher
        self.sessions: Sessions = fetcher._client
        self.client = Overheard(self.sessions._client)
        self.sessions._client = self.client

    @property
    def session(self) -> Session:
        """The one with the only broker."""
        (session,) = self.sessions._sessions.values()
        return session

    async def forgotten_by_the_broker(self) -> None:
        """As when it needs the room: a last question ends the session."""
        (node,) = self.sessions._sessions
        answer = await self.client._client.send(node, Ending(self.session.id))
        assert answer.error_code == 0

    async def take(self, count: int | None = None) -> None:
        """What comes within a moment, or only the first of it."""
        found = await self.consumer.getmany(timeout_ms=300, max_records=count)
        for record in (record for records in found.values() for record in records):
            assert record.value is not None
            self.given.append(record.value.decode())

    async def expect(self, values: Sequence[str]) -> None:
        """Until as many were given, in any order of partitions: these, and each once."""
        while len(self.given) < len(values):
            await asyncio.wait_for(self.take(), 15)
        assert Counter(self.given) == Counter(values)


@pytest.fixture
def topic(topics: Topics) -> str:
    return topics(partitions=PARTITIONS)


@asynccontextmanager
async def reading_of(kafka: Broker, topic: str) -> AsyncIterator[Reading]:
    consumer = AIOKafkaConsumer(
        **client_settings(settings_of(kafka, "postgresql+asyncpg://nobody:none@127.0.0.1:1/none")),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=200,
    )
    await consumer.start()
    try:
        made = Reading(consumer, topic)
        consumer.assign(made.places)
        yield made
    finally:
        await consumer.stop()


@pytest.fixture
async def reading(kafka: Broker, topic: str) -> AsyncIterator[Reading]:
    async with reading_of(kafka, topic) as made:
        yield made


async def test_a_question_names_only_what_changed(wire: Wire, topic: str, reading: Reading) -> None:
    sent: list[str] = []
    for number in range(30):
        partition = number * 7 % PARTITIONS
        wire.send(topic, str(number).encode(), partition=partition)
        sent.append(str(number))
        await reading.expect(sent)
    first, *others = reading.client.named
    assert (first, max(others)) == (PARTITIONS, 1)
    assert sum(reading.client.left) == 0


async def test_a_session_that_the_broker_forgot_is_begun_anew(wire: Wire, topic: str, reading: Reading) -> None:
    wire.send(topic, b"a", partition=3)
    await reading.expect(["a"])
    await until(lambda: reading.session.epoch > 1, "a session")
    before = reading.session.id
    await reading.forgotten_by_the_broker()
    wire.send(topic, b"b", partition=5)
    await reading.expect(["a", "b"])
    await until(lambda: reading.session.id not in {before, 0}, "another session")


async def test_a_question_out_of_order_begins_anew(wire: Wire, topic: str, reading: Reading) -> None:
    wire.send(topic, b"a", partition=3)
    await reading.expect(["a"])
    reading.session.epoch += 5
    wire.send(topic, b"b", partition=5)
    await reading.expect(["a", "b"])
    assert reading.client.named.count(PARTITIONS) == 2


async def test_what_is_no_longer_read_is_no_longer_answered(wire: Wire, topic: str, reading: Reading) -> None:
    wire.send(topic, b"a", partition=3)
    await reading.expect(["a"])
    reading.consumer.pause(reading.places[3])
    await until(lambda: sum(reading.client.left) == 1, "the broker is told")
    wire.send(topic, b"late", partition=3)
    wire.send(topic, b"b", partition=4)
    await reading.expect(["a", "b"])
    reading.consumer.resume(reading.places[3])
    await reading.expect(["a", "b", "late"])


async def test_a_broker_stopped_and_started(backend: Backend) -> None:
    with backend.broker() as kafka:
        kafka.start()
        admin = AdminClient({**kafka.client_settings(), "log_level": 0})
        admin.create_topics([NewTopic("mine", num_partitions=PARTITIONS, replication_factor=1)])["mine"].result(30)
        async with reading_of(kafka, "mine") as reading:
            wire = Wire(kafka)
            try:
                wire.send("mine", b"a", partition=3)
                await reading.expect(["a"])
                await asyncio.to_thread(kafka.stop)
                await asyncio.to_thread(kafka.start)
                wire.send("mine", b"b", partition=5)
                await reading.expect(["a", "b"])
            finally:
                wire.close()


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_each_record_is_given_once_in_order(
    wire: Wire, topic: str, reading: Reading, seed: int
) -> None:
    chance, sent = random.Random(seed), Counter[int]()
    for _ in range(60):
        match chance.randrange(8):
            case 0 | 1 | 2:
                partition = chance.randrange(PARTITIONS)
                wire.send(topic, *(b"%d:%d" % (partition, sent[partition] + n) for n in range(3)), partition=partition)
                sent[partition] += 3
            case 3:
                await reading.take(chance.choice([1, 5, None]))
            case 4:
                reading.consumer.pause(*chance.sample(reading.places, 5))
            case 5:
                reading.consumer.resume(*reading.places)
            case 6:
                # As a rebalance does: what is being asked is no longer of interest.
                held = {place: await reading.consumer.position(place) for place in reading.places}
                reading.consumer.assign(reading.places)
                for place, offset in held.items():
                    reading.consumer.seek(place, offset)
            case 7 if reading.sessions._sessions:
                reading.session.epoch += chance.randrange(2)
    reading.consumer.resume(*reading.places)
    expected = [f"{partition}:{n}" for partition, count in sent.items() for n in range(count)]
    await reading.expect(expected)
    # Nothing comes again.
    await reading.take()
    assert len(reading.given) == len(expected)
    for partition, count in sent.items():
        mine = [value for value in reading.given if value.startswith(f"{partition}:")]
        assert mine == [f"{partition}:{n}" for n in range(count)]
