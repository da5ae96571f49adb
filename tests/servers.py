"""A broker and a database server for the tests of one folder, stopped after the last of them.

A folder that needs them has them by naming these fixtures in its `conftest.py`.
"""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.embedded import state
from deploy.embedded.parts import Broker, DatabaseServer
from tests.backends.backend import Backend

OWNER = "tests"

# Database(service): the address of a fresh database, migrated for that service when one is named.
Database = Callable[..., str]
# Topics(name, partitions, config): the name of a fresh topic.
Topics = Callable[..., str]


@pytest.fixture(scope="package")
def kafka(backend: Backend) -> Iterator[Broker]:
    """A broker, SASL and ACLs on, without topics."""
    with backend.broker() as broker:
        broker.start()
        yield broker


@pytest.fixture(scope="package")
def kafka_admin(kafka: Broker) -> AdminClient:
    """The administrator's client."""
    return AdminClient({**kafka.client_settings(), "log_level": 0})


@pytest.fixture(scope="package")
def postgres(backend: Backend) -> Iterator[DatabaseServer]:
    """A server, without databases."""
    with backend.database() as server:
        server.start()
        yield server


@pytest.fixture(scope="package")
def owner_password(postgres: DatabaseServer) -> str:
    """The password of the one role that owns every test's database."""
    password = state.password()
    postgres.ensure_role_and_database(OWNER, password)
    return password


@pytest.fixture(scope="package")
def migrated(postgres: DatabaseServer, owner_password: str) -> Callable[[str], str]:
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
def database(postgres: DatabaseServer, owner_password: str, migrated: Callable[[str], str]) -> Iterator[Database]:
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
