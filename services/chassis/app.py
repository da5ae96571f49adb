"""The application of a service, from its description: broker, units, relay, deadlines, register, health, metrics."""

import asyncio
import contextlib
import gc
import sys
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from faststream.asgi import AsgiFastStream
from pydantic import ValidationError

from services.chassis.clock import clock_of
from services.chassis.database import engine_of
from services.chassis.describing import Description, Subscription
from services.chassis.health import Watch
from services.chassis.kafka import broker_of
from services.chassis.logs import configure, log
from services.chassis.looking import Looking
from services.chassis.pages import contract_page, faults_page, metrics_page
from services.chassis.register import PartnerRegister
from services.chassis.relay import Relay
from services.chassis.settings import Settings
from services.chassis.starting import PatientBroker, check_schema, until_possible
from services.chassis.states import Holder, Keyed, Whole
from services.chassis.subscribing import subscribe
from services.chassis.timers import ACCELERATED_POLL_SECONDS, POLL_SECONDS, Timers
from services.chassis.unit import Unit
from services.chassis.vault import Vault


class Machinery:
    """Everything a service runs on, assembled and not connected to anything yet."""

    def __init__(self, description: Description, settings: Settings) -> None:
        self.name, self.settings, self.description = description.service.value, settings, description
        self.engine = engine_of(settings.database.get_secret_value())
        self.clock = clock_of(settings.clock_origin, settings.clock_started, settings.clock_rate)
        self.vault = Vault(settings.vault_key.get_secret_value())
        self.register = PartnerRegister(settings)
        self.relay = Relay(settings, self.engine, f"/siao/{self.name}")
        pause = POLL_SECONDS if settings.clock_rate == 1.0 else ACCELERATED_POLL_SECONDS
        self.timers = Timers(self.engine, self.clock, self.relay.wake, pause)
        self.broker = broker_of(settings, PatientBroker)
        self.broker.prepare = self.prepare
        self.turn = asyncio.Lock()
        self.views: list[tuple[str, Any]] = []
        self.watch = Watch(self.engine, self.relay, [self.subscribed(part) for part in description.subscriptions])

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
        )
        topics = [topic.name for topic in part.topics]
        return unit, subscribe(self.broker, unit, topics=topics, pattern=part.pattern, batch=self.settings.batch)

    async def prepare(self) -> None:
        """Wait for the database, its schema and the register."""
        await until_possible(lambda: check_schema(self.name, self.engine), "schema")
        await until_possible(self.register.start, "register")

    @contextlib.asynccontextmanager
    async def lifespan(self) -> AsyncIterator[None]:
        """What runs beside the subscriptions, from before they start until after they stop."""
        tasks = [asyncio.create_task(work) for work in (self.watch.run(), self.relay.run(), self.timers.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.register.stop()
            await self.engine.dispose()

    async def started(self) -> None:
        """All subscriptions have started."""
        self.watch.started = True
        log().info("started", port=self.settings.http_port)


def application(description: Description, settings: Settings) -> AsgiFastStream:
    """Assemble a service. Nothing is connected before it runs."""
    machinery = Machinery(description, settings)
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
            *(route(machinery.engine, machinery.clock) for route in description.routes),
            *machinery.views,
        ],
    )


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
