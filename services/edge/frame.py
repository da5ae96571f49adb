"""Around every request: each is counted and answered, with nothing of ours in what is said when something fails."""

import json
import math
import time
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis.logs import kind_of, log
from services.edge import figures
from services.edge.refusals import Refused

# Nothing of what is answered is kept on its way, and none of it is for a browser to interpret.
HEADERS: Final = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; style-src 'self' 'unsafe-inline'"),
]
LASTING: Final = (b"strict-transport-security", b"max-age=31536000")
OTHER: Final = "other"
# Counted, never sent: who would read it has left.
LEFT: Final = 499


def refusal(refused: Refused) -> Response:
    """What a caller that was refused reads."""
    figures.REFUSALS.labels(refused.reason.code).inc()
    headers = {}
    if refused.retry is not None:
        headers["retry-after"] = str(max(1, math.ceil(refused.retry)))
    if refused.reason.status == 401:
        headers["www-authenticate"] = 'Bearer realm="siao"'
    if refused.reason.status in (408, 413):
        # What is left of its body is not read.
        headers["connection"] = "close"
    body = json.dumps(refused.body(), ensure_ascii=False).encode()
    return Response(body, refused.reason.status, headers, "application/json")


async def on_refused(_request: Request, error: Exception) -> Response:
    """A refusal of ours."""
    if not isinstance(error, Refused):
        raise error
    return refusal(error)


async def on_http(_request: Request, error: Exception) -> Response:
    """What the router refuses: an address that is not there, or not used so."""
    if not isinstance(error, HTTPException):
        raise error
    response = refusal(Refused("method-unknown" if error.status_code == 405 else "page-unknown"))
    response.headers.update(error.headers or {})
    return response


async def on_gone(_request: Request, _error: Exception) -> Response:
    """The caller has left: nobody reads this."""
    return Response(status_code=LEFT)


async def on_failure(_request: Request, error: Exception) -> Response:
    """A fault of ours: its kind is logged, its text may quote what a caller sent."""
    log().error("request-failed", error=kind_of(error))
    return refusal(Refused("edge-failed", retry=1.0))


class Frame:
    """Counts and times requests, adds the headers of every answer, and lets no exception through."""

    def __init__(self, app: ASGIApp, *, encrypted: bool) -> None:
        self._app, self._headers = app, HEADERS + ([LASTING] if encrypted else [])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, as an ASGI application."""
        began, status = time.perf_counter(), 0

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *self._headers]
                if not scope.get("waited"):
                    figures.ANSWER_SECONDS.labels(_route(scope)).observe(time.perf_counter() - began)
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception as error:
            # Answered already; the server would print it with all that it holds.
            if status != 500:
                log().error("request-failed", error=kind_of(error))
        figures.REQUESTS.labels(_route(scope), str(status)).inc()


def _route(scope: Scope) -> str:
    """The address as it is declared, never as it was asked for."""
    return str(getattr(scope.get("route"), "path", OTHER))
