"""`python -m services.edge.openapi [--check]` writes what the edge shows of itself, or refuses what is stale.

openapi.json (OpenAPI 3.1) and docs.html, the same to read. Made here and committed: the edge itself only shows them.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from contracts import __version__
from contracts.catalogue import MESSAGES, senders
from contracts.event import STRUCTURED
from contracts.export_schemas import summary
from contracts.golden import golden_messages
from contracts.topics import CHANNELS, INDICATORS, NOTICES, READY_HOUSEHOLDS, Channel
from services.edge.booklet import booklet
from services.edge.enveloping import INBOUND
from services.edge.handlers import EVENTS, JSON, TABLE, TABLES
from services.edge.refusals import REASONS
from services.edge.schemas import REFUSAL, SENT, components, ref

HERE: Final = Path(__file__).parent
JsonObject = dict[str, Any]

ABOUT: Final = """\
Pour les partenaires sans Kafka. Le SIAO reçoit vos messages, vous dit ce qu'il en a fait et ce qu'il vous demande, et
vous donne vos listes. Mêmes messages, mêmes règles, mêmes réponses que par Kafka : ce qui est envoyé ici est écrit sur
votre propre topic. Chaque message reçoit une réponse, et une seule, dans vos avis.

For partners without Kafka. The same messages, rules and answers as over Kafka: what is sent here is written on your own
topic. Each message is answered once, in your notices.

- Send again with the same `ce-id` whatever you are not sure of: it is done at most once.
- Keep the cursor (`next`, or the `id` of an event) of what you have read: the SIAO does not know where you are.
- A body that is not JSON, or breaks the schema, is passed on and rejected in your notices, as over Kafka; with `wait`
  you see the rejection at once (422).
- A refused request has a body with a stable `code` and what to do, in French and English.
"""


# Codes of refusals: of any request, of one that sends, by how it says its envelope, of one that reads notices.
ANY: Final = (
    "token-missing",
    "token-unknown",
    "token-expired",
    "tokens-refused",
    "parameter-invalid",
    "rate-exceeded",
    "edge-failed",
    "broker-unreachable",
)
SENDING: Final = (
    "role-not-entitled",
    "type-unknown",
    "body-slow",
    "body-too-large",
    "media-type-unknown",
    "encoding-unknown",
    "waits-exceeded",
)
HEADERS: Final = ("header-unreadable", "id-invalid", "time-invalid", "type-differs", "envelope-missing", "body-empty")
ENVELOPE: Final = (
    "envelope-missing",
    "header-unreadable",
    "id-invalid",
    "time-invalid",
    "source-forged",
    "body-empty",
    "body-not-json",
    "body-duplicate-key",
)
READING: Final = ("cursor-invalid", "header-unreadable", "answer-not-acceptable", "cursor-expired", "waits-exceeded")

# How the items of a list are to be read.
MEANS: Final = {
    READY_HOUSEHOLDS.name: "A household that is not there any more has left the list: replace your copy by the whole "
    "of it.",
    INDICATORS.name: "One item a month, and one of what is true now (`live`): each the newest of its period. Exact, or "
    "rounded as `rounded_to` says.",
}


def document() -> JsonObject:
    """The OpenAPI document."""
    paths = {f"/v1/messages/{kind}": {"post": _typed(kind, channel)} for kind, channel in INBOUND.items()}
    lists = [channel for channel in CHANNELS if not channel.inbound and channel is not NOTICES]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "SIAO insertion: HTTP",
            "version": __version__,
            "description": ABOUT,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/", "description": "The address that the SIAO's operator gives you, over TLS."}],
        "security": [{"token": []}],
        "tags": [{"name": "messages"}, {"name": "notices"}, {"name": "lists"}],
        "paths": {
            **paths,
            "/v1/messages": {"post": _structured()},
            "/v1/notices": {"get": _notices()},
            **{f"/v1/{channel.name}": {"get": _list(channel)} for channel in lists},
        },
        "components": components(),
    }


def _typed(kind: str, channel: Channel) -> JsonObject:
    roles = [role.value for role in senders(channel, kind)]
    examples = {
        golden.name: {"value": golden.value}
        for golden in golden_messages()
        if golden.family == channel.name and golden.kind == kind
    }
    return {
        "operationId": f"send.{kind}",
        "tags": ["messages"],
        "summary": summary(MESSAGES[channel.name][kind]),
        "description": f"Sent by: {', '.join(roles)}.",
        "x-roles": roles,
        "parameters": [_parameter(name) for name in ("wait", "ce-id", "ce-time", "ce-subject", "traceparent")],
        "requestBody": {"required": True, "content": {JSON: {"schema": ref(kind), "examples": examples}}},
        "responses": _sent(HEADERS),
    }


def _structured() -> JsonObject:
    return {
        "operationId": "send",
        "tags": ["messages"],
        "summary": "Any message, as a whole CloudEvent in JSON (structured mode).",
        "description": "`source` is not looked at: it is your own. `type` is one of those above, as your role may.",
        "parameters": [_parameter("wait")],
        "requestBody": {"required": True, "content": {STRUCTURED: {"schema": ref("CloudEvent")}}},
        "responses": _sent(ENVELOPE),
    }


def _sent(codes: tuple[str, ...]) -> JsonObject:
    said = {
        200: "Accepted: `answer` is the receipt (only with `wait`).",
        202: "Written, acknowledged by the broker: the answer will be in your notices, from `notices` on.",
        422: "Rejected: `answer` says why, where, and what to do (only with `wait`).",
    }
    answers = {str(status): {"description": text, "content": _json(SENT)} for status, text in said.items()}
    answers["202"]["headers"] = {"location": {"description": "As `notices`.", "schema": {"type": "string"}}}
    return answers | _refusals((*codes, *SENDING))


def _notices() -> JsonObject:
    names = ("after", "wait", "limit", "last-event-id")
    stream = {"schema": {"type": "string"}, "example": "id: n42\nevent: message.accepted.v1\ndata: {...}\n\n"}
    return {
        "operationId": "notices",
        "tags": ["notices"],
        "summary": "What the SIAO told you, from a cursor on: once, waiting for it (`wait`), or as a stream.",
        "description": "With `Accept: text/event-stream`, server-sent events: the `id` of each is the cursor after it; "
        "a comment comes when nothing else does; an event `closed` says why a stream ends. Read `type`, and ignore "
        "types that you do not know.",
        "parameters": [_parameter(name) for name in names],
        "responses": {
            "200": {"description": "The notices.", "content": {**_json("Notices"), EVENTS: stream}},
            **_refusals(READING),
        },
    }


def _list(channel: Channel) -> JsonObject:
    roles = [role.value for role in channel.roles]
    table = {TABLE: {"schema": {"type": "string"}}} if channel.name in TABLES else {}
    content = {**_json(f"List.{channel.name}"), **table}
    tag = {"etag": {"description": "Of this state of the list.", "schema": {"type": "string"}}}
    return {
        "operationId": channel.name,
        "tags": ["lists"],
        "summary": f"Now: {channel.meaning.partition(';')[0]}.",
        "description": f"Received by: {', '.join(roles)}. {MEANS[channel.name]} With `If-None-Match`, 304 while "
        "nothing changed.",
        "x-roles": roles,
        "parameters": [_parameter("if-none-match")],
        "responses": {
            "200": {
                "description": "The whole list.",
                "headers": tag,
                "content": content,
            },
            "304": {"description": "As you know it.", "headers": tag},
            **_refusals(("list-not-yours", "answer-not-acceptable")),
        },
    }


def _parameter(name: str) -> JsonObject:
    return {"$ref": f"#/components/parameters/{name}"}


def _json(schema: str) -> JsonObject:
    return {JSON: {"schema": ref(schema)}}


def _refusals(codes: tuple[str, ...]) -> JsonObject:
    """The refusals of an operation by status: these, and those of any."""
    by_status: dict[int, list[str]] = {}
    for code in (*codes, *ANY):
        by_status.setdefault(REASONS[code].status, []).append(code)
    retry = {"retry-after": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return {
        str(status): {
            "description": " / ".join(f"`{code}`" for code in found),
            **({"headers": retry} if status in (429, 500, 503) else {}),
            "content": _json(REFUSAL),
        }
        for status, found in sorted(by_status.items())
    }


def files() -> dict[Path, str]:
    """Path -> text, the same on every run."""
    made = document()
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    return {HERE / "openapi.json": text, HERE / "docs.html": booklet(made)}


def main() -> int:
    """Exit status: 0 when all is (now) up to date, 1 when --check found stale files."""
    parser = argparse.ArgumentParser(prog="python -m services.edge.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name stale files")
    check = parser.parse_args().check
    stale = [path for path, text in files().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        if not check:
            path.write_text(files()[path], encoding="utf-8")
        sys.stdout.write(f"{'stale' if check else 'written'}: services/edge/{path.name}\n")
    if check and stale:
        sys.stderr.write("Run: python -m services.edge.openapi\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
