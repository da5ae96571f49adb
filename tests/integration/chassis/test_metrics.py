"""The metrics of a service tell the truth when things go wrong: that is when they are looked at."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from confluent_kafka.admin import AdminClient
from faststream.asgi import AsgiFastStream
from prometheus_client.parser import text_string_to_metric_families

from deploy.embedded.parts import Broker, DatabaseServer
from services.chassis import metrics, outbox
from services.chassis.database import engine_of, transaction
from services.chassis.fold import Send
from tests.integration.chassis.evidence import settings_of
from tests.integration.chassis.rig import NOON, an_answer
from tests.integration.chassis.stage import assembled, get, prepare, started, with_register
from tests.integration.chassis.wire import until_true
from tests.servers import Database, Topics

pytestmark = pytest.mark.once


@pytest.fixture
async def url(database: Database, kafka_admin: AdminClient) -> str:
    """A database of the counting service, and the register's topic."""
    with_register(kafka_admin)
    made = database("offers")
    await prepare(made)
    return made


@pytest.fixture
async def app(kafka: Broker, url: str, topics: Topics) -> AsyncIterator[AsgiFastStream]:
    """The counting service, ready."""
    async with started(assembled(settings_of(kafka, url), topics())) as running:
        yield running


async def shown(app: AsgiFastStream, name: str) -> list[float]:
    """The values of a metric, as a scrape sees them."""
    _, body = await get(app, "/metrics")
    families = text_string_to_metric_families(body.decode())
    return [sample.value for family in families for sample in family.samples if sample.name == name]


async def post(url: str, topic: str) -> None:
    """Commit a message to the outbox of a service."""
    engine = engine_of(url)
    try:
        async with transaction(engine) as connection:
            message = outbox.outgoing(b"cause", 0, Send(topic, "k", an_answer("1")), NOON, None)
            await outbox.post(connection, [message])
    finally:
        await engine.dispose()


async def test_the_outbox_is_seen_to_grow_old_while_the_broker_is_away(
    app: AsgiFastStream, kafka: Broker, url: str, topics: Topics
) -> None:
    topic = topics()

    async def old() -> bool:
        rows, age = await shown(app, "siao_outbox_rows"), await shown(app, "siao_outbox_age_seconds")
        return rows == [1.0] and age[0] > 1

    async def empty() -> bool:
        return await shown(app, "siao_outbox_rows") == [0.0] and await shown(app, "siao_outbox_age_seconds") == [0.0]

    await asyncio.to_thread(kafka.stop)
    try:
        await post(url, topic)
        await until_true(old, "the age of the outbox is told")
    finally:
        await asyncio.to_thread(kafka.start)
    await until_true(empty, "the outbox is empty again", 60)


async def test_a_family_that_is_read_no_more_has_no_lag(app: AsgiFastStream) -> None:
    """Its partitions went to another instance: the lag that it had here would be told for ever."""
    metrics.LAG.labels("moved-away").set(7)

    async def gone() -> bool:
        _, body = await get(app, "/metrics")
        return b"moved-away" not in body

    await until_true(gone, "the lag is not told any more")


async def test_readiness_is_a_metric(app: AsgiFastStream, postgres: DatabaseServer) -> None:
    async def is_ready(value: float) -> bool:
        return await shown(app, "siao_ready") == [value]

    await until_true(lambda: is_ready(1), "it is ready")
    await asyncio.to_thread(postgres.stop)
    try:
        await until_true(lambda: is_ready(0), "it is not ready")
    finally:
        await asyncio.to_thread(postgres.start)
    await until_true(lambda: is_ready(1), "it is ready again")
