"""From a record to an event: authenticated by its topic, valid by its schema, or set aside with a reason."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from aiokafka import ConsumerRecord

from contracts.catalogue import MESSAGES, ROLES
from contracts.event import Envelope, Refusal, open_envelope, partner_source, read_body
from contracts.partners import PartnerRegistered
from contracts.topics import split_partner_topic
from services.chassis.fold import Fold, Folds, Heard, Position
from services.chassis.logs import kind_of, log

Record: TypeAlias = "ConsumerRecord[bytes | None, bytes | None]"
FindPartner: TypeAlias = Callable[[str], Awaitable[PartnerRegistered | None]]
Partners: TypeAlias = Mapping[str, PartnerRegistered | None]


class Readable(NamedTuple):
    """A record that became an event of a type this service handles."""

    record: Record
    heard: Heard[Any]
    fold: Fold
    digest: int


class Unreadable(NamedTuple):
    """A record that did not become an event; its sender, where there is one, is told why."""

    record: Record
    refusal: Refusal
    partner: str | None
    envelope: Envelope | None


Item: TypeAlias = Readable | Unreadable


def family(topic: str) -> str:
    """The topic family a metric may name: a core topic's name, or a channel's, never a partner's."""
    parts = split_partner_topic(topic)
    return parts[1] if parts else topic


async def senders_of(records: Iterable[Record], find: FindPartner) -> Partners:
    """Who owns the topics of these records, each looked up once."""
    owners = {parts[0] for topic in {record.topic for record in records} if (parts := split_partner_topic(topic))}
    return {owner: await find(owner) for owner in owners}


def read(record: Record, folds: Folds, partners: Partners, now: datetime) -> Item | None:
    """Read one record; None when it is of no interest to this service (another's core fact)."""
    parts = split_partner_topic(record.topic)
    envelope = None
    try:
        try:
            envelope, body = open_envelope(record.headers, record.value)
            models = MESSAGES[parts[1] if parts else record.topic]
            if envelope.type not in models:
                raise Refusal("type-unknown", "headers.ce_type")
            partner = _authenticate(parts[0], envelope, partners) if parts else None
            fold = folds.by_type.get(envelope.type)
            if fold is None:
                return None
            event = read_body(fold.model, body, trusted=parts is None)
        except (ValueError, TypeError, LookupError, RecursionError, AttributeError) as error:
            # Reading must survive whatever a sender invents; what we did not foresee is ours to look at.
            log().error("reading-failed", error=kind_of(error), family=family(record.topic))
            raise Refusal("internal") from None
    except Refusal as refusal:
        return Unreadable(record, refusal, parts[0] if parts else None, envelope)
    position = Position(record.topic, record.partition, record.offset)
    digest = int.from_bytes(hashlib.blake2b(body, digest_size=8).digest(), signed=True) if parts else 0
    return Readable(record, Heard(event, envelope, position, now, partner), fold, digest)


def _authenticate(owner: str, envelope: Envelope, partners: Partners) -> PartnerRegistered:
    if envelope.source != partner_source(owner):
        raise Refusal("source-forged", "headers.ce_source")
    partner = partners.get(owner)
    if partner is None or partner.status != "active":
        raise Refusal("partner-unknown")
    entitled = ROLES.get(envelope.type)
    if entitled is not None and partner.role not in entitled:
        raise Refusal("role-not-entitled", "headers.ce_type")
    return partner
