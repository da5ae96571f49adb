"""The application of a service, from its description: broker, units, relay, deadlines, register, health, metrics."""

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator, Coroutine
from datetime import timedelta
from typing import Any

import uvicorn
from faststream.asgi import AsgiFastStream

from services.chassis.clock import clock_of
from services.chassis.database import engine_of
from services.chassis.describing import Description, Subscription
from services.chassis.faults import TEXTS, Fault, Faults
from services.chassis.health import Watch
from services.chassis.kafka import broker_of
from services.chassis.launching import listen, read_settings
from services.chassis.logs import configure, log
from services.chassis.looking import Looking
from services.chassis.needs import check_broker, check_key, check_reading, check_schema, check_topics
from services.chassis.pages import contract_page, faults_page, metrics_page
from services.chassis.readings import OWN, Readings
from services.chassis.register import PartnerRegister
from services.chassis.relay import Relay
from services.chassis.rounds import Rounds
from services.chassis.settings import Settings
from services.chassis.starting import PatientBroker
from services.chassis.states import Holder, Keyed, Whole
from services.chassis.subscribing import Reader, subscribe
from services.chassis.timers import ACCELERATED_POLL_SECONDS, POLL_SECONDS, Timers
from services.chassis.tracing import Recorder
from services.chassis.unit import Unit
from services.chassis.vault import Vault


class Machinery:
    """Everything a service runs on, assembled and not connected to anything yet."""

    def __init__(self, description: Description, settings: Settings) -> None:
        self.name, self.settings, self.description = description.service.value, settings, description
        self.faults = Faults.of(settings)
        self.engine = engine_of(settings.database.get_secret_value())
        self.clock = clock_of(settings.clock_origin, settings.clock_started, settings.clock_rate)
        self.vault = Vault(settings.vault_key.get_secret_value())
        self.register = PartnerRegister(settings, self.faults)
        kept = frozenset(topic.name for topic in description.publishes)
        self.recorder = recorder_of(self.name, settings)
        self.relay = Relay(settings, self.engine, f"/siao/{self.name}", self.faults, kept, self.recorder)
        pause = POLL_SECONDS if settings.clock_rate == 1.0 else ACCELERATED_POLL_SECONDS
        self.timers = Timers(self.engine, self.clock, self.relay.wake, self.faults, pause)
        accelerated = settings.clock_rate != 1.0
        self.readings = Readings(self.engine, self.clock, (OWN, *description.readings), accelerated=accelerated)
        pace = timedelta(seconds=settings.round_seconds)
        on, rounds = (self.engine, self.clock, self.register.partners), description.rounds
        self.rounds = Rounds(*on, rounds, self.relay.wake, self.faults, pace)
        self.broker = broker_of(settings, PatientBroker)
        self.broker.prepare, self.broker.faults = self.prepare, self.faults
        self.turn, self.gate = asyncio.Lock(), asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.readers: list[Reader] = []
        self.views: list[tuple[str, Any]] = []
        subscriptions = [self.subscribed(part) for part in description.subscriptions]
        self.watch = Watch(self.engine, self.relay, subscriptions, self.faults, self.recorder)

    def subscribed(self, part: Subscription) -> tuple[Unit, object]:
        """A unit and its subscriber."""
        partners = self.register.partners
        holder: Holder = Keyed(partners, self.vault)
        if part.territory:
            holder = whole = Whole(partners, self.vault, *part.territory)
            look = Looking(whole, self.turn, self.engine)
            self.views.extend(view(look) for view in self.description.views)
        unit = Unit(
            f"{self.name}.{part.name}",
            self.engine,
            part.folds,
            holder,
            self.register.find,
            self.vault,
            self.clock,
            self.relay.wake,
            self.turn,
            self.faults,
            self.recorder,
        )
        topics = [topic.name for topic in part.topics]
        options: dict[str, Any] = {"topics": topics, "pattern": part.pattern, "batch": self.settings.batch}
        reader = subscribe(self.broker, unit, self.gate, **options)
        self.readers.append(reader)
        return unit, reader.subscriber

    async def prepare(self) -> None:
        """All that is needed is there: login, topics, rights, database, schema, key, register. Raises what is not."""
        await check_broker(self.settings)
        await check_schema(self.name, self.engine)
        await check_key(self.engine, self.vault, self.description.sealed)
        await check_topics(self.settings, [topic.name for topic in self.description.publishes])
        for part in self.description.subscriptions:
            topics = [topic.name for topic in part.topics]
            await check_topics(self.settings, topics)
            await check_reading(self.settings, f"{self.name}.{part.name}", topics)
        await self.register.start()

    def begin(self, *works: Coroutine[Any, Any, None]) -> None:
        """Run something until the service stops."""
        self.tasks += [asyncio.create_task(work) for work in works]

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """What runs from before the subscriptions start until after they stop."""
        self.begin(self.watch.run())
        try:
            yield
        finally:
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
            await self.register.stop()
            await self.engine.dispose()
            if self.recorder is not None:
                await asyncio.to_thread(self.recorder.stop)

    async def started(self) -> None:
        """All subscriptions have started: now they may consume, and the rest begins beside them."""
        self.begin(self.relay.run(), self.timers.run(), self.readings.run(), self.rounds.run())
        self.begin(*(reader.keep() for reader in self.readers))
        self.gate.set()
        self.watch.started = True
        log().info("started", port=self.settings.http_port)


def recorder_of(service: str, settings: Settings) -> Recorder | None:
    """Where spans go, None when no receiver is set: then the library is not even loaded."""
    if settings.otlp is None:
        return None
    from services.chassis.spans import Spans  # noqa: PLC0415  (a service that tells no spans pays nothing for them)

    return Spans(service, str(settings.otlp), settings.otlp_share)


def application(description: Description, settings: Settings) -> AsgiFastStream:
    """Assemble a service. Nothing is connected before it runs."""
    return assembled(Machinery(description, settings))


def assembled(machinery: Machinery) -> AsgiFastStream:
    """The application that runs on this machinery."""
    return AsgiFastStream(
        machinery.broker,
        lifespan=machinery.lifespan,
        after_startup=[machinery.started],
        logger=None,
        asyncapi_path="/asyncapi",
        asgi_routes=[
            ("/health", faults_page(machinery.watch.faults_of_life)),
            ("/ready", faults_page(machinery.watch.faults_of_readiness)),
            ("/metrics", metrics_page()),
            ("/asyncapi/contract.json", contract_page(machinery.name)),
            *(route(machinery.engine, machinery.clock) for route in machinery.description.routes),
            *machinery.views,
        ],
    )


def run(description: Description) -> None:
    """Run a service until it is told to stop. What cannot be mended without another start is said in one line."""
    name = description.service.value
    settings = read_settings(name, Settings)
    configure(name, settings.log_level)
    listener, machinery = listen(name, settings.http_host, settings.http_port), Machinery(description, settings)
    server = uvicorn.Server(
        uvicorn.Config(assembled(machinery), log_level="warning", access_log=False, timeout_graceful_shutdown=5)
    )
    given_up: list[Fault] = []

    def give_up(fault: Fault) -> None:
        given_up.append(fault)
        server.should_exit = True

    machinery.broker.give_up = give_up
    # What was imported lives for ever: the collector looked at it again and again, a fifth of all time under load.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    server.run([listener])
    for fault in given_up:
        sys.exit(f"{name} : {' / '.join(TEXTS[fault.code])} ({fault.where})")
