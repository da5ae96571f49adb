"""A local copy of the ready households, SQLite or CSV; at every moment whole, and readable by its owner only."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol

from contracts.kit.ready import ReadyChanges
from contracts.notices import ReadyHousehold
from contracts.ready_table import write

TABLES: Final = """
create table if not exists ready_household (
    household text primary key, composition text not null, persons integer not null, rooms integer not null,
    communes text not null, phone text, social_housing_number text not null, ready_since text not null
);
create table if not exists member (
    household text not null references ready_household on delete cascade, rank integer not null,
    family_name text not null, given_name text not null, birth_date text not null, gender text not null,
    relation text not null, primary key (household, rank)
);
"""


class Copy(Protocol):
    """A copy that takes changes as they come."""

    def take(self, change: ReadyChanges) -> int:
        """The copy with this change, whole or as it was; how many households it now holds."""


class SqliteCopy:
    """Tables ready_household and member; one transaction for each change."""

    def __init__(self, path: Path) -> None:
        self._path = path
        _private(path)
        with closing(self._open()) as database:
            database.executescript(TABLES)

    def take(self, change: ReadyChanges) -> int:
        """As Copy.take."""
        with closing(self._open()) as database, database:
            if change.whole:
                database.execute("delete from ready_household")
            gone = [(household,) for household in (*change.removed, *change.listed)]
            database.executemany("delete from ready_household where household = ?", gone)
            for household in change.listed.values():
                self._insert(database, household)
            (held,) = database.execute("select count(*) from ready_household").fetchone()
        return int(held)

    def _open(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path)
        database.execute("pragma foreign_keys = on")
        # What is deleted is overwritten: a household that is gone leaves no name in the file.
        database.execute("pragma secure_delete = on")
        return database

    @staticmethod
    def _insert(database: sqlite3.Connection, record: ReadyHousehold) -> None:
        row = record.model_dump(mode="json")
        members = row.pop("members")
        row["communes"] = " ".join(row["communes"])
        database.execute(
            "insert into ready_household values (:household, :composition, :persons, :rooms, :communes, :phone,"
            " :social_housing_number, :ready_since)",
            row,
        )
        database.executemany(
            "insert into member values (:household, :rank, :family_name, :given_name, :birth_date, :gender, :relation)",
            [{**member, "household": record.household, "rank": rank} for rank, member in enumerate(members, 1)],
        )


class CsvCopy:
    """One line for each household, UTF-8, comma; the file is replaced at each change, never edited."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: dict[str, ReadyHousehold] = {}

    def take(self, change: ReadyChanges) -> int:
        """As Copy.take."""
        kept = {} if change.whole else {key: row for key, row in self._held.items() if key not in change.removed}
        self._held = kept | dict(change.listed)
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        _private(draft)
        with draft.open("w", encoding="utf-8", newline="") as file:
            write(self._held, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        return len(self._held)


def _private(path: Path) -> None:
    """An empty file that only its owner reads, unless there is one."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    path.chmod(0o600)
