"""Bulk reads and writes of states: one statement a table for a whole batch, whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from asyncpg import Connection
from sqlalchemy.dialects import postgresql

from contracts.event import Message
from services.chassis.tables import StateTable
from services.chassis.vault import Vault

# The driver looks at each element of an array, at half a microsecond apiece; one text that the server cuts costs a
# fifth. Keys and JSON texts never hold this separator: keys are ids, and JSON escapes control characters.
SEPARATOR: Final = "\x1f"
_CUT: Final = "string_to_array(${}, E'\\x1f')"

# One stored state: its value and its version. Version 0: not stored yet.
Stored = tuple[Message | None, int]


class Conflict(Exception):
    """Another instance changed a state after we had read it: the batch must be decided again."""


class Store:
    """Reads and writes states on one connection; sealed tables through the vault."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    async def load(self, table: StateTable[Any], keys: Sequence[str]) -> dict[str, Stored]:
        """The states of these keys; a key that is not stored is present with (None, 0)."""
        found: dict[str, Stored] = dict.fromkeys(keys, (None, 0))
        found.update(self._read(table, await self._connection.fetch(_by_keys(table.name), SEPARATOR.join(keys))))
        return found

    async def load_live(self, table: StateTable[Any], siao: str) -> dict[str, Stored]:
        """All live states of one SIAO."""
        return self._read(table, await self._connection.fetch(_live(table.name), siao))

    def _read(self, table: StateTable[Any], rows: Iterable[Any]) -> dict[str, Stored]:
        read = table.model.__pydantic_validator__.validate_json
        if not table.sealed:
            return {key: (read(body), version) for key, version, body in rows}
        unseal = self._vault.open_json
        return {key: (read(unseal(body, f"{table.name}:{key}")), version) for key, version, body in rows}

    async def save(self, table: StateTable[Any], changes: Mapping[str, Stored]) -> None:
        """Write new values given with the version they were decided on; None deletes.

        Raises Conflict when a row has another version, and IntegrityConstraintViolationError when a constraint refuses.
        """
        gone = {key: version for key, (value, version) in changes.items() if value is None}
        kept = {key: (value, version) for key, (value, version) in changes.items() if value is not None}
        if gone:
            deleted = await self._connection.execute(_delete(table.name), list(gone), list(gone.values()))
            if deleted != f"DELETE {sum(version > 0 for version in gone.values())}":
                raise Conflict(table.name)
        if kept:
            written = await self._connection.execute(_upsert(table), *self._columns(table, kept))
            if written != f"INSERT 0 {len(kept)}":
                raise Conflict(table.name)

    def _columns(self, table: StateTable[Any], changes: Mapping[str, tuple[Message, int]]) -> list[Any]:
        values = [value for value, _ in changes.values()]
        write = table.model.__pydantic_serializer__.to_json
        bodies = [write(value).decode() for value in values]
        if table.sealed:
            seal = self._vault.seal_json
            bodies = [seal(body, f"{table.name}:{key}") for key, body in zip(changes, bodies, strict=True)]
        extras = [[getattr(value, column.name) for value in values] for column in table.extra]
        versions = [str(version) for _, version in changes.values()]
        return [*map(SEPARATOR.join, (changes, versions, bodies)), *extras]


@cache
def _by_keys(table: str) -> str:
    return f"SELECT key, version, body::text FROM {table} WHERE key = ANY({_CUT.format(1)})"


@cache
def _live(table: str) -> str:
    return f"SELECT key, version, body::text FROM {table} WHERE siao = $1 AND live"


@cache
def _delete(table: str) -> str:
    return (
        f"DELETE FROM {table} t USING unnest($1::text[], $2::bigint[]) AS u (key, version)"
        " WHERE t.key = u.key AND u.version IN (0, t.version)"
    )


@cache
def _upsert(table: StateTable[Any]) -> str:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    names = ["key", "version", "body", *(column.name for column in table.extra)]
    kinds = [column.type.compile(dialect) for column in table.extra]
    extras = [f"${place}::{kind}[]" for place, kind in enumerate(kinds, 4)]
    arrays = ", ".join([_CUT.format(1), f"{_CUT.format(2)}::bigint[]", _CUT.format(3), *extras])
    values = ", ".join(["u.key", "u.version + 1", "u.body::jsonb", *(f"u.{name}" for name in names[3:])])
    updates = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    columns = ", ".join(names)
    return (
        f"INSERT INTO {table.name} AS t ({columns}) SELECT {values} FROM unnest({arrays}) AS u ({columns})"
        f" ON CONFLICT (key) DO UPDATE SET {updates} WHERE t.version = excluded.version - 1"
    )
