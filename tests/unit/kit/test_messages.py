"""What the kit sends is what was given, in our own name; what it hears is kept even when it does not know it."""

import json
from typing import Any

import pytest
from aiokafka.structs import ConsumerRecord

from contracts.catalogue import MESSAGES
from contracts.event import open_envelope, read_body
from contracts.export_schemas import INBOUND
from contracts.golden import Golden, golden_messages
from contracts.kit.commands import outgoing_of
from contracts.kit.failure import KitError
from contracts.kit.records import headers_of, outgoing, read_notice
from contracts.notices import DesignationClosed, MessageAccepted
from tests.builders import a_vacancy

GOLDEN = list(golden_messages())
SENT = [golden for golden in GOLDEN if golden.family in INBOUND]
HEARD = [golden for golden in GOLDEN if golden.family == "notices"]


def as_printed(golden: Golden) -> dict[str, Any]:
    """The document that `siao-partner example` prints."""
    headers = {name: value.decode() for name, value in golden.headers}
    return {"headers": headers, "key": golden.key, "value": golden.value}


def a_record(headers: list[tuple[str, bytes]], value: bytes) -> "ConsumerRecord[bytes | None, bytes | None]":
    """A record of a partner's notices."""
    return ConsumerRecord("partners.me.notices", 0, 0, 0, 0, None, value, None, 0, len(value), tuple(headers))


@pytest.mark.parametrize("golden", SENT, ids=lambda golden: golden.name)
def test_an_example_is_sent_as_it_is_in_our_own_name(golden: Golden) -> None:
    message = outgoing_of(json.dumps(as_printed(golden)))
    envelope, body = open_envelope(headers_of(message, "chrs-me"), message.body)
    said = {name: value.decode() for name, value in golden.headers}
    assert (envelope.id, envelope.type, envelope.source) == (said["ce_id"], golden.kind, "/partners/chrs-me")
    assert json.loads(body) == golden.value
    read_body(MESSAGES[golden.family][golden.kind], body)


def test_the_same_document_gives_the_same_bytes_and_a_new_id_is_new() -> None:
    text = json.dumps(as_printed(SENT[0]), indent=4)
    assert outgoing_of(text) == outgoing_of(json.dumps(as_printed(SENT[0])))
    first, second = outgoing_of(text, new_id=True), outgoing_of(text, new_id=True)
    assert len({first.id, second.id, outgoing_of(text).id}) == 3
    assert first.body == second.body


def test_a_body_alone_needs_its_type() -> None:
    assert json.loads(outgoing_of('{"place_id": "é"}', "vacancy.published.v1").body) == {"place_id": "é"}
    with pytest.raises(KitError, match="--type"):
        outgoing_of('{"place_id": "A-01"}')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"headers": {"ce_type": "nothing.known.v9"}, "value": {}}',
        '{"headers": {"ce_type": "vacancy.published.v1", "ce_id": "1", "ce_time": "yesterday"}, "value": {}}',
        '{"headers": {"ce_type": "vacancy.published.v1", "ce_id": "1", "ce_time": "2026-11-24T08:00:00"}, "value": {}}',
    ],
)
def test_what_cannot_be_sent_is_said_before_sending(text: str) -> None:
    with pytest.raises(KitError):
        outgoing_of(text)


def test_a_typed_message_is_sent_with_an_id_of_its_own() -> None:
    first, second = outgoing(a_vacancy()), outgoing(a_vacancy())
    assert first.id != second.id
    assert outgoing(a_vacancy(), "mine").id == "mine"
    assert (first.type, first.body) == ("vacancy.published.v1", second.body)


@pytest.mark.parametrize("golden", HEARD, ids=lambda golden: golden.name)
def test_a_notice_is_typed_and_its_document_kept(golden: Golden) -> None:
    notice = read_notice(a_record(list(golden.headers), golden.body))
    assert isinstance(notice.message, MESSAGES["notices"][golden.kind])
    assert (notice.type, notice.document) == (golden.kind, golden.value)


def spoken(name: str, kind: str | None = None, **fields: Any) -> "ConsumerRecord[bytes | None, bytes | None]":
    """A golden notice with other fields or another type."""
    golden = next(golden for golden in HEARD if golden.name == name)
    headers = [(name, kind.encode() if kind and name == "ce_type" else value) for name, value in golden.headers]
    return a_record(headers, json.dumps({**golden.value, **fields}).encode())


def test_a_field_that_does_not_exist_yet_is_ignored() -> None:
    assert isinstance(read_notice(spoken("message.accepted.v1", mood="good")).message, MessageAccepted)


def test_a_type_or_a_code_that_does_not_exist_yet_is_kept_as_a_document() -> None:
    closed = spoken("designation.closed.v1", outcome="superseded_by_a_moon_landing")
    later = spoken("designation.closed.v1", kind="designation.closed.v9")
    assert isinstance(read_notice(spoken("designation.closed.v1")).message, DesignationClosed)
    for record in (closed, later):
        notice = read_notice(record)
        assert notice.message is None
        assert notice.document["designation"]
