"""A partner's connection: one real Kafka producer and one consumer with its own credentials, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord, RecordMetadata

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"
Hears: TypeAlias = Callable[[Record], Awaitable[None]]

CONNECTING_AT_ONCE: Final = 40


@dataclass(frozen=True, slots=True)
class Access:
    """Where the broker is and how one partner logs in."""

    bootstrap: str
    user: str
    password: str

    def settings(self) -> dict[str, str]:
        """Options common to a producer and a consumer."""
        return {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }


class Line:
    """The connection of one partner."""

    def __init__(self, partner: str, access: Access, topics: Sequence[str], hears: Hears) -> None:
        self.partner = partner
        self._access = access
        self._topics = topics
        self._hears = hears
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Connect; the partner hears what comes from now on, and what came since it was registered."""
        self._producer = AIOKafkaProducer(**self._access.settings(), client_id=f"{self.partner}.app", acks="all")
        self._consumer = AIOKafkaConsumer(
            *self._topics,
            **self._access.settings(),
            client_id=f"{self.partner}.app",
            group_id=f"{self.partner}.app",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=2_000,
        )
        await asyncio.gather(self._producer.start(), self._consumer.start())
        self._tasks = [asyncio.create_task(self._listen(), name=f"listen {self.partner}")]

    async def send(
        self, topic: str, headers: Sequence[tuple[str, bytes]], value: bytes | None
    ) -> "asyncio.Future[RecordMetadata]":
        """Hand one record to the producer; the future holds where it was written."""
        written: asyncio.Future[RecordMetadata] = await self._producer.send(topic, value=value, headers=list(headers))
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
        """Leave, having sent everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._producer.stop()
        await self._consumer.stop()


async def open_all(lines: Sequence[Line], connected: Callable[[int], None]) -> None:
    """Connect everyone, some at a time; `connected` is told how many are."""
    turn = asyncio.Semaphore(CONNECTING_AT_ONCE)
    done = 0

    async def connect(line: Line) -> None:
        nonlocal done
        async with turn:
            await line.open()
        done += 1
        connected(done)

    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(connect(line))
