"""A partner's connection: one real Kafka producer and one consumer with its own credentials, and nothing else."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord, RecordMetadata

from deploy.provision.connection import librdkafka

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"
Hears: TypeAlias = Callable[[Record], Awaitable[None]]

CONNECTING_AT_ONCE: Final = 40
# Hundreds of partners in one process: idle ones should ask seldom, and what arrives is answered at once. But while a
# record of one topic is being heard the client asks for the others only, and what then comes on the first waits for
# that answer: the few who read several topics ask often.
ASK_SELDOM_MS: Final = 10_000
ASK_OFTEN_MS: Final = 200


@dataclass(frozen=True, slots=True)
class Access:
    """Where the broker is and how one partner logs in; authority: what verifies the broker, outside the loopback."""

    bootstrap: str
    user: str
    password: str
    authority: Path | None = None

    def settings(self) -> dict[str, Any]:
        """Options common to a producer and a consumer."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_SSL" if self.authority else "SASL_PLAINTEXT",
            "ssl_context": _trust(self.authority) if self.authority else None,
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }

    def librdkafka(self) -> dict[str, str | int]:
        """The same for the other Kafka client, which administers."""
        return librdkafka(self.bootstrap, self.user, self.password, self.authority)


@cache
def _trust(authority: Path) -> ssl.SSLContext:
    """One for all partners: each would read the same file."""
    return ssl.create_default_context(cafile=authority)


class Line:
    """The connection of one partner."""

    def __init__(
        self, partner: str, access: Access, topics: Sequence[str], hears: Hears, says: Sequence[str] = ()
    ) -> None:
        self.partner = partner
        self._access = access
        self._topics, self._says = topics, says
        self._hears = hears
        self._tasks: list[asyncio.Task[None]] = []
        self._stops: list[Callable[[], Awaitable[None]]] = []

    async def open(self) -> None:
        """Connect; the partner hears what comes from now on, and what came since it was registered."""
        # Idempotent: while the broker is away it keeps what it has to say, and says it once when the broker is back.
        self._producer = AIOKafkaProducer(
            **self._access.settings(), client_id=f"{self.partner}.app", acks="all", enable_idempotence=True
        )
        self._consumer = AIOKafkaConsumer(
            *self._topics,
            **self._access.settings(),
            client_id=f"{self.partner}.app",
            group_id=f"{self.partner}.app",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=ASK_SELDOM_MS if len(self._topics) == 1 else ASK_OFTEN_MS,
            heartbeat_interval_ms=10_000,
            session_timeout_ms=45_000,
        )
        self._stops = [self._producer.stop, self._consumer.stop]
        await asyncio.gather(self._producer.start(), self._consumer.start())
        # Asked now: a client that must ask while the broker is away waits for the answer, and gives up.
        await asyncio.gather(*(self._producer.partitions_for(topic) for topic in self._says))
        self._tasks = [asyncio.create_task(self._listen(), name=f"listen {self.partner}")]

    async def send(
        self, topic: str, headers: Sequence[tuple[str, bytes]], value: bytes | None
    ) -> "asyncio.Future[RecordMetadata]":
        """Hand one record to the producer; the future holds where it was written."""
        # This client refuses a record without key and value; other clients do not, and the SIAO must answer it.
        key = b"empty" if value is None else None
        written: asyncio.Future[RecordMetadata] = await self._producer.send(
            topic, value=value, key=key, headers=list(headers)
        )
        return written

    async def _listen(self) -> None:
        async for record in self._consumer:
            await self._hears(record)

    def failure(self) -> BaseException | None:
        """Why it hears no more, if it does not."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                return task.exception()
        return None

    async def close(self) -> None:
        """Leave, having sent everything; nothing to do for one that has left or never came."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        stops, self._stops = self._stops, []
        await asyncio.gather(*(stop() for stop in stops), return_exceptions=True)


async def open_all(lines: Sequence[Line]) -> None:
    """Connect everyone, some at a time."""
    turn = asyncio.Semaphore(CONNECTING_AT_ONCE)

    async def connect(line: Line) -> None:
        async with turn:
            await line.open()

    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(connect(line))
