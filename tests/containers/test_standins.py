"""What docker-compose.yml and the tests ask of the images of others, stand-in or public: the same questions to both."""

from pathlib import Path
from typing import Final

import pytest

from deploy.images.names import Part, image
from tests.containers.conftest import Running, until
from tests.containers.docker import Result, docker, once

KAFKA, POSTGRES = image(Part.KAFKA), image(Part.POSTGRES)
# A broker told everything by variables, with a password that only a mounted secret says.
VARIABLES: Final = {
    "CLUSTER_ID": "AAAAAAAAAAAAAAAAAAAAAA",
    "KAFKA_NODE_ID": "7",
    "KAFKA_PROCESS_ROLES": "broker,controller",
    "KAFKA_CONTROLLER_QUORUM_VOTERS": "7@localhost:9093",
    "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
    "KAFKA_LISTENERS": "CLIENTS://localhost:9092,CONTROLLER://localhost:9093",
    "KAFKA_ADVERTISED_LISTENERS": "CLIENTS://localhost:9092",
    "KAFKA_INTER_BROKER_LISTENER_NAME": "CLIENTS",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
    "KAFKA_SASL_ENABLED_MECHANISMS": "PLAIN",
    "KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL": "PLAIN",
    "KAFKA_LOG_DIRS": "/var/lib/kafka/data",
    "KAFKA_HEAP_OPTS": "-Xmx256m",
}
MOUNTED: Final = """\
config.providers=secret
config.providers.secret.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider
listener.name.clients.plain.sasl.jaas.config=${secret:/run/secrets:jaas}
"""
JAAS: Final = (
    "org.apache.kafka.common.security.plain.PlainLoginModule required "
    'username="admin" password="from-a-file" user_admin="from-a-file";'
)


def environment(**variables: str) -> tuple[str, ...]:
    """The options of `docker run` for these variables."""
    return tuple(f"--env={name}={value}" for name, value in variables.items())


def said(container: str) -> str:
    """All that a container has said."""
    logs = docker("logs", container)
    return logs.stdout + logs.stderr


def file(path: Path, text: str, mode: int = 0o644) -> Path:
    """A file that any user of a container may read."""
    path.write_text(text)
    path.chmod(mode)
    path.parent.chmod(0o755)
    return path


def test_kafka_takes_variables_mounted_settings_and_secrets_and_keeps_its_data(
    running: Running, tmp_path: Path
) -> None:
    settings, jaas = file(tmp_path / "server.properties", MOUNTED), file(tmp_path / "jaas", JAAS)
    mounts = (f"--volume={settings}:/mnt/shared/config/server.properties:ro", f"--volume={jaas}:/run/secrets/jaas:ro")
    container = running(KAFKA, options=(*environment(**VARIABLES), *mounts))
    until(lambda: "Kafka Server started" in said(container), "the broker has started", container)
    written = docker("exec", container, "cat", "/opt/kafka/config/server.properties").stdout
    assert "node.id=7" in written.splitlines()
    assert "from-a-file" not in written + said(container)
    docker("restart", "--time=30", container)
    until(lambda: said(container).count("Kafka Server started") == 2, "it has started again", container)
    kept = docker("exec", container, "cat", "/var/lib/kafka/data/meta.properties").stdout
    assert f"cluster.id={VARIABLES['CLUSTER_ID']}" in kept


@pytest.mark.parametrize(
    ("listener", "missing"),
    [("SSL://here:1", "KAFKA_SSL_KEYSTORE_FILENAME"), ("SASL_PLAINTEXT://here:1", "KAFKA_OPTS")],
)
def test_kafka_refuses_a_listener_whose_name_promises_what_is_not_there(listener: str, missing: str) -> None:
    variables = {**VARIABLES, "KAFKA_ADVERTISED_LISTENERS": listener}
    refused = once(KAFKA, options=environment(**variables))
    assert refused.returncode != 0
    assert missing in refused.stdout + refused.stderr


def test_postgres_is_created_once_with_the_password_of_a_file_and_the_scripts_beside_it(
    running: Running, tmp_path: Path
) -> None:
    password = file(tmp_path / "password", "from-a-file\n")
    (tmp_path / "scripts").mkdir()
    file(tmp_path / "scripts" / "1.sql", "create table made (by text); insert into made values ('sql');")
    file(
        tmp_path / "scripts" / "2.sh",
        'psql -d "$POSTGRES_DB" -U "$POSTGRES_USER" -c "insert into made values (\'sh\')"',
    )
    mounts = (
        f"--volume={password}:/run/secrets/password:ro",
        f"--volume={tmp_path}/scripts:/docker-entrypoint-initdb.d:ro",
    )
    variables = environment(POSTGRES_PASSWORD_FILE="/run/secrets/password", POSTGRES_DB="app", POSTGRES_USER="boss")
    container = running(POSTGRES, "postgres", "-c", "max_connections=33", options=(*variables, *mounts))
    until(lambda: docker("exec", container, "pg_isready", "--host=127.0.0.1").returncode == 0, "it answers", container)
    address = docker("inspect", "--format={{.NetworkSettings.IPAddress}}", container).stdout.strip()

    def asked(statement: str, password: str = "from-a-file") -> Result:
        # From another container: what comes over the network needs the password.
        command = ("psql", "-XtA", "-h", address, "-U", "boss", "-d", "app", "-c", statement)
        return once(POSTGRES, *command, options=environment(PGPASSWORD=password))

    assert asked("select string_agg(by, ' ' order by by) from made; ").stdout.split() == ["sh", "sql"]
    assert asked("show max_connections").stdout.strip() == "33"
    assert "password authentication failed" in asked("select 1", "another").stderr
    docker("restart", container)
    until(lambda: docker("exec", container, "pg_isready", "--host=127.0.0.1").returncode == 0, "it answers", container)
    assert (
        docker("exec", container, "psql", "-U", "boss", "-d", "app", "-XtAc", "select count(*) from made").stdout
        == "2\n"
    )


@pytest.mark.parametrize(
    "variables",
    [{}, {"POSTGRES_PASSWORD": "one", "POSTGRES_PASSWORD_FILE": "/another"}],
    ids=["no password", "two passwords"],
)
def test_postgres_refuses_to_be_created_without_exactly_one_password(variables: dict[str, str]) -> None:
    refused = once(POSTGRES, options=environment(**variables))
    assert (refused.returncode, "POSTGRES_PASSWORD" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("part", "port", "flags"),
    [
        (Part.PROMETHEUS, 9090, ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]),
        (Part.ALERTMANAGER, 9093, ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"]),
    ],
)
def test_monitoring_starts_with_the_usual_command_line_and_can_be_asked_from_within(
    running: Running, part: Part, port: int, flags: list[str]
) -> None:
    container = running(image(part), *flags)
    ask = ("exec", container, "wget", "-q", "-O-", f"http://localhost:{port}/-/ready")
    until(lambda: docker(*ask).returncode == 0, "it is ready", container)
    assert docker("exec", container, "id", "-un").stdout.strip() == "nobody"
