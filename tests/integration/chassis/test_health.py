"""Health says the truth: alive means progress, ready means able, and both are said again when all is well."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka.errors import IllegalStateError
from faststream.asgi import AsgiFastStream
from faststream.kafka import KafkaBroker

from contracts.topics import Service
from contracts.vacancies import VacancyPublished
from deploy.embedded.parts import Broker, DatabaseServer
from services.chassis import health, unit
from services.chassis.app import application
from services.chassis.fold import Folds, no_keys
from services.chassis.migrate import newest_revision
from tests.integration.chassis.evidence import settings_of
from tests.integration.chassis.rig import a_partner
from tests.integration.chassis.stage import (
    Partner,
    assembled,
    described,
    get,
    prepare,
    started,
    until_fault,
    until_status,
)
from tests.integration.chassis.wire import until
from tests.servers import Database, Topics

pytestmark = pytest.mark.once


@pytest.fixture
async def url(database: Database, partner: Partner) -> str:
    """A database; the partner's topics are there before any consumer looks for them."""
    partner.register(a_partner(partner.name))
    made = database("offers")
    await prepare(made)
    return made


@pytest.fixture
async def app(kafka: Broker, url: str, topics: Topics) -> AsyncIterator[AsgiFastStream]:
    """The counting service, ready."""
    async with started(assembled(settings_of(kafka, url), topics())) as running:
        yield running


def broker_of(app: AsgiFastStream) -> KafkaBroker:
    assert isinstance(app.broker, KafkaBroker)
    return app.broker


async def test_a_service_at_work_is_well(app: AsgiFastStream, partner: Partner) -> None:
    partner.send("a")
    for path in ("/health", "/ready"):
        status, body = await get(app, path)
        assert (status, json.loads(body)) == (200, {"status": "ok", "faults": {}})


async def test_a_handler_that_does_not_return_is_dead(
    kafka: Broker, url: str, partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    folds, asked, release = Folds(), asyncio.Event(), asyncio.Event()

    async def never(_name: str) -> None:
        asked.set()
        await release.wait()

    folds.on(VacancyPublished, keys=no_keys)(lambda _heard, _state: ())
    monkeypatch.setattr(health, "STUCK_SECONDS", 0.5)
    monkeypatch.setattr("services.chassis.register.PartnerRegister.find", lambda _self, name: never(name))
    async with started(application(described(folds), settings_of(kafka, url))) as app:
        partner.send("a")
        await asyncio.wait_for(asked.wait(), 15)
        assert "offers.partners" in await until_status(app, "/health", 503)
        release.set()
        assert await until_status(app, "/health", 200) == {}


async def test_a_database_that_is_away_is_said_by_readiness_only(app: AsgiFastStream, postgres: DatabaseServer) -> None:
    await asyncio.to_thread(postgres.stop)
    try:
        await until_fault(app, "database", "database-unreachable")
        assert (await get(app, "/health"))[0] == 200
    finally:
        await asyncio.to_thread(postgres.start)
    assert await until_status(app, "/ready", 200) == {}


async def test_a_batch_that_is_put_off_is_said_by_readiness_only(
    app: AsgiFastStream, partner: Partner, postgres: DatabaseServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unit, "LONGEST_PAUSE", 0.5)
    name = url.rsplit("/", 1)[1]
    await asyncio.to_thread(postgres.sql, "ALTER TABLE inbox RENAME TO hidden", name)
    await asyncio.to_thread(postgres.sql, "ALTER TABLE quarantine RENAME TO hidden_too", name)
    partner.send("a")
    await until_fault(app, "offers.partners", "unexpected")
    assert (await get(app, "/health"))[0] == 200
    await asyncio.to_thread(postgres.sql, "ALTER TABLE hidden RENAME TO inbox", name)
    await asyncio.to_thread(postgres.sql, "ALTER TABLE hidden_too RENAME TO quarantine", name)
    assert await until_status(app, "/ready", 200) == {}


async def test_a_dead_consumer_is_dead(app: AsgiFastStream) -> None:
    subscriber: Any = broker_of(app).subscribers[0]
    tasks = list(subscriber.tasks)
    for task in tasks:
        task.cancel()
    await until(lambda: all(task.done() for task in tasks), "the consuming task is dead")
    status, body = await get(app, "/health")
    assert (status, json.loads(body)["faults"]) == (503, {"offers.partners": "consumer stopped"})


async def test_a_moment_without_an_assignment_does_not_blind_the_watch(
    app: AsgiFastStream, postgres: DatabaseServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """During a rebalance the client raises when it is asked where it stands."""
    subscriber: Any = broker_of(app).subscribers[0]
    asked = asyncio.Event()

    async def moved_away(_place: Any) -> int:
        asked.set()
        raise IllegalStateError

    await until(lambda: bool(subscriber.consumer.assignment()), "partitions are assigned")
    monkeypatch.setattr(subscriber.consumer, "position", moved_away)
    await asyncio.wait_for(asked.wait(), 15)
    await asyncio.to_thread(postgres.stop)
    try:
        await until_fault(app, "database", "database-unreachable")
    finally:
        await asyncio.to_thread(postgres.start)
    assert await until_status(app, "/ready", 200) == {}


async def test_a_service_that_is_still_starting_is_alive_and_not_ready(
    kafka: Broker, url: str, topics: Topics, postgres: DatabaseServer
) -> None:
    name = url.rsplit("/", 1)[1]
    await asyncio.to_thread(postgres.sql, "UPDATE alembic_version SET version_num = '0000'", name)
    async with started(assembled(settings_of(kafka, url), topics()), ready=False) as app:
        await until_fault(app, "start", "schema-new")
        assert (await get(app, "/health"))[0] == 200
        newest = newest_revision(Service.OFFERS)
        await asyncio.to_thread(postgres.sql, f"UPDATE alembic_version SET version_num = '{newest}'", name)
        assert await until_status(app, "/ready", 200) == {}
