"""The whole platform as processes, once for this folder, and for each story a territory of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from deploy.embedded.platform import Platform
from tests.backends.backend import Backend
from tests.e2e.running import running_platform
from tests.e2e.territory import SIAO_WITHOUT_STORY, SIAOS, Territory
from tests.receiver import Receiver, a_receiver


@pytest.fixture(scope="package")
def receiver() -> Iterator[Receiver]:
    """Who is told the services' spans."""
    with a_receiver() as listening:
        yield listening


@pytest.fixture(scope="package")
def platform(backend: Backend, tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Platform]:
    """A platform on which a day takes a day."""
    directory = tmp_path_factory.mktemp("stories")
    with running_platform(backend, directory, (*SIAOS, SIAO_WITHOUT_STORY), otlp=receiver.address) as running:
        yield running


@pytest.fixture(scope="package")
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
