"""Each message has its effects once: the database's primary key tells what was taken already."""

from enum import Enum
from typing import Final

from asyncpg import Connection

from contracts.event import digest_of
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


def entry_of(consumer: str, item: Readable) -> bytes:
    """The key of a message in the inbox: who takes it, who sent it, its id. Of fixed size, and telling nothing.

    The sender is part of it, and was checked against the topic: nobody can use up another's ids.
    """
    envelope = item.heard.envelope
    return digest_of(consumer, envelope.source, envelope.id)


def position_of(item: Readable) -> str:
    """topic:partition:offset."""
    record = item.record
    return f"{record.topic}:{record.partition}:{record.offset}"


# Texts that the server cuts: five times cheaper for the driver than arrays. No topic's name holds a comma.
_ITEMS: Final = "unnest(string_to_array($1, ','), string_to_array($2, ','), string_to_array($3, ',')::bigint[])"
_INSERT: Final = (
    "INSERT INTO inbox (entry, position, digest, refused)"
    " SELECT decode(u.entry, 'hex'), u.position, u.digest, false"
    f" FROM {_ITEMS} AS u (entry, position, digest)"
    " ON CONFLICT DO NOTHING RETURNING entry"
)
_SELECT: Final = "SELECT entry, position, digest, refused FROM inbox WHERE entry = ANY($1::bytea[])"
_UPDATE: Final = (
    "UPDATE inbox i SET position = u.position, digest = u.digest, refused = u.refused"
    f" FROM {_ITEMS[:-1]}, $4::boolean[]) AS u (entry, position, digest, refused)"
    " WHERE i.entry = decode(u.entry, 'hex')"
)
_PRUNE: Final = (
    "DELETE FROM inbox WHERE ctid IN (SELECT ctid FROM inbox WHERE at < now() - make_interval(days => $1) LIMIT 5000)"
)


async def take(connection: Connection, items: dict[bytes, Readable]) -> tuple[dict[bytes, Standing], set[bytes]]:
    """The standing of each message, by entry, and the entries that were refused before and may now be taken.

    Those that are new are taken: the caller's transaction decides.
    """
    new = {row[0] for row in await connection.fetch(_INSERT, *_columns(items))}
    standings = dict.fromkeys(items, Standing.NEW)
    if len(new) == len(items):
        return standings, set()
    again: set[bytes] = set()
    rows = await connection.fetch(_SELECT, [entry for entry in items if entry not in new])
    for entry, position, digest, refused in rows:
        standings[entry] = _standing(items[entry], position, digest, refused=refused)
        if standings[entry] is Standing.NEW:
            again.add(entry)
    return standings, again


def _standing(item: Readable, position: str, digest: int, *, refused: bool) -> Standing:
    if position == position_of(item):
        return Standing.REDELIVERED
    if refused:
        return Standing.NEW
    return Standing.REPEATED if digest == item.digest else Standing.REUSED


async def amend(connection: Connection, refused: dict[bytes, Readable], taken: dict[bytes, Readable]) -> None:
    """Mark messages refused after all, and messages taken although an earlier one of the same id was refused."""
    items = {**refused, **taken}
    if items:
        await connection.execute(_UPDATE, *_columns(items), [entry in refused for entry in items])


async def prune(connection: Connection, days: int) -> bool:
    """Forget entries older than `days`, at most 5,000; whether there may be more."""
    return bool((await connection.execute(_PRUNE, days)) != "DELETE 0")


def _columns(items: dict[bytes, Readable]) -> tuple[str, str, str]:
    values = items.values()
    return (
        ",".join([entry.hex() for entry in items]),
        ",".join([position_of(item) for item in values]),
        ",".join([str(item.digest) for item in values]),
    )
