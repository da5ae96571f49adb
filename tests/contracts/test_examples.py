"""Golden messages are taken by the models and by the exported schemas; rejected ones for the reason they give."""

from functools import cache
from typing import Any

import jsonschema
import pytest

from contracts.catalogue import MESSAGES
from contracts.event import Refusal, open_envelope, partner_source, read_body
from contracts.export_asyncapi import headers_schema
from contracts.export_schemas import json_schema
from contracts.golden import Golden, Rejected, golden_messages, rejected_messages
from contracts.rejections import REJECTIONS
from contracts.topics import CHANNELS, CORE, split_partner_topic

schema_of = cache(json_schema)

GOLDEN = list(golden_messages())
TOPICS = {topic.name: topic for topic in (*CHANNELS, *CORE)}


def _name(golden: Golden | Rejected) -> str:
    return f"{golden.family}/{golden.name}" if isinstance(golden, Golden) else golden.name


@pytest.mark.parametrize("golden", GOLDEN, ids=_name)
def test_a_golden_message_is_taken_by_model_and_schema(golden: Golden) -> None:
    envelope, body = open_envelope(golden.headers, golden.body)
    message = read_body(MESSAGES[golden.family][envelope.type], body)
    schema = schema_of(golden.family, golden.kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(golden.value, schema, format_checker=jsonschema.FormatChecker())
    jsonschema.validate(message.model_dump(mode="json"), schema, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize("golden", GOLDEN, ids=_name)
def test_the_headers_of_a_golden_message_are_those_documented(golden: Golden) -> None:
    headers = {name: value.decode() for name, value in golden.headers}
    jsonschema.validate(headers, headers_schema(TOPICS[golden.family], golden.kind))
    assert golden.name.startswith(golden.kind)


def test_every_golden_message_has_an_id_of_its_own() -> None:
    ids = [dict(golden.headers)["ce_id"] for golden in GOLDEN]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("rejected", list(rejected_messages()), ids=_name)
def test_a_rejected_example_is_rejected_for_the_reason_it_gives(rejected: Rejected) -> None:
    with pytest.raises(Refusal) as caught:
        _take(rejected)
    assert (caught.value.code, caught.value.path) == (rejected.code, rejected.path)
    assert caught.value.code in REJECTIONS


def _take(rejected: Rejected) -> None:
    """What every service does first with a partner's record."""
    owner = split_partner_topic(rejected.topic)
    assert owner is not None
    partner, family = owner
    envelope, body = open_envelope(rejected.headers, rejected.body)
    if envelope.source != partner_source(partner):
        raise Refusal("source-forged", "headers.ce_source")
    model = MESSAGES[family].get(envelope.type)
    if model is None:
        raise Refusal("type-unknown", "headers.ce_type")
    read_body(model, body)


def test_the_household_of_the_example_fits_the_place_of_the_example() -> None:
    structure, vacancy, request = (
        _value(family, name)
        for family, name in (
            ("vacancies", "structure.described.v1"),
            ("vacancies", "vacancy.published.v1"),
            ("requests", "request.submitted.v1"),
        )
    )
    assert vacancy["structure_id"] == structure["structure_id"]
    place = next(place for place in structure["places"] if place["place_id"] == vacancy["place_id"])
    assert place["capacity"] - 1 <= len(request["members"]) <= place["capacity"]
    assert structure["offer_type"] in request["recommended"]
    assert structure["commune"] in request["communes"]
    rules = {rule["kind"]: rule for rule in structure["projet"]["rules"]}
    assert set(rules) == {"composition", "age", "support", "no_pets"}
    assert "woman_with_children" in rules["composition"]["allowed"]
    assert request["needs"]["support"] in rules["support"]["allowed"]
    assert request["needs"]["pets"] == "no"
    assert vacancy["available_on"] >= structure["projet"]["effective_from"]
    assert len(request["evaluation"]["sections"]) == 8
    designated = _value("notices", "household.designated.v1")
    assert [designated[name] for name in ("structure_id", "place_id", "members", "needs")] == [
        structure["structure_id"],
        place["place_id"],
        request["members"],
        request["needs"],
    ]


def _value(family: str, name: str) -> dict[str, Any]:
    return next(golden.value for golden in GOLDEN if (golden.family, golden.name) == (family, name))
