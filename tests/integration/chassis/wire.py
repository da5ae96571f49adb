"""What a test of consumption needs of a real broker: stock FastStream, raw records, committed offsets, facts."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from faststream.kafka import KafkaBroker
from faststream.security import SASLScram512

from deploy.embedded.kafka import Kafka

DEADLINE_SECONDS = 15.0
LOOK_SECONDS = 0.02

RecordHeaders = list[tuple[str, str | bytes | None]]


async def until_true(fact: Callable[[], Awaitable[bool]], what: str, seconds: float = DEADLINE_SECONDS) -> None:
    """As `until`, for a fact that must be asked for."""
    deadline = time.monotonic() + seconds
    while not await fact():
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}"
        await asyncio.sleep(LOOK_SECONDS)


async def until(fact: Callable[[], bool], what: str, seconds: float = DEADLINE_SECONDS) -> None:
    """Returns when the fact is true; AssertionError with `what` when it is not in time."""
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, f"not in {seconds:.0f} s: {what}"
        await asyncio.sleep(LOOK_SECONDS)


class Wire:
    """Raw access to one broker."""

    def __init__(self, kafka: Kafka) -> None:
        self.kafka = kafka
        # One linger for all: records sent together arrive in one batch.
        self.producer = Producer({**kafka.client_settings(), "linger.ms": 20, "log_level": 0})

    def stock(self, **options: Any) -> KafkaBroker:
        """A FastStream broker as its documentation makes it; `options` are KafkaBroker's."""
        security = SASLScram512(self.kafka.admin_user, self.kafka.admin_password, use_ssl=False)
        return KafkaBroker(self.kafka.bootstrap, security=security, logger=None, **options)

    def send(
        self,
        topic: str,
        *values: bytes | None,
        key: str | None = None,
        headers: RecordHeaders | None = None,
        partition: int = 0,
    ) -> None:
        """Writes records and returns when the broker has them."""
        for value in values:
            self.producer.produce(topic, value, key, headers=headers or [], partition=partition)
        assert self.producer.flush(DEADLINE_SECONDS) == 0

    def committed(self, group: str, topic: str, partition: int = 0) -> int:
        """The group's committed offset; 0 when it has none."""
        client = Consumer({**self.kafka.client_settings(), "group.id": group, "log_level": 0})
        try:
            (found,) = client.committed([TopicPartition(topic, partition)], timeout=DEADLINE_SECONDS)
        finally:
            client.close()
        return max(int(found.offset), 0)

    def end(self, topic: str, partition: int = 0) -> int:
        """How many records the partition ever took."""
        client = Consumer({**self.kafka.client_settings(), "group.id": "end", "log_level": 0})
        try:
            return int(client.get_watermark_offsets(TopicPartition(topic, partition), timeout=DEADLINE_SECONDS)[1])
        finally:
            client.close()

    async def until_committed(self, group: str, topic: str, offset: int) -> None:
        """Returns when the group has committed this offset or a later one."""
        await until(lambda: self.committed(group, topic) >= offset, f"{group} committed {offset} on {topic}")


def a_group(name: str = "group") -> str:
    """A consumer group nobody used before."""
    return f"{name}-{uuid.uuid4().hex[:8]}"


@asynccontextmanager
async def started(broker: KafkaBroker) -> AsyncIterator[KafkaBroker]:
    """The broker's subscribers, consuming within the block."""
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()
