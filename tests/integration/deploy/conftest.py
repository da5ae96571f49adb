"""A broker of a module's own and an operator before it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.embedded.parts import Broker
from tests.backends.backend import Backend
from tests.integration.deploy.desk import Desk


@pytest.fixture(scope="module")
def desk_broker(backend: Backend) -> Iterator[Broker]:
    with backend.broker() as own:
        own.start()
        yield own


@pytest.fixture
def desk(desk_broker: Broker, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """Nobody of another test is in the broker's register: each test's partners are removed at its end."""
    made = Desk(desk_broker, tmp_path, capsys)
    yield made
    made.write()
    made.apply("--remove")
