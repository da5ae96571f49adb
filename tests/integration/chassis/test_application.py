"""A service that lacks something says what, stays alive and unready, and begins when it is there."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from structlog.testing import capture_logs

from deploy.embedded import state
from deploy.embedded.kafka import Kafka
from deploy.embedded.postgres import Postgres
from tests.conftest import Database, Topics
from tests.integration.chassis.evidence import settings_of, taken_from
from tests.integration.chassis.rig import bench_on
from tests.integration.chassis.stage import (
    Partner,
    a_registered_partner,
    assembled,
    get,
    prepare,
    started,
    until_ready,
    until_status,
)
from tests.integration.chassis.wire import until

ROOT = Path(__file__).parents[3]
LITERAL = ResourcePatternType.LITERAL


@pytest.fixture
def partner(kafka: Kafka, kafka_admin: AdminClient) -> Iterator[Partner]:
    with a_registered_partner(kafka, kafka_admin) as made:
        yield made


@pytest.fixture
async def url(database: Database) -> str:
    made = database("offers")
    await prepare(made)
    return made


@pytest.fixture
def said() -> Iterator[list[Any]]:
    """What is logged during the test."""
    with capture_logs() as lines:
        yield lines


async def begins(app: Any, partner: Partner) -> None:
    """It becomes ready and does its work."""
    await until_ready(app)
    partner.send("a")
    await asyncio.to_thread(taken_from, partner.kafka, partner.notices, 1)


async def waits(app: Any, said: list[Any], reason: str) -> None:
    """It says what it waits for, in one line an attempt; it is alive, and not ready."""
    await until(lambda: any(line["event"] == "waiting" for line in said), "it says what it waits for")
    assert {line["reason"] for line in said if line["event"] == "waiting"} == {reason}
    assert (await get(app, "/health"))[0] == 200
    assert "start" in await until_status(app, "/ready", 503)


async def test_an_older_schema(
    database: Database, kafka: Kafka, topics: Topics, partner: Partner, said: list[Any]
) -> None:
    url = database()
    await prepare_counters_only(url)
    async with started(assembled(settings_of(kafka, url), topics()), ready=False) as app:
        await waits(app, said, "schema")
        behind = next(line for line in said if line["event"] == "schema-behind")
        assert (behind["revision"], behind["expected"]) == (None, "0001")
        await asyncio.to_thread(migrate, url)
        await begins(app, partner)


async def prepare_counters_only(url: str) -> None:
    """A database with a service's own tables, and none of the chassis's."""
    async with bench_on(url) as bench:
        await bench.run("DROP TABLE inbox, outbox, quarantine, timers, positions")


def migrate(url: str) -> None:
    """What the operator does."""
    command = [sys.executable, "-m", "services.chassis.migrate", "offers"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "SIAO_DATABASE": url}, check=True, timeout=60)


async def test_a_wrong_password_of_the_database(
    url: str, kafka: Kafka, postgres: Postgres, topics: Topics, partner: Partner, said: list[Any]
) -> None:
    password = state.password()
    name = f"late_{password[:6].lower().replace('-', 'x').replace('_', 'x')}"
    postgres.ensure_role_and_database(name, state.password())
    mine = f"postgresql+asyncpg://{name}:{password}@{url.split('@')[1]}"
    database = url.rsplit("/", 1)[1]
    postgres.sql(f"GRANT tests TO {name}")
    try:
        async with started(assembled(settings_of(kafka, mine), topics()), ready=False) as app:
            await waits(app, said, "schema")
            postgres.sql(f"ALTER ROLE {name} PASSWORD '{password}'; GRANT CONNECT ON DATABASE {database} TO {name}")
            await begins(app, partner)
    finally:
        postgres.sql(f"REVOKE ALL ON DATABASE {database} FROM {name}")
        postgres.sql(f"DROP DATABASE {name} WITH (FORCE)")
        postgres.sql(f"DROP ROLE {name}")


@pytest.fixture
def out(topics: Topics) -> str:
    """Where the service publishes."""
    return topics()


@pytest.fixture
async def stopped_kafka(kafka: Kafka, partner: Partner, out: str) -> AsyncIterator[Kafka]:
    """The broker, stopped once it has these topics; started again at the latest afterwards."""
    assert {partner.inbound, out} <= set(partner.topics())
    await asyncio.to_thread(kafka.stop)
    yield kafka
    if kafka.pid is None:
        await asyncio.to_thread(kafka.start)


async def test_a_broker_that_is_away(
    url: str, out: str, partner: Partner, said: list[Any], stopped_kafka: Kafka
) -> None:
    async with started(assembled(settings_of(stopped_kafka, url), out), ready=False) as app:
        await waits(app, said, "register")
        await asyncio.to_thread(stopped_kafka.start)
        await begins(app, partner)


async def test_a_wrong_password_of_the_broker(
    url: str, kafka: Kafka, kafka_admin: AdminClient, topics: Topics, partner: Partner, said: list[Any]
) -> None:
    user, password = f"late-{partner.name}", state.password()
    rights = rights_of(user)
    for granted in kafka_admin.create_acls(rights).values():
        granted.result(timeout=30)
    set_password(kafka_admin, user, state.password())
    settings = settings_of(kafka, url, kafka_user=user, kafka_password=password)
    try:
        async with started(assembled(settings, topics()), ready=False) as app:
            await waits(app, said, "register")
            set_password(kafka_admin, user, password)
            await begins(app, partner)
    finally:
        for taken in kafka_admin.delete_acls([filter_of(right) for right in rights]).values():
            taken.result(timeout=30)


def rights_of(user: str) -> list[AclBinding]:
    """Everything on every topic and every group."""
    return [
        AclBinding(kind, "*", LITERAL, f"User:{user}", "*", AclOperation.ALL, AclPermissionType.ALLOW)
        for kind in (ResourceType.TOPIC, ResourceType.GROUP)
    ]


def filter_of(right: AclBinding) -> AclBindingFilter:
    """The filter that matches one right."""
    return AclBindingFilter(
        right.restype,
        right.name,
        right.resource_pattern_type,
        right.principal,
        right.host,
        right.operation,
        right.permission_type,
    )


def set_password(admin: AdminClient, user: str, password: str) -> None:
    """The password of a user of the broker, from now on."""
    change = UserScramCredentialUpsertion(
        user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192), password.encode()
    )
    admin.alter_user_scram_credentials([change])[user].result(timeout=30)
