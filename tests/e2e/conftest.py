"""The whole platform as processes, once a session, and for each story a territory of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio

from deploy.embedded import ports
from deploy.embedded.platform import Addresses, Platform
from deploy.embedded.service import Clock
from services.chassis.clock import accelerated
from tests.builders import NOW
from tests.e2e.territory import (
    FAST_PATIENCE_SECONDS,
    FAST_SIAOS,
    SIAO_WITHOUT_STORY,
    SIAOS,
    Territory,
    partners_of,
)

# The time that a day of the law takes: the ten days of an answer leave eight seconds for one.
DAY_SECONDS: Final = 0.8


@contextmanager
def running_platform(directory: Path, siaos: tuple[str, ...], **options: Any) -> Iterator[Platform]:
    """Kafka, PostgreSQL, the four services, and in each SIAO partners of all roles."""
    addresses = Addresses(ports.free_port(2), ports.free_port(), ports.free_port(4))
    partners = [partner for siao in siaos for partner in partners_of(siao)]
    running = Platform(directory, partners=partners, addresses=addresses, **options)
    try:
        running.start()
        yield running
        assert running.deaths == []
    finally:
        running.stop()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform on which a day takes a day."""
    with running_platform(tmp_path_factory.mktemp("stories"), (*SIAOS, SIAO_WITHOUT_STORY)) as running:
        yield running


@pytest.fixture(scope="session")
def fast_clock() -> Clock:
    """24 November 2026 now, and a day passes in less than a second."""
    return Clock(NOW, datetime.now(UTC), 86_400 / DAY_SECONDS)


@pytest.fixture(scope="session")
def fast_platform(tmp_path_factory: pytest.TempPathFactory, fast_clock: Clock) -> Iterator[Platform]:
    """A platform on which days pass fast."""
    with running_platform(tmp_path_factory.mktemp("law"), FAST_SIAOS, clock=fast_clock) as running:
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
