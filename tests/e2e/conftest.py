"""The whole platform as processes, once a session, and for each story a territory of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.embedded.platform import Platform
from tests.backends.backend import Backend, platform_on
from tests.e2e import newcomers
from tests.e2e.territory import SIAO_WITHOUT_STORY, SIAOS, Territory, partners_of
from tests.receiver import Receiver, a_receiver


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """Who is told the services' spans."""
    with a_receiver() as listening:
        yield listening


@pytest.fixture(scope="session")
def platform(backend: Backend, tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Platform]:
    """Kafka, PostgreSQL, the four services, and in each SIAO partners of all roles."""
    partners = [partner for siao in (*SIAOS, SIAO_WITHOUT_STORY) for partner in partners_of(siao)]
    partners += newcomers.partners()
    with platform_on(backend, tmp_path_factory.mktemp("stories"), partners, receiver.address) as running:
        yield running
        assert running.deaths == []


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
