"""Bulk reads and writes of states: one statement a table for a whole batch, whatever its size."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.event import Message
from services.chassis.tables import StateTable
from services.chassis.vault import Vault

# One stored state: its value and its version. Version 0: not stored yet.
Stored = tuple[Message | None, int]


class Conflict(Exception):
    """Another instance changed a state after we had read it: the batch must be decided again."""


class Store:
    """Reads and writes states on one connection; sealed tables through the vault."""

    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    async def load(self, table: StateTable[Any], keys: Sequence[str]) -> dict[str, Stored]:
        """The states of these keys; a key that is not stored is present with (None, 0)."""
        found: dict[str, Stored] = dict.fromkeys(keys, (None, 0))
        rows = await self._connection.execute(
            _select(table.name, "key = ANY(CAST(:value AS text[]))"), {"value": list(keys)}
        )
        found.update(self._read(table, rows))
        return found

    async def load_live(self, table: StateTable[Any], siao: str) -> dict[str, Stored]:
        """All live states of one SIAO."""
        rows = await self._connection.execute(_select(table.name, "siao = :value AND live"), {"value": siao})
        return self._read(table, rows)

    def _read(self, table: StateTable[Any], rows: Iterable[Any]) -> dict[str, Stored]:
        read = table.model.model_validate_json
        if not table.sealed:
            return {key: (read(body), version) for key, version, body in rows}
        unseal = self._vault.open_json
        return {key: (read(unseal(body, f"{table.name}:{key}")), version) for key, version, body in rows}

    async def save(self, table: StateTable[Any], changes: Mapping[str, Stored]) -> None:
        """Write new values given with the version they were decided on; None deletes.

        Raises Conflict when a row has another version, and IntegrityError when a constraint refuses.
        """
        gone = [key for key, (value, _) in changes.items() if value is None]
        kept = {key: (value, version) for key, (value, version) in changes.items() if value is not None}
        if gone:
            await self._connection.execute(_delete(table.name), {"keys": gone})
        if kept:
            written = await self._connection.execute(_upsert(table), self._columns(table, kept))
            if written.rowcount != len(kept):
                raise Conflict(table.name)

    def _columns(self, table: StateTable[Any], changes: Mapping[str, tuple[Message, int]]) -> dict[str, list[Any]]:
        values = [value for value, _ in changes.values()]
        bodies = [value.model_dump_json() for value in values]
        if table.sealed:
            seal = self._vault.seal_json
            bodies = [seal(body, f"{table.name}:{key}") for key, body in zip(changes, bodies, strict=True)]
        columns: dict[str, list[Any]] = {
            "keys": list(changes),
            "versions": [version for _, version in changes.values()],
            "bodies": bodies,
        }
        for column in table.extra:
            columns[column.name] = [getattr(value, column.name) for value in values]
        return columns


@cache
def _select(table: str, where: str) -> TextClause:
    return text(f"SELECT key, version, CAST(body AS text) FROM {table} WHERE {where}")


@cache
def _delete(table: str) -> TextClause:
    return text(f"DELETE FROM {table} WHERE key = ANY(CAST(:keys AS text[]))")


@cache
def _upsert(table: StateTable[Any]) -> TextClause:
    names = ["key", "version", "body", *(column.name for column in table.extra)]
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = {column.name: column.type.compile(dialect) for column in table.extra}
    arrays = [
        "CAST(:keys AS text[])",
        "CAST(:versions AS bigint[])",
        "CAST(:bodies AS text[])",
        *(f"CAST(:{name} AS {kind}[])" for name, kind in types.items()),
    ]
    values = ["u.key", "u.version + 1", "CAST(u.body AS jsonb)", *(f"u.{name}" for name in types)]
    updates = [f"{name} = excluded.{name}" for name in names[1:]]
    return text(
        f"INSERT INTO {table.name} AS t ({', '.join(names)})"
        f" SELECT {', '.join(values)} FROM unnest({', '.join(arrays)}) AS u ({', '.join(names)})"
        f" ON CONFLICT (key) DO UPDATE SET {', '.join(updates)} WHERE t.version = excluded.version - 1"
    )
