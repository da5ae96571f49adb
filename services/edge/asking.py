"""What a request says: parameters, headers, its body, the form of answer it takes; refuses what it cannot read."""

import asyncio
from collections.abc import Collection, Coroutine, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import unquote_to_bytes

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from contracts.topics import PARTNER_MESSAGE_BYTES
from services.edge.refusals import Refused

# What the envelope's headers and Kafka's own frame may take of a record: two texts of 128 characters, and the rest.
ENVELOPE_BYTES: Final = 2_048
BODY_BYTES: Final = PARTNER_MESSAGE_BYTES - ENVELOPE_BYTES
# A body that is too large is still heard out up to here, and dropped: a connection that is closed on a sender takes the
# answer with it. Beyond that it is not even read.
HEARD_OUT_BYTES: Final = 1_000_000
LONGEST_WAIT: Final = 30

T = TypeVar("T")


class Gone(Exception):
    """The caller has left: nobody reads an answer."""


def address_of(request: Request, *, behind_proxy: bool) -> str:
    """Where a request comes from. The last address of X-Forwarded-For is our proxy's word; the others are anybody's."""
    forwarded = request.headers.getlist("x-forwarded-for")[-1:] if behind_proxy else []
    said = forwarded[0].rpartition(",")[2].strip() if forwarded else ""
    return said or (request.client.host if request.client else "")


def only(request: Request, known: Collection[str]) -> Mapping[str, str]:
    """The parameters of the address. Raises Refused for one that is unknown, or given twice."""
    found: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known or name in found:
            raise Refused("parameter-invalid", name if name in known else "?")
        found[name] = value
    return found


def whole_number(parameters: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A parameter as a number from least to most. Raises Refused."""
    text = parameters.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        raise Refused("parameter-invalid", name, least=least, most=most)
    return int(text)


def header(request: Request, name: str) -> str | None:
    """A header's text, as CloudEvents writes it: UTF-8, percent-encoded where need be. Raises Refused."""
    values = request.headers.getlist(name)
    if not values:
        return None
    try:
        if len(values) == 1:
            return unquote_to_bytes(values[0].encode("latin-1")).decode()
    except UnicodeDecodeError:
        pass
    raise Refused("header-unreadable", name)


def media_type(request: Request) -> str:
    """The body's media type, without its parameters, in lower case; empty when it is not said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def preferred(request: Request, offered: Collection[str]) -> str:
    """The offered media type that the caller would rather have. Raises Refused (`answer-not-acceptable`)."""
    accept = request.headers.get("accept") or "*/*"
    best, most = "", 0.0
    for range_ in accept.split(","):
        name, _, rest = range_.partition(";")
        weight = _weight(rest)
        for candidate in offered:
            kind = candidate.partition("/")[0]
            if name.strip().lower() in (candidate, f"{kind}/*", "*/*") and weight > most:
                best, most = candidate, weight
    if not best:
        raise Refused("answer-not-acceptable", "Accept", offered=list(offered))
    return best


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


async def body_of(request: Request, seconds: float) -> bytes:
    """The whole body, when it is small enough and comes soon enough. Raises Refused; Gone when the caller has left."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", ""):
        raise Refused("encoding-unknown", "Content-Encoding")
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared[:20]) > HEARD_OUT_BYTES:
        raise Refused("body-too-large", "Content-Length", most=BODY_BYTES)
    received, size = bytearray(), 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > HEARD_OUT_BYTES:
                    break
                if size <= BODY_BYTES:
                    received += chunk
    except TimeoutError:
        raise Refused("body-slow") from None
    except ClientDisconnect:
        raise Gone from None
    if size > BODY_BYTES:
        raise Refused("body-too-large", most=BODY_BYTES)
    return bytes(received)


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """What the work gives; it is dropped, and Gone raised, as soon as the caller has left."""
    task, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait((task, leaving), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Gone
    finally:
        for each in (task, leaving):
            each.cancel()
        await asyncio.gather(task, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
