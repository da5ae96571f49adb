"""The envelope: CloudEvents 1.0 over Kafka, binary or structured; refuses the unreadable, and says where."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import from_json, to_json

Headers: TypeAlias = Sequence[tuple[str, bytes]]

# Ids that we derive live in a name space of our own.
PERSON: Final = b"siao-insertion"
STRUCTURED: Final = "application/cloudevents+json"
ID_LENGTH: Final = 128
# Headers that an envelope is read from; any other is the sender's own affair.
_ATTRIBUTES: Final = {
    **{f"ce_{name}": name for name in ("id", "type", "source", "time", "subject", "specversion")},
    "content-type": "content-type",
    "traceparent": "traceparent",
}
_RECURRING: Final = frozenset({"type", "source", "specversion", "content-type"})
_TIME_START: Final = re.compile(r"[0-9]{4}-")
# As W3C Trace Context has it: no version ff, no trace and no parent of zeros only.
_TRACEPARENT: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


class Message(BaseModel):
    """Anything that crosses a topic. Never quotes its input in an error: the input may name a person."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)


M = TypeVar("M", bound=Message)


class Fact(Message):
    """What the SIAO says. Readers ignore fields they do not know, so that a fact can grow."""

    model_config = ConfigDict(extra="ignore")


class Refusal(Exception):
    """An input that we will not take, for a reason its sender can act upon.

    code: a key of `contracts.rejections.REJECTIONS`; path: JSON path in the message, "$" for the whole;
    detail: machine facts only (names of fields, numbers), never a value that the sender wrote.
    """

    def __init__(self, code: str, path: str = "$", detail: str = "") -> None:
        super().__init__(code)
        self.code, self.path, self.detail = code, path, detail


class Envelope(NamedTuple):
    """Who says what, when. `source`: `/partners/<id>` or `/siao/<service>`; `time`: the sender's, in UTC."""

    id: str
    type: str
    source: str
    time: datetime
    subject: str | None = None
    traceparent: str | None = None


def digest_of(*causes: str) -> bytes:
    """Sixteen bytes that depend on some texts only."""
    return blake2b("\x1f".join(causes).encode(), digest_size=16, person=PERSON).digest()


def derived_id(*causes: str) -> str:
    """An id, in the form of a UUID, that depends on its causes only: handling a message again gives the same ids."""
    text = digest_of(*causes).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def partner_source(partner: str) -> str:
    """The `ce_source` of a partner's messages."""
    return f"/partners/{partner}"


def binary_headers(envelope: Envelope) -> list[tuple[str, bytes]]:
    """The Kafka headers of an envelope in CloudEvents' binary mode."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", envelope.id.encode()),
        ("ce_type", envelope.type.encode()),
        ("ce_source", envelope.source.encode()),
        ("ce_time", envelope.time.astimezone(UTC).isoformat().encode()),
        ("content-type", b"application/json"),
    ]
    if envelope.subject is not None:
        headers.append(("ce_subject", envelope.subject.encode()))
    if envelope.traceparent is not None:
        headers.append(("traceparent", envelope.traceparent.encode()))
    return headers


def open_envelope(headers: Iterable[tuple[str, bytes | None]], value: bytes | None) -> tuple[Envelope, bytes]:
    """Read the envelope of a record and the JSON text of its data.

    Raises Refusal (`header-unreadable`, `envelope-missing`, `id-invalid`, `type-unknown`, `source-forged`,
    `time-invalid`, `body-empty`, `body-not-json`, `body-duplicate-key`) and nothing else, whatever it holds.
    The texts of the envelope are printable and short: they can be kept, logged and sent back.
    """
    texts: dict[str, str] = {}
    for name, raw in headers:
        attribute = _ATTRIBUTES.get(name) or (name if name.startswith("ce_") else None)
        if attribute is None:
            continue
        try:
            # The same few types and sources come again and again; ids and times never do.
            texts[attribute] = _again(raw) if attribute in _RECURRING and raw else (raw or b"").decode()
        except UnicodeDecodeError:
            raise Refusal("header-unreadable", f"headers.{_clean(name)}") from None
    if not value:
        raise Refusal("body-empty")
    if texts.get("content-type", "").startswith(STRUCTURED):
        return _open_structured(value)
    return _envelope(texts, "headers.ce_"), value


@lru_cache(maxsize=4096)
def _again(raw: bytes) -> str:
    return raw.decode()


def _open_structured(value: bytes) -> tuple[Envelope, bytes]:
    try:
        document: Any = json.loads(value.decode(), object_pairs_hook=_refuse_duplicates)
        attributes = {name: text for name, text in _object(document).items() if isinstance(text, str)}
        envelope = _envelope(attributes, "$.")
        if not isinstance(document.get("data"), dict):
            raise Refusal("body-empty", "$.data")
        return envelope, json.dumps(document["data"], allow_nan=False).encode()
    except (ValueError, RecursionError):
        raise Refusal("body-not-json") from None


def _object(document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise Refusal("envelope-missing")
    return document


def _envelope(attributes: dict[str, str], where: str) -> Envelope:
    get = attributes.get
    identity, kind, source = get("id"), get("type"), get("source")
    if not identity or not kind or not source:
        missing = "id" if not identity else "type" if not kind else "source"
        raise Refusal("envelope-missing", f"{where}{missing}")
    if not _presentable(identity):
        raise Refusal("id-invalid", f"{where}id")
    if not _presentable(kind):
        raise Refusal("type-unknown", f"{where}type")
    if not _presentable(source):
        raise Refusal("source-forged", f"{where}source")
    subject, traceparent = get("subject"), get("traceparent")
    if subject is not None and not _presentable(subject):
        raise Refusal("header-unreadable", f"{where}subject")
    if traceparent is not None and not _TRACEPARENT.fullmatch(traceparent):
        # The rule of W3C Trace Context: what does not look like a trace is ignored, not refused.
        traceparent = None
    return Envelope(identity, kind, source, _instant(get("time", ""), f"{where}time"), subject, traceparent)


def _presentable(text: str) -> bool:
    return len(text) <= ID_LENGTH and text.isprintable()


def _instant(text: str, path: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is UTC and text[4] == "-":
            return instant
        if instant.tzinfo is not None and _TIME_START.match(text):
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Refusal("time-invalid", path)


def read_body(model: type[M], body: bytes, *, trusted: bool = False) -> M:
    """Validate a JSON text. Raises Refusal with the path of the first fault.

    Duplicate keys are a fault, except in what the SIAO wrote itself (`trusted`), where there are none.
    """
    try:
        message = model.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False, include_url=False)[0]
        if first["type"] == "json_invalid":
            raise Refusal("body-not-json", "$", first["type"]) from None
        raise Refusal("body-invalid", _json_path(first["loc"], from_json(body)), first["type"]) from None
    if trusted:
        return message
    if b"\\" in body or to_json(from_json(body)).count(b":") != body.count(b":"):
        # A key given twice is the one way to lose a colon in a text without escapes; only then is the slow parser
        # needed, which names the key. The text is valid, hence shallow and small: that parser is safe here.
        json.loads(body, object_pairs_hook=_refuse_duplicates)
    return message


def _json_path(location: tuple[int | str, ...], document: Any) -> str:
    """The JSON path of pydantic's location in the document, without the names of variants that it adds."""
    path = "$"
    for index, part in enumerate(location):
        if isinstance(part, int):
            path += f"[{part}]"
            document = document[part]
        elif isinstance(document, dict) and part in document:
            path += f".{_clean(part)}"
            document = document[part]
        elif index == len(location) - 1 and part != "[key]":
            path += f".{_clean(part)}"
    return path


def _clean(key: str) -> str:
    """A key that the sender may have invented, cut and cleaned."""
    return "".join(c for c in key[:40] if c.isalnum() or c in "_-")


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise Refusal("body-duplicate-key", f"$..{_clean(twice)}")
    return found
