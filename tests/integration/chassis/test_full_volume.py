"""A full disk, of the database or of the broker, is said, waited for and forgotten; nothing acknowledged is lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from deploy.embedded import ports, state
from deploy.embedded.kafka import PORTS, Kafka
from deploy.embedded.parts import Broker
from deploy.embedded.postgres import Postgres
from tests.integration.chassis.evidence import id_of, settings_of, taken_from
from tests.integration.chassis.rig import bench_on
from tests.integration.chassis.stage import (
    Partner,
    a_registered_partner,
    assembled,
    get,
    migrate,
    prepare,
    started,
    until_fault,
    until_ready,
)
from tests.integration.chassis.volume import Volume, a_volume
from tests.integration.chassis.wire import until, until_true
from tests.servers import Database, Topics

LEFT = 64 * 1024


@pytest.fixture
def volume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Volume]:
    """A volume on which a server may begin although it is small."""
    monkeypatch.setattr(state, "LEAST_FREE_BYTES", 0)
    with a_volume(tmp_path / "volume", 200) as made:
        yield made


@pytest.fixture
def small_postgres(volume: Volume) -> Iterator[Postgres]:
    """A PostgreSQL on the small volume."""
    server = Postgres(volume.path, port=ports.free_port())
    try:
        server.start()
        yield server
    finally:
        server.stop()


async def test_a_full_disk_of_the_database(
    volume: Volume, small_postgres: Postgres, kafka: Broker, kafka_admin: AdminClient, topics: Topics
) -> None:
    password = state.password()
    small_postgres.ensure_role_and_database("small", password)
    url = small_postgres.dsn("small", "small", password)
    await asyncio.to_thread(migrate, url)
    await prepare(url)
    with a_registered_partner(kafka, kafka_admin) as partner:
        async with started(assembled(settings_of(kafka, url), topics())) as app:
            partner.send_many(f"before-{number}" for number in range(100))
            await answered(partner, 100)
            # The log has a whole segment before it, so that what lacks room is the tables.
            await asyncio.to_thread(small_postgres.sql, "SELECT pg_switch_wal(); CREATE TABLE next (); CHECKPOINT")
            volume.fill(LEFT)
            partner.send_many(f"meanwhile-{number}" for number in range(5_000))
            await until_fault(app, "offers.partners", "database-full")
            assert (await get(app, "/health"))[0] == 200
            volume.make_room()
            await answered(partner, 5_100)
            await until_ready(app, 60)
        async with bench_on(url) as bench:
            assert await bench.totals() == {"k": 5_100}
            assert await bench.rows("SELECT count(*) FROM quarantine") == [0]


async def answered(partner: Partner, messages: int) -> None:
    """Each of so many messages was answered, once."""
    records = await asyncio.to_thread(taken_from, partner.kafka, partner.notices, messages, 1, 90)
    assert len({id_of(record) for record in records}) == len(records) == messages


@pytest.fixture
def small_kafka(volume: Volume) -> Iterator[Kafka]:
    """A broker on the small volume."""
    broker = Kafka(volume.path, port=ports.free_port(PORTS))
    try:
        broker.start()
        yield broker
    finally:
        broker.stop()


async def test_a_full_disk_of_the_broker(volume: Volume, small_kafka: Kafka, database: Database) -> None:
    url = database("offers")
    await prepare(url)
    admin = AdminClient({**small_kafka.client_settings(), "log_level": 0})
    with a_registered_partner(small_kafka, admin) as partner:
        # What the service publishes goes to the partner's notices: a topic is a topic.
        async with started(assembled(settings_of(small_kafka, url), partner.notices)) as app, bench_on(url) as bench:
            partner.send_many(f"before-{number}" for number in range(50))
            await answered(partner, 100)
            volume.fill(LEFT)
            await bench.run(
                "INSERT INTO outbox (id, topic, key, type, time, payload) SELECT 'm' || n, "
                f"'{partner.notices}', 'k', 't', now(), convert_to(repeat('x', 1000), 'UTF8')"
                " FROM generate_series(1, 2000) n ORDER BY n"
            )
            await until_fault(app, "register", "broker-unreachable", 60)
            assert (await get(app, "/health"))[0] == 200
            await until(lambda: small_kafka.pid is None, "the broker has ended, as it does without a disk", 60)
            volume.make_room()
            await asyncio.to_thread(small_kafka.start)
            await until_ready(app, 90)
            records = await asyncio.to_thread(taken_from, small_kafka, partner.notices, 2_100, 1, 60)
            published = list(dict.fromkeys(id_of(record) for record in records))
            assert published[100:] == [f"m{number}" for number in range(1, 2_001)]

            async def nothing_waits() -> bool:
                return await bench.rows("SELECT count(*) FROM outbox") == [0]

            await until_true(nothing_waits, "the outbox is empty", 30)
            partner.send("after")
            await asyncio.to_thread(taken_from, small_kafka, partner.notices, 2_102)
