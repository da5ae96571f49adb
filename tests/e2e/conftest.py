"""The whole platform as processes, once a session, and for each story a territory of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from deploy.embedded.platform import Platform
from deploy.embedded.service import Clock
from services.chassis.clock import accelerated
from tests.backends.backend import Backend, platform_on
from tests.builders import NOW
from tests.e2e import newcomers
from tests.e2e.territory import (
    FAST_PATIENCE_SECONDS,
    FAST_SIAOS,
    SIAO_WITHOUT_STORY,
    SIAOS,
    Territory,
    partners_of,
)
from tests.oracles import the_log_is_sound
from tests.receiver import Receiver, a_receiver

# The time that a day of the law takes: the ten days of an answer leave eight seconds for one.
DAY_SECONDS: Final = 0.8


@contextmanager
def running_platform(backend: Backend, directory: Path, siaos: tuple[str, ...], **options: Any) -> Iterator[Platform]:
    """Kafka, PostgreSQL, the four services, in each SIAO partners of all roles, and newcomers.

    After the last story no service has died, and every oracle holds of the log.
    """
    partners = [partner for siao in siaos for partner in partners_of(siao)]
    with platform_on(backend, directory, [*partners, *newcomers.partners()], **options) as running:
        yield running
        assert running.deaths == []
        the_log_is_sound(running.kafka.client_settings())


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """Who is told the services' spans."""
    with a_receiver() as listening:
        yield listening


@pytest.fixture(scope="session")
def platform(backend: Backend, tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Platform]:
    """A platform on which a day takes a day."""
    directory = tmp_path_factory.mktemp("stories")
    with running_platform(backend, directory, (*SIAOS, SIAO_WITHOUT_STORY), otlp=receiver.address) as running:
        yield running


@pytest.fixture(scope="session")
def fast_clock() -> Clock:
    """24 November 2026 now, and a day passes in less than a second."""
    return Clock(NOW, datetime.now(UTC), 86_400 / DAY_SECONDS)


@pytest.fixture(scope="session")
def fast_platform(backend: Backend, tmp_path_factory: pytest.TempPathFactory, fast_clock: Clock) -> Iterator[Platform]:
    """A platform on which days pass fast."""
    with running_platform(backend, tmp_path_factory.mktemp("law"), FAST_SIAOS, clock=fast_clock) as running:
        yield running


@pytest.fixture(scope="session")
def untouched() -> list[str]:
    """The SIAOs in which nothing has happened yet."""
    return list(SIAOS)


@pytest.fixture(scope="session")
def fast_untouched() -> list[str]:
    """The SIAOs in which days pass fast and nothing has happened yet."""
    return list(FAST_SIAOS)


@pytest_asyncio.fixture
async def fast_territory(
    fast_platform: Platform, fast_clock: Clock, fast_untouched: list[str]
) -> AsyncIterator[Territory]:
    """A SIAO in which days pass fast and nothing has happened yet, its partners logged in."""
    clock = accelerated(fast_clock.origin, fast_clock.started, fast_clock.rate)
    siao = Territory(fast_platform, fast_untouched.pop(0), clock, FAST_PATIENCE_SECONDS)
    await siao.connect()
    try:
        yield siao
    finally:
        await siao.leave()


@pytest_asyncio.fixture
async def territory(platform: Platform, untouched: list[str]) -> AsyncIterator[Territory]:
    """A SIAO in which nothing has happened yet, its partners logged in."""
    siao = Territory(platform, untouched.pop(0))
    await siao.connect()
    try:
        yield siao
    finally:
        await siao.leave()
