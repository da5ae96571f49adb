"""Outgoing messages and deadlines, written in the transaction that decided them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from asyncpg import Connection

from services.chassis.fold import Later, Send

# Below the broker's default limit of 1 MiB: what could not be sent must fail here, where its cause is known.
LARGEST_BYTES: Final = 900_000


class Oversize(ValueError):
    """A decision produced a message that no broker would take."""


class Outgoing(NamedTuple):
    """A message with the id that its cause gives it; handling the cause again gives the same id."""

    id: str
    send: Send
    time: datetime
    traceparent: str | None


def outgoing(cause: bytes, index: int, send: Send, time: datetime, traceparent: str | None) -> Outgoing:
    """The index-th message that a cause, given by its digest, brought about: its id is always the same."""
    return Outgoing(f"{cause.hex()}-{index}", send, time, traceparent)


_COLUMNS: Final = ("id", "topic", "key", "type", "time", "traceparent", "payload")


async def post(connection: Connection, messages: Sequence[Outgoing]) -> None:
    """Put messages in the outbox, in order. After the states: whoever changes a state later also posts later."""
    if messages:
        records = [
            (identity, send.topic, send.key, _type(send), time, trace, payload(send))
            for identity, send, time, trace in messages
        ]
        await connection.copy_records_to_table("outbox", records=records, columns=_COLUMNS)


def payload(send: Send) -> bytes | None:
    """The body of a message; None for a tombstone. Raises Oversize."""
    if send.value is None:
        return None
    body: bytes = send.value.__pydantic_serializer__.to_json(send.value)
    if len(body) > LARGEST_BYTES:
        raise Oversize(f"{_type(send)}: {len(body)} bytes")
    return body


def _type(send: Send) -> str | None:
    return None if send.value is None else str(type(send.value).__dict__["type"])


_SET_TIMERS: Final = (
    "INSERT INTO timers (name, due_at, id, topic, key, type, payload)"
    " SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[])"
    " ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at, id = excluded.id, topic = excluded.topic,"
    " key = excluded.key, type = excluded.type, payload = excluded.payload"
)
_FORGET_TIMERS: Final = "DELETE FROM timers WHERE name = ANY($1::text[])"


async def set_timers(connection: Connection, timers: dict[str, tuple[str, Later] | None]) -> None:
    """Set deadlines, given by name with the id of the message they will send; None forgets."""
    forgotten = [name for name, timer in timers.items() if timer is None]
    kept: list[tuple[str, Later]] = [timer for timer in timers.values() if timer is not None]
    if forgotten:
        await connection.execute(_FORGET_TIMERS, forgotten)
    if kept:
        rows: list[tuple[Any, ...]] = [
            (
                later.name,
                later.due_at,
                identity,
                later.send.topic,
                later.send.key,
                _type(later.send),
                payload(later.send),
            )
            for identity, later in kept
        ]
        await connection.execute(_SET_TIMERS, *(list(column) for column in zip(*rows, strict=True)))
