"""The size of things, and the names they may not have: what grows too large is divided before it is committed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("contracts", "services", "deploy", "tests")
LONGEST_FUNCTION = 40
LONGEST_FILE = 300
FORBIDDEN = frozenset({"util", "utils", "helper", "helpers", "manager", "base", "common", "misc"})
UNFINISHED = re.compile(r"#.*\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> list[Path]:
    """Every Python file of ours."""
    return [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]


def is_a_migration(path: Path) -> bool:
    """A migration is written once, and never read as a program."""
    return "versions" in path.parts


def definitions(path: Path) -> Iterator[Function | ast.ClassDef]:
    """The functions and classes of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function | ast.ClassDef):
            yield node


def words(name: str) -> set[str]:
    """The words of a name, in lower case: `KafkaBroker_of` -> kafka, broker, of."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_keeps_within_its_budget(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE
    functions = [node for node in definitions(path) if isinstance(node, Function) and not is_a_migration(path)]
    sizes = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FUNCTION} == {}
    names = [path.stem, *(node.name for node in definitions(path))]
    assert [name for name in names if words(name) & FORBIDDEN] == []
    assert [line for line in text.splitlines() if UNFINISHED.search(line)] == []


def test_no_folder_has_a_forbidden_name() -> None:
    folders = {folder for path in sources() for folder in path.relative_to(ROOT).parts[:-1]}
    assert len(folders) > len(FOLDERS)
    assert [folder for folder in folders if words(folder) & FORBIDDEN] == []


@pytest.mark.parametrize(("name", "forbidden"), [("BaseThing", True), ("date_utils", True), ("database", False)])
def test_words_are_found_within_names(name: str, forbidden: bool) -> None:
    assert bool(words(name) & FORBIDDEN) is forbidden


def test_every_module_says_what_it_is() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in sources()
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert silent == []
