"""HTTP as uvicorn speaks it, for callers that may be slow or hostile: a request's head comes soon, or not at all."""

import asyncio
from typing import Any

from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol


def impatient(seconds: float) -> type[H11Protocol]:
    """The protocol that closes a connection whose next request has begun, or was due, for so long without its head.

    uvicorn itself waits for ever: a thousand connections that say nothing would keep everybody else out.
    """

    class Impatient(H11Protocol):
        _due: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._due = self.loop.call_later(seconds, self._give_up)

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            super().data_received(data)
            if self.cycle is not before and self._due is not None:
                self._due.cancel()
                self._due = None
            elif self._due is None and self.cycle is not None and self.cycle.response_complete:
                # The head of another request has begun on a connection that is kept.
                self._due = self.loop.call_later(seconds, self._give_up)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._due is not None:
                self._due.cancel()
            super().connection_lost(exc)

        def _give_up(self) -> None:
            self._due = None
            if not self.transport.is_closing():
                self.transport.close()

    return Impatient


def config_of(app: Any, seconds: float, **options: Any) -> Config:
    """uvicorn's configuration: nothing logged of a request, nothing said of the server."""
    return Config(
        app,
        http=impatient(seconds),
        ws="none",
        lifespan="off",
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
        **options,
    )
