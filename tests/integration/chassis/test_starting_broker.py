"""A service that lacks something of its broker says what, consumes nothing of anything, and begins when it is there."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from faststream.asgi import AsgiFastStream

from contracts.catalogue import MESSAGES
from contracts.offers import VacancyClosed
from contracts.topics import VACANCIES, Service, Topic
from deploy.embedded import state
from deploy.embedded.parts import Broker
from services.chassis import app as application_module
from services.chassis.app import application
from services.chassis.describing import Description, Subscription
from services.chassis.settings import Settings
from tests.integration.chassis.door import a_door
from tests.integration.chassis.evidence import settings_of
from tests.integration.chassis.login import READ, WRITE, Login, a_login
from tests.integration.chassis.rig import bench_on, counting, territorial
from tests.integration.chassis.stage import Partner, assembled, started, until_status
from tests.integration.chassis.waiting import begins, faults, waits
from tests.integration.chassis.wire import Wire, until
from tests.servers import Topics

pytestmark = pytest.mark.once


@pytest.fixture
def out(topics: Topics) -> str:
    """Where the service publishes."""
    return topics()


@pytest.fixture
def core(kafka_admin: AdminClient) -> Iterator[str]:
    """The name of a core topic that is not there."""
    name = f"core-{uuid.uuid4().hex[:8]}"
    MESSAGES[name] = {VacancyClosed.type: VacancyClosed}
    yield name
    if name in kafka_admin.list_topics(timeout=15).topics:
        kafka_admin.delete_topics([name])[name].result(timeout=30)


@pytest.fixture
def login(kafka_admin: AdminClient, partner: Partner, out: str) -> Iterator[Login]:
    """The service's own login, with its rights on what partners write."""
    with a_login(kafka_admin, partner, out) as made:
        yield made


def make(admin: AdminClient, topic: str) -> None:
    """What provisioning does."""
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(timeout=30)


def with_two_subscriptions(settings: Settings, out: str, core: str) -> AsgiFastStream:
    """A service that consumes what partners write, and a core topic."""
    topic = Topic(core, "for this test", (), (Service.OFFERS,))
    partners = Subscription("partners", counting(out), channels=(VACANCIES,))
    return application(
        Description(Service.OFFERS, (partners, Subscription(core, territorial(), topics=(topic,)))), settings
    )


async def consumes_nothing(wire: Wire, partner: Partner, url: str) -> None:
    """A message that waits is neither handled nor answered."""
    async with bench_on(url) as bench:
        assert await bench.rows("SELECT count(*) FROM inbox") == [0]
    assert wire.end(partner.notices) == 0


@pytest.fixture
async def stopped_kafka(kafka: Broker, partner: Partner, out: str) -> AsyncIterator[Broker]:
    """The broker, stopped once it has these topics; started again at the latest afterwards."""
    await until(lambda: {partner.inbound, out} <= set(partner.topics()), "the broker has these topics")
    await asyncio.to_thread(kafka.stop)
    yield kafka
    if kafka.pid is None:
        await asyncio.to_thread(kafka.start)


async def test_a_broker_that_is_away(
    url: str, out: str, partner: Partner, said: list[Any], stopped_kafka: Broker
) -> None:
    async with started(assembled(settings_of(stopped_kafka, url), out), ready=False) as app:
        await waits(app, said, "broker-unreachable", stopped_kafka.bootstrap)
        await asyncio.to_thread(stopped_kafka.start)
        await begins(app, partner)


async def test_a_wrong_password_of_the_broker(
    url: str, kafka: Broker, out: str, partner: Partner, login: Login, said: list[Any]
) -> None:
    login.set_password(state.password())
    async with started(assembled(settings_of(kafka, url, **login.settings), out), ready=False) as app:
        await waits(app, said, "broker-login-refused", kafka.bootstrap, login.password)
        login.set_password()
        await begins(app, partner)


async def test_a_broker_whose_certificate_another_authority_signed(
    url: str, kafka: Broker, out: str, partner: Partner, said: list[Any], tmp_path: Path
) -> None:
    async with a_door(tmp_path) as door:
        await door.show_another_certificate()
        place = {"kafka": door.address, "kafka_ca": kafka.authority_path}
        settings = settings_of(kafka, url).model_copy(update=place)
        async with started(assembled(settings, out), ready=False) as app:
            await waits(app, said, "broker-untrusted", door.address)
            assert faults(said)[0]["kind"] == "SSLCertVerificationError"
            await door.lead_to(kafka.partners_bootstrap)
            await begins(app, partner)


async def test_a_core_topic_that_is_missing_and_then_may_not_be_read(
    url: str,
    kafka: Broker,
    kafka_admin: AdminClient,
    out: str,
    core: str,
    partner: Partner,
    login: Login,
    said: list[Any],
    wire: Wire,
) -> None:
    login.allow_groups(f"offers.{core}")
    partner.send("before")
    settings = settings_of(kafka, url, **login.settings)
    async with started(with_two_subscriptions(settings, out, core), ready=False) as app:
        # The broker does not say of a topic that one may not see whether it exists.
        await waits(app, said, "right-missing", core)
        said.clear()
        login.allow(READ, core)
        await waits(app, said, "topic-missing", core)
        await consumes_nothing(wire, partner, url)
        make(kafka_admin, core)
        await begins(app, partner, 2)


async def test_a_core_topic_that_is_seen_but_may_not_be_read(
    url: str,
    kafka: Broker,
    kafka_admin: AdminClient,
    out: str,
    core: str,
    partner: Partner,
    login: Login,
    said: list[Any],
    wire: Wire,
) -> None:
    make(kafka_admin, core)
    login.allow_groups(f"offers.{core}")
    login.allow(WRITE, core)
    partner.send("before")
    settings = settings_of(kafka, url, **login.settings)
    async with started(with_two_subscriptions(settings, out, core), ready=False) as app:
        await waits(app, said, "right-missing", core)
        await consumes_nothing(wire, partner, url)
        login.allow(READ, core)
        await begins(app, partner, 2)


@pytest.mark.parametrize("seen", [True, False], ids=["seen before the start", "met while starting"])
async def test_a_group_that_the_second_subscription_may_not_use(
    url: str,
    kafka: Broker,
    kafka_admin: AdminClient,
    out: str,
    core: str,
    partner: Partner,
    login: Login,
    said: list[Any],
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
    seen: bool,
) -> None:
    """Neither of the two subscriptions consumes: also if the right were lost between the question and the start."""

    async def unasked(*_: Any) -> None:
        """No question is asked."""

    make(kafka_admin, core)
    login.allow(READ, core)
    partner.send("before")
    if not seen:
        monkeypatch.setattr(application_module, "check_reading", unasked)
    settings = settings_of(kafka, url, **login.settings)
    async with started(with_two_subscriptions(settings, out, core), ready=False) as app:
        await waits(app, said, "right-missing", f"offers.{core}")
        await consumes_nothing(wire, partner, url)
        login.allow_groups(f"offers.{core}")
        await begins(app, partner, 2)
        assert await until_status(app, "/health", 200) == {}
