"""What a service's tables hold, in memory; refuses what a database would: a stale writer, a value twice."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Column, UniqueConstraint

from contracts.event import Message
from services.chassis.store import Stored
from services.chassis.tables import StateTable

V = TypeVar("V", bound=Message)


class Memory:
    """Tables by name. It has the store's two verbs, so that the chassis's own rows read from it and write to it."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[str, Stored]] = defaultdict(dict)

    async def load(self, table: StateTable[Any], keys: Sequence[str]) -> dict[str, Stored]:
        """The states of these keys; (None, 0) for a key that is not stored."""
        return {key: self._tables[table.name].get(key, (None, 0)) for key in keys}

    async def save(self, table: StateTable[Any], changes: Mapping[str, Stored]) -> None:
        """Write; AssertionError for a state decided on an older one, or a value that may be there once only."""
        rows = self._tables[table.name]
        for key, (value, version) in changes.items():
            assert rows.get(key, (None, 0))[1] == version, f"{table.name} {key}: decided on an older state"
            if value is None:
                rows.pop(key, None)
            else:
                rows[key] = (table.model.model_validate_json(value.model_dump_json()), version + 1)
        for columns, live_only in _unique(table):
            counted = Counter(
                tuple(getattr(value, column.name) for column in columns)
                for value, _ in rows.values()
                if not live_only or getattr(value, "live", True)
            )
            twice = [value for value, count in counted.items() if count > 1]
            assert not twice, f"{table.name}: {twice} more than once"

    def live(self, table: StateTable[Any], siao: str) -> dict[str, Stored]:
        """All live states of one SIAO."""
        return {
            key: (value, version)
            for key, (value, version) in self._tables[table.name].items()
            if getattr(value, "siao", None) == siao and getattr(value, "live", True)
        }

    def all(self, table: StateTable[V]) -> dict[str, V]:
        """Every state of a table, by key."""
        found: dict[str, Any] = {key: value for key, (value, _) in self._tables[table.name].items()}
        return found

    def holding(self, word: str) -> set[str]:
        """The names of the tables where a word can be found."""
        return {name for name, rows in self._tables.items() if word in repr(rows)}


def _unique(table: StateTable[Any]) -> Iterator[tuple[Sequence[Column[Any]], bool]]:
    """The columns of each unique constraint or index, and whether it looks at live rows only."""
    for index in table.table.indexes:
        if index.unique:
            where = index.dialect_options["postgresql"]["where"]
            yield list(index.columns), where is not None
    for constraint in table.table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns), False
