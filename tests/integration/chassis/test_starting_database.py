"""A service that lacks something of its database says what, stays alive and unready, and begins when it is there."""

import asyncio
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from contracts.topics import Service
from deploy.embedded import state
from deploy.embedded.parts import Broker, DatabaseServer
from services.chassis.migrate import newest_revision
from tests.integration.chassis.evidence import settings_of
from tests.integration.chassis.rig import bench_on
from tests.integration.chassis.stage import Partner, assembled, migrate, started
from tests.integration.chassis.waiting import begins, waits
from tests.servers import Database, Topics

pytestmark = pytest.mark.once


def place_of(url: str) -> str:
    """What may be told of a database's address."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}{parts.path}"


def name_of(url: str) -> str:
    """The database's name."""
    return url.rsplit("/", 1)[1]


async def test_a_database_that_was_never_migrated(
    database: Database, kafka: Broker, topics: Topics, partner: Partner, said: list[Any]
) -> None:
    url = database()
    await prepare_counters_only(url)
    async with started(assembled(settings_of(kafka, url), topics()), ready=False) as app:
        await waits(app, said, "schema-old", f"{name_of(url)}: None → {newest_revision(Service.OFFERS)}")
        await asyncio.to_thread(migrate, url)
        await begins(app, partner)


@pytest.mark.parametrize(("revision", "code"), [("0001", "schema-old"), ("9999", "schema-new")])
async def test_a_schema_of_another_release(
    url: str,
    kafka: Broker,
    postgres: DatabaseServer,
    topics: Topics,
    partner: Partner,
    said: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    revision: str,
    code: str,
) -> None:
    expected = "0002" if code == "schema-old" else "0001"
    monkeypatch.setattr("services.chassis.needs.newest_revision", lambda _service: expected)
    await asyncio.to_thread(postgres.sql, f"UPDATE alembic_version SET version_num = '{revision}'", name_of(url))
    async with started(assembled(settings_of(kafka, url), topics()), ready=False) as app:
        await waits(app, said, code, f"{name_of(url)}: {revision} → {expected}")
        await asyncio.to_thread(postgres.sql, f"UPDATE alembic_version SET version_num = '{expected}'", name_of(url))
        await begins(app, partner)


async def prepare_counters_only(url: str) -> None:
    """A database with a service's own tables, and none of the chassis's."""
    async with bench_on(url) as bench:
        await bench.run("DROP TABLE inbox, outbox, quarantine, timers, positions")


@pytest.fixture
def late(postgres: DatabaseServer) -> Iterator[str]:
    """A role of the database that may do nothing yet, and whose password is not the one that the service has."""
    name = f"late_{os.urandom(4).hex()}"
    postgres.ensure_role_and_database(name, state.password())
    yield name
    postgres.sql(f"DROP DATABASE {name} WITH (FORCE); DROP OWNED BY {name}; DROP ROLE {name}")


async def test_a_wrong_password_of_the_database_and_then_a_right_that_is_missing(
    url: str, kafka: Broker, postgres: DatabaseServer, topics: Topics, partner: Partner, said: list[Any], late: str
) -> None:
    password = state.password()
    mine = f"postgresql+asyncpg://{late}:{password}@{url.split('@')[1]}"
    async with started(assembled(settings_of(kafka, mine), topics()), ready=False) as app:
        await waits(app, said, "database-login-refused", place_of(url), password)
        said.clear()
        postgres.sql(f"ALTER ROLE {late} PASSWORD '{password}'")
        postgres.sql(f"GRANT CONNECT ON DATABASE {name_of(url)} TO {late}")
        await waits(app, said, "database-right-missing", place_of(url), password)
        postgres.sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {late}", name_of(url))
        postgres.sql(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {late}", name_of(url))
        await begins(app, partner)
    postgres.sql(f"DROP OWNED BY {late}", name_of(url))


async def test_a_database_that_does_not_exist_yet(
    url: str, kafka: Broker, postgres: DatabaseServer, topics: Topics, partner: Partner, said: list[Any]
) -> None:
    there = name_of(url)
    await asyncio.to_thread(postgres.sql, f"ALTER DATABASE {there} RENAME TO {there}_later")
    async with started(assembled(settings_of(kafka, url), topics()), ready=False) as app:
        await waits(app, said, "database-missing", place_of(url))
        await asyncio.to_thread(postgres.sql, f"ALTER DATABASE {there}_later RENAME TO {there}")
        await begins(app, partner)


async def test_a_database_that_is_away(
    url: str, kafka: Broker, postgres: DatabaseServer, topics: Topics, partner: Partner, said: list[Any]
) -> None:
    await asyncio.to_thread(postgres.stop)
    try:
        async with started(assembled(settings_of(kafka, url), topics()), ready=False) as app:
            await waits(app, said, "database-unreachable", place_of(url))
            await asyncio.to_thread(postgres.start)
            await begins(app, partner)
    finally:
        if postgres.pid is None:
            await asyncio.to_thread(postgres.start)
