"""What a test of consumption needs of a real broker: stock FastStream, raw records, committed offsets, facts."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from faststream.kafka import KafkaBroker
from faststream.security import SASLScram512

from deploy.embedded.parts import Broker

DEADLINE_SECONDS = 15.0
LOOK_SECONDS = 0.02
# A group's first question finds no coordinator until the broker has made one.
NO_COORDINATOR = (
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
)

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

    def __init__(self, kafka: Broker) -> None:
        self.kafka = kafka
        self._clients: dict[str, Consumer] = {}
        # Records sent together arrive in one batch.
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

    async def committed(self, group: str, topic: str) -> int:
        """The group's committed offset on the topic's first partition; 0 when it has none, or no coordinator yet."""
        client = self._client(group)
        try:
            places = await asyncio.to_thread(client.committed, [TopicPartition(topic, 0)], DEADLINE_SECONDS)
        except KafkaException as error:
            if error.args[0].code() in NO_COORDINATOR:
                return 0
            raise
        return max(int(places[0].offset), 0)

    def end(self, topic: str) -> int:
        """How many records the topic's first partition ever took."""
        return int(self._client("end").get_watermark_offsets(TopicPartition(topic, 0), timeout=DEADLINE_SECONDS)[1])

    async def until_committed(self, group: str, topic: str, offset: int) -> None:
        """Returns when the group has committed this offset or a later one."""

        async def reached() -> bool:
            return await self.committed(group, topic) >= offset

        await until_true(reached, f"{group} committed {offset} on {topic}")

    def _client(self, group: str) -> Consumer:
        """A client that may ask about a group; it never joins it."""
        if group not in self._clients:
            self._clients[group] = Consumer({**self.kafka.client_settings(), "group.id": group, "log_level": 0})
        return self._clients[group]

    def close(self) -> None:
        """Closes the clients."""
        for client in self._clients.values():
            client.close()


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
