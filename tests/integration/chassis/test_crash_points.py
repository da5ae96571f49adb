"""Wherever a service dies, its next life ends in the same state: each effect once, each answer, every offset."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from deploy.embedded import ports
from deploy.embedded.kafka import Kafka
from services.chassis.settings import Settings
from tests.conftest import Database, Topics
from tests.integration.chassis.mortal import DEATH, POINTS
from tests.integration.chassis.rig import Bench, bench_on, id_of, settings_of, taken_from
from tests.integration.chassis.stage import Partner, a_registered_partner, prepare
from tests.integration.chassis.wire import Wire, until_true

MESSAGES = 300


@pytest.fixture
def partner(kafka: Kafka, kafka_admin: AdminClient) -> Iterator[Partner]:
    with a_registered_partner(kafka, kafka_admin) as made:
        yield made


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    url = database("offers")
    await prepare(url)
    async with bench_on(url) as made:
        yield made


@contextmanager
def a_life(settings: Settings, point: str, out: str) -> Iterator[subprocess.Popen[bytes]]:
    """The service as a process, which dies at a point; "" for none."""
    environment = {
        **os.environ,
        "SIAO_KAFKA": settings.kafka,
        "SIAO_KAFKA_USER": settings.kafka_user,
        "SIAO_KAFKA_PASSWORD": settings.kafka_password.get_secret_value(),
        "SIAO_DATABASE": settings.database.get_secret_value(),
        "SIAO_HTTP_PORT": str(settings.http_port),
        "SIAO_VAULT_KEY": base64.b64encode(settings.vault_key.get_secret_value()).decode(),
    }
    command = [sys.executable, "-m", "tests.integration.chassis.mortal", point, out]
    with subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[3], stdout=subprocess.DEVNULL) as life:
        try:
            yield life
        finally:
            if life.poll() is None:
                life.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("point", POINTS)
async def test_the_end_is_the_same_wherever_it_dies(
    bench: Bench, partner: Partner, kafka: Kafka, wire: Wire, topics: Topics, point: str
) -> None:
    out = topics()
    settings = settings_of(kafka, bench.url, http_port=ports.free_port())
    partner.send_many(f"m{number}" for number in range(MESSAGES))
    with a_life(settings, point, out) as life:
        assert await asyncio.to_thread(life.wait, 60) == DEATH

    async def ended() -> bool:
        nothing_waits = await bench.rows("SELECT count(*) FROM outbox") == [0]
        return nothing_waits and await wire.committed("offers.partners", partner.inbound) == MESSAGES

    with a_life(settings, "", out):
        await until_true(ended, "everything handled, published and committed", 60)
    assert await bench.totals() == {"k": MESSAGES}
    assert await bench.rows("SELECT count(*) FROM quarantine") == [0]
    for topic in (out, partner.notices):
        records = await asyncio.to_thread(taken_from, kafka, topic, MESSAGES)
        once = {id_of(record): record.value() for record in records}
        said = [value for value in once.values() if b"deadline" not in value]
        assert (len(once), len(said)) == (MESSAGES, MESSAGES)
    # In order, once what was sent twice is recognised by its id.
    records = await asyncio.to_thread(taken_from, kafka, out, MESSAGES)
    values = list({id_of(record): record.value().decode() for record in records}.values())
    assert [f'"k:{number}"' in value for number, value in enumerate(values, 1)] == [True] * MESSAGES
