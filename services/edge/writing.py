"""A partner's message onto its own topic, acknowledged by the broker; says who sent it, whatever the message says."""

import asyncio
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts.event import Envelope, binary_headers
from contracts.topics import PARTNER_MESSAGE_BYTES
from services.chassis.faults import Faults
from services.chassis.kafka import let_go, producer_of
from services.chassis.settings import ProcessSettings
from services.edge.refusals import Refused

# The client itself would try for ever; a caller is told, and sends again with the same id.
SEND_SECONDS: Final = 10.0
RETRY_SECONDS: Final = 2.0
UNREACHABLE: Final = "broker-unreachable"


class Writing:
    """One producer for all partners, made when it is needed, and made again after any failure.

    A gap in its sequence of one topic is never mended by the client: the topic would be closed for ever.
    """

    def __init__(self, settings: ProcessSettings, faults: Faults) -> None:
        self._settings, self._faults = settings, faults
        self._producer: AIOKafkaProducer | None = None
        self._making = asyncio.Lock()
        self._retired: set[asyncio.Task[None]] = set()

    async def send(self, topic: str, envelope: Envelope, body: bytes) -> Any:
        """The place that the broker gave the record: topic, partition, offset.

        Raises Refused (`broker-unreachable`) when it is not acknowledged; it may still have been written.
        """
        if UNREACHABLE in self._faults.now().values():
            # Known already: nobody need wait to be told.
            raise Refused(UNREACHABLE, retry=RETRY_SECONDS, id=envelope.id)
        producer = None
        try:
            async with asyncio.timeout(SEND_SECONDS):
                producer = await self._open()
                delivery = await producer.send(topic, body, headers=binary_headers(envelope), partition=0)
                # Given up here, it may still fail there: that is nobody's news.
                delivery.add_done_callback(lambda done: done.cancelled() or done.exception())
                return await asyncio.shield(delivery)
        except (TimeoutError, KafkaError, OSError) as error:
            if producer is not None:
                self._retire(producer)
            raise Refused(UNREACHABLE, retry=RETRY_SECONDS, id=envelope.id) from error

    async def stop(self) -> None:
        """Let the producers go; each caller was answered, or will send again."""
        producer, self._producer = self._producer, None
        for task in self._retired:
            task.cancel()
        await asyncio.gather(*self._retired, return_exceptions=True)
        if producer is not None:
            await let_go(producer)

    async def _open(self) -> AIOKafkaProducer:
        async with self._making:
            if self._producer is None:
                # Never a batch that a partner's topic refuses for its size: each message in it is small enough.
                producer = producer_of(self._settings, PARTNER_MESSAGE_BYTES)
                try:
                    await producer.start()
                except BaseException:
                    await let_go(producer)
                    raise
                self._producer = producer
            return self._producer

    def _retire(self, producer: AIOKafkaProducer) -> None:
        """Others' messages may be under way on it: it gets as long as they have, then it goes."""
        if self._producer is producer:
            self._producer = None
            task = asyncio.create_task(self._farewell(producer))
            self._retired.add(task)
            task.add_done_callback(self._retired.discard)

    @staticmethod
    async def _farewell(producer: AIOKafkaProducer) -> None:
        try:
            await asyncio.sleep(SEND_SECONDS)
        finally:
            await let_go(producer)
