"""No word about a person on a core topic: not in a schema, not in an example, not in a key."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from contracts.catalogue import MESSAGES
from contracts.export_schemas import json_schema
from contracts.fields import PRIVATE_MARK
from contracts.golden import golden_messages
from contracts.topics import CHANNELS, CORE

schema_of = cache(json_schema)

PERSONAL = ("family_name", "given_name", "birth_date", "phone", "argument", "social_housing_number", "evaluators")
CORE_KINDS = [(topic.name, kind) for topic in CORE for kind in MESSAGES[topic.name]]
# The one open field: what it holds is checked where it is written, by the tests of orientation.
OPEN = {("siao.answers", "answer.received.v1", "content")}


def _fields(document: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every part of a schema with the name of the field it is, or is within."""
    if isinstance(document, dict):
        yield name, document
        for part_name, part in document.items():
            if part_name in ("properties", "$defs"):
                for field_name, field in part.items():
                    yield from _fields(field, field_name)
            else:
                yield from _fields(part, name)
    elif isinstance(document, list):
        for part in document:
            yield from _fields(part, name)


def _personal(family: str, kind: str) -> set[str]:
    return {name for name, field in _fields(schema_of(family, kind)) if PRIVATE_MARK in field or name in PERSONAL}


@pytest.mark.parametrize(("family", "kind"), CORE_KINDS)
def test_no_fact_on_a_core_topic_has_a_personal_field(family: str, kind: str) -> None:
    assert _personal(family, kind) == set()


@pytest.mark.parametrize(("family", "kind"), CORE_KINDS)
def test_no_fact_on_a_core_topic_has_an_open_field(family: str, kind: str) -> None:
    schema = schema_of(family, kind)
    opened = {(family, kind, name) for name, field in _fields(schema) if field.get("additionalProperties") is True}
    assert opened <= OPEN


def test_what_is_personal_elsewhere_is_marked() -> None:
    identity = {"family_name", "given_name", "birth_date", "phone"}
    assert _personal("requests", "request.submitted.v1") == identity | {"evaluators", "sections"}
    assert _personal("requests", "household.hosted.v1") == identity
    assert _personal("requests", "household.declared_ready.v1") == {"social_housing_number"}
    assert _personal("answers", "designation.refused.v1") == {"argument"}
    assert _personal("notices", "household.designated.v1") == identity
    assert _personal("ready-households", "ready_household.listed.v1") == identity | {"social_housing_number"}


@pytest.mark.parametrize("family", [channel.name for channel in CHANNELS])
def test_every_personal_field_of_a_partner_topic_is_marked(family: str) -> None:
    for kind in MESSAGES[family]:
        unmarked = {
            name
            for name, field in _fields(schema_of(family, kind))
            if name in PERSONAL and field.get("type") == "string" and PRIVATE_MARK not in field
        }
        inside = {name for name, field in _fields(schema_of(family, kind)) if PRIVATE_MARK in field}
        assert unmarked - inside == set()


def test_no_personal_word_of_the_examples_is_in_an_example_of_a_core_topic() -> None:
    words = {
        word
        for golden in golden_messages()
        if golden.family in ("requests", "answers", "notices", "ready-households")
        for word in _words(golden.value)
        if len(word) > 3
    }
    assert {"Durand-Kanté", "+33 6 39 98 12 34", "1991-04-17"} <= words
    for golden in golden_messages():
        if golden.family.startswith("siao."):
            text = golden.body.decode()
            assert [word for word in words if word in text] == [], golden.name


def test_no_key_and_no_header_of_an_example_holds_a_personal_word() -> None:
    words = {word for golden in golden_messages() for word in _words(golden.value) if len(word) > 3}
    for golden in golden_messages():
        outside = " ".join([golden.key or "", *(value.decode() for _, value in golden.headers)])
        assert [word for word in words if word in outside] == [], golden.name


def _words(value: Any, personal: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _words(part, personal or name in (*PERSONAL, "sections"))
    elif isinstance(value, list):
        for part in value:
            yield from _words(part, personal)
    elif isinstance(value, str) and personal:
        yield value
