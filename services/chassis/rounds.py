"""Rounds: work that no message brings about, done now and then by one instance of a service, all of it or nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeAlias

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.event import digest_of
from contracts.partners import PartnerRegistered
from services.chassis import outbox
from services.chassis.clock import Clock
from services.chassis.faults import Faults
from services.chassis.fold import Send

# How often a round looks whether there is something to do, in real seconds; how often it does it is its own affair.
LOOK_SECONDS: Final = 2.0
_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtext('round:' || :name))")


class Occasion(NamedTuple):
    """What a round is given: business time, the register, and the least business time between two of the same."""

    now: datetime
    partners: Mapping[str, PartnerRegistered]
    pace: timedelta


# It looks and writes on a connection, in one snapshot of its own, and says what is to be published.
Round: TypeAlias = Callable[[AsyncConnection, Occasion], Awaitable[Sequence[Send]]]


class Rounds:
    """Goes the rounds of a service. What a round writes and what it says are one transaction, apart from messages'.

    Whoever holds the round's lock does it; the others look again later, and then see what was done.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        partners: Mapping[str, PartnerRegistered],
        rounds: Sequence[Round],
        committed: Callable[[], None],
        faults: Faults,
        pace: timedelta,
    ) -> None:
        self._engine, self._clock, self._partners, self._rounds = engine, clock, partners, rounds
        self._committed, self._faults, self._pace = committed, faults, pace

    async def run(self) -> None:
        """Go round until cancelled; any failure is survived."""
        while self._rounds:
            try:
                for each in self._rounds:
                    await self.go(each)
                self._faults.mended("rounds")
            except Exception as error:
                self._faults.tell("rounds", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def go(self, each: Round) -> None:
        """One round, unless another instance is at it."""
        name = getattr(each, "__name__", "")
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                if not (await connection.execute(_LOCK, {"name": name})).scalar_one():
                    return
                now = self._clock()
                sends = await each(connection, Occasion(now, self._partners, self._pace))
                cause = digest_of("round", name, now.isoformat())
                posts = [outbox.outgoing(cause, index, send, now, None) for index, send in enumerate(sends)]
                raw: Any = (await connection.get_raw_connection()).driver_connection
                await outbox.post(raw, posts)
        if posts:
            self._committed()
