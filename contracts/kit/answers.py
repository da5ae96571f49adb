"""The answers to what we send, each given to whoever waits for it; never mixes up two messages."""

import asyncio
from typing import Final, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.kit.failure import NotConnected
from contracts.kit.records import read_notice
from contracts.notices import MessageAccepted, MessageRejected
from contracts.topics import NOTICES

Answer: TypeAlias = MessageAccepted | MessageRejected
Position: TypeAlias = tuple[str, int, int]

POLL_MS: Final = 200


class Answers:
    """Reads our notices from now on and keeps the answers that somebody waits for."""

    def __init__(self, consumer: AIOKafkaConsumer, partner: str) -> None:
        self._consumer = consumer
        self._place = TopicPartition(NOTICES.of(partner), 0)
        # By the id of the message, and by its place once it has one.
        self._waiting: dict[str | Position, asyncio.Future[Answer]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns when every later answer will be seen. Raises aiokafka's errors when the topic is not ours."""
        self._consumer.assign([self._place])
        end = await self._consumer.end_offsets([self._place])
        self._consumer.seek(self._place, end[self._place])
        self._reading = asyncio.create_task(self._read())

    async def stop(self) -> None:
        """Stops reading; whoever still waits is told by a cancellation."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        for waiting in self._waiting.values():
            waiting.cancel()

    def expect(self, message_id: str) -> "asyncio.Future[Answer]":
        """What will hold the answer.

        Raises ValueError while a message of this id waits already, NotConnected when nothing is read any more.
        """
        if self._reading is None or self._reading.done():
            raise NotConnected("La lecture des avis s'est arrêtée : reconnectez-vous.", "Connect again.")
        if message_id in self._waiting:
            raise ValueError("a message with this id waits for its answer already")
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[message_id] = waiting
        return waiting

    def written(self, waiting: "asyncio.Future[Answer]", position: Position) -> None:
        """Where the message is: its answer is found even if its id could not be read."""
        self._waiting[position] = waiting

    def forget(self, waiting: "asyncio.Future[Answer]") -> None:
        """Nobody waits any more."""
        waiting.cancel()
        self._waiting = {key: other for key, other in self._waiting.items() if other is not waiting}

    async def _read(self) -> None:
        try:
            while True:
                for records in (await self._consumer.getmany(timeout_ms=POLL_MS)).values():
                    for record in records:
                        self._take(read_notice(record).message)
        except Exception as error:
            # Nobody may wait for what will not be read.
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(error)
            raise

    def _take(self, message: object) -> None:
        if not isinstance(message, MessageAccepted | MessageRejected):
            return
        waiting = self._waiting.get(message.message_id or "")
        if waiting is None and isinstance(message, MessageRejected):
            waiting = self._waiting.get((message.topic, message.partition, message.offset))
        if waiting is not None and not waiting.done():
            waiting.set_result(message)
