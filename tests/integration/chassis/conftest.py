"""Fixtures of the chassis's tests on a real broker."""

from collections.abc import Iterator
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient
from structlog.testing import capture_logs

from contracts.catalogue import MESSAGES
from deploy.embedded.parts import Broker
from tests.integration.chassis.stage import Partner, a_registered_partner, prepare
from tests.integration.chassis.wire import Wire
from tests.servers import Database


@pytest.fixture(autouse=True)
def _catalogue_as_it_was() -> Iterator[None]:
    """Tests put topics of their own in the catalogue; whoever comes after finds it as it was."""
    before = dict(MESSAGES)
    yield
    MESSAGES.clear()
    MESSAGES.update(before)


@pytest.fixture
def wire(kafka: Broker) -> Iterator[Wire]:
    """Raw access to the session's broker."""
    access = Wire(kafka)
    yield access
    access.close()


@pytest.fixture
def partner(kafka: Broker, kafka_admin: AdminClient) -> Iterator[Partner]:
    """A partner that the register names, with its topics."""
    with a_registered_partner(kafka, kafka_admin) as made:
        yield made


@pytest.fixture
async def url(database: Database) -> str:
    """A database of offers, ready for the chassis's tests."""
    made = database("offers")
    await prepare(made)
    return made


@pytest.fixture
def said() -> Iterator[list[Any]]:
    """What is logged during the test."""
    with capture_logs() as lines:
        yield lines
