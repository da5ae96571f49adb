"""A change that would break a partner, or the reading of the log, is named; one that would not is let through."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.compatibility import breaks
from contracts.export import HERE

REQUEST = "requests/request.submitted.v1.json"
STRUCTURE = "vacancies/structure.described.v1.json"
DESIGNATED = "notices/household.designated.v1.json"
OPENED = "siao.offers/vacancy.opened.v1.json"
WITHDRAWN = "vacancies/vacancy.withdrawn.v1.json"

Change = Callable[[dict[str, Any]], object]


def _field(schema: dict[str, Any], name: str, definition: str | None = None) -> dict[str, Any]:
    holder = schema["$defs"][definition] if definition else schema
    field: dict[str, Any] = holder["properties"][name]
    return field


def _codes(schema: dict[str, Any], name: str) -> list[str]:
    codes: list[str] = schema["$defs"][name]["enum"]
    return codes


BREAKING: dict[str, tuple[str, Change, str]] = {
    "a field taken is gone": (REQUEST, lambda s: s["properties"].pop("phone"), "$.phone: the field is gone"),
    "a new field must be sent": (
        REQUEST,
        lambda s: (s["properties"].update(age={"type": "integer"}), s["required"].append("age")),
        "$.age: a new field is required",
    ),
    "a field must now be sent": (
        REQUEST,
        lambda s: s["required"].append("communes"),
        "$.communes: the field is now required",
    ),
    "a code is no longer taken": (
        REQUEST,
        lambda s: _codes(s, "Situation").remove("street"),
        "$.situation: street is no longer a value",
    ),
    "another type": (REQUEST, lambda s: _field(s, "revision").update(type="string"), "$.revision: type changed"),
    "another pattern": (STRUCTURE, lambda s: _field(s, "commune").update(pattern="^9"), "$.commune: pattern changed"),
    "fewer places": (STRUCTURE, lambda s: _field(s, "places").update(maxItems=3), "$.places: maxItems takes less"),
    "a new least value": (
        STRUCTURE,
        lambda s: _field(s, "capacity", "Place").update(minimum=2),
        "$.places[].capacity: minimum takes less",
    ),
    "a rule is no longer taken": (
        STRUCTURE,
        lambda s: _field(s, "rules", "ProjetEtablissement")["items"]["oneOf"].pop(),
        "$.projet.rules[]: can no longer be ResidenceRightRule",
    ),
    "null is no longer taken": (
        REQUEST,
        lambda s: _field(s, "mediation")["anyOf"].pop(),
        "$.mediation: can no longer be null",
    ),
    "a field that readers counted on is gone": (
        DESIGNATED,
        lambda s: s["properties"].pop("needs"),
        "$.needs: the field is gone",
    ),
    "a field that readers counted on may be missing": (
        DESIGNATED,
        lambda s: s["required"].remove("proof"),
        "$.proof: the field may now be missing",
    ),
    "a field may now be null": (
        OPENED,
        lambda s: _field(s, "capacity").update(anyOf=[{"type": "null"}]),
        "$.capacity: can now be null",
    ),
    "the log lacks a new field": (
        OPENED,
        lambda s: (s["properties"].update(floor={"type": "integer"}), s["required"].append("floor")),
        "$.floor: a new field is required",
    ),
}
HARMLESS: dict[str, tuple[str, Change]] = {
    "a new field may be sent": (REQUEST, lambda s: s["properties"].update(age={"type": "integer"})),
    "a new code is taken": (REQUEST, lambda s: _codes(s, "Situation").append("boat")),
    "longer texts are taken": (STRUCTURE, lambda s: _field(s, "name").update(maxLength=400)),
    "a field need not be sent any more": (REQUEST, lambda s: s["required"].remove("reason")),
    "the siao says more, with a default for the log": (
        OPENED,
        lambda s: (s["properties"].update(floor={"type": "integer", "default": 0}), s["required"].append("floor")),
    ),
    "other words": (DESIGNATED, lambda s: s.update(description="Autrement dit.")),
}


def _changed(folder: Path, file: str, change: Change) -> list[str]:
    shutil.copytree(HERE / "schemas", folder / "new")
    path = folder / "new" / file
    schema = json.loads(path.read_text())
    change(schema)
    path.write_text(json.dumps(schema))
    return breaks(HERE / "schemas", folder / "new")


@pytest.mark.parametrize(("file", "change", "what"), BREAKING.values(), ids=list(BREAKING))
def test_a_breaking_change_is_named(tmp_path: Path, file: str, change: Change, what: str) -> None:
    assert _changed(tmp_path, file, change) == [f"{file}: {what}"]


@pytest.mark.parametrize(("file", "change"), HARMLESS.values(), ids=list(HARMLESS))
def test_a_harmless_change_is_let_through(tmp_path: Path, file: str, change: Change) -> None:
    assert _changed(tmp_path, file, change) == []


def test_a_message_that_is_gone_is_named_and_a_new_one_is_not(tmp_path: Path) -> None:
    shutil.copytree(HERE / "schemas", tmp_path / "new")
    (tmp_path / "new" / WITHDRAWN).unlink()
    assert breaks(HERE / "schemas", tmp_path / "new") == [f"{WITHDRAWN}: $: the message is gone"]
    assert breaks(tmp_path / "new", HERE / "schemas") == []
