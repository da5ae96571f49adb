"""One run: the partners connect, tell what exists, live the days, wait for the last answers; then the ledger checks."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from deploy.demo import month, search
from deploy.demo.agenda import Agenda
from deploy.demo.board import Board, Figures
from deploy.demo.department import Department
from deploy.demo.ledger.record import Ledger
from deploy.demo.ledger.verdict import Check, Said, disagreements, examine
from deploy.demo.lines import open_all
from deploy.demo.observatory import Observatory
from deploy.demo.options import Kill, Options
from deploy.demo.replaying import replayed
from deploy.demo.software import World
from deploy.demo.stage import Stage
from deploy.demo.watch import Watch
from deploy.embedded.failure import PlatformError

# Patience, in real seconds: without any answer during the take-over; for the last answers; for reporting to have read.
TAKE_OVER_SILENCE: Final = 60.0
# After a broker was killed on a busy machine partners come back late; who is answered does not wait for this.
DRAIN: Final = 90.0
READING: Final = 30.0
HANG_UP: Final = 15.0
LOOK_EVERY: Final = 0.2
# What one message may take inside the SIAO, in real seconds: within it two acts cross, and both orders are legitimate.
SLACK: Final = 1.0


@dataclass
class Result:
    """What a run leaves behind.

    latencies: seconds from vacancy to designation, where someone eligible was waiting; waited: how many vacancies
    first had to wait for a household that suits. since, until: business days of the report; files: by name.
    """

    checks: list[Check]
    ledger: Ledger
    latencies: list[float]
    waited: int
    figures: Figures
    files: dict[str, str]
    since: date
    until: date


class Run:
    """The run of one département on one stage."""

    def __init__(self, options: Options, department: Department, stage: Stage, board: Board) -> None:
        self._options, self._department, self._stage, self._board = options, department, stage, board
        self._clock = stage.clock
        self._ledger = Ledger.of(department.partners())
        self._agenda = Agenda(stage.clock)
        self._world = World(options.settings.seed, stage.clock, self._agenda, self._ledger)
        self._cast = month.cast_of(department, self._world)
        self._observatory = Observatory(stage.urls["reporting"], department.siao)
        self._watch = Watch(self._cast, self._world, stage, self._observatory, board)
        self._watch.figures.days = options.settings.days

    async def play(self) -> Result:
        """Everything, in order. Raises PlatformError when the platform fails or does not answer in time."""
        myself = asyncio.current_task()
        if myself is not None:
            # SIGTERM ends the run as Ctrl-C does, at a point where it can leave in order.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, myself.cancel)
        watching = asyncio.create_task(self._watch.look())
        acting = asyncio.create_task(self._act())
        try:
            await asyncio.wait((watching, acting), return_when=asyncio.FIRST_COMPLETED)
            if watching.done():
                watching.result()
            return await acting
        finally:
            watching.cancel()
            acting.cancel()
            await asyncio.gather(watching, acting, return_exceptions=True)
            await self._hang_up()
            await self._observatory.close()

    async def _act(self) -> Result:
        await self._connect()
        await self._take_over()
        first = self._clock.next_midnight()
        last = first + timedelta(days=self._options.settings.days)
        month.Calendar(self._cast, self._department, self._world, first).plan()
        for kill in self._options.kill:
            self._agenda.at(first + timedelta(days=kill.day - 1), self._killing(kill))
        self._watch.first = first
        self._board.step("Les jours passent / The days go by")
        await self._agenda.run(last)
        self._board.step("Plus rien n'est envoyé ; dernières réponses / Nothing more is sent; last answers")
        await self._answered(DRAIN)
        said = await self._said((self._department.day - timedelta(days=1), first.date()))
        self._board.step("Le registre vérifie / The ledger checks")
        await asyncio.to_thread(self._stage.gather_logs)
        searched = await asyncio.to_thread(search.search, self._stage.administrator, self._stage.logs, self._stage.urls)
        # Time goes on and places are designated anew: partners hear at least all that was searched.
        await asyncio.sleep(SLACK)
        until = self._clock.now()
        await self._hang_up()
        checks = await asyncio.to_thread(examine, self._ledger, searched, said, self._slack, until)
        checks.append(await asyncio.to_thread(replayed, self._stage.administrator))
        files = await self._observatory.files(first.date(), last.date())
        heard = [entry for software in self._cast.structures.values() for entry in software.latencies]
        latencies = [seconds for place, seconds in heard if place not in searched.unmatched]
        return Result(
            checks,
            self._ledger,
            latencies,
            len(heard) - len(latencies),
            self._watch.figures,
            files,
            first.date(),
            last.date(),
        )

    async def _connect(self) -> None:
        self._board.step("Les partenaires se connectent / Partners connect")
        everyone = self._cast.everyone()
        lines = [software.connect(self._stage.accesses[software.partner.id]) for software in everyone]
        await open_all(lines)
        self._board.step(f"{len(lines)} partenaires connectés / partners connected")

    async def _hang_up(self) -> None:
        """Leave in order; partners of a platform that is gone are not waited for."""
        leaving = [
            asyncio.create_task(software.line.close()) for software in self._cast.everyone() if software.connected
        ]
        if leaving:
            await asyncio.wait(leaving, timeout=HANG_UP)

    async def _take_over(self) -> None:
        """What exists before day 1, told by messages; each stage waits until all is answered and known."""
        stages: tuple[tuple[str, Callable[[month.Cast, Department], Awaitable[None]]], ...] = (
            ("Les structures se décrivent / Structures describe themselves", month.describe_structures),
            ("Qui est hébergé, qui attend / Who is housed, who waits", month.tell_what_exists),
            ("Qui est prêt au logement ordinaire / Who is ready for ordinary housing", month.tell_who_is_ready),
        )
        for text, tell in stages:
            self._board.step(text)
            await tell(self._cast, self._department)
            await self._answered(TAKE_OVER_SILENCE)
            await self._read_by_all()

    async def _read_by_all(self) -> None:
        """Partners act on what the SIAO knows the next day, never within the second: wait until it has been read."""
        known = sum(len(software.stays) for software in self._cast.structures.values())
        await self._until(lambda: self._watch.hosted() >= known, READING, "des séjours ne sont pas connus")
        await asyncio.sleep(SLACK)

    async def _answered(self, patience: float) -> None:
        """Every message is answered; the patience starts again with each answer."""
        answered, since = -1, self._watch.now()
        while self._ledger.unanswered > 0:
            if self._ledger.answered != answered:
                answered, since = self._ledger.answered, self._watch.now()
            if self._watch.now() - since > patience:
                self._board.step(
                    f"{self._ledger.unanswered} messages sans réponse après {patience:.0f} s / "
                    f"{self._ledger.unanswered} messages without an answer after {patience:.0f} s"
                )
                return
            await asyncio.sleep(LOOK_EVERY)

    async def _until(self, holds: Callable[[], bool], patience: float, french: str) -> None:
        began = self._watch.now()
        while not holds():
            if self._watch.now() - began > patience:
                raise PlatformError(f"Après {patience:.0f} s {french}.", f"Not so after {patience:.0f} s.")
            await asyncio.sleep(LOOK_EVERY)

    async def _said(self, starts: tuple[date, ...]) -> list[Said]:
        """What reporting says of all that happened, once a business day has ended and it has read it."""
        until = self._observatory.day_of(self._clock.now() + self._slack) + timedelta(days=1)
        end = self._observatory.midnight(until)
        await asyncio.sleep(max(0.0, self._clock.seconds_until(end)) + SLACK)
        began = self._watch.now()
        while True:
            said = [Said(since, until, await self._observatory.indicators(since, until)) for since in starts]
            wrong = await asyncio.to_thread(disagreements, self._ledger, said, self._slack)
            if not wrong or self._watch.now() - began > READING:
                return said
            await asyncio.sleep(LOOK_EVERY)

    @property
    def _slack(self) -> timedelta:
        return self._clock.during(SLACK)

    def _killing(self, kill: Kill) -> Callable[[], Awaitable[None]]:
        async def act() -> None:
            self._board.step(f"kill -9 {kill.service}")
            await asyncio.to_thread(self._stage.kill, kill.service)

        return act
