"""The document says what the contract says, leads nowhere that is not there, and is the one that is committed."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.catalogue import MESSAGES, senders
from contracts.golden import golden_messages
from contracts.topics import CHANNELS
from services.edge.openapi import HERE, document, files
from services.edge.refusals import REASONS

DOCUMENT = document()
SCHEMAS = DOCUMENT["components"]["schemas"]
INBOUND = [(kind, channel) for channel in CHANNELS if channel.inbound for kind in MESSAGES[channel.name]]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    if isinstance(part, list):
        for value in part:
            yield from references(value)


def test_what_is_committed_is_up_to_date() -> None:
    assert [path.name for path, text in files().items() if path.read_text(encoding="utf-8") != text] == []
    assert json.loads((HERE / "openapi.json").read_text(encoding="utf-8")) == DOCUMENT


def test_every_reference_leads_somewhere() -> None:
    for reference in set(references(DOCUMENT)):
        part: Any = DOCUMENT
        for name in reference.removeprefix("#/").split("/"):
            part = part[name]
        assert part


@pytest.mark.parametrize(("kind", "channel"), INBOUND, ids=[kind for kind, _ in INBOUND])
def test_each_message_has_its_address_its_schema_and_its_senders(kind: str, channel: Any) -> None:
    operation = DOCUMENT["paths"][f"/v1/messages/{kind}"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"] == {"$ref": f"#/components/schemas/{kind}"}
    assert operation["x-roles"] == [role.value for role in senders(channel, kind)]
    assert {"200", "202", "401", "403", "408", "413", "415", "422", "429", "503"} <= operation["responses"].keys()


def test_the_golden_messages_follow_their_schemas_here_too() -> None:
    checked = 0
    for golden in golden_messages():
        if golden.kind in SCHEMAS:
            validator = Draft202012Validator({"$ref": f"#/components/schemas/{golden.kind}", **DOCUMENT})
            assert [error.message for error in validator.iter_errors(golden.value)] == []
            checked += 1
    assert checked > 30


def test_a_schema_still_refuses_what_the_contract_refuses() -> None:
    validator = Draft202012Validator({"$ref": "#/components/schemas/vacancy.published.v1", **DOCUMENT})
    assert not validator.is_valid({"structure_id": "S", "place_id": "P", "available_on": "2026-11-24", "more": 1})
    assert not validator.is_valid({"structure_id": "S"})


def test_every_list_of_a_role_has_an_address() -> None:
    outbound = {channel.name for channel in CHANNELS if not channel.inbound}
    assert {f"/v1/{name}" for name in outbound} <= DOCUMENT["paths"].keys()


def test_every_refusal_is_told_with_both_texts() -> None:
    assert SCHEMAS["Refusal"]["properties"]["code"]["enum"] == list(REASONS)
    for reason in REASONS.values():
        assert 400 <= reason.status < 600
        assert reason.fr.endswith(".")
        assert reason.en.endswith(".")
        assert reason.fr != reason.en


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = (HERE / "docs.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert " src=" not in page
    assert "@import" not in page
