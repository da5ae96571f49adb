"""The unit: inbox, states and outbox of a whole batch in one transaction; a poison message costs only itself."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from asyncpg import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.event import Refusal, digest_of
from contracts.notices import MessageAccepted
from services.chassis import inbox, metrics, outbox, quarantine
from services.chassis.clock import Clock
from services.chassis.database import passes, transaction
from services.chassis.fold import Effect, Folds, Forget, Later, Put, Send, notify
from services.chassis.logs import kind_of, log
from services.chassis.quarantine import SetAside
from services.chassis.reading import FindPartner, Item, Readable, Record, Unreadable, family, read, senders_of
from services.chassis.states import Holder, Working
from services.chassis.store import Conflict
from services.chassis.vault import Vault

# A message to decide, or one that is to be kept and answered only.
Work: TypeAlias = Item | SetAside

# Messages in one transaction, and messages read before others may have the processor.
PART: Final = 1000
SLICE: Final = 50

# Two instances do not meet so often in a row: a decision that conflicts again conflicts with itself.
LONGEST_CONFLICT: Final = 4
FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 30.0


@dataclass(slots=True)
class Outcome:
    """What one transaction will write beside the states."""

    posts: list[outbox.Outgoing] = field(default_factory=list)
    timers: dict[str, tuple[str, Later] | None] = field(default_factory=dict)
    asides: list[SetAside] = field(default_factory=list)
    refused: dict[bytes, Readable] = field(default_factory=dict)
    retaken: dict[bytes, Readable] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def count(self, topic: str, outcome: str) -> None:
        """One more message of this outcome."""
        label = (family(topic), outcome)
        self.counts[label] = self.counts.get(label, 0) + 1


@dataclass(slots=True)
class Unit:
    """Handles the batches of one subscription.

    consumer: its name in the inbox; committed: called after each commit; turn: units of a service take turns.
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
    busy_since: float | None = None
    failing: bool = False

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
                self.failing = False
                return
            except Exception as error:
                self.holder.forget()
                entry, alone = next(iter(items.items())) if len(items) == 1 else (b"", None)
                conflicts += isinstance(error, Conflict)
                waits = passes(error) and conflicts <= LONGEST_CONFLICT
                if isinstance(alone, Readable) and not waits:
                    log().error("message-failed", error=kind_of(error), family=family(alone.record.topic))
                    items = {entry: quarantine.refused(alone, Refusal("internal"))}
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
        log().warning("batch-put-off", error=kind_of(error), attempt=attempt, seconds=round(pause, 2))
        self.busy_since = time.monotonic()
        await asyncio.sleep(pause)

    async def _transact(self, items: dict[bytes, Work]) -> None:
        outcome = Outcome()
        async with transaction(self.engine) as connection:
            working = await self._fold(connection, items, outcome)
            if outcome.asides:
                # A record that comes again is neither kept, nor counted, nor answered again.
                outcome.asides = await quarantine.keep(connection, self.vault, outcome.asides)
                _answer(outcome, self.clock)
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

    async def _fold(self, connection: Connection, items: dict[bytes, Work], outcome: Outcome) -> Working:
        """Decide every message in order, each seeing what those before it decided."""
        readable = {entry: item for entry, item in items.items() if isinstance(item, Readable)}
        standings, again = await inbox.take(connection, readable) if readable else ({}, set())
        fresh = [item for entry, item in readable.items() if standings[entry] is inbox.Standing.NEW]
        working = await self.holder.open(connection, fresh)
        for entry, item in items.items():
            if isinstance(item, Unreadable | SetAside):
                outcome.asides.append(item if isinstance(item, SetAside) else quarantine.unreadable(item))
                outcome.count(item.record.topic, "unreadable" if isinstance(item, Unreadable) else "failed")
            elif standings[entry] is inbox.Standing.NEW:
                _decide(entry, item, working, outcome)
                if entry in again and entry not in outcome.refused:
                    outcome.retaken[entry] = item
            else:
                _recall(item, standings[entry], outcome)
        return working


def _decide(entry: bytes, item: Readable, working: Working, outcome: Outcome) -> None:
    heard, topic, rows = item.heard, item.record.topic, working.rows(item)
    effects: list[Effect] = []
    mark = rows.mark()
    try:
        for effect in item.fold.decide(heard, rows):
            effects.append(effect)
            if isinstance(effect, Put):
                rows.apply(effect)
    except Refusal as refusal:
        rows.undo(mark)
        _refuse(entry, item, refusal, outcome, "refused")
        return
    except Exception as error:  # a pure decision failed: nothing is done, the batch goes on without it
        rows.undo(mark)
        log().error("decision-failed", error=kind_of(error), type=heard.envelope.type, family=family(topic))
        _refuse(entry, item, Refusal("internal"), outcome, "failed")
        return
    outcome.count(topic, "taken")
    _dispatch(entry, item, effects, outcome)


def _dispatch(cause: bytes, item: Readable, effects: Sequence[Effect], outcome: Outcome) -> None:
    envelope, now = item.heard.envelope, item.heard.now
    for index, effect in enumerate(effects):
        match effect:
            case Send():
                outcome.posts.append(outbox.outgoing(cause, index, effect, now, envelope.traceparent))
            case Later():
                message = outbox.outgoing(cause, index, effect.send, now, envelope.traceparent)
                outcome.timers[effect.name] = (message.id, effect)
            case Forget():
                outcome.timers[effect.name] = None
            case Put():
                pass


def _refuse(entry: bytes, item: Readable, refusal: Refusal, outcome: Outcome, result: str) -> None:
    outcome.refused[entry] = item
    outcome.asides.append(quarantine.refused(item, refusal))
    outcome.count(item.record.topic, result)


def _recall(item: Readable, standing: inbox.Standing, outcome: Outcome) -> None:
    """Answer a message whose id was taken before."""
    if standing is inbox.Standing.REDELIVERED:
        outcome.count(item.record.topic, "redelivered")
    elif standing is inbox.Standing.REUSED:
        outcome.asides.append(quarantine.refused(item, Refusal("id-reused", "headers.ce_id")))
        outcome.count(item.record.topic, "refused")
    else:
        outcome.count(item.record.topic, "duplicate")
        if item.heard.partner is not None:
            envelope = item.heard.envelope
            receipt = MessageAccepted(message_id=envelope.id, message_type=envelope.type, duplicate=True)
            send = notify(item.heard.partner.id, receipt)
            cause = digest_of(envelope.source, envelope.id, inbox.position_of(item))
            outcome.posts.append(outbox.outgoing(cause, 0, send, item.heard.now, envelope.traceparent))


def _answer(outcome: Outcome, clock: Clock) -> None:
    for thing in outcome.asides:
        send = quarantine.rejection(thing)
        if send is not None:
            record = thing.record
            cause = digest_of(record.topic, str(record.partition), str(record.offset))
            outcome.posts.append(outbox.outgoing(cause, 0, send, clock(), None))
