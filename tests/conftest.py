"""Real Kafka and PostgreSQL for the tests, started once a session on free ports; never a mock of either."""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.embedded import ports, state
from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres

OWNER = "tests"

# Database(service): the address of a fresh database, migrated for that service when one is named.
Database = Callable[..., str]
# Topics(name, partitions, config): the name of a fresh topic.
Topics = Callable[..., str]


def pytest_report_header() -> str:
    """Says what the tests run on."""
    return "backend: embedded (Apache Kafka and PostgreSQL as child processes)"


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """A broker of this session, SASL and ACLs on, without topics."""
    with tempfile.TemporaryDirectory(prefix="siao-kafka-") as directory:
        broker = Kafka(Path(directory), port=ports.free_port(2))
        try:
            broker.start()
            yield broker
        finally:
            broker.stop()


@pytest.fixture(scope="session")
def kafka_admin(kafka: Kafka) -> AdminClient:
    """The administrator's client."""
    return AdminClient({**kafka.client_settings(), "log_level": 0})


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of this session, without databases."""
    with tempfile.TemporaryDirectory(prefix="siao-postgres-") as directory:
        server = Postgres(Path(directory), port=ports.free_port(), durable=False)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def owner_password(postgres: Postgres) -> str:
    """The password of the one role that owns every test's database."""
    password = state.password()
    postgres.ensure_role_and_database(OWNER, password)
    return password


@pytest.fixture(scope="session")
def migrated(postgres: Postgres, owner_password: str) -> Callable[[str], str]:
    """The name of a service's migrated template, made the first time it is asked for."""
    made: dict[str, str] = {}

    def template(service: str) -> str:
        if service not in made:
            name = f"template_{service}"
            postgres.sql(f"create database {name} owner {OWNER}")
            environment = {**os.environ, "SIAO_DATABASE": postgres.dsn(name, OWNER, owner_password)}
            command = [sys.executable, "-m", "services.chassis.migrate", service]
            subprocess.run(command, env=environment, check=True, timeout=60)
            made[service] = name
        return made[service]

    return template


@pytest.fixture
def database(postgres: Postgres, owner_password: str, migrated: Callable[[str], str]) -> Iterator[Database]:
    """`database("intake")` -> SQLAlchemy address of a fresh copy of intake's migrated database; `database()`: empty."""
    made: list[str] = []

    def create(service: str | None = None) -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        template = migrated(service) if service else "template1"
        postgres.sql(f"create database {name} owner {OWNER} template {template}")
        made.append(name)
        return postgres.dsn(name, OWNER, owner_password)

    yield create
    for name in made:
        postgres.sql(f"drop database {name} with (force)")


@pytest.fixture
def topics(kafka_admin: AdminClient) -> Iterator[Topics]:
    """`topics("siao.offers", partitions=4)` -> the unique name of a new topic that begins so; deleted afterwards."""
    made: list[str] = []

    def create(name: str = "topic", partitions: int = 1, config: dict[str, str] | None = None) -> str:
        unique = f"{name}-{uuid.uuid4().hex[:8]}"
        topic = NewTopic(unique, num_partitions=partitions, replication_factor=1, config=config or {})
        kafka_admin.create_topics([topic])[unique].result(timeout=30)
        made.append(unique)
        return unique

    yield create
    if made:
        for deleted in kafka_admin.delete_topics(made).values():
            deleted.result(timeout=30)
