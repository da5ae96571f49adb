"""Records of partners' topics, read and written; what this version of the kit does not know is kept, never refused."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from aiokafka.structs import ConsumerRecord

from contracts.catalogue import MESSAGES
from contracts.event import Envelope, Message, Refusal, binary_headers, open_envelope, partner_source, read_body
from contracts.topics import CHANNELS, NOTICES, Channel

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"

CHANNEL_OF: Final[dict[str, Channel]] = {
    kind: channel for channel in CHANNELS if channel.inbound for kind in MESSAGES[channel.name]
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What the SIAO said to us.

    message: typed, None when this kit does not know its type or one of its codes; document: as it came.
    """

    id: str
    type: str
    time: datetime
    source: str
    message: Message | None
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send. The same id and the same body, sent again, are done once."""

    type: str
    body: bytes
    id: str
    time: datetime


def outgoing(message: Message, message_id: str | None = None) -> Outgoing:
    """A typed message as it is sent, with a new id unless one is given."""
    kind = str(getattr(message, "type"))  # noqa: B009  (a class variable of each message)
    body = message.model_dump_json().encode()
    return Outgoing(kind, body, message_id or str(uuid.uuid4()), datetime.now(UTC))


def headers_of(message: Outgoing, partner: str) -> list[tuple[str, bytes]]:
    """The Kafka headers of a message of ours."""
    return binary_headers(Envelope(message.id, message.type, partner_source(partner), message.time))


def read_notice(record: Record) -> Notice:
    """A record of our notices."""
    envelope, body = open_envelope(record.headers, record.value)
    model = MESSAGES[NOTICES.name].get(envelope.type)
    message = None
    if model is not None:
        try:
            message = read_body(model, body, trusted=True)
        except Refusal:
            # A code that did not exist when this kit was made: the document still says it.
            message = None
    return Notice(envelope.id, envelope.type, envelope.time, envelope.source, message, json.loads(body))
