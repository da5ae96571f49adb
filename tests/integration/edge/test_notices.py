"""Notices are read from a cursor on: once, waited for, or as a stream; nothing is missed and nothing comes twice."""

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from contracts.notices import MessageAccepted
from contracts.topics import NOTICES
from tests.integration.edge.house import House, another_edge, until
from tests.integration.edge.test_refusals import refused

EVENTS = {"accept": "text/event-stream"}


def ids(page: httpx.Response) -> list[str]:
    assert page.status_code == 200, page.text
    return [notice["id"] for notice in page.json()["notices"]]


def now(caller: httpx.Client) -> str:
    """The cursor of what comes."""
    return str(caller.get("/v1/notices", params={"after": "now"}).json()["next"])


def test_they_are_read_in_their_order_page_by_page(house: House) -> None:
    with house.caller("ccas-a") as caller:
        cursor = now(caller)
        told = [house.accept("ccas-a", f"m{number}") for number in range(7)]
        read: list[str] = []
        while len(read) < 7:
            page = caller.get("/v1/notices", params={"after": cursor, "limit": 3, "wait": 5})
            assert 1 <= len(ids(page)) <= 3
            read += ids(page)
            cursor = page.json()["next"]
            assert page.json()["notices"][-1]["cursor"] == cursor
    assert read == told


def test_a_notice_is_a_cloudevent_with_its_data_as_it_was_written(house: House) -> None:
    with house.caller("ccas-a") as caller:
        cursor = now(caller)
        identity = house.accept("ccas-a", 'é"\\ ')
        (notice,) = caller.get("/v1/notices", params={"after": cursor, "wait": 5}).json()["notices"]
    assert (notice["specversion"], notice["id"], notice["source"]) == ("1.0", identity, "/siao/offers")
    assert MessageAccepted.model_validate_json(json.dumps(notice["data"])).message_id == 'é"\\ '


def test_without_a_cursor_all_that_is_kept_is_read(house: House) -> None:
    first = house.accept("membre-a")
    with house.caller("membre-a") as caller:
        assert ids(caller.get("/v1/notices"))[0] == first


def test_a_long_poll_is_answered_when_something_comes(house: House) -> None:
    with house.caller("chrs-waiting") as caller, ThreadPoolExecutor() as pool:
        cursor = now(caller)
        began = time.monotonic()
        waiting = pool.submit(caller.get, "/v1/notices", params={"after": cursor, "wait": 20})
        until(lambda: house.metrics()['siao_edge_waiting{kind="poll"}'] >= 1, "somebody waits")
        told = house.accept("chrs-waiting")
        assert ids(waiting.result()) == [told]
        # Long before the wait asked for is over, on a busy machine too.
        assert time.monotonic() - began < 10


def test_a_long_poll_in_vain_ends_in_time_with_the_same_cursor(house: House) -> None:
    with house.caller("chrs-waiting") as caller:
        cursor, began = now(caller), time.monotonic()
        page = caller.get("/v1/notices", params={"after": cursor, "wait": 1})
        assert (ids(page), page.json()["next"]) == ([], cursor)
        assert 0.9 < time.monotonic() - began < 10


def test_too_many_who_wait_are_refused_and_a_caller_who_left_is_not_counted(house: House) -> None:
    with house.caller("prefecture-a") as caller:
        cursor = now(caller)
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout):
                caller.get("/v1/notices", params={"after": cursor, "wait": 20}, timeout=0.3)
        until(lambda: house.metrics()['siao_edge_waiting{kind="poll"}'] == 0, "they are seen to have left")
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(caller.get, "/v1/notices", params={"after": cursor, "wait": 3}) for _ in range(6)]
            answers = [each.result() for each in asked]
        assert sorted(answer.status_code for answer in answers) == [200] * 4 + [429] * 2
        refused(next(answer for answer in answers if answer.status_code == 429), "waits-exceeded")


def test_each_reads_its_own_and_nobody_elses(house: House) -> None:
    house.accept("chrs-b", "for-b-only")
    with house.caller("chrs-a") as caller:
        assert "for-b-only" not in caller.get("/v1/notices", params={"limit": 500}).text


def events(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    """Server-sent events, comments as {"comment": ...}."""
    event: dict[str, str] = {}
    for line in lines:
        if line.startswith(":"):
            yield {"comment": line}
        elif line:
            name, _, value = line.partition(": ")
            event[name] = value
        elif event:
            yield event
            event = {}


def listening(caller: httpx.Client, **asked: Any) -> Any:
    return caller.stream("GET", "/v1/notices", headers={**EVENTS, **asked.pop("headers", {})}, params=asked)


def test_a_stream_tells_what_comes_and_goes_on_where_it_was(house: House) -> None:
    with house.caller("chrs-waiting") as caller:
        start = now(caller)
        with listening(caller, after=start) as answer:
            assert answer.headers["content-type"] == "text/event-stream"
            heard = events(answer.iter_lines())
            assert next(heard) == {"retry": "2000"}
            first = house.accept("chrs-waiting", "one")
            event = next(each for each in heard if "data" in each)
            assert (json.loads(event["data"])["id"], event["event"]) == (first, "message.accepted.v1")
            assert next(heard)["comment"] == ":"
        between = house.accept("chrs-waiting", "two")
        with listening(caller, after=start, headers={"last-event-id": event["id"]}) as answer:
            again = next(each for each in events(answer.iter_lines()) if "data" in each)
        assert json.loads(again["data"])["id"] == between


def test_a_stream_from_nowhere_is_refused_before_it_begins(house: House) -> None:
    with house.caller("chrs-waiting") as caller:
        refused(caller.get("/v1/notices", params={"after": "n88888"}, headers=EVENTS), "cursor-expired")


def test_a_cursor_of_notices_that_are_gone_says_so_and_where_to_go_on(house: House) -> None:
    """Gone as after a week; an edge that was just started has nothing of them in memory either."""
    told = [house.accept("operateur-a") for _ in range(3)]
    admin = AdminClient({**house.kafka.client_settings(), "log_level": 0})
    place = TopicPartition(NOTICES.of("operateur-a"), 0, 2)
    admin.delete_records([place])[place].result(timeout=20)
    with another_edge(house) as url, house.caller("operateur-a") as caller:
        said = refused(caller.get(f"{url}/v1/notices", params={"after": "n0"}), "cursor-expired")
        assert said["continue_with"] == "n2"
        assert ids(caller.get(f"{url}/v1/notices", params={"after": said["continue_with"]})) == told[2:]


class Ear:
    """A stream that is listened to in a thread of its own."""

    def __init__(self, house: House, token: str) -> None:
        self.heard: list[dict[str, str]] = []
        self.ended = 0.0
        self._house, self._token = house, token
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        until(lambda: self.heard, "the stream begins")

    def _listen(self) -> None:
        with self._house.stranger(self._token) as caller, listening(caller, after="now") as answer:
            for event in events(answer.iter_lines()):
                self.heard.append(event)
        self.ended = time.monotonic()


def opens(house: House, token: str) -> int:
    with house.stranger(token) as caller:
        return caller.get("/v1/notices", params={"after": "now"}).status_code


def test_a_token_that_is_taken_back_is_cut_at_once_streams_too(house: House) -> None:
    old, fresh = house.tokens["chrs-rotating"], house.fresh_token("chrs-rotating")
    ear = Ear(house, old)
    house.issue("chrs-rotating", (old, None), (fresh, None))
    until(lambda: opens(house, fresh) == 200, "the new one opens")
    assert opens(house, old) == 200
    house.issue("chrs-rotating", (fresh, None))
    began = time.monotonic()
    until(lambda: opens(house, old) == 401, "the old one opens nothing")
    until(lambda: ear.ended, "its stream ends")
    assert ear.ended - began < 5
    assert ear.heard[-1]["event"] == "closed"
    assert json.loads(ear.heard[-1]["data"])["code"] == "token-unknown"
    assert opens(house, fresh) == 200
    soon = house.fresh_token("chrs-rotating")
    house.issue("chrs-rotating", (fresh, None), (soon, datetime.now(UTC) + timedelta(seconds=2)))
    until(lambda: opens(house, soon) == 200, "it opens for two seconds")
    ear = Ear(house, soon)
    until(lambda: ear.ended, "it expires", 5)
    with house.stranger(soon) as caller:
        refused(caller.get("/v1/notices"), "token-expired")


def test_a_partner_without_any_token_is_out(house: House) -> None:
    ear = Ear(house, house.tokens["chrs-leaving"])
    house.issue("chrs-leaving")
    began = time.monotonic()
    until(lambda: ear.ended, "its stream ends")
    assert ear.ended - began < 5
    assert opens(house, house.tokens["chrs-leaving"]) == 401
