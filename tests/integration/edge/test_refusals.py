"""What the edge itself refuses: a status, a stable code, what to do in two languages; and nothing is written."""

import json
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from contracts.event import STRUCTURED
from contracts.topics import VACANCIES
from services.edge.asking import BODY_BYTES
from services.edge.refusals import REASONS
from tests.integration.edge.house import ONLY_KAFKA, House, a_vacancy, another_edge, send

pytestmark = pytest.mark.once

JSON = {"content-type": "application/json"}
HTML = {"accept": "text/html"}


def refused(answer: httpx.Response, code: str) -> dict[str, Any]:
    """The answer is this refusal, whole; its body."""
    said: dict[str, Any] = answer.json()
    assert (answer.status_code, said["code"]) == (REASONS[code].status, code)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert said["text_fr"]
    assert said["text_en"]
    assert said["text_fr"] != said["text_en"]
    return said


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (None, "token-missing"),
        ("", "token-missing"),
        ("nonsense", "token-unknown"),
        ("siao__", "token-unknown"),
        (f"siao_chrs-a_{'A' * 43}", "token-unknown"),
        (f"siao_nobody_{'A' * 43}", "token-unknown"),
        (f"siao_{ONLY_KAFKA}_{'A' * 43}", "token-unknown"),
    ],
)
def test_nobody_enters_without_a_token_of_his_own(house: House, token: str | None, code: str) -> None:
    with house.stranger(token) as stranger:
        for answer in (send(stranger), stranger.get("/v1/notices"), stranger.get("/v1/ready-households")):
            refused(answer, code)
            assert answer.headers["www-authenticate"].startswith("Bearer")


def test_the_token_of_one_under_the_name_of_another_is_no_token(house: House) -> None:
    secret = house.tokens["chrs-a"].removeprefix("siao_chrs-a_")
    with house.stranger(f"siao_chrs-b_{secret}") as stranger:
        refused(stranger.get("/v1/notices"), "token-unknown")


def test_an_address_with_too_many_wrong_tokens_waits_and_who_has_a_good_one_does_not(house: House) -> None:
    settings = {"SIAO_EDGE_WRONG_BURST": "3", "SIAO_EDGE_WRONG_RATE": "0.01", "SIAO_EDGE_BEHIND_PROXY": "true"}
    with another_edge(house, **settings) as url, httpx.Client(base_url=url, trust_env=False) as client:

        def ask(token: str, address: str) -> httpx.Response:
            headers = {"authorization": f"Bearer {token}", "x-forwarded-for": f"203.0.113.250, {address}"}
            return client.get("/v1/notices", headers=headers)

        for _ in range(3):
            refused(ask("siao_chrs-a_wrong", "198.51.100.7"), "token-unknown")
        for token in ("siao_chrs-a_wrong", "nonsense"):
            answer = ask(token, "198.51.100.7")
            refused(answer, "tokens-refused")
            assert 0 < int(answer.headers["retry-after"]) <= 100
        assert ask(house.tokens["chrs-a"], "198.51.100.7").status_code == 200
        refused(ask("nonsense", "198.51.100.8"), "token-unknown")


@pytest.mark.parametrize("scheme", ["Basic", "bearer ", "Token"])
def test_the_token_is_a_bearer_s(house: House, scheme: str) -> None:
    answer = httpx.get(
        f"{house.url}/v1/notices",
        headers={"authorization": f"{scheme} {house.tokens['chrs-a']}"},
        trust_env=False,
    )
    assert answer.status_code == (200 if scheme == "bearer " else 401)


Ask = Callable[[httpx.Client], httpx.Response]
VACANCY = "/v1/messages/vacancy.published.v1"


def whole(content: bytes) -> Ask:
    """A whole event is sent."""
    return lambda c: c.post("/v1/messages", content=content, headers={"content-type": STRUCTURED})


def typed(query: str, content: bytes = b"{}", *more: tuple[str, str]) -> Ask:
    """A message is sent so."""
    return lambda c: c.post(f"{VACANCY}{query}", content=content, headers=[*JSON.items(), *more])


ASKED: list[tuple[str, str, Ask]] = [
    ("no media type", "media-type-unknown", lambda c: c.post(VACANCY, content=a_vacancy())),
    ("XML", "media-type-unknown", lambda c: c.post(VACANCY, content=b"<a/>", headers={"content-type": "text/xml"})),
    (
        "a whole event at a type's address",
        "media-type-unknown",
        lambda c: c.post(VACANCY, content=b"{}", headers={"content-type": STRUCTURED}),
    ),
    ("a body alone at the events' address", "media-type-unknown", lambda c: c.post("/v1/messages", json={})),
    ("no body", "body-empty", typed("", b"")),
    ("gzip", "encoding-unknown", lambda c: send(c, content_encoding="gzip")),
    ("a bomb", "encoding-unknown", lambda c: send(c, b"\x1f\x8b" + b"\0" * 100, content_encoding="gzip, br")),
    ("too large, as it says", "body-too-large", lambda c: send(c, b" " * (BODY_BYTES + 1))),
    (
        "too large, without saying it",
        "body-too-large",
        lambda c: c.post(VACANCY, content=(b" " * 8_192 for _ in range(9)), headers=JSON),
    ),
    ("an id too long", "id-invalid", lambda c: send(c, ce_id="x" * 129)),
    ("an id with a line feed", "id-invalid", lambda c: send(c, ce_id="a%0Ab")),
    ("an empty id", "envelope-missing", lambda c: send(c, ce_id="")),
    ("an id that is no text", "header-unreadable", lambda c: send(c, ce_id="%ff%fe")),
    ("two ids", "header-unreadable", typed("", b"{}", ("ce-id", "a"), ("ce-id", "b"))),
    ("a time without its zone", "time-invalid", lambda c: send(c, ce_time="2026-11-24T08:00:00")),
    ("another type in its headers", "type-differs", lambda c: send(c, ce_type="vacancy.withdrawn.v1")),
    ("a parameter that is not there", "parameter-invalid", typed("?wiat=1")),
    ("a wait too long", "parameter-invalid", typed("?wait=31")),
    ("a wait that is no number", "parameter-invalid", lambda c: c.get("/v1/notices?wait=soon")),
    ("a parameter twice", "parameter-invalid", lambda c: c.get("/v1/notices?wait=1&wait=0")),
    ("no notices at once", "parameter-invalid", lambda c: c.get("/v1/notices?limit=0")),
    ("a cursor of one's own", "cursor-invalid", lambda c: c.get("/v1/notices?after=12")),
    ("a cursor of figures that are none", "cursor-invalid", lambda c: c.get("/v1/notices?after=n١٢")),
    ("a cursor to come", "cursor-expired", lambda c: c.get("/v1/notices?after=n999999")),
    ("a form that we do not have", "answer-not-acceptable", lambda c: c.get("/v1/notices", headers=HTML)),
    ("a list that is another role's", "list-not-yours", lambda c: c.get("/v1/ready-households")),
    ("nothing is there", "page-unknown", lambda c: c.get("/v2/notices")),
    ("not written so", "method-unknown", lambda c: c.put("/v1/notices")),
    ("not read so", "method-unknown", lambda c: c.get("/v1/messages")),
    ("an event cut", "body-not-json", whole(b'{"id": ')),
    ("an event with a key twice", "body-duplicate-key", whole(b'{"id": "1", "id": "2"}')),
    ("an event that is a list", "envelope-missing", whole(b"[]")),
]  # fmt: skip


@pytest.mark.parametrize(("what", "code", "ask"), ASKED, ids=[what for what, *_ in ASKED])
def test_it_says_what_is_wrong_and_writes_nothing(house: House, what: str, code: str, ask: Ask) -> None:
    assert what
    before = len(house.written(VACANCIES.of("chrs-b")))
    with house.caller("chrs-b") as caller:
        said = refused(ask(caller), code)
    assert len(house.written(VACANCIES.of("chrs-b"))) == before
    if code == "cursor-expired":
        assert said["continue_with"].startswith("n")


def raw(house: House, *parts: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """What comes back on a connection where this was said, part by part, and how long until it was closed."""
    address = urlsplit(house.url)
    began = time.monotonic()
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=20) as connection:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        received = b""
        while data := connection.recv(65_536):
            received += data
    return received, time.monotonic() - began


def head(house: House, length: int) -> bytes:
    return (
        f"POST {VACANCY} HTTP/1.1\r\nhost: siao\r\nauthorization: Bearer {house.tokens['chrs-b']}\r\n"
        f"content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    ).encode()


def test_a_body_that_does_not_come_is_not_waited_for(house: House) -> None:
    received, seconds = raw(house, head(house, 100), b'{"a"')
    assert received.startswith(b"HTTP/1.1 408 ")
    assert b"body-slow" in received
    assert seconds < 15


def test_a_body_too_large_is_not_read(house: House) -> None:
    received, seconds = raw(house, head(house, 10_000_000), b" ")
    assert received.startswith(b"HTTP/1.1 413 ")
    assert seconds < 15


def test_one_who_goes_on_sending_too_large_a_body_reads_the_answer(house: House) -> None:
    """A connection that is closed on a sender takes the answer with it."""
    received, seconds = raw(house, head(house, 10_000_000), *[b" " * 100_000] * 100, pause=0.001)
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b"body-too-large" in received
    assert seconds < 15


@pytest.mark.parametrize("said", [b"", b"GET /v1/notices HTTP/1.1\r\nhost: "], ids=["nothing", "half a head"])
def test_a_caller_who_does_not_finish_its_request_is_let_go(house: House, said: bytes) -> None:
    received, seconds = raw(house, said)
    assert received == b""
    assert 1 < seconds < 15


def test_what_is_no_http_is_refused(house: House) -> None:
    received, _ = raw(house, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 400 ")


def test_too_many_requests_are_told_when_to_come_back(house: House) -> None:
    with house.caller("chrs-busy") as caller:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: caller.get("/v1/ready-households"), range(250)))
        late = [answer for answer in answers if answer.status_code == 429]
        assert late
        refused(late[0], "rate-exceeded")
        assert int(late[0].headers["retry-after"]) >= 1
    with house.caller("chrs-b") as other:
        assert other.get("/v1/notices").status_code == 200


def test_nothing_of_the_inside_is_shown_to_partners(house: House) -> None:
    with house.caller("chrs-b") as caller:
        for page in ("/metrics", "/health", "/ready", "/asyncapi"):
            refused(caller.get(page), "page-unknown")


def test_no_token_and_no_body_is_in_a_log(house: House) -> None:
    with house.caller("chrs-b") as caller:
        send(caller, b'{"name": "Marie Curie"', ce_id="logged")
        caller.get("/v1/notices?after=n999999999")
    assert house.edge is not None
    log = house.edge.child.log_path.read_text()
    assert not [token for token in house.tokens.values() if token.split("_", 2)[2] in log]
    assert "Curie" not in log
    assert all(json.loads(line)["event"] in ("started", "fault", "mended") for line in log.splitlines())
