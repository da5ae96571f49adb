"""Every record refused is kept, encrypted, and answered; nothing about a person is readable outside the seal."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from asyncpg import Connection

from contracts.event import Refusal, digest_of
from contracts.notices import MessageRejected
from contracts.rejections import REJECTIONS
from services.chassis import metrics
from services.chassis.fold import Send, notify
from services.chassis.reading import Readable, Record, Unreadable
from services.chassis.tracing import Step
from services.chassis.vault import Vault

# The code under which messages of our own are kept that no topic takes.
UNDELIVERABLE: Final = "undeliverable"
metrics.QUARANTINED.labels(UNDELIVERABLE)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record to keep, why, whom to answer (the message it is, or the one it comes from), its place in a trace."""

    record: Record
    refusal: Refusal
    partner: str | None
    step: Step
    message_id: str | None = None
    message_type: str | None = None
    position: tuple[str, int, int] | None = None


def unreadable(item: Unreadable) -> SetAside:
    """A record that never became an event."""
    envelope = item.envelope
    return SetAside(
        item.record,
        item.refusal,
        item.partner,
        Step(envelope.traceparent if envelope else None, cause_of(item.record).hex()),
        envelope.id if envelope else None,
        envelope.type if envelope else None,
    )


def refused(item: Readable, refusal: Refusal, cause: bytes) -> SetAside:
    """An event that a decision refused. cause: the digest that its handling is known by."""
    origin, step = item.heard.origin, Step(item.heard.envelope.traceparent, cause.hex())
    if origin is None:
        return SetAside(item.record, refusal, None, step)
    position = (origin.topic, origin.partition, origin.offset)
    return SetAside(item.record, refusal, origin.partner, step, origin.message_id, origin.message_type, position)


def cause_of(record: Record) -> bytes:
    """The digest of a record's place in the log: what is set aside is known by it, whatever it holds."""
    return digest_of(record.topic, str(record.partition), str(record.offset))


def context_of(topic: str, partition: int, offset: int) -> str:
    """What a quarantined record's seal is bound to."""
    return f"quarantine:{topic}:{partition}:{offset}"


_INSERT: Final = (
    'INSERT INTO quarantine (topic, partition, "offset", code, sealed)'
    " SELECT * FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::bytea[])"
    ' ON CONFLICT DO NOTHING RETURNING topic, partition, "offset"'
)


async def keep(connection: Connection, vault: Vault, things: Sequence[SetAside]) -> list[SetAside]:
    """Keep records; returns those not kept before: a redelivered record is neither kept nor answered twice."""
    records = [thing.record for thing in things]
    rows = await connection.fetch(
        _INSERT,
        [record.topic for record in records],
        [record.partition for record in records],
        [record.offset for record in records],
        [thing.refusal.code for thing in things],
        [_seal(vault, record) for record in records],
    )
    new = {tuple(row) for row in rows}
    return [t for t in things if (t.record.topic, t.record.partition, t.record.offset) in new]


async def keep_undeliverable(connection: Connection, vault: Vault, rows: Sequence[Any]) -> None:
    """Keep rows of the outbox whose topic is missing: as partition -1, their sequence number as offset."""
    columns = [(row["topic"], -1, row["seq"], UNDELIVERABLE, _seal_row(vault, row)) for row in rows]
    await connection.fetch(_INSERT, *(list(column) for column in zip(*columns, strict=True)))
    metrics.QUARANTINED.labels(UNDELIVERABLE).inc(len(rows))


def _seal_row(vault: Vault, row: Any) -> bytes:
    headers = [[f"ce_{name}", row[name]] for name in ("id", "type")]
    whole = {"key": row["key"], "headers": headers, "timestamp": None, "value": _text(row["payload"])}
    return vault.seal(json.dumps(whole).encode(), context_of(row["topic"], -1, row["seq"]))


def _seal(vault: Vault, record: Record) -> bytes:
    whole: dict[str, Any] = {
        "key": _text(record.key),
        "headers": [[name, _text(value)] for name, value in record.headers],
        "timestamp": record.timestamp,
        "value": _text(record.value),
    }
    return vault.seal(json.dumps(whole).encode(), context_of(record.topic, record.partition, record.offset))


def _text(value: bytes | None) -> str | None:
    """Bytes as latin-1 text: any byte survives the journey through JSON."""
    return None if value is None else value.decode("latin-1")


def rejection(thing: SetAside) -> Send | None:
    """The answer to the sender; None when no partner sent it."""
    if thing.partner is None:
        return None
    words = REJECTIONS[thing.refusal.code]
    topic, partition, offset = thing.position or (thing.record.topic, thing.record.partition, thing.record.offset)
    return notify(
        thing.partner,
        MessageRejected(
            message_id=thing.message_id,
            message_type=thing.message_type,
            topic=topic,
            partition=partition,
            offset=offset,
            code=thing.refusal.code,
            path=thing.refusal.path,
            detail=thing.refusal.detail,
            text_fr=words.fr,
            text_en=words.en,
        ),
    )
