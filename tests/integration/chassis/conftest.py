"""Fixtures of the chassis's tests on a real broker."""

from collections.abc import Iterator

import pytest

from deploy.embedded.kafka import Kafka
from tests.integration.chassis.wire import Wire


@pytest.fixture
def wire(kafka: Kafka) -> Iterator[Wire]:
    """Raw access to the session's broker."""
    access = Wire(kafka)
    yield access
    access.close()
