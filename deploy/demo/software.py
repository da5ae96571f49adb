"""What every partner's software does: sends with its envelope, hears answers and notices, keeps its own record."""

import itertools
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from aiokafka.structs import RecordMetadata

from contracts.catalogue import MESSAGES
from contracts.event import Envelope, Message, Refusal, binary_headers, open_envelope, partner_source, read_body
from contracts.notices import MessageAccepted, MessageRejected, ReadyHousehold
from contracts.partners import PartnerRegistered
from contracts.topics import NOTICES, READY_HOUSEHOLDS, Channel, channels_of, split_partner_topic
from deploy.demo.agenda import Agenda
from deploy.demo.clock import BusinessClock, stopwatch
from deploy.demo.ledger.record import ACCEPTED, DUPLICATE, Delivery, Ledger, Notice
from deploy.demo.lines import Access, Line, Record
from deploy.demo.people import CANARY

Answer: TypeAlias = MessageAccepted | MessageRejected
Then: TypeAlias = Callable[[Answer], Awaitable[None]]

TAKEN: Final = frozenset({ACCEPTED})
DEPENDS: Final = None


@dataclass(frozen=True)
class World:
    """What all partners share: time, the agenda, the ledger, the seed."""

    seed: int
    clock: BusinessClock
    agenda: Agenda
    ledger: Ledger

    def later(self, days: float, act: Callable[[], Awaitable[None]]) -> None:
        """Do this in so many days."""
        self.agenda.at(self.clock.now() + timedelta(days=days), act)


@dataclass
class Sending:
    """One message, ready to be sent as often as one likes: its ce_id is fixed."""

    channel: Channel
    headers: Sequence[tuple[str, bytes]]
    body: bytes | None
    id: str | None
    type: str
    message: Message | None


@dataclass
class Software:
    """The software of one partner; each kind of partner hears its own notices (`on`)."""

    partner: PartnerRegistered
    world: World
    line: Line = field(init=False)
    _then: dict[str, Then] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def connect(self, access: Access) -> Line:
        """The line of this partner, not yet open."""
        topics = [NOTICES.of(self.partner.id)]
        if self.partner.role in READY_HOUSEHOLDS.roles:
            topics.append(READY_HOUSEHOLDS.of(self.partner.id))
        says = [channel.of(self.partner.id) for channel in channels_of(self.partner.role) if channel.inbound]
        self.line = Line(self.partner.id, access, topics, self.hear, says)
        return self.line

    @property
    def connected(self) -> bool:
        """Whether it has a line."""
        return hasattr(self, "line")

    def prepare(self, channel: Channel, message: Message, id_: str | None = None) -> Sending:
        """A message in its envelope, with a new id unless one is given."""
        identity = id_ or f"{self.partner.id}.{next(self._numbers)}"
        type_: str = getattr(message, "type")  # noqa: B009  (a class variable of each message)
        envelope = Envelope(identity, type_, partner_source(self.partner.id), datetime.now(UTC))
        body = message.model_dump_json().encode()
        return Sending(channel, binary_headers(envelope), body, identity, type_, message)

    async def say(
        self, channel: Channel, message: Message, then: Then | None = None, expected: frozenset[str] | None = TAKEN
    ) -> None:
        """Send a message; `then` is called with its answer, `expected` is what the answer must be."""
        sending = self.prepare(channel, message)
        if then is not None and sending.id is not None:
            self._then[sending.id] = then
        await self.post(sending, expected)

    async def again(self, sending: Sending) -> None:
        """Send the very same message once more, as a retry does."""
        await self.post(sending, frozenset({DUPLICATE}))

    async def post(self, sending: Sending, expected: frozenset[str] | None) -> None:
        """Send and write it down."""
        text = (sending.body or b"").decode("utf-8", "replace")
        delivery = Delivery(
            partner=self.partner.id,
            topic=sending.channel.of(self.partner.id),
            id=sending.id,
            type=sending.type,
            message=sending.message,
            expected=expected,
            sent_at=self.world.clock.now(),
            sent=stopwatch(),
            words=frozenset(CANARY.findall(text)),
        )
        self.world.ledger.send(delivery)
        written = await self.line.send(delivery.topic, sending.headers, sending.body)
        written.add_done_callback(lambda future: _written(delivery, future.result()))

    async def hear(self, record: Record) -> None:
        """One record of one of its outbound topics."""
        parts = split_partner_topic(record.topic)
        channel = parts[1] if parts else ""
        try:
            if channel == READY_HOUSEHOLDS.name and record.value is None:
                self.world.ledger.copy(self.partner.id, (record.key or b"").decode(), None)
                return
            envelope, body = open_envelope(record.headers, record.value)
            message = read_body(MESSAGES[channel][envelope.type], body)
        except (Refusal, KeyError, json.JSONDecodeError) as error:
            self.world.ledger.unreadable.append(f"{record.topic} {record.offset}: {type(error).__name__}")
            return
        if isinstance(message, ReadyHousehold):
            self.world.ledger.copy(self.partner.id, message.household, message)
            return
        notice = Notice(self.partner.id, envelope.id, message, envelope.time, self.world.clock.now(), stopwatch())
        if self.world.ledger.hear(notice):
            await self._dispatch(message)

    async def _dispatch(self, message: Message) -> None:
        if isinstance(message, MessageAccepted | MessageRejected):
            then = self._then.pop(message.message_id or "", None)
            if then is not None:
                await then(message)
        else:
            await self.on(message)

    async def on(self, message: Message) -> None:
        """A notice that is not an answer. What a partner has no use for, it leaves."""


def _written(delivery: Delivery, metadata: RecordMetadata) -> None:
    delivery.partition, delivery.offset = metadata.partition, metadata.offset


__all__ = ["DEPENDS", "TAKEN", "Answer", "Sending", "Software", "Then", "World"]
