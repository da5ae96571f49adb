"""The components of the edge's OpenAPI document: the contract's schemas as they are, and what HTTP adds to them."""

from typing import Any, Final

from contracts.catalogue import MESSAGES
from contracts.event import ID_LENGTH
from contracts.export_schemas import json_schema
from contracts.notices import MessageAccepted, MessageRejected
from contracts.topics import CHANNELS, NOTICES
from services.edge.asking import LONGEST_WAIT
from services.edge.enveloping import INBOUND
from services.edge.handlers import MOST_AT_ONCE, NOW
from services.edge.refusals import REASONS
from services.edge.streaming import AT_ONCE

JsonObject = dict[str, Any]

SENT: Final = "Sent"
REFUSAL: Final = "Refusal"
EVENT: Final = "Event"
# As a header holds it; and as JSON does, where any printable character may be: those of Latin scripts are enough here.
VISIBLE: Final = "^[!-~]([ -~]*[!-~])?$"
PRINTABLE: Final = "^[ -~\u00a1-\u00ac\u00ae-\u02ff]+$"
CURSOR: Final = {"type": "string", "pattern": "^n[0-9]{1,18}$", "description": "Where you are. Keep it as it is."}


def ref(name: str) -> JsonObject:
    """A reference to a schema of this document."""
    return {"$ref": f"#/components/schemas/{name}"}


def components() -> JsonObject:
    """All that the operations refer to."""
    schemas: JsonObject = {}
    for channel in CHANNELS:
        for kind in MESSAGES[channel.name]:
            _add(schemas, kind, json_schema(channel.name, kind))
    answers = [_event((kind,)) for kind in (MessageAccepted.type, MessageRejected.type)]
    schemas |= {
        SENT: _object(
            id={"type": "string", "description": "Id of your message: the answer names it."},
            id_given={"type": "boolean", "description": "Whether the id is yours; if not, the edge made a UUID."},
            type={"type": "string", "description": "Type of your message."},
            notices={"type": "string", "description": "Where its answer will be read."},
            answer={"anyOf": answers, "description": "The answer, where it came while you waited."},
        )
        | {"required": ["id", "id_given", "type", "notices"]},
        REFUSAL: _refusal(),
        "Notices": _object(notices={"type": "array", "items": _event(tuple(MESSAGES[NOTICES.name]))}, next=CURSOR),
        "CloudEvent": _cloud_event(),
    }
    for channel in CHANNELS:
        if not channel.inbound and channel is not NOTICES:
            items = {"type": "array", "items": _event(tuple(MESSAGES[channel.name]))}
            schemas[f"List.{channel.name}"] = _object(items=items)
    token = {"type": "http", "scheme": "bearer", "description": "The token that the SIAO's operator gave you."}
    return {"schemas": schemas, "parameters": parameters(), "securitySchemes": {"token": token}}


def _add(schemas: JsonObject, name: str, document: JsonObject) -> None:
    """Put a schema of the contract in, its definitions beside it: two that have one name and differ keep apart."""
    definitions = document.pop("$defs", {})
    for unneeded in ("$schema", "$id"):
        document.pop(unneeded, None)
    names = {
        part: part if schemas.get(part, moved) == moved else f"{name}.{part}"
        for part, definition in definitions.items()
        if (moved := _moved(definition, {each: each for each in definitions})) is not None
    }
    for part, definition in definitions.items():
        schemas[names[part]] = _moved(definition, names)
    schemas[name] = _moved(document, names)


def _moved(part: Any, names: dict[str, str]) -> Any:
    """The same schema, its references leading to where its definitions now are."""
    if isinstance(part, list):
        return [_moved(each, names) for each in part]
    if not isinstance(part, dict):
        return part
    moved = {key: _moved(value, names) for key, value in part.items()}
    if isinstance(reference := part.get("$ref"), str):
        moved["$ref"] = ref(names[reference.removeprefix("#/$defs/")])["$ref"]
    # A mapping of a discriminator is of references too.
    if isinstance(mapping := part.get("mapping"), dict):
        moved["mapping"] = {key: ref(names[to.removeprefix("#/$defs/")])["$ref"] for key, to in mapping.items()}
    return moved


def _object(**properties: JsonObject) -> JsonObject:
    return {"type": "object", "required": list(properties), "properties": properties}


def _event(kinds: tuple[str, ...]) -> JsonObject:
    """A CloudEvent in JSON that the SIAO says; its data is as its type says, open to types that do not exist yet."""
    text = {"type": "string"}
    document = _object(
        specversion={"const": "1.0"},
        id=text,
        type={"type": "string", "description": "What it is, and its version."},
        source={"type": "string", "description": "/siao/<service>"},
        time={"type": "string", "format": "date-time"},
        datacontenttype={"const": "application/json"},
        cursor=CURSOR,
        data={"type": "object"},
    )
    document["properties"] |= {"subject": text, "traceparent": text}
    document["allOf"] = [
        {"if": {"properties": {"type": {"const": kind}}}, "then": {"properties": {"data": ref(kind)}}} for kind in kinds
    ]
    return document


def _cloud_event() -> JsonObject:
    """A CloudEvent in JSON that a partner sends."""
    text = {"type": "string", "minLength": 1, "maxLength": ID_LENGTH, "pattern": PRINTABLE}
    document = _object(
        specversion={"const": "1.0"},
        id={**text, "description": "Different for each of your messages; the same when you send one again."},
        type={"type": "string", "enum": list(INBOUND), "description": "The message and its version."},
        source={**text, "description": "Not looked at: it is your own."},
        time={"type": "string", "format": "date-time", "description": "When you said it."},
        data={"type": "object", "description": "The body of the message, as its type says."},
    )
    document["properties"] |= {"subject": text, "traceparent": {"type": "string"}}
    return document


def _refusal() -> JsonObject:
    text = {"type": "string"}
    document = _object(
        code={"type": "string", "enum": list(REASONS), "description": "Stable: for programs."},
        text_fr={**text, "description": "Ce qui s'est passé et que faire."},
        text_en={**text, "description": "What happened and what to do."},
    )
    document["properties"] |= {
        "path": {**text, "description": "Which header, parameter or field."},
        "id": {**text, "description": "Id of a message that may have been written: send it again with this id."},
        "continue_with": CURSOR,
    }
    document["x-texts"] = {code: {"status": r.status, "fr": r.fr, "en": r.en} for code, r in REASONS.items()}
    return document


def parameters() -> JsonObject:
    """Every parameter, by its name."""
    number = {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0}
    text = {"type": "string", "minLength": 1, "maxLength": ID_LENGTH, "pattern": VISIBLE}
    after = {"anyOf": [{key: CURSOR[key] for key in ("type", "pattern")}, {"const": NOW}]}
    limit = {"type": "integer", "minimum": 1, "maximum": MOST_AT_ONCE, "default": AT_ONCE}
    given = [
        ("wait", "query", number, "Seconds to wait, for the answer to a message or for the first notice."),
        ("after", "query", after, "The cursor to go on from; `now`: what comes; without it, the oldest that is kept."),
        ("limit", "query", limit, "Most notices at once."),
        ("ce-id", "header", text, "Id of your message, different for each; without it, the edge makes one. "
         "Percent-encoded where it is not ASCII, as are the next ones."),
        ("ce-time", "header", {"type": "string", "format": "date-time"}, "When you said it; without it, now."),
        ("ce-subject", "header", text, "What it is about; never a name."),
        ("traceparent", "header", {"type": "string"}, "W3C Trace Context; the SIAO carries it on."),
        ("last-event-id", "header", after, "Of a stream: the `id` of the last event that you read; before `after`."),
        ("if-none-match", "header", {"type": "string"}, "The `ETag` of the list that you have."),
    ]  # fmt: skip
    return {
        name: {"name": name, "in": place, "required": False, "schema": schema, "description": about}
        for name, place, schema, about in given
    }
