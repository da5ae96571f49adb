"""A partner's software, small: it knows its own credentials, its own topics and the contract, and nothing else."""

import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from contracts.catalogue import MESSAGES
from contracts.event import Envelope, Message, binary_headers, open_envelope, partner_source, read_body
from contracts.indicators import IndicatorsComputed
from contracts.notices import MessageAccepted, MessageRejected, ReadyHousehold
from contracts.partners import PartnerRegistered
from contracts.topics import CHANNELS, INDICATORS, NOTICES, READY_HOUSEHOLDS, Channel, channels_of
from deploy.embedded.platform import Platform

# How long any answer or notice may take; they come within a second.
PATIENCE_SECONDS: Final = 20.0

N = TypeVar("N", bound=Message)
T = TypeVar("T")


def login(platform: Platform, partner: str) -> dict[str, str]:
    """aiokafka's settings for a partner."""
    credential = platform.credentials.partners[partner]
    return {
        "bootstrap_servers": platform.kafka.bootstrap,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": credential.user,
        "sasl_plain_password": credential.password,
    }


def type_of(message: Message | type[Message]) -> str:
    """The ce_type of a message."""
    name: str = getattr(message, "type")  # noqa: B009  (a class variable of each message)
    return name


def channel_of(message: Message) -> Channel:
    """Where a partner says this."""
    return next(channel for channel in CHANNELS if channel.inbound and type_of(message) in MESSAGES[channel.name])


class Partner:
    """Says things to the SIAO, and hears what the SIAO says to it alone."""

    def __init__(self, platform: Platform, registered: PartnerRegistered, patience: float = PATIENCE_SECONDS) -> None:
        self.id, self.role, self._patience = registered.id, registered.role, patience
        self._login = login(platform, registered.id)
        self._sent: list[str] = []
        self._answers: dict[str, list[MessageAccepted | MessageRejected]] = {}
        self._notices: list[Message] = []
        # Every byte that ever reached this partner, and its copy of the list of ready households.
        self.received: list[bytes] = []
        self.ready: dict[str, ReadyHousehold] = {}
        # The newest figures of each period.
        self.figures: dict[str, IndicatorsComputed] = {}
        # The trace that each kind of notice last came in.
        self.traceparents: dict[str, str | None] = {}

    async def connect(self) -> None:
        """Log in."""
        self._producer = AIOKafkaProducer(**self._login)
        self._consumer = AIOKafkaConsumer(**self._login, auto_offset_reset="earliest", enable_auto_commit=False)
        await self._producer.start()
        await self._consumer.start()
        outbound = [channel for channel in channels_of(self.role) if not channel.inbound]
        self._places = [TopicPartition(channel.of(self.id), 0) for channel in outbound]
        self._consumer.assign(self._places)

    async def leave(self) -> None:
        """Log out."""
        await self._producer.stop()
        await self._consumer.stop()

    async def tells(self, message: Message, traceparent: str | None = None) -> dict[str, str]:
        """Say something that the SIAO accepts; what it caused: kind -> id."""
        answer = await self._asks(message, traceparent)
        assert isinstance(answer, MessageAccepted), f"{self.id}: {type_of(message)}: {answer}"
        assert not answer.duplicate
        return {caused.kind: caused.id for caused in answer.caused}

    async def is_refused(self, message: Message) -> str:
        """Say something that the SIAO rejects; the code of the rejection."""
        answer = await self._asks(message)
        assert isinstance(answer, MessageRejected), f"{self.id}: {type_of(message)}: {answer}"
        assert answer.text_fr
        assert answer.text_en
        return answer.code

    async def _asks(self, message: Message, traceparent: str | None = None) -> MessageAccepted | MessageRejected:
        identity, now = str(uuid.uuid4()), datetime.now(UTC)
        envelope = Envelope(identity, type_of(message), partner_source(self.id), now, traceparent=traceparent)
        self._sent.append(identity)
        topic, body = channel_of(message).of(self.id), message.model_dump_json().encode()
        await self._producer.send_and_wait(topic, body, headers=binary_headers(envelope))
        answers = await self._until(lambda: self._answers.get(identity), f"an answer to {type_of(message)}")
        return answers[0]

    async def hears(self, kind: type[N], **facts: Any) -> N:
        """The first notice of a kind, with these facts, that it has not been asked for yet."""

        def found() -> N | None:
            for notice in self._notices:
                if isinstance(notice, kind) and all(getattr(notice, name) == fact for name, fact in facts.items()):
                    self._notices.remove(notice)
                    return notice
            return None

        return await self._until(found, f"{type_of(kind)} {facts}")

    async def reads(self, so: Callable[[dict[str, IndicatorsComputed]], bool], what: str) -> None:
        """The newest figures of each period are so, in the end."""
        await self._until(lambda: so(self.figures) or None, what)

    async def sees_ready(self, household: str, **facts: Any) -> ReadyHousehold:
        """The household is on its list, with these facts."""

        def found() -> ReadyHousehold | None:
            listed = self.ready.get(household)
            as_said = listed and all(getattr(listed, name) == fact for name, fact in facts.items())
            return listed if as_said else None

        return await self._until(found, f"{household} on the list {facts}")

    async def sees_no_longer(self, household: str) -> None:
        """The household has left its list."""
        await self._until(lambda: household not in self.ready or None, f"{household} off the list")

    async def catch_up(self) -> None:
        """Read all that is there for it now."""
        ends = await self._consumer.end_offsets(self._places)

        async def reached() -> bool:
            return all([await self._consumer.position(place) >= end for place, end in ends.items()])

        deadline = time.monotonic() + PATIENCE_SECONDS
        while not await reached():
            assert time.monotonic() < deadline, f"{self.id} cannot read to the end"
            await self._read()

    def unheard(self) -> list[str]:
        """The notices that came and were not asked for, by type."""
        return [type_of(notice) for notice in self._notices]

    def answers_for_each(self) -> set[int]:
        """How many answers its messages have had, and whether there were answers to nothing (0 messages)."""
        counts = Counter({identity: len(answers) for identity, answers in self._answers.items()})
        return {counts[identity] for identity in self._sent} | {0 for identity in counts if identity not in self._sent}

    async def _until(self, found: Callable[[], T | None], what: str) -> T:
        deadline = time.monotonic() + self._patience
        while (value := found()) is None:
            assert time.monotonic() < deadline, f"{self.id} waits for {what}; it has {self._notices}"
            await self._read()
        return value

    async def _read(self) -> None:
        for records in (await self._consumer.getmany(timeout_ms=200)).values():
            for record in records:
                self._take(record)

    def _take(self, record: "ConsumerRecord[bytes | None, bytes | None]") -> None:
        self.received.append(record.value or b"")
        if record.topic == READY_HOUSEHOLDS.of(self.id):
            self._take_ready((record.key or b"").decode(), record)
            return
        envelope, body = open_envelope(record.headers, record.value)
        if record.topic == INDICATORS.of(self.id):
            told = read_body(IndicatorsComputed, body)
            self.figures[told.period] = told
            return
        notice = read_body(MESSAGES[NOTICES.name][envelope.type], body)
        self.traceparents[envelope.type] = envelope.traceparent
        if isinstance(notice, MessageAccepted | MessageRejected):
            self._answers.setdefault(str(notice.message_id), []).append(notice)
        else:
            self._notices.append(notice)

    def _take_ready(self, household: str, record: "ConsumerRecord[bytes | None, bytes | None]") -> None:
        if record.value is None:
            self.ready.pop(household, None)
        else:
            self.ready[household] = read_body(ReadyHousehold, open_envelope(record.headers, record.value)[1])
