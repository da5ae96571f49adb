"""The supervisor on real Kafka and PostgreSQL: state kept, deaths seen, nothing left behind.

On the embedded ones whatever the backend: these tests are about the embedded platform itself.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from confluent_kafka.admin import AdminClient

from contracts.partners import PartnerRegistered
from contracts.topics import Role
from deploy.embedded import ports, state
from deploy.embedded.child import LOG_WIDTH
from deploy.embedded.failure import PlatformError
from deploy.embedded.platform import SERVICES_PORTS, Addresses, Platform
from deploy.embedded.service import Clock, Commands, Death

STAND_IN = Path(__file__).with_name("stand_in.py")
COMMANDS = Commands(
    service=lambda _: (sys.executable, str(STAND_IN)),
    migrate=lambda _: (sys.executable, "-c", "pass"),
)
PARTNER = PartnerRegistered(id="chrs-1", role=Role.STRUCTURE, siao="92", name="Un CHRS")

Make = Callable[..., Platform]


def some_addresses() -> Addresses:
    return Addresses(ports.free_port(3), ports.free_port(), ports.free_port(SERVICES_PORTS))


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    """Platforms over this test's state directory, stopped at its end whatever happened."""
    made: list[Platform] = []

    def platform(commands: Commands = COMMANDS, **options: object) -> Platform:
        arguments = {"partners": [PARTNER], "addresses": some_addresses(), "commands": commands, **options}
        made.append(Platform(tmp_path / "state", **arguments))  # type: ignore[arg-type]
        return made[-1]

    yield platform
    for one in made:
        one.stop()


def processes(platform: Platform) -> list[psutil.Process]:
    """Kafka, PostgreSQL and its children, the services."""
    pids = [platform.kafka.pid, platform.postgres.pid, *(service.pid for service in platform.services.values())]
    found = [psutil.Process(pid) for pid in pids if pid is not None]
    assert len(found) == 6
    return [*found, *found[1].children(recursive=True)]


def until(fact: Callable[[], bool], what: str, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"not in {seconds} s: {what}"
        time.sleep(0.02)


def test_a_second_start_finds_everything_as_the_first_left_it(make: Make) -> None:
    first = make()
    first.start()
    first.postgres.sql("create table kept as select 42 as answer", database="intake")
    before = (first.credentials.services, first.credentials.partners, (first.directory / "vault.json").read_text())
    first.stop()

    second = make(partners=[])
    second.start()
    assert second.postgres.sql("select answer from kept", database="intake") == "42"
    known = second.credentials
    assert (known.services, known.partners, (second.directory / "vault.json").read_text()) == before
    # The second is on other ports, and partners are told of them.
    assert known.connection["bootstrap.servers"] == second.kafka.partners_bootstrap
    login = known.partners["chrs-1"]
    client = AdminClient({**known.connection, "sasl.username": login.user, "sasl.password": login.password})
    assert "partners.chrs-1.vacancies" in client.list_topics(timeout=30).topics


def test_stopping_leaves_no_process_and_no_port(make: Make) -> None:
    platform = make()
    platform.start()
    alive = processes(platform)
    assert psutil.wait_procs(alive, timeout=0)[0] == []
    platform.stop()
    assert psutil.wait_procs(alive, timeout=0)[1] == []
    for port in (platform.kafka.port, platform.postgres.port, platform.services["offers"].port):
        ports.require_free(port, "anything", "anything")


@pytest.mark.parametrize("part", ["kafka", "controller", "postgres", "services"])
def test_a_taken_port_is_one_sentence_with_the_port_its_holder_and_the_remedy(make: Make, part: str) -> None:
    addresses = some_addresses()
    port, remedy = {
        "kafka": (addresses.kafka, "--kafka-port"),
        "controller": (addresses.kafka + 1, "--kafka-port"),
        "postgres": (addresses.postgres, "--postgres-port"),
        "services": (addresses.services + 2, "--services-port"),
    }[part]
    with socket.create_server(("127.0.0.1", port)):
        platform = make(addresses=addresses)
        with pytest.raises(PlatformError) as failure:
            platform.start()
    sentence = str(failure.value)
    for said in (f"Le port {port}", f"Port {port}", f"pid {os.getpid()}", remedy):
        assert said in sentence
    assert (platform.kafka.pid, platform.postgres.pid) == (None, None)


def test_two_platforms_cannot_share_a_state_directory(make: Make) -> None:
    make().start()
    with pytest.raises(PlatformError, match=rf"pid {os.getpid()}.*--state"):
        make().start()


def test_too_little_room_on_the_disk_is_one_sentence(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "LEAST_FREE_BYTES", 10**18)
    with pytest.raises(PlatformError, match="Le disque est presque plein"):
        make().start()


def test_a_dead_service_is_reported_with_its_last_lines_and_starts_again_later_each_time(make: Make) -> None:
    seen: list[Death] = []
    platform = make(on_death=seen.append)
    platform.start()
    service = platform.services["intake"]
    for deaths, delay in ((1, 0.5), (2, 1.0)):
        pid = service.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        until(lambda deaths=deaths: len(seen) == deaths, "the death is reported")  # type: ignore[misc]
        until(service.is_ready, "the service is ready again")
        assert time.monotonic() - killed >= delay
        assert (seen[-1].service, seen[-1].exit_code, seen[-1].delay) == ("intake", -signal.SIGKILL, delay)
        assert f"stand-in of intake on port {service.port}" in seen[-1].last_lines
    assert platform.deaths == seen
    assert platform.failure is None


@pytest.mark.parametrize("part", ["Kafka", "PostgreSQL"])
def test_the_death_of_the_infrastructure_stops_everything_and_shows_its_last_lines(make: Make, part: str) -> None:
    platform = make()
    platform.start()
    alive = processes(platform)
    pid = platform.kafka.pid if part == "Kafka" else platform.postgres.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert platform.ended.wait(40)
    assert psutil.wait_procs(alive, timeout=10)[1] == []
    assert f"{part} s'est arrêté (code -9)" in str(platform.failure)
    log = platform.kafka.log_path if part == "Kafka" else platform.postgres.log_path
    assert log.read_text().splitlines()[-1][:LOG_WIDTH] in str(platform.failure)


def test_a_service_that_cannot_start_stops_the_start_with_its_last_lines(make: Make) -> None:
    broken = "import sys; sys.exit('no vault key')"
    platform = make(Commands(service=lambda _: (sys.executable, "-c", broken), migrate=COMMANDS.migrate))
    with pytest.raises(PlatformError, match=r"offers s'est arrêté.*\n.*no vault key"):
        platform.start()
    assert (platform.kafka.pid, platform.postgres.pid) == (None, None)


def test_a_failed_migration_stops_the_start_with_its_last_lines(make: Make) -> None:
    broken = "import sys; sys.exit('no such revision')"
    platform = make(Commands(service=COMMANDS.service, migrate=lambda _: (sys.executable, "-c", broken)))
    with pytest.raises(PlatformError, match=r"migrations offers s'est arrêté.*\n.*no such revision"):
        platform.start()


def test_services_are_told_the_clock_their_own_database_and_nothing_of_ours(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIAO_BATCH", "1")
    began = datetime(2026, 1, 5, 8, tzinfo=UTC)
    platform = make(clock=Clock(origin=began, started=began, rate=60.0))
    platform.start()
    told = psutil.Process(platform.services["orientation"].pid).environ()
    assert "SIAO_BATCH" not in told
    assert (told["SIAO_CLOCK_ORIGIN"], told["SIAO_CLOCK_RATE"]) == ("2026-01-05T08:00:00+00:00", "60.0")
    assert told["SIAO_DATABASE"].startswith("postgresql+asyncpg://orientation:")
    assert told["SIAO_DATABASE"].endswith(f"@127.0.0.1:{platform.postgres.port}/orientation")
    assert told["SIAO_KAFKA_PASSWORD"] == platform.credentials.services["orientation"].password


def test_sigterm_stops_the_command_and_every_process(tmp_path: Path) -> None:
    addresses = some_addresses()
    command = [
        *(sys.executable, "-m", "deploy.embedded", "up", "--state", str(tmp_path / "state")),
        *("--kafka-port", str(addresses.kafka), "--postgres-port", str(addresses.postgres)),
        *("--services-port", str(addresses.services)),
    ]
    with subprocess.Popen(command, cwd=state.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as up:
        try:
            assert up.stdout is not None
            shown = []
            for line in up.stdout:
                shown.append(line)
                if "Ctrl-C" in line:
                    break
            family = psutil.Process(up.pid).children(recursive=True)
            assert len(family) >= 6, "".join(shown)
        finally:
            up.send_signal(signal.SIGTERM)
        rest = up.stdout.read()
    assert (up.returncode, "Arrêté" in rest) == (0, True), "".join(shown) + rest
    assert psutil.wait_procs(family, timeout=0)[1] == []
