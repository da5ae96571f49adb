"""The unit: inbox, states and outbox of a whole batch in one transaction; a poison message costs only itself."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from asyncpg import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.event import Refusal
from services.chassis import inbox, metrics, outbox, quarantine
from services.chassis.clock import Clock
from services.chassis.database import passes, transaction
from services.chassis.deciding import Outcome, Work, answer, decide, recall
from services.chassis.faults import Faults
from services.chassis.fold import Folds
from services.chassis.logs import kind_of, log
from services.chassis.quarantine import SetAside
from services.chassis.reading import FindPartner, Item, Readable, Record, Unreadable, family, read, senders_of
from services.chassis.states import Holder, Working
from services.chassis.store import Conflict
from services.chassis.tracing import Recorder
from services.chassis.vault import Vault

# Messages in one transaction, and messages read before others may have the processor.
PART: Final = 1000
SLICE: Final = 50

# Two instances do not meet so often in a row: a decision that conflicts again conflicts with itself.
LONGEST_CONFLICT: Final = 4
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 30.0


@dataclass(slots=True)
class Unit:
    """Handles the batches of one subscription.

    consumer: its name in the inbox; committed: called after each commit; turn: units of a service take turns;
    recorder: where handlings are told as spans, None: nowhere.
    """

    consumer: str
    engine: AsyncEngine
    folds: Folds
    holder: Holder
    find: FindPartner
    vault: Vault
    clock: Clock
    committed: Callable[[], None]
    turn: asyncio.Lock
    faults: Faults
    recorder: Recorder | None = None
    busy_since: float | None = None
    failing: bool = False
    # Its subscription is beginning anew: it has no consumer for the moment.
    reviving: bool = False

    async def handle(self, records: Sequence[Record]) -> None:
        """Handle a batch whole; returns when every message is taken, refused or set aside, and committed."""
        self.busy_since = started = time.monotonic()
        try:
            async with self.turn:
                await self._handle_parts([records[n : n + PART] for n in range(0, len(records), PART)])
        finally:
            self.busy_since = None
        metrics.BATCH_SIZE.observe(len(records))
        metrics.BATCH_SECONDS.observe(time.monotonic() - started)

    async def _handle_parts(self, parts: Sequence[Sequence[Record]]) -> None:
        """One transaction a part; a part is read while the database works on the one before."""
        settling: asyncio.Task[None] | None = None
        try:
            for part in parts:
                items = await self._read(part)
                if settling is not None:
                    await settling
                settling = asyncio.create_task(self._settle_all(items))
            if settling is not None:
                await settling
        finally:
            if settling is not None and not settling.done():
                settling.cancel()
                await asyncio.gather(settling, return_exceptions=True)

    async def _settle_all(self, items: Sequence[Item]) -> None:
        for wave in self._waves(items):
            await self._settle(wave)

    async def _read(self, records: Sequence[Record]) -> list[Item]:
        now, partners = self.clock(), await senders_of(records, self.find)
        items: list[Item] = []
        for number, record in enumerate(records, 1):
            item = read(record, self.folds, partners, now)
            if item is not None:
                items.append(item)
            if number % SLICE == 0:
                # Let the transaction of the part before go on.
                await asyncio.sleep(0)
        return items

    def _waves(self, items: Sequence[Item]) -> list[dict[bytes, Work]]:
        """The work by inbox entry, cut so that no message meets another of the same id in one transaction."""
        waves: list[dict[bytes, Work]] = [{}]
        for number, item in enumerate(items):
            entry = inbox.entry_of(self.consumer, item) if isinstance(item, Readable) else b"%d" % number
            if entry in waves[-1]:
                waves.append({})
            waves[-1][entry] = item
        return [wave for wave in waves if wave]

    async def _settle(self, items: dict[bytes, Work]) -> None:
        """Try until the database takes it; what it refuses is halved until the poison stands alone."""
        attempt = conflicts = 0
        while True:
            try:
                await self._transact(items)
                if self.failing:
                    self.failing = False
                    self.faults.mended(self.consumer)
                return
            except Exception as error:
                self.holder.forget()
                entry, alone = next(iter(items.items())) if len(items) == 1 else (b"", None)
                conflicts += isinstance(error, Conflict)
                waits = passes(error) and conflicts <= LONGEST_CONFLICT
                if isinstance(alone, Readable) and not waits:
                    log().error("message-failed", error=kind_of(error), family=family(alone.record.topic))
                    items = {entry: quarantine.refused(alone, Refusal("internal"), entry)}
                    continue
                if alone is not None or waits:
                    # A record that cannot even be kept waits, visibly, rather than vanish.
                    attempt += 1
                    await self._put_off(error, attempt)
                    continue
            metrics.HALVINGS.inc()
            pairs, middle = list(items.items()), len(items) // 2
            await self._settle(dict(pairs[:middle]))
            await self._settle(dict(pairs[middle:]))
            return

    async def _put_off(self, error: BaseException, attempt: int) -> None:
        self.failing = True
        metrics.BACKOFFS.inc()
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(attempt - 1, 10)) * random.uniform(0.5, 1.0)
        if not isinstance(error, Conflict):
            self.faults.tell(self.consumer, error)
        self.busy_since = time.monotonic()
        await asyncio.sleep(pause)

    async def _transact(self, items: dict[bytes, Work]) -> None:
        outcome, began = Outcome(lived=None if self.recorder is None else []), time.time_ns()
        async with transaction(self.engine) as connection:
            working = await self._fold(connection, items, outcome)
            if outcome.asides:
                # A record that comes again is neither kept, nor counted, nor answered again.
                outcome.asides = await quarantine.keep(connection, self.vault, outcome.asides)
                answer(outcome, self.clock)
            await working.write()
            await inbox.amend(connection, outcome.refused, outcome.retaken)
            await outbox.set_timers(connection, outcome.timers)
            await outbox.post(connection, outcome.posts)
        working.settle()
        self.committed()
        for (topic, result), count in outcome.counts.items():
            metrics.HANDLED.labels(topic, result).inc(count)
        for thing in outcome.asides:
            metrics.QUARANTINED.labels(thing.refusal.code).inc()
        metrics.add(outcome.measures.items())
        if self.recorder is not None and outcome.lived:
            self.recorder.handled(self.consumer, outcome.lived, began)

    async def _fold(self, connection: Connection, items: dict[bytes, Work], outcome: Outcome) -> Working:
        """Decide every message in order, each seeing what those before it decided."""
        readable = {entry: item for entry, item in items.items() if isinstance(item, Readable)}
        standings, again = await inbox.take(connection, readable) if readable else ({}, set())
        fresh = [item for entry, item in readable.items() if standings[entry] is inbox.Standing.NEW]
        working = await self.holder.open(connection, fresh)
        for entry, item in items.items():
            if isinstance(item, Unreadable | SetAside):
                aside = item if isinstance(item, SetAside) else quarantine.unreadable(item)
                outcome.asides.append(aside)
                result = "unreadable" if isinstance(item, Unreadable) else "failed"
                outcome.count(item.record, result)
                outcome.live(item.record, result, aside.step)
            elif standings[entry] is inbox.Standing.NEW:
                decide(entry, item, working, outcome)
                if entry in again and entry not in outcome.refused:
                    outcome.retaken[entry] = item
            else:
                recall(item, standings[entry], outcome)
        return working
