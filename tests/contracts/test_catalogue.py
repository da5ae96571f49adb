"""The catalogue is whole: names are unique and versioned, each message is described and has its golden example."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contracts.catalogue import MESSAGES, ROLES, senders
from contracts.export_schemas import json_schema, summary
from contracts.golden import golden_messages
from contracts.topics import CHANNELS, CORE

schema_of = cache(json_schema)
GOLDEN = list(golden_messages())
SERVICES = Path(__file__).parents[2] / "services"

KINDS = [(family, kind) for family, kinds in MESSAGES.items() for kind in kinds]
PARTNER_KINDS = [(family, kind) for family, kind in KINDS if family in {channel.name for channel in CHANNELS}]


def test_every_topic_has_messages_and_every_message_a_topic() -> None:
    assert set(MESSAGES) == {topic.name for topic in (*CHANNELS, *CORE)}
    assert all(MESSAGES.values())


def test_a_type_is_on_one_topic_only() -> None:
    assert [kind for kind, times in Counter(kind for _, kind in KINDS).items() if times > 1] == []


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_a_type_is_a_versioned_fact_with_a_meaning(family: str, kind: str) -> None:
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+\.v[1-9][0-9]*", kind)
    assert len(summary(MESSAGES[family][kind])) > 10


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_every_type_has_a_golden_message(family: str, kind: str) -> None:
    assert kind in {golden.name for golden in GOLDEN if golden.family == family}


@pytest.mark.parametrize(("family", "kind"), KINDS)
def test_every_field_is_described_in_both_languages(family: str, kind: str) -> None:
    """What is missing is a line `field,<name or Model.name>,<French>,<English>` of contracts/words.csv."""
    bare = [
        path
        for path, field in _fields(schema_of(family, kind))
        if not (field.get("description") and field.get("x-description-fr"))
    ]
    assert bare == []


def test_senders_are_partners_that_have_the_channel() -> None:
    for channel in CHANNELS:
        for kind in MESSAGES[channel.name]:
            assert ROLES.get(kind, frozenset(channel.roles)) <= set(channel.roles), kind
    assert ROLES.keys() <= {kind for _, kind in PARTNER_KINDS}


def test_only_its_senders_build_a_notice() -> None:
    for channel in (channel for channel in CHANNELS if not channel.inbound):
        for kind, model in MESSAGES[channel.name].items():
            builders = {
                path.relative_to(SERVICES).parts[0]
                for path in SERVICES.rglob("*.py")
                if f"{model.__name__}(" in path.read_text(encoding="utf-8")
            }
            assert builders <= {*senders(channel, kind), "chassis"}, kind


def _fields(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    objects = {document["title"]: document} | document.get("$defs", {})
    return [
        (f"{title}.{name}", field)
        for title, found in objects.items()
        for name, field in found.get("properties", {}).items()
    ]
