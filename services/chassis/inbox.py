"""Each message has its effects once: the database's primary key tells what was taken already."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.reading import Readable


class Standing(Enum):
    """What the inbox says of a message."""

    NEW = "new"
    REDELIVERED = "redelivered"
    """The same record again: it was handled, silently pass."""
    REPEATED = "repeated"
    """Another record with the same id and content: a retry, answered as already taken."""
    REUSED = "reused"
    """Another content under the same id: refused."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The key of a message in the inbox. The source is trusted: it was checked against the topic."""

    source: str
    id: str


def entry_of(item: Readable) -> Entry:
    """The inbox entry of a message."""
    return Entry(item.heard.envelope.source, item.heard.envelope.id)


def position_of(item: Readable) -> str:
    """topic:partition:offset."""
    return f"{item.record.topic}:{item.record.partition}:{item.record.offset}"


_ARRAYS: Final = (
    "unnest(CAST(:sources AS text[]), CAST(:ids AS text[]), CAST(:positions AS text[]), CAST(:digests AS bigint[]))"
    " AS u (source, id, position, digest)"
)
_INSERT: Final = text(
    "INSERT INTO inbox (consumer, source, id, position, digest, refused)"
    f" SELECT :consumer, u.source, u.id, u.position, u.digest, false FROM {_ARRAYS}"
    " ON CONFLICT DO NOTHING RETURNING source, id"
)
_SELECT: Final = text(
    "SELECT i.source, i.id, i.position, i.digest, i.refused FROM inbox i"
    " JOIN unnest(CAST(:sources AS text[]), CAST(:ids AS text[])) AS u (source, id)"
    " ON i.source = u.source AND i.id = u.id WHERE i.consumer = :consumer"
)
_UPDATE: Final = text(
    "UPDATE inbox i SET position = u.position, digest = u.digest, refused = u.refused"
    " FROM unnest(CAST(:sources AS text[]), CAST(:ids AS text[]), CAST(:positions AS text[]),"
    " CAST(:digests AS bigint[]), CAST(:refusals AS boolean[])) AS u (source, id, position, digest, refused)"
    " WHERE i.consumer = :consumer AND i.source = u.source AND i.id = u.id"
)
_PRUNE: Final = text(
    "DELETE FROM inbox WHERE ctid IN (SELECT ctid FROM inbox WHERE at < now() - make_interval(days => :days) LIMIT 5000)"
)


async def take(
    connection: AsyncConnection, consumer: str, items: Sequence[Readable]
) -> tuple[list[Standing], set[Entry]]:
    """The standing of each message, in order, and the entries that were refused before and may now be taken.

    The messages must have distinct entries. Those that are new are taken: the caller's transaction decides.
    """
    rows = await connection.execute(_INSERT, {"consumer": consumer, **_columns(items)})
    new = {Entry(source, identity) for source, identity in rows}
    if len(new) == len(items):
        return [Standing.NEW] * len(items), set()
    known = [item for item in items if entry_of(item) not in new]
    columns = {"sources": [i.heard.envelope.source for i in known], "ids": [i.heard.envelope.id for i in known]}
    rows = await connection.execute(_SELECT, {"consumer": consumer, **columns})
    before = {Entry(source, identity): tuple(rest) for source, identity, *rest in rows}
    again = {entry_of(i) for i in known if _standing(i, before[entry_of(i)]) is Standing.NEW}
    standings = [Standing.NEW if entry_of(item) in new else _standing(item, before[entry_of(item)]) for item in items]
    return standings, again


def _standing(item: Readable, before: tuple[Any, ...]) -> Standing:
    position, digest, refused = before
    if position == position_of(item):
        return Standing.REDELIVERED
    if refused:
        return Standing.NEW
    return Standing.REPEATED if digest == item.digest else Standing.REUSED


async def amend(
    connection: AsyncConnection, consumer: str, refused: Sequence[Readable], taken: Sequence[Readable]
) -> None:
    """Mark messages refused after all, and messages taken although an earlier one of the same id was refused."""
    items = [*refused, *taken]
    if items:
        refusals = [True] * len(refused) + [False] * len(taken)
        await connection.execute(_UPDATE, {"consumer": consumer, "refusals": refusals, **_columns(items)})


async def prune(connection: AsyncConnection, days: int) -> int:
    """Forget entries older than `days`, at most 5,000; returns how many. `days` exceeds the topics' retention."""
    return (await connection.execute(_PRUNE, {"days": days})).rowcount


def _columns(items: Sequence[Readable]) -> dict[str, list[Any]]:
    return {
        "sources": [item.heard.envelope.source for item in items],
        "ids": [item.heard.envelope.id for item in items],
        "positions": [position_of(item) for item in items],
        "digests": [item.digest for item in items],
    }
