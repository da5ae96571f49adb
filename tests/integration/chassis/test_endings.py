"""What no one can mend from outside ends the process, with one sentence; told to end, it ends, at any time."""

import asyncio
import base64
import http.client
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.embedded import ports
from deploy.embedded.parts import Broker
from services.chassis.settings import Settings
from tests.integration.chassis.evidence import settings_of, taken_from
from tests.integration.chassis.rig import bench_on
from tests.integration.chassis.stage import Partner
from tests.integration.chassis.wire import until, until_true
from tests.servers import Topics

pytestmark = pytest.mark.once

ENDS_SECONDS = 20.0


@contextmanager
def a_process(settings: Settings, out: str = "out") -> Iterator["subprocess.Popen[str]"]:
    """The counting service as a process; what it says is read from its pipes."""
    environment = {
        **os.environ,
        "SIAO_KAFKA": settings.kafka,
        "SIAO_KAFKA_USER": settings.kafka_user,
        "SIAO_KAFKA_PASSWORD": settings.kafka_password.get_secret_value(),
        "SIAO_DATABASE": settings.database.get_secret_value(),
        "SIAO_HTTP_PORT": str(settings.http_port),
        "SIAO_VAULT_KEY": base64.b64encode(settings.vault_key.get_secret_value()).decode(),
    }
    command = [sys.executable, "-m", "tests.integration.chassis.mortal", "", out, "partners"]
    root = Path(__file__).parents[3]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, cwd=root, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


async def said_at_the_end(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Its exit code, its log, its last words."""
    log, words = await asyncio.to_thread(process.communicate, None, ENDS_SECONDS)
    return process.returncode, log, words


async def answers(settings: Settings, path: str) -> int | None:
    """The status of a page; None when nobody listens."""

    def ask() -> int | None:
        connection = http.client.HTTPConnection("127.0.0.1", settings.http_port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return None
        finally:
            connection.close()

    return await asyncio.to_thread(ask)


async def until_answered(settings: Settings, path: str, status: int) -> None:
    """Returns when a page answers so."""

    async def so() -> bool:
        return await answers(settings, path) == status

    await until_true(so, f"{path} answers {status}", 30)


async def test_a_port_that_is_taken_ends_it_before_anything_begins(kafka: Broker, url: str, partner: Partner) -> None:
    partner.send("a")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with a_process(settings_of(kafka, url, http_port=port)) as process:
            code, log, words = await said_at_the_end(process)
    assert (code, log) == (1, "")
    (sentence,) = words.splitlines()
    assert str(port) in sentence
    assert "SIAO_HTTP_PORT" in sentence
    async with bench_on(url) as bench:
        assert await bench.rows("SELECT count(*) FROM inbox") == [0]


async def test_a_key_that_does_not_open_what_is_sealed_ends_it_before_it_consumes(
    kafka: Broker, url: str, partner: Partner, out: str
) -> None:
    settings = settings_of(kafka, url, http_port=ports.free_port())
    with a_process(settings, out) as process:
        partner.send("one", "refused")
        await asyncio.to_thread(taken_from, kafka, partner.notices, 1)
        process.terminate()
        await said_at_the_end(process)
    partner.send("two")
    other = settings_of(kafka, url, http_port=ports.free_port())
    with a_process(other, out) as process:
        code, log, words = await said_at_the_end(process)
    assert code == 1
    (sentence,) = words.splitlines()
    assert "SIAO_VAULT_KEY" in sentence
    assert [line for line in log.splitlines() if '"fault"' not in line] == []
    async with bench_on(url) as bench:
        assert await bench.rows("SELECT count(*) FROM inbox") == [1]


async def test_it_listens_while_it_waits_and_ends_when_it_is_told_to(kafka: Broker, url: str) -> None:
    nowhere = f"127.0.0.1:{ports.free_port()}"
    settings = settings_of(kafka, url, http_port=ports.free_port()).model_copy(update={"kafka": nowhere})
    with a_process(settings) as process:
        await until_answered(settings, "/ready", 503)
        assert await answers(settings, "/health") == 200
        process.terminate()
        code, log, words = await said_at_the_end(process)
    assert (code, words) == (-15, "")
    # However often it tried, it said one line.
    (line,) = log.splitlines()
    assert '"code": "broker-unreachable"' in line


@pytest.fixture
def out(topics: Topics) -> str:
    """Where the service publishes."""
    return topics()


@pytest.fixture
async def stoppable(kafka: Broker, partner: Partner, out: str) -> AsyncIterator[Broker]:
    """The broker, once it has these topics; started again at the latest afterwards."""
    await until(lambda: {partner.inbound, out} <= set(partner.topics()), "the broker has these topics")
    yield kafka
    if kafka.pid is None:
        await asyncio.to_thread(kafka.start)


async def test_it_ends_when_it_is_told_to_though_what_it_has_to_publish_cannot_go(
    stoppable: Broker, url: str, partner: Partner, out: str
) -> None:
    settings = settings_of(stoppable, url, http_port=ports.free_port())
    with a_process(settings, out) as process:
        partner.send("a")
        await until_answered(settings, "/ready", 200)
        await asyncio.to_thread(taken_from, stoppable, partner.notices, 1)
        await asyncio.to_thread(stoppable.stop)
        async with bench_on(url) as bench:
            posted = "INSERT INTO outbox (id, topic, key, type, time, payload) VALUES ('1', '{}', 'k', 't', now(), 'x')"
            await bench.run(posted.format(out))
            await until_answered(settings, "/ready", 503)
            process.terminate()
            code, _, words = await said_at_the_end(process)
            assert await bench.rows("SELECT count(*) FROM outbox") == [1]
    assert (code, words) == (-15, "")
