"""Looks after a run while it goes on: the platform, the partners' lines, the board's figures."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Final

import httpx

from deploy.demo.board import Board, Figures
from deploy.demo.clock import stopwatch
from deploy.demo.ledger.record import ACCEPTED, DUPLICATE
from deploy.demo.month import Cast
from deploy.demo.observatory import Observatory
from deploy.demo.software import World
from deploy.demo.stage import Stage
from deploy.embedded.failure import PlatformError

LOOK_EVERY: Final = 0.5
GRACE: Final = 1.0
# Reporting computes its live figures anew each time: asked seldom, the demo's board costs the SIAO little.
ASK_EVERY: Final = 2.5


class Watch:
    """Updates the board; `first`: the business instant at which day 1 began, once it has."""

    def __init__(self, cast: Cast, world: World, stage: Stage, observatory: Observatory, board: Board) -> None:
        self._cast, self._stage, self._board, self._observatory = cast, stage, board, observatory
        self._ledger = world.ledger
        self.figures = Figures()
        self.first: datetime | None = None
        self._asked = 0.0

    @staticmethod
    def now() -> float:
        """Real seconds."""
        return stopwatch()

    def hosted(self) -> int:
        """Households that reporting knows to live in a place."""
        stock = self.figures.live.get("hosted") or {}
        return int(stock.get("households", 0))

    async def look(self) -> None:
        """For as long as the run goes on. Raises PlatformError when it cannot go on."""
        while True:
            self._platform()
            await self._listeners()
            await self._ask()
            self._count()
            self._board.show(self.figures)
            await asyncio.sleep(LOOK_EVERY)

    def _platform(self) -> None:
        failure = self._stage.failure()
        if failure is not None:
            raise failure

    async def _listeners(self) -> None:
        """A partner that hears nothing any more; when the platform is gone, that is the reason to give."""
        for software in self._cast.everyone():
            error = software.line.failure() if software.connected else None
            if error is not None:
                await asyncio.sleep(GRACE)
                self._platform()
                raise PlatformError(
                    f"Le partenaire {software.partner.id} n'entend plus rien ({type(error).__name__}: {error}).",
                    "A partner hears nothing any more.",
                ) from error

    async def _ask(self) -> None:
        """Reporting's live figures; while it is away the last ones stay."""
        if self.now() - self._asked < ASK_EVERY:
            return
        self._asked = self.now()
        try:
            self.figures.live = await self._observatory.live()
        except httpx.HTTPError as error:
            self._board.event(f"reporting ne répond pas / does not answer ({type(error).__name__})")

    def _count(self) -> None:
        figures, ledger = self.figures, self._ledger
        if self.first is not None:
            elapsed = self._stage.clock.now() - self.first
            figures.day = max(0, min(figures.days, elapsed.days + 1))
        structures = self._cast.structures.values()
        figures.designations = Counter(case_.state for software in structures for case_ in software.cases.values())
        figures.rehoused = sum(len(bailleur.taken) for bailleur in self._cast.bailleurs)
        figures.sent, figures.unanswered, figures.rejected = len(ledger.deliveries), ledger.unanswered, ledger.rejected
        right = (frozenset({ACCEPTED}), frozenset({DUPLICATE}), None)
        figures.malformed = sum(delivery.expected not in right for delivery in ledger.deliveries)
        figures.latencies = [seconds for software in structures for _, seconds in software.latencies]
        for death in self._stage.deaths():
            self._board.event(f"{death} s'est arrêté, redémarre / ended, starts again")
