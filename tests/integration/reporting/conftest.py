"""One fresh observatory a test."""

from collections.abc import AsyncIterator, Callable

import pytest_asyncio

from tests.integration.reporting.observatory import Observatory, observatory


@pytest_asyncio.fixture
async def seen(database: Callable[[str], str]) -> AsyncIterator[Observatory]:
    """A reporting database without facts."""
    async with observatory(database("reporting")) as made:
        yield made
