"""The whole platform as processes, once a session, and for each story a territory of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.embedded import ports
from deploy.embedded.platform import Addresses, Platform
from tests.e2e.territory import SIAO_WITHOUT_STORY, SIAOS, Territory, partners_of


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Kafka, PostgreSQL, the four services, and in each SIAO partners of all roles."""
    addresses = Addresses(ports.free_port(2), ports.free_port(), ports.free_port(4))
    partners = [partner for siao in (*SIAOS, SIAO_WITHOUT_STORY) for partner in partners_of(siao)]
    running = Platform(tmp_path_factory.mktemp("stories"), partners=partners, addresses=addresses)
    try:
        running.start()
        yield running
        assert running.deaths == []
    finally:
        running.stop()


@pytest.fixture(scope="session")
def untouched() -> list[str]:
    """The SIAOs in which nothing has happened yet."""
    return list(SIAOS)


@pytest_asyncio.fixture
async def territory(platform: Platform, untouched: list[str]) -> AsyncIterator[Territory]:
    """A SIAO in which nothing has happened yet, its partners logged in."""
    siao = Territory(platform, untouched.pop(0))
    await siao.connect()
    try:
        yield siao
    finally:
        await siao.leave()
