"""A territory as it was last committed, for pages: the one in memory where this instance has it, else read apart.

A page decides nothing, changes nothing, and does not hold up decisions: what must be read is read in another thread.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis.database import engine_of, raw_connection
from services.chassis.states import Territory, Whole, positions

# How long what was read apart is shown again, in seconds.
FRESH_SECONDS: Final = 10.0


class Look(Protocol):
    """What a page is given to see territories with."""

    def __call__(self, siao: str) -> AbstractAsyncContextManager[Any]:
        """The territory of a SIAO, to be looked at without waiting for anything inside the context."""


class Looking:
    """Shows the territories of one subscription. `turn` is held while a page looks: nothing is then half decided."""

    def __init__(self, holder: Whole, turn: asyncio.Lock, engine: AsyncEngine) -> None:
        self._holder, self._turn, self._engine = holder, turn, engine
        self._apart: dict[str, tuple[float, Territory]] = {}

    @contextlib.asynccontextmanager
    async def __call__(self, siao: str) -> AsyncIterator[Territory]:
        """The territory of a SIAO."""
        async with self._turn:
            here = self._holder.territories.get(siao)
            if here is not None and await self._is_current(siao, here):
                yield here
                return
        yield await self._read_apart(siao)

    async def _is_current(self, siao: str, here: Territory) -> bool:
        """Whether no other instance has decided since: what it had seen is what the database says was seen."""
        async with raw_connection(self._engine) as connection:
            return await positions(connection, siao) == here.seen

    async def _read_apart(self, siao: str) -> Territory:
        since, known = self._apart.get(siao, (0.0, None))
        if known is not None and time.monotonic() - since < FRESH_SECONDS:
            return known
        read = await asyncio.to_thread(lambda: asyncio.run(self._read(siao)))
        self._apart = {siao: (time.monotonic(), read)}
        return read

    async def _read(self, siao: str) -> Territory:
        engine = engine_of(self._engine.url.render_as_string(hide_password=False))
        try:
            async with (
                raw_connection(engine) as connection,
                # One snapshot for all tables.
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                return await self._holder.load(connection, siao)
        finally:
            await engine.dispose()
