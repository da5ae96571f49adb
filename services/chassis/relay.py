"""The relay: publishes the outbox in order, pipelined, and deletes exactly what the broker has acknowledged."""

import asyncio
import contextlib
import time
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Final

from aiokafka.errors import KafkaError
from asyncpg import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis import metrics, quarantine
from services.chassis.database import raw_connection
from services.chassis.faults import Fault, Faults
from services.chassis.logs import log
from services.chassis.needs import reason_of
from services.chassis.settings import Settings
from services.chassis.shipping import Delivery, Line, Shipping
from services.chassis.tracing import Recorder
from services.chassis.vault import Vault

# Rows read, published and deleted together.
CHUNK: Final = 4000
# Commits are told of; this is for what an instance committed that ended before it told.
POLL_SECONDS: Final = 1.0
# A topic is provisioned within seconds: after a minute without it, its messages are an operator's matter.
MISSING_SECONDS: Final = 60.0
# How soon a topic that is missing, or refuses us, is tried again.
MISSING_PAUSE: Final = 1.0
REFUSED_PAUSE: Final = 5.0
_CHANNEL: Final = "outbox"
_TELL: Final = f"NOTIFY {_CHANNEL}"
_LOCK: Final = "SELECT pg_try_advisory_lock(hashtext('outbox-relay'))"
_READ: Final = (
    "SELECT seq, id, topic, key, type, time, traceparent, payload FROM outbox"
    " WHERE topic <> ALL($2::text[]) ORDER BY seq LIMIT $1"
)
# What it writes need not be on the disk at once: a row whose deletion is lost in a crash is sent again, and recognised.
_UNHURRIED: Final = "SET synchronous_commit = off"
_DELETE: Final = "DELETE FROM outbox WHERE seq = ANY($1::bigint[])"


@dataclass(slots=True)
class Held:
    """A topic that takes no messages for now: since when, when to try again, whether its messages are given up."""

    since: float
    due: float
    missing: bool


class Relay:
    """One publishing instance a service, elected by an advisory lock; woken by its commits, and told of the others'.

    A publication that fails is tried again from the first row that failed: nothing that follows it on the same
    partition is deleted before it, so order holds; what was sent twice is recognised by its id. A topic that is missing
    or refuses us is held back with its messages, and nothing else is.

    kept: topics whose messages are never given up, however long they are missing.
    """

    def __init__(
        self,
        settings: Settings,
        engine: AsyncEngine,
        source: str,
        faults: Faults | None = None,
        kept: Set[str] = frozenset(),
        recorder: Recorder | None = None,
    ) -> None:
        self._settings, self._engine, self._kept, self._recorder = settings, engine, kept, recorder
        self._faults = faults or Faults.of(settings)
        self._shipping = Shipping(settings, source)
        self._woken = asyncio.Event()
        self._vault = Vault(settings.vault_key.get_secret_value())
        self._held: dict[str, Held] = {}
        self.elected = False
        self.last_success = time.monotonic()

    def wake(self) -> None:
        """There is something to publish."""
        self._woken.set()

    async def run(self) -> None:
        """Publish until cancelled; any failure is survived."""
        try:
            while True:
                try:
                    async with raw_connection(self._engine) as connection:
                        try:
                            await self._lead(connection)
                        finally:
                            # The lock is the session's: given back to the pool, it would keep everyone out, us too.
                            connection.terminate()
                except Exception as error:
                    metrics.RELAY_FAILURES.inc()
                    found = await reason_of(error, self._settings) if isinstance(error, KafkaError) else error
                    self._faults.tell("relay", found)
                    await self._shipping.close()
                self.elected = False
                metrics.RELAY_LEADER.set(0)
                await asyncio.sleep(1)
        finally:
            await self._shipping.close()

    async def _lead(self, connection: Connection) -> None:
        await self._stand_by(connection)
        self.elected = True
        metrics.RELAY_LEADER.set(1)
        await connection.execute(_UNHURRIED)
        await connection.add_listener(_CHANNEL, lambda *_: self.wake())
        while True:
            self._woken.clear()
            while await self._publish(connection):
                pass
            self.last_success = time.monotonic()
            if not self._held:
                self._faults.mended("relay")
            await self._woken_within(POLL_SECONDS)

    async def _stand_by(self, connection: Connection) -> None:
        """Until elected; whoever leads is told of what is committed here meanwhile."""
        while not await connection.fetchval(_LOCK):
            # Another instance leads: what it suffers from is its own to tell.
            self._faults.mended("relay")
            if await self._woken_within(1):
                self._woken.clear()
                await connection.execute(_TELL)

    async def _woken_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
        return self._woken.is_set()

    async def _publish(self, connection: Connection) -> bool:
        """Publish one chunk; True when there may be more."""
        now, began = time.monotonic(), time.time_ns()
        waiting = [topic for topic, held in self._held.items() if held.due > now]
        rows = await connection.fetch(_READ, CHUNK, waiting)
        topics = {row["topic"] for row in rows}
        if len(rows) < CHUNK:
            # Nothing is left for a topic that was due.
            self._held = {topic: held for topic, held in self._held.items() if topic in topics or held.due > now}
        if not rows:
            return False
        await self._shipping.open()
        absent = await self._hold_absent(topics)
        there = [row for row in rows if row["topic"] not in absent]
        delivery = await self._shipping.send(there) if there else Delivery()
        await connection.execute(_DELETE, delivery.sent)
        metrics.RELAYED.inc(len(delivery.sent))
        if self._recorder is not None and delivery.sent:
            acknowledged = set(delivery.sent)
            self._recorder.published([row for row in there if row["seq"] in acknowledged], began)
        given_up = [row for row in rows if row["topic"] in absent and self._given_up(row["topic"])]
        await self._set_aside(connection, given_up, "topic-missing")
        await self._set_aside(connection, delivery.impossible, "message-too-large")
        for topic in {row["topic"] for row in there} - delivery.refused.keys():
            self._held.pop(topic, None)
        for topic, error in delivery.refused.items():
            self._hold(topic, missing=False, cause=error)
        if not delivery.whole:
            metrics.RELAY_FAILURES.inc()
            await self._shipping.close()
        if delivery.failure is not None:
            raise delivery.failure
        return len(rows) == CHUNK or not delivery.whole

    async def _hold_absent(self, topics: Set[str]) -> Set[str]:
        """Those of these topics that the broker does not have, or not for us: held back from now on."""
        absent = await self._shipping.absent(topics, again=not topics.isdisjoint(self._held))
        for topic, refused in absent.items():
            self._hold(topic, missing=not refused)
        return absent.keys()

    def _hold(self, topic: str, *, missing: bool, cause: KafkaError | None = None) -> None:
        now, before = time.monotonic(), self._held.get(topic)
        since = before.since if before is not None and before.missing == missing else now
        self._held[topic] = Held(since, now + (MISSING_PAUSE if missing else REFUSED_PAUSE), missing)
        fault = Fault("topic-missing" if missing else "right-missing", topic)
        fault.__cause__ = cause
        self._faults.tell("relay", fault)

    def _given_up(self, topic: str) -> bool:
        held = self._held[topic]
        return held.missing and topic not in self._kept and time.monotonic() - held.since > MISSING_SECONDS

    async def _set_aside(self, connection: Connection, rows: Sequence[Line], why: str) -> None:
        """Keep messages that no topic takes where an operator finds them, so that the outbox can go on."""
        if rows:
            async with connection.transaction():
                await quarantine.keep_undeliverable(connection, self._vault, rows)
                await connection.execute(_DELETE, [row["seq"] for row in rows])
            log().error("undeliverable", code=why, count=len(rows), where=", ".join(sorted({r["topic"] for r in rows})))
