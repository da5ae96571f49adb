"""Every code that the code base refuses with is one a sender can look up."""

import ast
from collections.abc import Iterator
from pathlib import Path

from contracts.rejections import REJECTIONS

ROOT = Path(__file__).parents[2]
RAISED = {"Refusal", "MessageRejected"}


def _sources() -> Iterator[Path]:
    for folder in ("contracts", "services"):
        yield from (ROOT / folder).rglob("*.py")


def _codes(tree: ast.AST) -> Iterator[str]:
    """The codes written out in calls of Refusal and MessageRejected."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in RAISED:
            given = node.args[:1] + [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            yield from (code.value for code in given if isinstance(code, ast.Constant) and isinstance(code.value, str))


def test_every_code_that_is_raised_is_in_the_catalogue() -> None:
    raised = {(path.name, code) for path in _sources() for code in _codes(ast.parse(path.read_text()))}
    assert {("event.py", "body-empty"), ("event.py", "body-invalid")} <= raised
    assert {(name, code) for name, code in raised if code not in REJECTIONS} == set()


def test_a_code_written_out_in_a_call_is_found() -> None:
    tree = ast.parse(
        "raise Refusal('a')\nraise event.Refusal(code='b')\nMessageRejected(code='c', path='$')\nother('d')"
    )
    assert set(_codes(tree)) == {"a", "b", "c"}


def test_every_rejection_says_what_to_do_in_both_languages() -> None:
    for code, rejection in REJECTIONS.items():
        assert code == rejection.code == rejection.code.lower()
        assert rejection.fr.endswith(".")
        assert rejection.en.endswith(".")
        assert rejection.fr != rejection.en


def test_every_code_of_the_catalogue_is_one_that_something_refuses_with() -> None:
    written = {
        node.value
        for path in _sources()
        if path.name != "rejections.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert REJECTIONS.keys() - written == set()
