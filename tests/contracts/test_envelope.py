"""Whatever a record holds, opening its envelope gives an envelope or a refusal that its sender can act upon."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.event import ID_LENGTH, STRUCTURED, Envelope, Refusal, binary_headers, open_envelope
from contracts.rejections import REJECTIONS

GOOD = {"ce_id": b"m-1", "ce_type": b"t.v1", "ce_source": b"/partners/a", "ce_time": b"2026-11-24T08:00:00Z"}
EVENT = {"specversion": "1.0", "id": "m-1", "type": "t.v1", "source": "/partners/a", "time": "2026-11-24T08:00:00Z"}
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
Headers = list[tuple[str, bytes | None]]


def _binary(**changed: bytes | None) -> Headers:
    return list({**GOOD, **changed}.items())


def _structured(data: Any, **changed: Any) -> tuple[Headers, bytes]:
    return [("content-type", STRUCTURED.encode())], json.dumps({**EVENT, "data": data, **changed}).encode()


def _raw(text: bytes) -> tuple[Headers, bytes]:
    return [("content-type", STRUCTURED.encode())], text


def _event(data: bytes) -> bytes:
    return json.dumps(EVENT)[:-1].encode() + b', "data": ' + data + b"}"


NASTY: dict[str, tuple[tuple[Headers, bytes | None], str]] = {
    "tombstone": ((_binary(), None), "body-empty"),
    "empty body": ((_binary(), b""), "body-empty"),
    "no header": (([], b"{}"), "envelope-missing"),
    "null id": ((_binary(ce_id=None), b"{}"), "envelope-missing"),
    "null type": ((_binary(ce_type=None), b"{}"), "envelope-missing"),
    "null source": ((_binary(ce_source=None), b"{}"), "envelope-missing"),
    "null time": ((_binary(ce_time=None), b"{}"), "time-invalid"),
    "id in UTF-16": ((_binary(ce_id="m-1".encode("utf-16")), b"{}"), "header-unreadable"),
    "random bytes in an extension": ((_binary(ce_x=b"\xff\xfe\x00"), b"{}"), "header-unreadable"),
    "id with a NUL": ((_binary(ce_id=b"m\x00"), b"{}"), "id-invalid"),
    "id too long": ((_binary(ce_id=b"m" * (ID_LENGTH + 1)), b"{}"), "id-invalid"),
    "type with a line feed": ((_binary(ce_type=b"t.v1\n"), b"{}"), "type-unknown"),
    "source too long": ((_binary(ce_source=b"/" * 9999), b"{}"), "source-forged"),
    "subject with an escape": ((_binary(ce_subject=b"\x1b[2J"), b"{}"), "header-unreadable"),
    "time without zone": ((_binary(ce_time=b"2026-11-24T08:00:00"), b"{}"), "time-invalid"),
    "time in seconds": ((_binary(ce_time=b"1764000000"), b"{}"), "time-invalid"),
    "time before year 1": ((_binary(ce_time=b"0001-01-01T00:00:00+10:00"), b"{}"), "time-invalid"),
    "time after year 9999": ((_binary(ce_time=b"9999-12-31T23:59:59-10:00"), b"{}"), "time-invalid"),
    "structured, BOM": (_raw(b"\xef\xbb\xbf" + _event(b"{}")), "body-not-json"),
    "structured, UTF-16": (_raw(_event(b"{}").decode().encode("utf-16")), "body-not-json"),
    "structured, cut": (_raw(_event(b"{}")[:-9]), "body-not-json"),
    "structured, list": (_raw(b"[1]"), "envelope-missing"),
    "structured, 100,000 deep": (_raw(_event(b"[" * 100_000 + b"]" * 100_000)), "body-not-json"),
    "structured, huge integer": (_raw(_event(b'{"n": ' + b"9" * 5_000 + b"}")), "body-not-json"),
    "structured, NaN": (_raw(_event(b'{"n": NaN}')), "body-not-json"),
    "structured, infinite": (_raw(_event(b'{"n": 1e999}')), "body-not-json"),
    "structured, data twice": (_raw(_event(b'{}, "data": {}')), "body-duplicate-key"),
    "structured, key twice in data": (_raw(_event(b'{"n": 1, "n": 2}')), "body-duplicate-key"),
    "structured, half a surrogate pair in type": (_structured({}, type="\ud800"), "type-unknown"),
    "structured, id a number": (_structured({}, id=7), "envelope-missing"),
    "structured, data a text": (_structured("x"), "body-empty"),
    "structured, data a tombstone": (_structured(None), "body-empty"),
}


@pytest.mark.parametrize(("record", "code"), NASTY.values(), ids=list(NASTY))
def test_a_nasty_record_is_refused_with_its_code(record: tuple[Headers, bytes | None], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        open_envelope(*record)
    assert caught.value.code == code
    assert caught.value.path.isprintable()


def test_at_every_depth_structured_data_is_taken_or_refused() -> None:
    """Where the standard reader gives up depends on the stack it runs on."""
    codes = set()
    for depth in range(5, 1200, 7):
        try:
            open_envelope(*_raw(_event(b'{"n": ' + b"[" * depth + b"]" * depth + b"}")))
            codes.add("taken")
        except Refusal as refusal:
            codes.add(refusal.code)
    assert codes == {"taken", "body-not-json"}


def test_both_modes_give_the_same_envelope_and_data() -> None:
    binary = open_envelope(_binary(traceparent=TRACE.encode()), b'{"n":1}')
    structured = open_envelope(*_structured({"n": 1}, traceparent=TRACE))
    assert binary[0] == structured[0]
    assert json.loads(binary[1]) == json.loads(structured[1]) == {"n": 1}


def test_a_trace_that_is_none_is_ignored_and_time_is_in_utc() -> None:
    envelope, _ = open_envelope(_binary(traceparent=b"x", ce_time=b"2026-11-24T09:00:00+01:00"), b"{}")
    assert envelope.traceparent is None
    assert envelope.time == datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert envelope.time.tzinfo is UTC


# What str.isprintable says, without drawing what it refuses.
printable = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=20
)


@settings(max_examples=60, deadline=None)
@given(
    st.builds(
        Envelope,
        id=printable,
        type=printable,
        source=printable,
        time=st.datetimes(timezones=st.just(UTC)),
        subject=st.none() | printable,
        traceparent=st.sampled_from([None, TRACE]),
    )
)
def test_what_is_written_is_read_back(envelope: Envelope) -> None:
    assert open_envelope(binary_headers(envelope), b"{}") == (envelope, b"{}")


names = st.sampled_from(
    ["ce_id", "ce_type", "ce_source", "ce_time", "ce_subject", "content-type", "traceparent", "ce_"]
)
bits = st.sampled_from([b"m-1", b"2026-11-24T08:00:00Z", STRUCTURED.encode(), b"application/json", b"\xff", b"\x00"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
documents = st.recursive(scalars, lambda part: st.lists(part) | st.dictionaries(st.text(), part), max_leaves=8)
events = st.fixed_dictionaries({}, optional=dict.fromkeys((*EVENT, "data", "subject"), documents))
good_events = documents.map(lambda document: {**EVENT, "data": document})
texts = (documents | events | good_events).map(lambda document: json.dumps(document).encode())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(names | st.text(), st.none() | st.binary() | bits), max_size=8),
    st.booleans(),
    st.none() | st.binary() | texts,
)
def test_any_record_gives_an_envelope_or_a_refusal(headers: Headers, whole: bool, value: bytes | None) -> None:
    outcome = _outcome([*_binary(), *headers] if whole else headers, value)
    if isinstance(outcome, Refusal):
        assert outcome.code in REJECTIONS
        assert outcome.path.isprintable()
    else:
        assert all(text.isprintable() and len(text) <= ID_LENGTH for text in (outcome.id, outcome.type))
        assert binary_headers(outcome)


def _outcome(headers: Headers, value: bytes | None) -> Envelope | Refusal:
    try:
        envelope, body = open_envelope(headers, value)
    except Refusal as refusal:
        return refusal
    assert body
    return envelope
