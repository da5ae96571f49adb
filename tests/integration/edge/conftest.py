"""One broker and one edge for the tests of this folder; each test says what it says in the name of its own partner."""

from collections.abc import Iterator

import pytest

from tests.backends.backend import Backend
from tests.integration.edge.house import House, a_house

# Short, so that slowness can be seen; a heartbeat often.
SETTINGS = {
    "SIAO_EDGE_BODY_SECONDS": "1",
    "SIAO_EDGE_HEADER_SECONDS": "1.5",
    "SIAO_EDGE_HEARTBEAT_SECONDS": "0.5",
    "SIAO_EDGE_WAITS": "4",
    "SIAO_EDGE_BURST": "100",
    "SIAO_EDGE_WRONG_BURST": "10000",
}


@pytest.fixture(scope="package")
def house(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The broker, its partners, an edge."""
    with backend.broker() as kafka:
        kafka.start()
        with a_house(kafka, tmp_path_factory.mktemp("house"), SETTINGS) as made:
            yield made
