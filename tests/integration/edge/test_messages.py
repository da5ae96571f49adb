"""A message over HTTP is on its sender's own topic, as if it had come over Kafka, before it is answered."""

import json
import re
import uuid
from datetime import datetime
from typing import Any

from contracts.answers import HouseholdRehoused
from contracts.catalogue import MESSAGES, senders
from contracts.event import STRUCTURED
from contracts.topics import CHANNELS, VACANCIES
from tests.integration.edge.house import ROLES, House, a_vacancy, send


def headers_of(record: Any) -> dict[str, str]:
    return {name: value.decode() for name, value in record.headers()}


def record_of(house: House, partner: str, identity: str) -> Any:
    """The one record with this id on the partner's topic of vacancies."""
    (found,) = [r for r in house.written(VACANCIES.of(partner)) if headers_of(r).get("ce_id") == identity]
    return found


def test_it_is_written_on_the_senders_topic_with_the_senders_words(house: House) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with house.caller("chrs-a") as caller:
        answer = send(caller, ce_id="mine-1", ce_time="2026-11-24T08:00:00Z", ce_subject="S/A", traceparent=trace)
    assert answer.status_code == 202
    said = answer.json()
    assert (said["id"], said["id_given"], said["type"]) == ("mine-1", True, "vacancy.published.v1")
    assert answer.headers["location"] == said["notices"]
    record = record_of(house, "chrs-a", "mine-1")
    assert record.value() == a_vacancy()
    assert headers_of(record) == {
        "ce_specversion": "1.0",
        "ce_id": "mine-1",
        "ce_type": "vacancy.published.v1",
        "ce_source": "/partners/chrs-a",
        "ce_time": "2026-11-24T08:00:00+00:00",
        "ce_subject": "S/A",
        "traceparent": trace,
        "content-type": "application/json",
    }


def test_without_an_id_it_gets_one_that_grows_with_time_and_the_time_of_now(house: House) -> None:
    with house.caller("chrs-a") as caller:
        said = [send(caller).json() for _ in range(3)]
    assert [each["id_given"] for each in said] == [False] * 3
    made = [uuid.UUID(each["id"]) for each in said]
    assert [each.version for each in made] == [7] * 3
    assert [each.variant for each in made] == [uuid.RFC_4122] * 3
    assert len(set(made)) == 3
    at = datetime.fromisoformat(headers_of(record_of(house, "chrs-a", said[0]["id"]))["ce_time"])
    assert abs((datetime.now(at.tzinfo) - at).total_seconds()) < 60


def test_nobody_says_who_he_is_or_where_the_answer_goes(house: House) -> None:
    forged = {"ce_source": "/partners/chrs-b", "reply_to": "siao.offers", "ce_dataschema": "x", "x_partner": "chrs-b"}
    before = len(house.written(VACANCIES.of("chrs-b")))
    with house.caller("chrs-a") as caller:
        assert send(caller, ce_id="forged-1", **forged).status_code == 202
    assert headers_of(record_of(house, "chrs-a", "forged-1"))["ce_source"] == "/partners/chrs-a"
    assert not {"reply_to", "ce_dataschema", "x_partner"} & headers_of(record_of(house, "chrs-a", "forged-1")).keys()
    assert len(house.written(VACANCIES.of("chrs-b"))) == before


def test_a_whole_event_is_taken_and_its_source_is_the_sender(house: House) -> None:
    event = {
        "specversion": "1.0",
        "id": "whole-1",
        "type": "vacancy.published.v1",
        "source": "/siao/orientation",
        "time": "2026-11-24T08:00:00Z",
        "data": json.loads(a_vacancy()),
    }
    with house.caller("chrs-a") as caller:
        answer = caller.post("/v1/messages", content=json.dumps(event), headers={"content-type": STRUCTURED})
    assert answer.status_code == 202
    record = record_of(house, "chrs-a", "whole-1")
    assert headers_of(record)["ce_source"] == "/partners/chrs-a"
    assert json.loads(record.value()) == event["data"]


def test_an_id_beyond_ascii_is_percent_encoded_as_cloudevents_says(house: House) -> None:
    with house.caller("chrs-a") as caller:
        assert send(caller, ce_id="caf%C3%A9%201").json()["id"] == "café 1"
    assert record_of(house, "chrs-a", "café 1")


def test_what_a_body_says_is_not_judged_here(house: House) -> None:
    bodies = [b"{", b"\xff\xfe", b"[]", b'{"a":' * 6_000, b"x" * 63_000]
    with house.caller("chrs-a") as caller:
        for number, body in enumerate(bodies):
            assert send(caller, body, ce_id=f"body-{number}").status_code == 202
    for number, body in enumerate(bodies):
        assert record_of(house, "chrs-a", f"body-{number}").value() == body


def test_each_role_sends_what_the_contract_says_and_nothing_else(house: House) -> None:
    """Every type × every role: written where the catalogue says, or refused with the contract's own code."""
    kinds = [(kind, channel) for channel in CHANNELS if channel.inbound for kind in MESSAGES[channel.name]]
    assert len(kinds) >= 18
    for partner in ("chrs-a", "ccas-a", "bailleur-a", "prefecture-a", "operateur-a", "membre-a"):
        with house.caller(partner) as caller:
            for kind, channel in kinds:
                answer = send(caller, b"{}", kind)
                entitled = ROLES[partner] in senders(channel, kind)
                assert answer.status_code == (202 if entitled else 403), (partner, kind)
                if not entitled:
                    assert answer.json()["code"] == "role-not-entitled"


def test_a_type_that_partners_do_not_send_is_unknown(house: House) -> None:
    with house.caller("chrs-a") as caller:
        for kind in (
            "designation.made.v1",
            "message.accepted.v1",
            "vacancy.published.v9",
            "%2e%2e",
            HouseholdRehoused.type + "x",
        ):
            answer = send(caller, kind=kind)
            assert (answer.status_code, answer.json()["code"]) in {(404, "type-unknown"), (404, "page-unknown")}, kind


def test_a_message_that_waits_in_vain_is_on_its_way_all_the_same(house: House) -> None:
    """No service answers in this house."""
    with house.caller("chrs-a") as caller:
        answer = caller.post(
            "/v1/messages/vacancy.published.v1?wait=1",
            content=a_vacancy(),
            headers={"content-type": "application/json", "ce-id": "vain-1"},
        )
    assert answer.status_code == 202
    assert "answer" not in answer.json()
    assert re.fullmatch(r"/v1/notices\?after=n[0-9]+", answer.json()["notices"])
    assert record_of(house, "chrs-a", "vain-1")
