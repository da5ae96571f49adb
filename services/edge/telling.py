"""How what was written on Kafka is shown over HTTP: each record a CloudEvent in JSON, its data as it was written."""

import json
from collections.abc import Iterable
from typing import Any

from contracts.event import Envelope, Refusal, open_envelope
from services.edge.looking_back import Record, cursor_of


def opened(record: Record) -> tuple[Envelope, bytes] | None:
    """The envelope and the JSON of a record of the SIAO's; None for one that cannot be read."""
    try:
        return open_envelope(record.headers, record.value)
    except Refusal:
        return None


def event(record: Record) -> bytes:
    """A record as a CloudEvent in JSON, on one line; `cursor` is where to go on after it."""
    found = opened(record)
    if found is None:
        return b""
    envelope, data = found
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": envelope.id,
        "type": envelope.type,
        "source": envelope.source,
        "time": envelope.time.isoformat(),
        "datacontenttype": "application/json",
        "cursor": cursor_of(record.offset + 1),
    }
    for name in ("subject", "traceparent"):
        if (value := getattr(envelope, name)) is not None:
            attributes[name] = value
    start = json.dumps(attributes, ensure_ascii=False).encode()
    # The data is JSON text of ours already; a line feed in it can only be white space between tokens.
    return start[:-1] + b', "data": ' + data.replace(b"\n", b" ").replace(b"\r", b" ") + b"}"


def page(position: int, records: Iterable[Record]) -> bytes:
    """Some notices, and the cursor to ask for those after them."""
    events = [text for record in records if (text := event(record))]
    return b'{"notices": [' + b", ".join(events) + b'], "next": "' + cursor_of(position).encode() + b'"}'


def pieces(records: Iterable[Record]) -> bytes:
    """Some notices as server-sent events; the id of each is the cursor to go on after it."""
    texts = []
    for record in records:
        if text := event(record):
            found = opened(record)
            kind = found[0].type if found else ""
            texts.append(f"id: {cursor_of(record.offset + 1)}\nevent: {kind}\ndata: ".encode() + text + b"\n\n")
    return b"".join(texts)
