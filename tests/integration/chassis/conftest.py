"""Fixtures of the chassis's tests on a real broker."""

from collections.abc import Iterator

import pytest

from contracts.catalogue import MESSAGES
from deploy.embedded.parts import Broker
from tests.integration.chassis.wire import Wire


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
