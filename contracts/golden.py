"""The golden messages of `contracts/examples`, as Kafka records; it reads them and never writes them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

EXAMPLES: Final = Path(__file__).parent / "examples"
REJECTED: Final = "rejected"


@dataclass(frozen=True, slots=True)
class Golden:
    """A record that its reader takes. `family`: topic or channel name; `name`: ce_type, with a variant or not."""

    family: str
    name: str
    headers: tuple[tuple[str, bytes], ...]
    key: str | None
    value: dict[str, Any]

    @property
    def kind(self) -> str:
        """Its ce_type."""
        return dict(self.headers)["ce_type"].decode()

    @property
    def body(self) -> bytes:
        """Its value, as JSON text."""
        return json.dumps(self.value, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that is rejected. `topic`: the sender's; `code` and `path`: what its answer says."""

    name: str
    topic: str
    headers: tuple[tuple[str, bytes], ...]
    body: bytes
    code: str
    path: str


def golden_messages() -> Iterator[Golden]:
    """Every golden message, in the order of their paths."""
    for path in sorted(EXAMPLES.glob("*/*.json")):
        if path.parent.name != REJECTED:
            document = json.loads(path.read_text(encoding="utf-8"))
            headers = _headers(document["headers"])
            yield Golden(path.parent.name, path.stem, headers, document["key"], document["value"])


def rejected_messages() -> Iterator[Rejected]:
    """Every example of a rejected message, in the order of their paths."""
    for path in sorted((EXAMPLES / REJECTED).glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        body = document["text"] if "text" in document else json.dumps(document["value"], ensure_ascii=False)
        rejection = document["rejection"]
        yield Rejected(
            path.stem,
            document["topic"],
            _headers(document["headers"]),
            body.encode(),
            rejection["code"],
            rejection["path"],
        )


def _headers(texts: dict[str, str]) -> tuple[tuple[str, bytes], ...]:
    return tuple((name, text.encode()) for name, text in texts.items())
