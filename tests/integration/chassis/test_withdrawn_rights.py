"""A right that is withdrawn from a service at work is said, waited for, and nothing is lost meanwhile."""

import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from faststream.asgi import AsgiFastStream

from contracts.catalogue import MESSAGES
from contracts.offers import VacancyClosed
from contracts.topics import VACANCIES, Service, Topic
from deploy.embedded.parts import Broker
from services.chassis import subscribing
from services.chassis.app import application
from services.chassis.describing import Description, Subscription
from tests.integration.chassis.evidence import settings_of
from tests.integration.chassis.login import READ, Login, a_login
from tests.integration.chassis.rig import Bench, a_fact, bench_on, counting, headers_of, territorial
from tests.integration.chassis.stage import (
    Partner,
    get,
    prepare,
    started,
    until_fault,
    until_status,
)
from tests.integration.chassis.wire import Wire, until_true
from tests.servers import Database, Topics

pytestmark = pytest.mark.once


@pytest.fixture
def core(kafka_admin: AdminClient) -> Iterator[str]:
    """A core topic; also the name of the subscription to it."""
    name = f"core-{uuid.uuid4().hex[:8]}"
    MESSAGES[name] = {VacancyClosed.type: VacancyClosed}
    kafka_admin.create_topics([NewTopic(name, 1, 1)])[name].result(timeout=30)
    yield name
    kafka_admin.delete_topics([name])[name].result(timeout=30)


@pytest.fixture
def login(kafka_admin: AdminClient, partner: Partner, core: str, topics: Topics) -> Iterator[Login]:
    with a_login(kafka_admin, partner, topics(), f"offers.{core}") as made:
        made.allow(READ, core)
        yield made


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    url = database("offers")
    await prepare(url)
    async with bench_on(url) as made:
        yield made


@pytest.fixture
async def app(
    bench: Bench, kafka: Broker, core: str, login: Login, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[AsgiFastStream]:
    """The service, at work on a core topic and on what partners write."""
    monkeypatch.setattr(subscribing, "WELL_SECONDS", 1.0)
    monkeypatch.setattr(subscribing, "ANEW_SECONDS", 2.0)
    topic = Topic(core, "for this test", (), (Service.OFFERS,))
    partners = Subscription("partners", counting(), channels=(VACANCIES,))
    description = Description(Service.OFFERS, (partners, Subscription(core, territorial(), topics=(topic,))))
    async with started(application(description, settings_of(kafka, bench.url, **login.settings))) as running:
        yield running


def tell(wire: Wire, core: str, identity: str) -> None:
    """A fact on the core topic."""
    event = a_fact()
    wire.send(core, event.model_dump_json().encode(), headers=[*headers_of("", identity, event)])


async def until_counted(bench: Bench, total: int) -> None:
    """Returns when so many facts had their effect."""

    async def so() -> bool:
        return await bench.totals() == {"k": total}

    await until_true(so, f"{total} facts were counted", 60)


@pytest.mark.parametrize("right", ["topic", "group"])
async def test_reading_goes_on_when_the_right_is_given_back(
    app: AsgiFastStream, bench: Bench, wire: Wire, core: str, login: Login, right: str
) -> None:
    tell(wire, core, "before")
    await until_counted(bench, 1)
    if right == "topic":
        login.forbid(READ, core)
    else:
        login.forbid_group(f"offers.{core}")
    tell(wire, core, "meanwhile")
    await until_fault(app, f"offers.{core}", "right-missing", 60)
    assert (await get(app, "/health"))[0] == 200
    if right == "topic":
        login.allow(READ, core)
    else:
        login.allow_groups(f"offers.{core}")
    await until_status(app, "/ready", 200, 60)
    await until_counted(bench, 2)
    tell(wire, core, "after")
    await until_counted(bench, 3)
    assert (await get(app, "/health"))[0] == 200
