"""Nothing that a sender wrote reaches a log or an error: models hide their input, log lines carry named facts."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

import contracts
from contracts.topics import EDGE, Service
from services.chassis.logs import ALLOWED

ROOT = Path(__file__).parents[2]
EVENT = re.compile(r"[a-z]+(-[a-z]+)*")


def subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Every model that is loaded."""
    for sub in model.__subclasses__():
        yield sub
        yield from subclasses(sub)


def test_every_model_hides_its_input_in_errors() -> None:
    for module in pkgutil.iter_modules(contracts.__path__, "contracts."):
        importlib.import_module(module.name)
    for service in (*Service, EDGE):
        importlib.import_module(f"services.{service}.app")
    ours = {model for model in subclasses(BaseModel) if model.__module__.split(".")[0] in ("contracts", "services")}
    assert len(ours) > 50
    assert [model.__name__ for model in ours if not model.model_config.get("hide_input_in_errors")] == []


def log_calls(path: Path) -> Iterator[ast.Call]:
    """The calls `log().<level>(...)` of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Call)
            and isinstance(node.func.value.func, ast.Name)
            and node.func.value.func.id == "log"
        ):
            yield node


SOURCES = sorted((ROOT / "services").rglob("*.py"))
SPEAKING = [path for path in SOURCES if path.name != "logs.py"]


def test_there_are_log_lines_to_look_at() -> None:
    assert sum(1 for path in SOURCES for _ in log_calls(path)) > 5


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_log_line_is_a_named_event_with_allowed_facts(path: Path) -> None:
    for call in log_calls(path):
        (event,) = call.args
        assert isinstance(event, ast.Constant), f"line {call.lineno}: the event is not a constant"
        assert EVENT.fullmatch(str(event.value)), f"line {call.lineno}: {event.value!r}"
        facts = {keyword.arg for keyword in call.keywords}
        assert facts <= ALLOWED, f"line {call.lineno}: {facts - ALLOWED}"
        # An exception's text may quote a value: only its kind is said.
        told = {k.arg: k.value for k in call.keywords}
        if "error" in told:
            assert isinstance(told["error"], ast.Call), f"line {call.lineno}: error= wants kind_of(...)"


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_there_is_one_way_to_log(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {"logging", "structlog"}.isdisjoint(names | modules)
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert {"print_exc", "format_exc", "print_exception"}.isdisjoint(attributes)
    printed = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "print"]
    assert all(path.name == "migrate.py" for _ in printed)
