"""What a partner's software, or someone who holds its password, may write: each kind with the answer it deserves."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracts.answers import HouseholdRehoused
from contracts.event import STRUCTURED
from contracts.topics import PARTNER_ANSWERS, REQUESTS, VACANCIES, Channel
from contracts.vacancies import VacancyPublished

Value = bytes | None
Headers = list[tuple[str, str | bytes | None]]
# The answer to an acceptance, to a repetition; anything else is the code of a rejection.
ACCEPTED, DUPLICATE = "accepted", "duplicate"
STRUCTURE, PRESCRIBER = "chrs-bad", "asso-bad"


@dataclass(frozen=True)
class Kind:
    """A kind of record: how to make the n-th, on whose channel, and its answer."""

    name: str
    answer: str
    make: Callable[[int], tuple[Value, Headers]]
    channel: Channel = VACANCIES
    partner: str = STRUCTURE


def envelope(identity: str | bytes | None, **changes: str | bytes | None) -> Headers:
    """The headers of a well-formed vacancy message of the structure, with some changed."""
    attributes: dict[str, str | bytes | None] = {
        "specversion": "1.0",
        "id": identity,
        "type": VacancyPublished.type,
        "source": f"/partners/{STRUCTURE}",
        "time": "2026-11-24T08:00:00Z",
        **changes,
    }
    return [(f"ce_{name}", value) for name, value in attributes.items()]


def vacancy(place: str = "nowhere", **changes: Any) -> dict[str, Any]:
    """The body of a well-formed vacancy message; the place does not exist."""
    return {"structure_id": "S", "place_id": place, "available_on": "2026-11-24", **changes}


def body(document: Any = None) -> bytes:
    """JSON, of a vacancy unless said otherwise."""
    return json.dumps(vacancy() if document is None else document).encode()


def with_body(make: Callable[[int], Value]) -> Callable[[int], tuple[Value, Headers]]:
    """Good headers around what is made."""
    return lambda number: (make(number), envelope(f"id-{random.randbytes(8).hex()}"))


def with_headers(make: Callable[[int], Headers]) -> Callable[[int], tuple[Value, Headers]]:
    """A good body under what is made."""
    return lambda number: (body(), make(number))


def fresh(**changes: str | bytes | None) -> Callable[[int], tuple[Value, Headers]]:
    """A good body under headers with a new id and some changes."""
    return with_headers(lambda _: envelope(f"id-{random.randbytes(8).hex()}", **changes))


def structured(make: Callable[[int], bytes]) -> Callable[[int], tuple[Value, Headers]]:
    """CloudEvents' structured mode."""
    return lambda number: (make(number), [("content-type", f"{STRUCTURED}; charset=UTF-8")])


def a_document(**changes: Any) -> bytes:
    """A structured event about a place that does not exist, with changes."""
    attributes = {name.removeprefix("ce_"): value for name, value in envelope(f"id-{random.randbytes(8).hex()}")}
    return json.dumps({**attributes, "data": vacancy(), **changes}).encode()


BODIES: Final[Sequence[tuple[str, str, Callable[[int], Value]]]] = (
    ("not JSON", "body-not-json", lambda _: b"Bonjour, une place est libre."),
    ("cut", "body-not-json", lambda n: body()[: 5 + n % 40]),
    ("bits turned", "body-not-json", lambda n: bytes([body()[0] ^ (1 + n % 4), *body()[1:]])),
    ("random bytes", "body-not-json", lambda _: b"\x80" + random.randbytes(200)),
    ("30,000 levels deep", "body-not-json", lambda _: b'{"a":' * 6_000 + b"1" + b"}" * 6_000),
    ("30,000 lists deep", "body-not-json", lambda _: b"[" * 30_000),
    ("an integer of 5,000 digits", "body-not-json", lambda _: body().replace(b'"nowhere"', b"9" * 5_000)),
    ("wrong types", "body-invalid", lambda n: body(vacancy(place=[1, None, {}, True][n % 4]))),  # type: ignore[arg-type]
    ("a field too many", "body-invalid", lambda _: body(vacancy(priority=1))),
    ("a field too few", "body-invalid", lambda _: body({"structure_id": "S"})),
    ("a day in French", "body-invalid", lambda _: body(vacancy(available_on="24/11/2026"))),
    ("a key twice", "body-duplicate-key", lambda _: body()[:-1] + b', "place_id": "A"}'),
    ("a tombstone", "body-empty", lambda _: None),
    ("nothing", "body-empty", lambda _: b""),
    ("60 kB of name", "body-invalid", lambda _: body(vacancy(place="x" * 60_000))),
    ("a byte order mark", "body-not-json", lambda _: b"\xef\xbb\xbf" + body()),
    ("UTF-16", "body-not-json", lambda _: body().decode().encode("utf-16")),
    ("Latin-1", "body-not-json", lambda _: '{"structure_id": "Étoile"}'.encode("latin-1")),
    ("NaN", "body-invalid", lambda _: body().replace(b'"nowhere"', b"NaN")),
    ("an empty object", "body-invalid", lambda _: b"{}"),
    ("a list", "body-invalid", lambda _: b"[]"),
    ("null", "body-invalid", lambda _: b"null"),
    ("an escaped NUL", "body-invalid", lambda _: b'{"structure_id": "S\\u0000"}'),
    ("a raw NUL", "body-not-json", lambda _: b'{"structure_id": "S\x00"}'),
    ("half a surrogate", "body-not-json", lambda _: b'{"structure_id": "\\ud800"}'),
    ("a place nobody knows", "place-unknown", lambda _: body()),
    ("a structure nobody knows", "structure-unknown", lambda _: body(vacancy(structure_id="T"))),
)

ENVELOPES: Final[Sequence[tuple[str, str, Callable[[int], tuple[Value, Headers]]]]] = (
    ("no header at all", "envelope-missing", with_headers(lambda _: [])),
    ("a null id", "envelope-missing", with_headers(lambda _: envelope(None))),
    ("a binary id", "header-unreadable", with_headers(lambda _: envelope(b"\xff\xfe\x00"))),
    ("an id of 129 characters", "id-invalid", with_headers(lambda n: envelope(f"{n:0129}"))),
    ("an id with a line feed", "id-invalid", with_headers(lambda n: envelope(f"{n}\nroot logged in"))),
    ("a version to come", "type-unknown", fresh(type="vacancy.published.v9")),
    ("another channel's type", "type-unknown", fresh(type="request.submitted.v1")),
    ("a fact of the SIAO's", "type-unknown", fresh(type="designation.made.v1")),
    ("another partner's source", "source-forged", fresh(source="/partners/asso-bad")),
    ("the SIAO's source", "source-forged", fresh(source="/siao/orientation")),
    ("a time without its zone", "time-invalid", fresh(time="2026-11-24T08:00:00")),
    ("a structured event cut", "body-not-json", structured(lambda n: a_document()[: 20 + n % 60])),
    ("a structured event without data", "body-empty", structured(lambda _: a_document(data=None))),
    ("a structured list", "envelope-missing", structured(lambda _: b"[]")),
    ("a structured forgery", "source-forged", structured(lambda _: a_document(source="/partners/asso-bad"))),
    ("a structured key twice", "body-duplicate-key", structured(lambda _: a_document()[:-1] + b', "id": "x"}')),
)

A_REHOUSING: Final = json.dumps({"household": "h", "lease_from": "2026-12-20"}).encode()

BAD: Final = (
    *(Kind(name, answer, with_body(make)) for name, answer, make in BODIES),
    *(Kind(name, answer, make) for name, answer, make in ENVELOPES),
    Kind(
        "a bailleur's message from a structure",
        "role-not-entitled",
        lambda n: (A_REHOUSING, envelope(f"role-{n}", type=HouseholdRehoused.type)),
        PARTNER_ANSWERS,
    ),
    Kind(
        "a request that is none",
        "body-invalid",
        lambda n: (b"{}", envelope(f"none-{n}", type="request.submitted.v1", source=f"/partners/{PRESCRIBER}")),
        REQUESTS,
        PRESCRIBER,
    ),
)
