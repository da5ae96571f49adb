"""A partner's notices as server-sent events; it ends when the token is taken back, or when nobody reads."""

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass
from typing import Final

from starlette.types import Receive, Scope, Send

from services.edge import telling
from services.edge.asking import Gone, unless_gone
from services.edge.doorkeeper import Caller
from services.edge.limits import Limits
from services.edge.looking_back import Record
from services.edge.reading import Reading
from services.edge.refusals import Refused
from services.edge.settings import EdgeSettings

# A reader that takes nothing for so long has left, or will come back with the last id that it read.
SEND_SECONDS: Final = 30.0
AT_ONCE: Final = 100
HEADERS: Final = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
# How long a browser waits before it asks again, in milliseconds.
START: Final = b"retry: 2000\n\n"
HEARTBEAT: Final = b":\n\n"


@dataclass(slots=True)
class Stream:
    """An answer that goes on: what was read already, then what comes."""

    reading: Reading
    limits: Limits
    settings: EdgeSettings
    caller: Caller
    position: int
    records: list[Record]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, as an ASGI application."""
        scope["waited"] = True
        with self.limits.waiting(self.caller.partner.id, "stream"):
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            with contextlib.suppress(Gone):
                await unless_gone(receive, self._tell(send))

    async def _tell(self, send: Send) -> None:
        end, piece = time.monotonic() + self.settings.edge_stream_seconds, START + telling.pieces(self.records)
        try:
            while True:
                await self._send(send, piece, more=True)
                left = min(self.settings.edge_heartbeat_seconds, end - time.monotonic())
                if left <= 0 or self.reading.closing:
                    break
                self.position, self.records = await self.reading.notices(self.caller, self.position, AT_ONCE, left)
                piece = telling.pieces(self.records) or HEARTBEAT
        except Refused as refused:
            text = json.dumps(refused.body(), ensure_ascii=False)
            await self._send(send, f"event: closed\ndata: {text}\n\n".encode(), more=True)
        except TimeoutError:
            # It does not read: what it has not read, it will ask for again.
            return
        await self._send(send, b"", more=False)

    @staticmethod
    async def _send(send: Send, body: bytes, *, more: bool) -> None:
        async with asyncio.timeout(SEND_SECONDS):
            await send({"type": "http.response.body", "body": body, "more_body": more})
