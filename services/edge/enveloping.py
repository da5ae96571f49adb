"""The envelope of a message that came over HTTP: what its sender may say of it, and what only the edge says."""

import re
import secrets
import time
import uuid
from datetime import UTC, datetime
from typing import Final, NoReturn

from starlette.requests import Request

from contracts.catalogue import MESSAGES, senders
from contracts.event import STRUCTURED, Envelope, Refusal, open_envelope, partner_source
from contracts.partners import PartnerRegistered
from contracts.topics import CHANNELS, Channel
from services.edge.asking import header
from services.edge.refusals import Refused

# Message type -> the channel that it is written on.
INBOUND: Final = {kind: channel for channel in CHANNELS if channel.inbound for kind in MESSAGES[channel.name]}
_STRUCTURED_HEADERS: Final = (("content-type", STRUCTURED.encode()),)


def channel_of(kind: str, partner: PartnerRegistered) -> Channel:
    """The channel of a message type that this partner may send. Raises Refused (404, 403)."""
    channel = INBOUND.get(kind)
    if channel is None:
        raise Refused("type-unknown", "type")
    if partner.role not in senders(channel, kind):
        raise Refused("role-not-entitled", "type")
    return channel


def from_headers(request: Request, kind: str, partner: PartnerRegistered) -> tuple[Envelope, bool]:
    """CloudEvents' binary mode: the envelope, and whether the id is the sender's. Raises Refused.

    `ce-id`, `ce-time`, `ce-subject`, `traceparent` are the sender's; the id and the time are made when they are not
    there. The source is the partner, whatever `ce-source` says.
    """
    said = header(request, "ce-type")
    if said is not None and said != kind:
        raise Refused("type-differs", "ce-type")
    identity, at = header(request, "ce-id"), header(request, "ce-time")
    texts = {
        "ce_id": new_id() if identity is None else identity,
        "ce_type": kind,
        "ce_source": partner_source(partner.id),
        "ce_time": datetime.now(UTC).isoformat() if at is None else at,
        "ce_subject": header(request, "ce-subject"),
        "traceparent": header(request, "traceparent"),
    }
    # The judge of envelopes is the one that reads them; the body is not its affair here, and must not be empty.
    headers = [(name, text.encode()) for name, text in texts.items() if text is not None]
    try:
        envelope, _ = open_envelope(headers, b"{}")
    except Refusal as refusal:
        _refuse(refusal, re.sub(r"^headers\.ce_", "ce-", refusal.path))
    return envelope, identity is not None


def from_body(body: bytes, partner: PartnerRegistered) -> tuple[Envelope, bytes]:
    """CloudEvents' structured mode: the envelope, its source the partner, and the JSON of its data. Raises Refused."""
    try:
        envelope, data = open_envelope(_STRUCTURED_HEADERS, body)
    except Refusal as refusal:
        _refuse(refusal, refusal.path)
    return envelope._replace(source=partner_source(partner.id)), data


def _refuse(refusal: Refusal, path: str) -> NoReturn:
    # A type that cannot be shown is no type of ours.
    raise Refused(refusal.code, path) from None


def new_id() -> str:
    """A UUID version 7 (RFC 9562): milliseconds since 1970, then 74 random bits."""
    text = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return str(uuid.UUID(int=text & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62))
