"""Model and exported schema say yes and no to the same messages: each golden message, spoilt in every place."""

import copy
import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from contracts.catalogue import MESSAGES
from contracts.event import Message
from contracts.export_schemas import INBOUND, json_schema
from contracts.golden import golden_messages

schema_of = cache(json_schema)
GOLDEN = list(golden_messages())

WRONG: list[Any] = [
    None, True, 0, -1, 1, 3, 121, 2**31, 1.5, "", "\x00", "é" * 81, "A" * 4001, "٩٢٠٥٠", "2026-02-30",
    "1764028800", "1899-12-31", "2199-12-31", "2200-01-01", "2026-11-24T00:00:00", "yes", "chrs", [], [None], {},
    {"x": 1},
]  # fmt: skip
MISSING = object()
SENT = [(family, kind) for family, kinds in MESSAGES.items() if family in INBOUND for kind in kinds]
SAID = [(family, kind) for family, kinds in MESSAGES.items() if family not in INBOUND for kind in kinds]


def _is_instant(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


FORMATS = jsonschema.FormatChecker(("date",))
FORMATS.checks("date-time", raises=ValueError)(_is_instant)


@pytest.mark.parametrize(("family", "kind"), SENT)
def test_what_a_partner_may_send_is_the_same_for_model_and_schema(family: str, kind: str) -> None:
    schema = jsonschema.Draft202012Validator(schema_of(family, kind), format_checker=FORMATS)
    verdicts = [
        (what, _taken(MESSAGES[family][kind], document) is not None, schema.is_valid(document))
        for what, document in _spoilt(family, kind)
    ]
    assert [verdict for verdict in verdicts if verdict[1] != verdict[2]] == []
    assert {taken for _, taken, _ in verdicts} == {True, False}


@pytest.mark.parametrize(("family", "kind"), SAID)
def test_what_the_siao_can_say_is_what_its_schema_says(family: str, kind: str) -> None:
    schema = jsonschema.Draft202012Validator(schema_of(family, kind), format_checker=FORMATS)
    said = 0
    for what, document in _spoilt(family, kind):
        message = _taken(MESSAGES[family][kind], document)
        if message is not None:
            said += 1
            assert schema.is_valid(json.loads(message.model_dump_json())), what
    assert said > 0


def _spoilt(family: str, kind: str) -> Iterator[tuple[str, Any]]:
    """The golden messages of a type, and each of them with one fault; the same place is not spoilt twice."""
    seen = set()
    for golden in GOLDEN:
        if (golden.family, golden.kind) != (family, kind):
            continue
        yield golden.name, golden.value
        for path, part in _places(golden.value):
            place = tuple("*" if isinstance(step, int) else step for step in path), type(part), _shape(part)
            if place not in seen:
                seen.add(place)
                for value in _instead(part, whole=not path):
                    yield f"{path} = {value!r:.60}", _with(golden.value, path, value)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from _places(part, (*path, step))


def _shape(part: Any) -> tuple[str, ...]:
    return tuple(sorted(part)) if isinstance(part, dict) else ()


def _instead(part: Any, whole: bool) -> Iterator[Any]:
    yield from WRONG
    if not whole:
        yield MISSING
    if isinstance(part, dict):
        yield {**part, "unheard_of": 1}
    if isinstance(part, list):
        yield part * 2
        yield part * 30


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    spoilt = copy.copy(document)
    if len(path) == 1 and value is MISSING:
        del spoilt[path[0]]
    else:
        spoilt[path[0]] = _with(document[path[0]], path[1:], value)
    return spoilt


def _taken(model: type[Message], document: Any) -> Message | None:
    try:
        return model.model_validate_json(json.dumps(document))
    except ValidationError:
        return None
