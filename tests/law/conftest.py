"""A platform on which days pass fast, once for this folder, and for each story a territory of its own."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Final

import pytest
import pytest_asyncio

from deploy.embedded.platform import Platform
from deploy.embedded.service import Clock
from services.chassis.clock import accelerated
from tests.backends.backend import Backend
from tests.builders import NOW
from tests.e2e.running import running_platform
from tests.e2e.territory import FAST_PATIENCE_SECONDS, FAST_SIAOS, Territory

# The time that a day of the law takes: the ten days of an answer leave eight seconds for one.
DAY_SECONDS: Final = 0.8


@pytest.fixture(scope="package")
def fast_clock() -> Clock:
    """24 November 2026 now, and a day passes in less than a second."""
    return Clock(NOW, datetime.now(UTC), 86_400 / DAY_SECONDS)


@pytest.fixture(scope="package")
def fast_platform(backend: Backend, tmp_path_factory: pytest.TempPathFactory, fast_clock: Clock) -> Iterator[Platform]:
    """A platform on which days pass fast."""
    with running_platform(backend, tmp_path_factory.mktemp("law"), FAST_SIAOS, clock=fast_clock) as running:
        yield running


@pytest.fixture(scope="package")
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
