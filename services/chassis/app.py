"""The application of a service, from its description: broker, units, relay, deadlines, register, health, metrics."""

import asyncio
import contextlib
import gc
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvicorn
from faststream.asgi import AsgiFastStream, AsgiResponse, get
from faststream.kafka import KafkaBroker
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.topics import Channel, Service, Topic
from services.chassis import metrics
from services.chassis.clock import Clock, clock_of
from services.chassis.database import engine_of
from services.chassis.fold import Folds
from services.chassis.health import Watch
from services.chassis.kafka import broker_of
from services.chassis.logs import configure, kind_of, log
from services.chassis.migrate import newest_revision, present_revision
from services.chassis.register import PartnerRegister
from services.chassis.relay import Relay
from services.chassis.settings import Settings
from services.chassis.states import Keyed, Register, Territory, Whole
from services.chassis.subscribing import subscribe
from services.chassis.tables import StateTable
from services.chassis.timers import Timers
from services.chassis.unit import Unit
from services.chassis.vault import Vault

RETRY_SECONDS: Final = 1.0
CONTRACT: Final = Path(__file__).parents[2] / "contracts" / "asyncapi"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a service consumes in one group: core topics, kept together, or partners' channels, spread.

    territory: how to make the state of a whole SIAO, and its tables, where states are not loaded by key.
    """

    name: str
    folds: Folds
    topics: Sequence[Topic] = ()
    channels: Sequence[Channel] = ()
    territory: tuple[Callable[[Register], Territory], Sequence[StateTable[Any]]] | None = None

    @property
    def pattern(self) -> str | None:
        """The regular expression of the channels' topics."""
        if not self.channels:
            return None
        return rf"^partners\.[a-z0-9-]+\.({'|'.join(channel.name for channel in self.channels)})$"


Route = Callable[[AsyncEngine, Clock], tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Description:
    """A service, as its `app.py` describes it. `routes`: pages of its own."""

    service: Service
    subscriptions: Sequence[Subscription]
    routes: Sequence[Route] = ()


class PatientBroker(KafkaBroker):
    """A broker that starts once everything it needs is there; meanwhile the service says what is missing."""

    prepare: Callable[[], Awaitable[None]]

    async def start(self) -> None:
        """Wait for what is needed, then start."""
        await self.prepare()
        try:
            await super().start()
        except Exception as error:
            # Better no process than half a service: whoever supervises it starts it again.
            log().error("start-failed", error=kind_of(error))
            os.kill(os.getpid(), signal.SIGTERM)
            raise


def application(description: Description, settings: Settings) -> AsgiFastStream:
    """Assemble a service. Nothing is connected before it runs."""
    name = description.service.value
    engine = engine_of(settings.database.get_secret_value())
    clock = clock_of(settings.clock_origin, settings.clock_started, settings.clock_rate)
    register, relay = PartnerRegister(settings), Relay(settings, engine, f"/siao/{name}")
    broker = broker_of(settings, PatientBroker)
    turn, vault = asyncio.Lock(), Vault(settings.vault_key.get_secret_value())
    subscribed = []
    for part in description.subscriptions:
        holder = Whole(register.partners, vault, *part.territory) if part.territory else Keyed(register.partners, vault)
        unit = Unit(f"{name}.{part.name}", engine, part.folds, holder, register.find, vault, clock, relay.wake, turn)
        topics = [topic.name for topic in part.topics]
        subscriber = subscribe(broker, unit, topics=topics, pattern=part.pattern, batch=settings.batch)
        subscribed.append((unit, subscriber))
    watch = Watch(engine, relay, subscribed)

    async def prepare() -> None:
        await _until_possible(lambda: _schema(name, engine), "schema")
        await _until_possible(register.start, "register")

    broker.prepare = prepare

    @contextlib.asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(work) for work in (watch.run(), relay.run(), Timers(engine, clock, relay.wake).run())
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await register.stop()
            await engine.dispose()

    async def started() -> None:
        watch.started = True
        log().info("started", port=settings.http_port)

    return AsgiFastStream(
        broker,
        lifespan=lifespan,
        after_startup=[started],
        logger=None,
        asyncapi_path="/asyncapi",
        asgi_routes=[
            ("/health", _faults(watch.faults_of_life)),
            ("/ready", _faults(watch.faults_of_readiness)),
            ("/metrics", _metrics()),
            ("/asyncapi/contract.json", _contract(name)),
            *(route(engine, clock) for route in description.routes),
        ],
    )


class _SchemaBehind(Exception):
    """The database is not at the revision that this code expects."""


async def _schema(name: str, engine: AsyncEngine) -> None:
    present, expected = await present_revision(engine), newest_revision(name)
    if present != expected:
        log().error("schema-behind", revision=present, expected=expected)
        raise _SchemaBehind


async def _until_possible(attempt: Callable[[], Awaitable[None]], what: str) -> None:
    """Try until it succeeds, saying each time what is missing."""
    tries = 0
    while True:
        try:
            await attempt()
            return
        except Exception as error:
            tries += 1
            log().warning("waiting", reason=what, error=kind_of(error), attempt=tries)
            await asyncio.sleep(RETRY_SECONDS)


def _faults(faults: Callable[[], Mapping[str, str]]) -> Any:
    @get
    async def page(_scope: Any) -> AsgiResponse:
        found = faults()
        body = json.dumps({"status": "ok" if not found else "not ok", "faults": found}).encode()
        return AsgiResponse(body, 200 if not found else 503, {"content-type": "application/json"})

    return page


def _metrics() -> Any:
    @get
    async def page(_scope: Any) -> AsgiResponse:
        return AsgiResponse(generate_latest(metrics.REGISTRY), 200, {"content-type": CONTENT_TYPE_LATEST})

    return page


def _contract(name: str) -> Any:
    @get
    async def page(_scope: Any) -> AsgiResponse:
        return AsgiResponse((CONTRACT / f"{name}.json").read_bytes(), 200, {"content-type": "application/json"})

    return page


def run(description: Description) -> None:
    """Run a service until it is told to stop. A wrong setting is said in one line."""
    try:
        settings = Settings()
    except ValidationError as error:
        wrong = ", ".join(f"SIAO_{str(e['loc'][0]).upper()} ({e['type']})" for e in error.errors(include_input=False))
        sys.exit(f"{description.service.value}: réglage absent ou faux / setting missing or wrong: {wrong}")
    configure(description.service.value, settings.log_level)
    # What was imported lives for ever: the collector looked at it again and again, a fifth of all time under load.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    uvicorn.run(
        application(description, settings),
        host=settings.http_host,
        port=settings.http_port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
