"""Wherever a service dies, its next life ends in the same state: each effect once, each answer, every offset."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import ports
from deploy.embedded.parts import Broker
from services.chassis.settings import Settings
from tests.integration.chassis.evidence import id_of, settings_of, taken_from
from tests.integration.chassis.mortal import DEATH, POINTS
from tests.integration.chassis.rig import bench_on
from tests.integration.chassis.stage import Partner, prepare
from tests.integration.chassis.wire import Wire, until_true
from tests.servers import Database, Topics

pytestmark = pytest.mark.once

MESSAGES = 300


@contextmanager
def a_life(settings: Settings, point: str, out: str, part: str) -> Iterator[subprocess.Popen[bytes]]:
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
    command = [sys.executable, "-m", "tests.integration.chassis.mortal", point, out, part]
    with subprocess.Popen(command, env=environment, cwd=Path(__file__).parents[3], stdout=subprocess.DEVNULL) as life:
        try:
            yield life
        finally:
            if life.poll() is None:
                life.send_signal(signal.SIGTERM)


async def test_the_end_is_the_same_wherever_it_dies(
    partner: Partner, kafka: Broker, wire: Wire, topics: Topics, database: Database
) -> None:
    """One partner, and as many services as there are points: each reads the same messages and dies of its own death."""
    partner.send_many(f"m{number}" for number in range(MESSAGES))
    places = [(point, topics(), database("offers")) for point in POINTS]
    await asyncio.gather(*(two_lives(*place, partner, kafka, wire) for place in places))
    for _, out, _ in places:
        values = without_repetitions(await asyncio.to_thread(taken_from, kafka, out, MESSAGES))
        assert [f'"k:{number}"'.encode() in value for number, value in enumerate(values, 1)] == [True] * MESSAGES
    everything = await asyncio.to_thread(taken_from, kafka, partner.notices, len(places) * MESSAGES)
    assert len(without_repetitions(everything)) == len(places) * MESSAGES


def without_repetitions(records: list[Any]) -> list[bytes]:
    """The bodies, as a reader takes them that recognises ids."""
    return list({id_of(record): record.value() for record in records}.values())


async def two_lives(point: str, out: str, url: str, partner: Partner, kafka: Broker, wire: Wire) -> None:
    """A first life that dies at a point, a second that ends the work; checks the database and the offset."""
    part = "".join(letter for letter in point if letter.isalpha())
    settings = settings_of(kafka, url, http_port=ports.free_port())
    await prepare(url)
    with a_life(settings, point, out, part) as life:
        assert await asyncio.to_thread(life.wait, 60) == DEATH, point
    async with bench_on(url) as bench:

        async def ended() -> bool:
            nothing_waits = await bench.rows("SELECT count(*) FROM outbox") == [0]
            return nothing_waits and await wire.committed(f"offers.{part}", partner.inbound) == MESSAGES

        with a_life(settings, "", out, part):
            await until_true(ended, f"everything handled, published and committed after a death {point}", 60)
        assert (await bench.totals(), point) == ({"k": MESSAGES}, point)
        assert await bench.rows("SELECT count(*) FROM quarantine") == [0]
