"""HTTP as uvicorn speaks it, for callers that may be slow or hostile: a request's head comes soon, or not at all."""

import asyncio
from typing import Any, Final

import h11
from uvicorn import Config
from uvicorn.protocols.http.h11_impl import H11Protocol

# A caller that is answered before it has sent its whole body is heard out, unheeded, so long and so far at most: a
# connection that is closed on a sender takes the answer with it (RFC 9112, 9.6).
LINGER_SECONDS: Final = 2.0
LINGER_BYTES: Final = 32_000_000


class Lingering(asyncio.Transport):
    """A connection that, closed on a sender, says so and hears it out before it is closed."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._transport, self._loop = transport, loop
        self._end: asyncio.TimerHandle | None = None
        self._left = LINGER_BYTES
        self.sending = False

    @property
    def lingers(self) -> bool:
        """Whether it is closed, but for the caller's sending."""
        return self._end is not None

    def close(self) -> None:
        """Close now, or once the caller has sent all."""
        if self.lingers and not self._transport.is_closing():
            return
        if not self.sending or self._transport.is_closing():
            self._transport.close()
            return
        self._end = self._loop.call_later(LINGER_SECONDS, self._transport.close)
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._transport.resume_reading()

    def unheeded(self, count: int) -> None:
        """So many bytes have come that nobody looks at; none: that was all."""
        self._left -= count
        if self._left < 0 or count == 0:
            self._transport.close()

    def lost(self) -> None:
        """It is closed."""
        if self._end is not None:
            self._end.cancel()

    def is_closing(self) -> bool:
        """Whether nothing more is to be said on it."""
        return self.lingers or self._transport.is_closing()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Say something on it."""
        self._transport.write(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the connection knows of itself."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Hear nothing for now, unless it is only heard out."""
        if not self.lingers:
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Hear again."""
        self._transport.resume_reading()


class Impatient(H11Protocol):
    """Closes a connection whose next request has begun, or was due, for so long (`patience`, seconds) without its head.

    uvicorn itself waits for ever: a thousand connections that say nothing would keep everybody else out. And it closes
    a connection on a caller that is still sending, which then reads no answer: this one hears it out first.
    """

    patience: float
    _due: asyncio.TimerHandle | None = None
    _lingering: Lingering

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has called."""
        self._lingering = Lingering(transport, self.loop)
        super().connection_made(self._lingering)
        self._due = self.loop.call_later(self.patience, self._give_up)

    def data_received(self, data: bytes) -> None:
        """It says something."""
        if self._lingering.lingers:
            self._lingering.unheeded(len(data))
            return
        before = self.cycle
        super().data_received(data)
        self._lingering.sending = self.conn.their_state is h11.SEND_BODY
        if self.cycle is not before and self._due is not None:
            self._due.cancel()
            self._due = None
        elif self._due is None and self.cycle is not None and self.cycle.response_complete:
            # The head of another request has begun on a connection that is kept.
            self._due = self.loop.call_later(self.patience, self._give_up)

    def eof_received(self) -> None:
        """It says no more."""
        if self._lingering.lingers:
            self._lingering.unheeded(0)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has left, or was let go."""
        if self._due is not None:
            self._due.cancel()
        self._lingering.lost()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        self._due = None
        if not self.transport.is_closing():
            self.transport.close()


def config_of(app: Any, seconds: float, **options: Any) -> Config:
    """uvicorn's configuration: nothing logged of a request, nothing said of the server."""
    return Config(
        app,
        http=type("Impatient", (Impatient,), {"patience": seconds}),
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
