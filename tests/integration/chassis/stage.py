"""The counting service as a whole on real Kafka and PostgreSQL: started in this process, or as one that may die."""

import asyncio
import http.client
import json
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from faststream.asgi import AsgiFastStream

from contracts.event import Message
from contracts.partners import PartnerRegistered
from contracts.topics import NOTICES, PARTNERS, VACANCIES, Service
from deploy.embedded.parts import Broker
from services.chassis.app import application
from services.chassis.database import engine_of
from services.chassis.describing import Description, Subscription
from services.chassis.fold import Folds
from services.chassis.settings import Settings
from tests.integration.chassis.rig import METADATA, a_partner, an_order, counting, headers_of
from tests.integration.chassis.wire import until_true


def described(folds: Folds, part: str = "partners") -> Description:
    """The counting service, under the name of a real one: its migrations make the chassis's tables."""
    return Description(Service.OFFERS, (Subscription(part, folds, channels=(VACANCIES,)),))


def migrate(url: str) -> None:
    """What the operator does: the chassis's tables, as the counting service's real namesake has them."""
    command = [sys.executable, "-m", "services.chassis.migrate", Service.OFFERS]
    root = Path(__file__).parents[3]
    subprocess.run(command, cwd=root, env={**os.environ, "SIAO_DATABASE": url}, check=True, timeout=60)


async def prepare(url: str) -> None:
    """Add the counting service's tables to a database that has the chassis's."""
    engine = engine_of(url)
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    await engine.dispose()


@dataclass
class Partner:
    """A partner of one test: registered, with its two topics."""

    kafka: Broker
    name: str

    def __post_init__(self) -> None:
        self._producer = Producer({**self.kafka.client_settings(), "linger.ms": 20, "log_level": 0})

    @property
    def inbound(self) -> str:
        """The topic it writes."""
        return VACANCIES.of(self.name)

    @property
    def notices(self) -> str:
        """The topic it reads."""
        return NOTICES.of(self.name)

    def topics(self) -> Sequence[str]:
        """The broker's topics."""
        return tuple(self._producer.list_topics(timeout=15).topics)

    def register(self, partner: PartnerRegistered | None) -> None:
        """Say in the register who it is; None: it is no more."""
        value = None if partner is None else partner.model_dump_json().encode()
        headers = [] if partner is None else headers_of("", uuid.uuid4().hex, partner)
        self._send(PARTNERS.name, value, headers, self.name)

    def send(self, identity: str, order: str = "add", key: str = "k") -> None:
        """Send an order."""
        event: Message = an_order(order, key)
        self._send(self.inbound, event.model_dump_json().encode(), headers_of(self.name, identity, event), None)

    def send_many(self, identities: Iterator[str]) -> None:
        """Send one order an identity, together."""
        event = an_order()
        for identity in identities:
            headers: Any = headers_of(self.name, identity, event)
            self._producer.produce(self.inbound, event.model_dump_json().encode(), headers=headers, partition=0)
        assert self._producer.flush(30) == 0

    def _send(self, topic: str, value: bytes | None, headers: Any, key: str | None) -> None:
        self._producer.produce(topic, value, key, headers=headers, partition=0)
        assert self._producer.flush(30) == 0


def with_register(admin: AdminClient) -> None:
    """The register's topic, made if it is missing."""
    if PARTNERS.name not in admin.list_topics(timeout=15).topics:
        admin.create_topics([NewTopic(PARTNERS.name, 1, 1, config=PARTNERS.config)])[PARTNERS.name].result(timeout=30)


@contextmanager
def a_registered_partner(kafka: Broker, admin: AdminClient) -> Iterator[Partner]:
    """A new partner, its topics deleted and its registration taken back afterwards."""
    with_register(admin)
    partner = Partner(kafka, f"chrs-{uuid.uuid4().hex[:8]}")
    partner.register(a_partner(partner.name))
    names = [partner.inbound, partner.notices]
    for made in admin.create_topics([NewTopic(name, 1, 1) for name in names]).values():
        made.result(timeout=30)
    try:
        yield partner
    finally:
        for deleted in admin.delete_topics(names).values():
            deleted.result(timeout=30)
        partner.register(None)


def assembled(settings: Settings, out: str) -> AsgiFastStream:
    """The counting service, not running."""
    return application(described(counting(out)), settings)


@asynccontextmanager
async def started(app: AsgiFastStream, *, ready: bool = True) -> AsyncIterator[AsgiFastStream]:
    """The service, running within the block; from when it is ready, if asked."""
    stop = asyncio.Event()

    async def live() -> None:
        # A task of its own: what starts it must be what stops it.
        async with app.start_lifespan_context():
            await stop.wait()

    life = asyncio.create_task(live())
    try:
        if ready:
            await until_ready(app)
        yield app
    finally:
        stop.set()
        await asyncio.wait_for(life, 40)


async def until_ready(app: AsgiFastStream, seconds: float = 30) -> None:
    """Returns when the service says that it is ready."""

    async def is_ready() -> bool:
        return (await get(app, "/ready"))[0] == http.HTTPStatus.OK

    await until_true(is_ready, "the service is ready", seconds)


async def until_status(app: AsgiFastStream, path: str, status: int, seconds: float = 30) -> dict[str, str]:
    """The faults that a page tells, once it answers with this status."""
    found: dict[str, str] = {}

    async def so() -> bool:
        answered, body = await get(app, path)
        found.clear()
        found.update(json.loads(body)["faults"])
        return answered == status

    await until_true(so, f"{path} answers {status}", seconds)
    return found


async def until_fault(app: AsgiFastStream, part: str, code: str, seconds: float = 30) -> None:
    """Returns when the service says that it is not ready because of this."""

    async def so() -> bool:
        answered, body = await get(app, "/ready")
        return answered == http.HTTPStatus.SERVICE_UNAVAILABLE and json.loads(body)["faults"].get(part) == code

    await until_true(so, f"/ready tells {code} of {part}", seconds)


async def get(app: AsgiFastStream, path: str) -> tuple[int, bytes]:
    """Status and body of a page, asked as a server would ask."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(dict(message))

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
    await asyncio.wait_for(app(scope, receive, send), 10)
    return said[0]["status"], b"".join(message.get("body", b"") for message in said)
