"""Whatever the body of a message is, reading it gives the message or a refusal that shows where the fault is."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.catalogue import MESSAGES
from contracts.event import Message, Refusal, read_body
from contracts.export_schemas import INBOUND
from contracts.golden import golden_messages
from contracts.rejections import REJECTIONS
from contracts.topics import PARTNER_MESSAGE_BYTES
from contracts.vacancies import StructureDescribed, VacancyPublished

MODELS = [MESSAGES[family][kind] for family in sorted(INBOUND) for kind in MESSAGES[family]]
GOLDEN = [golden for golden in golden_messages() if golden.family in INBOUND]
VACANCY = next(golden.body for golden in GOLDEN if golden.name == "vacancy.published.v1")
STRUCTURE: dict[str, Any] = next(golden.value for golden in GOLDEN if golden.name == "structure.described.v1")

NASTY = {
    "nothing": (b"", "body-not-json"),
    "spaces": (b"   ", "body-not-json"),
    "null": (b"null", "body-invalid"),
    "a list": (b"[]", "body-invalid"),
    "a number": (b"1", "body-invalid"),
    "random bytes": (b"\x80\x81\xfe\xff", "body-not-json"),
    "compressed": (b"\x1f\x8b\x08\x00" + VACANCY, "body-not-json"),
    "BOM": (b"\xef\xbb\xbf" + VACANCY, "body-not-json"),
    "UTF-16": (VACANCY.decode().encode("utf-16"), "body-not-json"),
    "UTF-16 without BOM": (VACANCY.decode().encode("utf-16-le"), "body-not-json"),
    "UTF-32": (VACANCY.decode().encode("utf-32"), "body-not-json"),
    "Latin-1": ('{"structure_id": "é"}'.encode("latin-1"), "body-not-json"),
    "cut": (VACANCY[:-1], "body-not-json"),
    "two documents": (VACANCY + VACANCY, "body-not-json"),
    "trailing comma": (VACANCY[:-1] + b",}", "body-not-json"),
    "single quotes": (VACANCY.replace(b'"', b"'"), "body-not-json"),
    "a comment": (b"/* */" + VACANCY, "body-not-json"),
    "200,000 deep": (b"[" * 200_000 + b"]" * 200_000, "body-not-json"),
    "deep in a field": (b'{"structure_id": ' + b'{"x":' * 5_000 + b"1" + b"}" * 5_001, "body-not-json"),
    "5,000 digits": (VACANCY[:-1] + b', "n": ' + b"9" * 5_000 + b"}", "body-not-json"),
    "4,000 digits": (VACANCY[:-1] + b', "n": ' + b"9" * 4_000 + b"}", "body-invalid"),
    "NaN": (VACANCY[:-1] + b', "n": NaN}', "body-invalid"),
    "infinity": (VACANCY[:-1] + b', "n": -Infinity}', "body-invalid"),
    "a key twice": (VACANCY[:-1] + b', "place_id": "A-01"}', "body-duplicate-key"),
    "half a surrogate pair": (VACANCY.replace(b"B-03", b"\\ud800"), "body-not-json"),
    "a raw control character": (VACANCY.replace(b"B-03", b"B\x00"), "body-not-json"),
    "an escaped NUL": (VACANCY.replace(b"B-03", b"B\\u0000"), "body-invalid"),
    "a line feed after an id": (VACANCY.replace(b"B-03", b"B-03\\n"), "body-invalid"),
    "an id that is a path": (VACANCY.replace(b"B-03", b"../B-03"), "body-invalid"),
    "a key that is code": (VACANCY[:-1] + b', "__proto__": {"admin": true}}', "body-invalid"),
    "500 kB of text": (VACANCY.replace(b"B-03", b"B" * 500_000), "body-invalid"),
}


@pytest.mark.parametrize(("body", "code"), NASTY.values(), ids=list(NASTY))
def test_a_nasty_body_is_refused_with_its_code(body: bytes, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_body(VacancyPublished, body)
    assert caught.value.code == code


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.type)
def test_every_model_refuses_every_nasty_body(model: Any) -> None:
    for body, _ in NASTY.values():
        with pytest.raises(Refusal) as caught:
            read_body(model, body)
        assert caught.value.code in REJECTIONS


def _structure(change: Any) -> bytes:
    document = json.loads(json.dumps(STRUCTURE))
    change(document)
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda s: s.pop("name"), "$.name"),
        (lambda s: s["places"][1].pop("capacity"), "$.places[1].capacity"),
        (lambda s: s["projet"]["rules"][1].update(minimum=-1), "$.projet.rules[1].minimum"),
        (lambda s: s["projet"]["rules"][0]["allowed"].append("anyone"), "$.projet.rules[0].allowed[6]"),
        (lambda s: s["projet"]["rules"][3].pop("article"), "$.projet.rules[3].article"),
        (lambda s: s["projet"]["rules"][3].pop("kind"), "$.projet.rules[3]"),
        (lambda s: s["projet"]["rules"][3].update(kind="no_birds"), "$.projet.rules[3]"),
        (lambda s: s["projet"]["rules"][3].update({"a\n b": 1}), "$.projet.rules[3].ab"),
        (lambda s: s.update(revision=2**31), "$.revision"),
    ],
)
def test_the_path_leads_to_the_fault_in_the_sender_s_own_document(change: Any, path: str) -> None:
    with pytest.raises(Refusal) as caught:
        read_body(StructureDescribed, _structure(change))
    assert (caught.value.code, caught.value.path) == ("body-invalid", path)


def test_the_path_leads_to_a_heading_that_the_grid_does_not_have() -> None:
    golden = next(golden for golden in GOLDEN if golden.name == "request.submitted.v1")
    document = json.loads(golden.body)
    document["evaluation"]["sections"]["astrology"] = "Taureau, ascendant Lion."
    with pytest.raises(Refusal) as caught:
        read_body(MESSAGES[golden.family][golden.kind], json.dumps(document).encode())
    assert caught.value.path == "$.evaluation.sections.astrology"


def test_a_refusal_quotes_nothing_of_what_was_written() -> None:
    golden = next(golden for golden in GOLDEN if golden.name == "request.submitted.v1")
    for field in ("family_name", "birth_date", "gender"):
        document = json.loads(golden.body)
        document["members"][0][field] = "Zyxwvut" * 20
        with pytest.raises(Refusal) as caught:
            read_body(MESSAGES[golden.family][golden.kind], json.dumps(document).encode())
        assert "Zyxwvut" not in f"{caught.value.code}{caught.value.path}{caught.value.detail}{caught.value!r}"


def test_the_largest_record_of_repeated_keys_is_refused_without_delay() -> None:
    filler = b", ".join(b'"k%d": 1' % number for number in range(PARTNER_MESSAGE_BYTES // 12))
    sections = b'{"sections": {' + filler + b"}}"
    started = time.process_time()
    for model in MODELS:
        with pytest.raises(Refusal):
            read_body(model, sections)
    assert time.process_time() - started < 2


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(MODELS), st.binary())
def test_any_bytes_give_a_refusal(model: Any, body: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        read_body(model, body)
    assert caught.value.code in REJECTIONS


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=6)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(GOLDEN), st.data())
def test_any_spoilt_message_is_taken_or_refused(golden: Any, data: st.DataObject) -> None:
    document = json.loads(golden.body)
    part = document
    while True:
        steps = list(part) if isinstance(part, dict) else list(range(len(part)))
        step = data.draw(st.sampled_from(steps))
        if not isinstance(part[step], dict | list) or not part[step] or data.draw(st.booleans()):
            break
        part = part[step]
    part[step] = data.draw(values)
    refusal = _refusal(MESSAGES[golden.family][golden.kind], json.dumps(document).encode())
    assert refusal is None or (refusal.code in REJECTIONS and refusal.path.startswith("$"))


def _refusal(model: type[Message], body: bytes) -> Refusal | None:
    try:
        read_body(model, body)
    except Refusal as refusal:
        return refusal
    return None
