"""The composed system for real: healthy, closed as promised, reached by partners over TLS, well again after a crash."""

import subprocess
import time
from collections.abc import Callable, Mapping

import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient

from deploy.compose import secret_files
from deploy.compose.project import INFRASTRUCTURE, SERVICES, Container
from deploy.demo.composed import Composed
from deploy.embedded.authority import Authority
from deploy.images import names
from deploy.provision import credentials
from deploy.provision.connection import librdkafka, require_answer
from tests.compose.conftest import OPERATOR, STRUCTURE

pytestmark = pytest.mark.timeout(300)
Login = Mapping[str, str | int]


def container(composed: Composed, service: str) -> Container:
    (found,) = [one for one in composed.project.containers() if one.service == service]
    return found


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)


def until(fact: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"not in {seconds} s: {what}"
        time.sleep(0.2)


def login_of(composed: Composed, partner: str) -> Login:
    known = credentials.read(composed.secrets / "credentials.json").partners[partner]
    return librdkafka(composed.address, known.user, known.password, composed.secrets / "authority.pem")


@pytest.mark.parametrize("service", [*SERVICES, *INFRASTRUCTURE])
def test_a_container_has_no_privilege_and_cannot_write_outside_its_volumes(composed: Composed, service: str) -> None:
    one = container(composed, service)
    assert one.well
    status = docker("exec", one.id, "cat", "/proc/1/status").stdout
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert facts["Uid"].split()[0] != "0"
    assert int(facts["CapEff"], 16) == 0
    assert facts["NoNewPrivs"] == "1"
    written = docker("exec", one.id, "touch", "/var/anything")
    assert written.returncode != 0
    assert "Read-only file system" in written.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_no_password_is_in_the_environment_or_on_the_command_line(composed: Composed, service: str) -> None:
    known = (composed.secrets / f"{service}-kafka-password").read_text()
    shown = docker("inspect", container(composed, service).id).stdout
    assert known not in shown
    assert "SIAO_KAFKA_CA=/run/secrets/authority.pem" in shown


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_a_partner_sends_over_tls_with_whatever_compression(composed: Composed, codec: str) -> None:
    failures = []
    producer = Producer({**login_of(composed, "chrs-1"), "compression.type": codec})
    for _ in range(50):
        producer.produce(
            "partners.chrs-1.vacancies",
            b"{}" * 100,
            on_delivery=lambda error, _: failures.append(error) if error else None,
        )
    assert producer.flush(20) == 0
    assert failures == []


def test_a_partner_cannot_see_what_is_another_s(composed: Composed) -> None:
    seen = AdminClient(dict(login_of(composed, OPERATOR.id))).list_topics(timeout=20).topics
    assert {name for name in seen if name.startswith(f"partners.{STRUCTURE.id}.")} == set()
    assert f"partners.{OPERATOR.id}.notices" in seen


def test_the_administrator_logs_in_where_partners_do(composed: Composed) -> None:
    password = (composed.secrets / "admin-password").read_text()
    require_answer(librdkafka(composed.address, "admin", password, composed.secrets / "authority.pem"))


def test_another_authority_is_not_believed(composed: Composed, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Authority(tmp_path_factory.mktemp("other"))
    other.certify(("127.0.0.1",))
    login = {**login_of(composed, STRUCTURE.id), "ssl.ca.location": str(other.certificate_path)}
    with pytest.raises(KafkaException):
        AdminClient(dict(login)).list_topics(timeout=3)


def test_a_service_that_crashes_is_started_again(composed: Composed) -> None:
    one = container(composed, "reporting")
    pid = docker("inspect", "--format", "{{.State.Pid}}", one.id).stdout.strip()
    # From outside: Docker itself takes `docker kill` for an operator's wish, and restarts nothing.
    image = names.image(names.Part.PYTHON)
    killed = docker("run", "--rm", "--pid=host", "--entrypoint", "sh", image, "-c", f"kill -9 {pid}")
    assert killed.returncode == 0, killed.stderr
    until(lambda: docker("inspect", "--format", "{{.RestartCount}}", one.id).stdout.strip() == "1", "it starts again")
    composed.project.wait("reporting")


def test_a_lost_secret_is_mended_by_another_and_a_run_of_provisioning(composed: Composed) -> None:
    password = composed.secrets / "offers-kafka-password"
    before = password.read_text()
    password.unlink()
    secret_files.make(composed.secrets, [STRUCTURE, OPERATOR], composed.address)
    assert password.read_text() != before
    for one in composed.project.containers():
        if one.service in ("provision", "offers"):
            assert docker("rm", "--force", one.id).returncode == 0
    composed.project.up("provision", alone=True)
    composed.project.wait("provision")
    composed.project.up("offers", alone=True)
    composed.project.wait("offers")


def test_provisioning_and_migrations_can_be_repeated(composed: Composed) -> None:
    for name in ("databases", "provision", "migrate-intake"):
        assert docker("start", "--attach", container(composed, name).id).returncode == 0
