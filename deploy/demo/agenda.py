"""What is to happen when, in business time; runs each act when its time has come."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeAlias

from deploy.demo.clock import BusinessClock

Act: TypeAlias = Callable[[], Awaitable[None]]
LONGEST_SLEEP = 0.25


class Agenda:
    """Acts in order of their business time; acts of the same time in the order they were added."""

    def __init__(self, clock: BusinessClock) -> None:
        self._clock = clock
        self._acts: list[tuple[datetime, int, Act]] = []
        self._count = itertools.count()
        self._sooner = asyncio.Event()

    def at(self, when: datetime, act: Act) -> None:
        """Do this at that business time, or as soon as possible when it has passed."""
        heapq.heappush(self._acts, (when, next(self._count), act))
        self._sooner.set()

    async def run(self, until: datetime) -> None:
        """Acts until that business time; what is planned for later is left undone."""
        while (now := self._clock.now()) < until:
            if self._acts and self._acts[0][0] <= now:
                await heapq.heappop(self._acts)[2]()
                continue
            self._sooner.clear()
            soonest = min(self._acts[0][0], until) if self._acts else until
            pause = max(0.0, min(LONGEST_SLEEP, self._clock.seconds_until(soonest)))
            try:
                await asyncio.wait_for(self._sooner.wait(), pause)
            except TimeoutError:
                continue
