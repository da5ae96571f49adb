"""The register of partners in memory: the compacted topic `siao.partners`, read whole first, then followed."""

import asyncio
from collections.abc import Mapping
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.event import Headers, Refusal, open_envelope, read_body
from contracts.partners import PartnerRegistered
from contracts.topics import PARTNERS
from services.chassis.faults import Fault, Faults
from services.chassis.kafka import client_settings
from services.chassis.logs import log
from services.chassis.needs import reason_of
from services.chassis.settings import Settings

FOLLOW_SECONDS: Final = 0.5
# A broker that answers, answers within milliseconds.
ANSWER_SECONDS: Final = 5.0
_PARTITION: Final = TopicPartition(PARTNERS.name, 0)


class PartnerRegister:
    """Follows the register. `find` looks again, to the end of the topic, before it says that a partner is unknown."""

    def __init__(self, settings: Settings, faults: Faults) -> None:
        self._settings, self._faults = settings, faults
        self._partners: dict[str, PartnerRegistered] = {}
        self._consumer: AIOKafkaConsumer | None = None
        self._reading = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    @property
    def partners(self) -> Mapping[str, PartnerRegistered]:
        """The register as now known, by id."""
        return self._partners

    async def start(self) -> None:
        """Read the whole register, then follow it; nothing to do when it is followed already.

        Raises KafkaError when the broker cannot be reached.
        """
        if self._task is not None:
            return
        consumer = AIOKafkaConsumer(
            **client_settings(self._settings), auto_offset_reset="earliest", enable_auto_commit=False
        )
        try:
            await consumer.start()
            consumer.assign([_PARTITION])
            await consumer.seek_to_beginning(_PARTITION)
            self._consumer = consumer
            await self._catch_up()
        except BaseException:
            self._consumer = None
            await consumer.stop()
            raise
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._consumer is not None:
            # When the broker is away, the client ends by raising what it had cancelled itself.
            await asyncio.gather(self._consumer.stop(), return_exceptions=True)

    async def find(self, partner: str) -> PartnerRegistered | None:
        """A partner; its registration precedes its topics, so the end of the topic settles whether it exists."""
        known = self._partners.get(partner)
        if known is None:
            await self._catch_up()
            known = self._partners.get(partner)
        return known

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(FOLLOW_SECONDS)
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._catch_up()
                self._faults.mended("register")
            except Exception as error:
                # What is known stays known; the client finds the broker again by itself.
                found = Fault("broker-unreachable", self._faults.broker) if isinstance(error, TimeoutError) else error
                self._faults.tell("register", await reason_of(found, self._settings))

    async def _catch_up(self) -> None:
        consumer = self._consumer
        if consumer is None:
            raise LookupError("the register is started before it is asked")
        async with self._reading:
            end = (await consumer.end_offsets([_PARTITION]))[_PARTITION]
            while await consumer.position(_PARTITION) < end:
                batches = await consumer.getmany(_PARTITION, timeout_ms=200)
                for record in batches.get(_PARTITION, ()):
                    self._take(record.key, record.headers, record.value)

    def _take(self, key: bytes | None, headers: Headers, value: bytes | None) -> None:
        identity = (key or b"").decode("utf-8", "replace")
        if value is None:
            self._partners.pop(identity, None)
            return
        try:
            _, body = open_envelope(headers, value)
            self._partners[identity] = read_body(PartnerRegistered, body)
        except Refusal as refusal:
            log().error("registration-unreadable", code=refusal.code)
