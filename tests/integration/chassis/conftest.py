"""Fixtures of the chassis's tests on a real broker."""

import pytest

from deploy.embedded.kafka import Kafka
from tests.integration.chassis.wire import Wire


@pytest.fixture
def wire(kafka: Kafka) -> Wire:
    """Raw access to the session's broker."""
    return Wire(kafka)
