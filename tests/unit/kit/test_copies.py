"""The local copy of the ready households: whole, tombstones applied, no formula, no name left behind."""

import csv
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import Composition, Gender, Relation
from contracts.kit.copies import Copy, CsvCopy, SqliteCopy
from contracts.kit.ready import ReadyChanges
from contracts.notices import Identity, ReadyHousehold
from contracts.ready_table import FORMULA, guarded

Rows = Callable[[Path], list[dict[str, str]]]


def a_ready_household(household: str, family_name: str = "Durand", **facts: Any) -> ReadyHousehold:
    """A woman and her child, ready for a T2 in Nanterre."""
    born: dict[str, Any] = {"birth_date": date(1990, 5, 1), "gender": Gender.WOMAN}
    lead = Identity(family_name=family_name, given_name="Aïcha", relation=Relation.LEAD, **born)
    child = Identity(family_name=family_name, given_name="Noé", relation=Relation.CHILD, **born)
    plain: dict[str, Any] = {
        "members": (child, lead),
        "composition": Composition.WOMAN_WITH_CHILDREN,
        "persons": 2,
        "phone": "+33 6 39 98 43 21",
        "social_housing_number": "092112600012345000",
        "communes": ("92050", "92004"),
        "rooms": 2,
        "ready_since": datetime(2026, 11, 24, 11, tzinfo=UTC),
    }
    return ReadyHousehold(**{"household": household, **plain, **facts})


def whole(*households: ReadyHousehold) -> ReadyChanges:
    """The list as it is."""
    return ReadyChanges({one.household: one for one in households}, frozenset(), whole=True)


def news(*households: ReadyHousehold, removed: tuple[str, ...] = ()) -> ReadyChanges:
    """What changed."""
    return ReadyChanges({one.household: one for one in households}, frozenset(removed), whole=False)


def rows_of_sqlite(path: Path) -> list[dict[str, str]]:
    """The households of the copy, in the order of their ids."""
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("select * from ready_household order by household")]


def rows_of_csv(path: Path) -> list[dict[str, str]]:
    """The households of the copy, in the order of their ids."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


KINDS = [(SqliteCopy, rows_of_sqlite), (CsvCopy, rows_of_csv)]


@pytest.mark.parametrize(("kind", "rows"), KINDS)
def test_the_copy_follows_the_list(tmp_path: Path, kind: Callable[[Path], Copy], rows: Rows) -> None:
    path = tmp_path / "ready"
    copy = kind(path)
    assert copy.take(whole(a_ready_household("a"), a_ready_household("b"))) == 2
    assert copy.take(news(a_ready_household("c"), removed=("a", "unknown"))) == 2
    assert copy.take(news(a_ready_household("b", rooms=4))) == 2
    assert [(row["household"], str(row["rooms"])) for row in rows(path)] == [("b", "4"), ("c", "2")]
    assert copy.take(whole(a_ready_household("d"))) == 1
    assert [row["household"] for row in rows(path)] == ["d"]


@pytest.mark.parametrize(("kind", "rows"), KINDS)
def test_a_copy_made_again_replaces_the_one_that_was_there(
    tmp_path: Path, kind: Callable[[Path], Copy], rows: Rows
) -> None:
    path = tmp_path / "ready"
    kind(path).take(whole(a_ready_household("gone")))
    kind(path).take(whole(a_ready_household("here")))
    assert [row["household"] for row in rows(path)] == ["here"]
    assert b"gone" not in path.read_bytes()


@pytest.mark.parametrize(("kind", "rows"), KINDS)
def test_a_household_that_left_leaves_no_name_in_the_file(
    tmp_path: Path, kind: Callable[[Path], Copy], rows: Rows
) -> None:
    path = tmp_path / "ready"
    copy = kind(path)
    copy.take(whole(a_ready_household("a", "Qzfamilyname"), a_ready_household("b")))
    assert b"Qzfamilyname" in path.read_bytes()
    copy.take(news(removed=("a",)))
    assert b"Qzfamilyname" not in path.read_bytes()
    assert len(rows(path)) == 1
    assert [other.name for other in tmp_path.iterdir()] == ["ready"]


@pytest.mark.parametrize("kind", [SqliteCopy, CsvCopy])
def test_only_its_owner_reads_the_copy(tmp_path: Path, kind: Callable[[Path], Copy]) -> None:
    path = tmp_path / "ready"
    path.touch(mode=0o644)
    kind(path).take(whole(a_ready_household("a")))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_sqlite_holds_every_member_and_forgets_them_with_their_household(tmp_path: Path) -> None:
    path = tmp_path / "ready.db"
    copy = SqliteCopy(path)
    copy.take(whole(a_ready_household("a"), a_ready_household("b")))
    copy.take(news(removed=("b",)))
    with closing(sqlite3.connect(path)) as database:
        members = database.execute("select household, given_name, relation from member order by rank").fetchall()
    assert members == [("a", "Noé", "child"), ("a", "Aïcha", "lead")]


def test_csv_names_the_lead_applicant_whatever_the_order(tmp_path: Path) -> None:
    path = tmp_path / "ready.csv"
    CsvCopy(path).take(whole(a_ready_household("a")))
    (row,) = rows_of_csv(path)
    assert (row["lead_given_name"], row["lead_birth_date"], row["communes"]) == ("Aïcha", "1990-05-01", "92050 92004")
    assert "Durand Noé (Enfant, 1990-05-01)" in row["members"]


def test_a_failed_writing_leaves_the_copy_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "ready.db"
    copy = SqliteCopy(path)
    copy.take(whole(a_ready_household("a")))
    broken = a_ready_household("b").model_copy(update={"social_housing_number": None})
    with pytest.raises(sqlite3.IntegrityError):
        copy.take(whole(a_ready_household("c"), broken))
    assert [row["household"] for row in rows_of_sqlite(path)] == ["a"]


@pytest.mark.parametrize("name", ["=1+1", "+33", "-2", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("x")'])
def test_a_spreadsheet_runs_no_cell_of_a_copy(tmp_path: Path, name: str) -> None:
    path = tmp_path / "ready.csv"
    CsvCopy(path).take(whole(a_ready_household("a", name, phone=name)))
    (row,) = rows_of_csv(path)
    assert (row["lead_family_name"], row["phone"]) == (f"'{name}", f"'{name}")
    assert not any(cell.startswith(FORMULA) for cell in row.values())


@given(st.text())
def test_a_guarded_cell_never_begins_a_formula_and_says_the_same(text: str) -> None:
    cell = guarded(text)
    assert not cell.startswith(FORMULA)
    assert cell in (text, f"'{text}")
