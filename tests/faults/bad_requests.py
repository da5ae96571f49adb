"""What may be sent over HTTP that should not be: each kind with the refusal, or the rejection, that it deserves."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracts.answers import HouseholdRehoused
from contracts.event import STRUCTURED
from contracts.vacancies import VacancyPublished
from services.edge.asking import BODY_BYTES
from tests.faults.bad_records import A_REHOUSING, BODIES, a_document, body, vacancy

JSON: Final = {"content-type": "application/json"}
WHOLE: Final = {"content-type": f"{STRUCTURED}; charset=UTF-8"}
TYPED: Final = f"/v1/messages/{VacancyPublished.type}"


@dataclass(frozen=True)
class Request:
    """What is asked: content, headers, where. An authorization of its own replaces the sender's."""

    content: bytes
    headers: Mapping[str, str]
    path: str = TYPED


@dataclass(frozen=True)
class Kind:
    """A kind of request. answer: the code; refused: by the edge itself, at once, else rejected in the notices."""

    name: str
    answer: str
    make: Callable[[int, str], Request]
    refused: bool = False


def rejected(name: str, answer: str, content: Callable[[int], bytes | None], **headers: str) -> Kind:
    """A body that is passed on, under a good envelope with some changes."""
    more = {each.replace("_", "-"): text for each, text in headers.items()}
    return Kind(name, answer, lambda n, identity: Request(content(n) or b"", {**JSON, "ce-id": identity, **more}))


def refused(name: str, answer: str, path: str = TYPED, content: bytes = body(), **headers: str) -> Kind:
    """A request that the edge refuses for its headers, its address or its size."""
    more = {each.replace("_", "-"): text for each, text in headers.items()}
    return Kind(name, answer, lambda _, identity: Request(content, {**JSON, "ce-id": identity, **more}, path), True)


def whole(name: str, answer: str, make: Callable[[int, str], bytes], *, edge: bool) -> Kind:
    """A whole event."""
    return Kind(name, answer, lambda n, identity: Request(make(n, identity), WHOLE, "/v1/messages"), edge)


def an_event(identity: str, **changes: Any) -> bytes:
    return a_document(id=identity, **changes)


BAD: Final = (
    # A body that is not there is one without content: HTTP has no tombstones.
    *(rejected(name, answer, make) for name, answer, make in BODIES if answer != "body-empty"),
    refused("no body", "body-empty", content=b""),
    rejected("another partner's source", "place-unknown", lambda _: body(), ce_source="/partners/asso-bad"),
    rejected("the SIAO's source", "place-unknown", lambda _: body(), ce_source="/siao/orientation"),
    rejected("a place to answer to", "place-unknown", lambda _: body(), reply_to="siao.offers"),
    rejected("a trace that is none", "place-unknown", lambda _: body(), traceparent="x" * 500),
    whole("a forged event", "place-unknown", lambda _, i: an_event(i, source="/siao/offers"), edge=False),
    whole("an event with a body that is wrong", "body-invalid", lambda _, i: an_event(i, data={"a": 1}), edge=False),
    whole("an event cut", "body-not-json", lambda n, i: an_event(i)[: 20 + n % 60], edge=True),
    whole("an event without data", "body-empty", lambda _, i: an_event(i, data=None), edge=True),
    whole("a list of events", "envelope-missing", lambda _, i: b"[" + an_event(i) + b"]", edge=True),
    whole(
        "an event with a key twice", "body-duplicate-key", lambda _, i: an_event(i)[:-1] + b', "id": "x"}', edge=True
    ),
    whole(
        "a fact of the SIAO's as an event",
        "type-unknown",
        lambda _, i: an_event(i, type="designation.made.v1"),
        edge=True,
    ),
    refused("an id of 129 characters", "id-invalid", ce_id="x" * 129),
    refused("an id with a line feed", "id-invalid", ce_id="a%0Aroot%20logged%20in"),
    refused("a binary id", "header-unreadable", ce_id="%ff%fe"),
    refused("a time without its zone", "time-invalid", ce_time="2026-11-24T08:00:00"),
    refused("a version to come", "type-unknown", "/v1/messages/vacancy.published.v9"),
    refused("a fact of the SIAO's", "type-unknown", "/v1/messages/designation.made.v1"),
    refused("another role's message", "role-not-entitled", f"/v1/messages/{HouseholdRehoused.type}", A_REHOUSING),
    refused("a type that is not the address's", "type-differs", ce_type="vacancy.withdrawn.v1"),
    refused("a compressed body", "encoding-unknown", content=b"\x1f\x8b\x08" + b"\0" * 500, content_encoding="gzip"),
    refused("XML", "media-type-unknown", content=b"<vacancy/>", content_type="application/xml"),
    refused("too large", "body-too-large", content=b" " * (BODY_BYTES + 1)),
    refused("another's token", "token-unknown", authorization=f"Bearer siao_asso-bad_{'A' * 43}"),
    refused("no token", "token-missing", authorization="Basic cm9vdDpyb290"),
    refused("a parameter too many", "parameter-invalid", f"{TYPED}?dry_run=1"),
    refused("an address that is none", "page-unknown", f"{TYPED}/../../../etc/passwd"),
)


def good(place: str, identity: str, day: bool = True) -> Request:
    """A vacancy published, or taken back."""
    document = vacancy(place)
    kind = VacancyPublished.type if day else "vacancy.withdrawn.v1"
    if not day:
        del document["available_on"]
    return Request(body(document), {**JSON, "ce-id": identity}, f"/v1/messages/{kind}")


def shuffled(total: int) -> list[Kind]:
    """So many kinds, each as often as the others, in a random order that is always the same."""
    kinds = [BAD[number % len(BAD)] for number in range(total)]
    random.Random(2010).shuffle(kinds)
    return kinds
