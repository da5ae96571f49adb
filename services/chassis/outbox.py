"""Outgoing messages and deadlines, written in the transaction that decided them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.event import derived_id
from services.chassis.fold import Later, Send

# Below the broker's default limit of 1 MiB: what could not be sent must fail here, where its cause is known.
LARGEST_BYTES: Final = 900_000


class Oversize(ValueError):
    """A decision produced a message that no broker would take."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message with the id that its cause gives it; handling the cause again gives the same id."""

    id: str
    send: Send
    time: datetime
    traceparent: str | None


def outgoing(cause: str, index: int, send: Send, time: datetime, traceparent: str | None) -> Outgoing:
    """The index-th message that a cause brought about."""
    return Outgoing(derived_id(cause, str(index), send.topic), send, time, traceparent)


_INSERT: Final = text(
    "INSERT INTO outbox (id, topic, key, type, time, traceparent, payload)"
    " SELECT * FROM unnest(CAST(:ids AS text[]), CAST(:topics AS text[]), CAST(:keys AS text[]),"
    " CAST(:types AS text[]), CAST(:times AS timestamptz[]), CAST(:traces AS text[]), CAST(:payloads AS bytea[]))"
)


async def post(connection: AsyncConnection, messages: Sequence[Outgoing]) -> None:
    """Put messages in the outbox, in order. After the states: whoever changes a state later also posts later."""
    if not messages:
        return
    sends = [message.send for message in messages]
    await connection.execute(
        _INSERT,
        {
            "ids": [message.id for message in messages],
            "topics": [send.topic for send in sends],
            "keys": [send.key for send in sends],
            "types": [_type(send) for send in sends],
            "times": [message.time for message in messages],
            "traces": [message.traceparent for message in messages],
            "payloads": [payload(send) for send in sends],
        },
    )


def payload(send: Send) -> bytes | None:
    """The body of a message; None for a tombstone. Raises Oversize."""
    if send.value is None:
        return None
    body = send.value.model_dump_json().encode()
    if len(body) > LARGEST_BYTES:
        raise Oversize(f"{_type(send)}: {len(body)} bytes")
    return body


def _type(send: Send) -> str | None:
    return None if send.value is None else str(type(send.value).__dict__["type"])


_SET_TIMERS: Final = text(
    "INSERT INTO timers (name, due_at, id, topic, key, type, payload)"
    " SELECT * FROM unnest(CAST(:names AS text[]), CAST(:dues AS timestamptz[]), CAST(:ids AS text[]),"
    " CAST(:topics AS text[]), CAST(:keys AS text[]), CAST(:types AS text[]), CAST(:payloads AS bytea[]))"
    " ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at, id = excluded.id, topic = excluded.topic,"
    " key = excluded.key, type = excluded.type, payload = excluded.payload"
)
_FORGET_TIMERS: Final = text("DELETE FROM timers WHERE name = ANY(CAST(:names AS text[]))")


async def set_timers(connection: AsyncConnection, timers: dict[str, tuple[str, Later] | None]) -> None:
    """Set deadlines, given by name with the id of the message they will send; None forgets."""
    forgotten = [name for name, timer in timers.items() if timer is None]
    kept: list[tuple[str, Later]] = [timer for timer in timers.values() if timer is not None]
    if forgotten:
        await connection.execute(_FORGET_TIMERS, {"names": forgotten})
    if kept:
        columns: dict[str, list[Any]] = {
            "names": [later.name for _, later in kept],
            "dues": [later.due_at for _, later in kept],
            "ids": [identity for identity, _ in kept],
            "topics": [later.send.topic for _, later in kept],
            "keys": [later.send.key for _, later in kept],
            "types": [_type(later.send) for _, later in kept],
            "payloads": [payload(later.send) for _, later in kept],
        }
        await connection.execute(_SET_TIMERS, columns)
