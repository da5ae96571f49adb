"""What the edge does for a caller: take a message, tell notices, show a list; what is said is judged elsewhere."""

import io
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TextIO

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from contracts import indicator_table, ready_table
from contracts.event import STRUCTURED, Envelope, read_body
from contracts.indicators import IndicatorsComputed
from contracts.notices import MessageAccepted, MessageRejected, ReadyHousehold
from contracts.topics import INDICATORS, READY_HOUSEHOLDS, Channel
from services.edge import telling
from services.edge.asking import (
    LONGEST_WAIT,
    address_of,
    body_of,
    header,
    media_type,
    only,
    preferred,
    unless_gone,
    whole_number,
)
from services.edge.doorkeeper import Caller, Doorkeeper
from services.edge.enveloping import channel_of, from_body, from_headers
from services.edge.limits import Limits, Strangers
from services.edge.looking_back import Record, cursor_of, offset_of
from services.edge.reading import Reading
from services.edge.refusals import Refused
from services.edge.settings import EdgeSettings
from services.edge.streaming import AT_ONCE, Stream
from services.edge.writing import Writing

JSON: Final = "application/json"
EVENTS: Final = "text/event-stream"
TABLE: Final = "text/csv"
MOST_AT_ONCE: Final = 500
NOW: Final = "now"
ANSWERS: Final = {MessageAccepted.type: 200, MessageRejected.type: 422}

Handler = Callable[[Request], Awaitable[ASGIApp]]
# Writes the bodies of a list as a table.
Make = Callable[[Sequence[bytes], TextIO], None]


@dataclass(slots=True)
class Desk:
    """All that is needed to serve a caller."""

    settings: EdgeSettings
    doorkeeper: Doorkeeper
    limits: Limits
    strangers: Strangers
    reading: Reading
    writing: Writing

    def enter(self, request: Request) -> Caller:
        """Who asks, counted. Raises Refused (401, 429)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Refused("token-missing", "Authorization")
        if not self.doorkeeper.ready:
            raise Refused("broker-unreachable", retry=2.0)
        try:
            caller = self.doorkeeper.identify(token.strip())
        except Refused:
            self.strangers.take(address_of(request, behind_proxy=self.settings.edge_behind_proxy))
            raise
        self.limits.take(caller.partner.id)
        return caller

    async def typed_message(self, request: Request) -> ASGIApp:
        """`POST /v1/messages/{type}`: the body of a message, as over Kafka."""
        caller, kind = self.enter(request), request.path_params["type"]
        channel = channel_of(kind, caller.partner)
        if media_type(request) != JSON:
            raise Refused("media-type-unknown", "Content-Type")
        wait = whole_number(only(request, ("wait",)), "wait", 0, 0, LONGEST_WAIT)
        envelope, given = from_headers(request, kind, caller.partner)
        body = await body_of(request, self.settings.edge_body_seconds)
        if not body:
            # The services answer a record without content by its place in the log only: its sender could not find it.
            raise Refused("body-empty")
        return await self._pass_on(request, caller, channel, envelope, body, wait, given)

    async def whole_message(self, request: Request) -> ASGIApp:
        """`POST /v1/messages`: a whole CloudEvent in JSON."""
        caller = self.enter(request)
        if media_type(request) != STRUCTURED:
            raise Refused("media-type-unknown", "Content-Type")
        wait = whole_number(only(request, ("wait",)), "wait", 0, 0, LONGEST_WAIT)
        body = await body_of(request, self.settings.edge_body_seconds)
        envelope, data = from_body(body, caller.partner)
        channel = channel_of(envelope.type, caller.partner)
        return await self._pass_on(request, caller, channel, envelope, data, wait, True)

    async def _pass_on(
        self,
        request: Request,
        caller: Caller,
        channel: Channel,
        envelope: Envelope,
        body: bytes,
        wait: int,
        given: bool,
    ) -> ASGIApp:
        try:
            start = await self.reading.end(caller)
        except Refused as refused:
            refused.facts["id"] = envelope.id
            raise
        answer: Record | None = None
        if wait:
            request.scope["waited"] = True
            with self.limits.waiting(caller.partner.id, "answer"):
                place = await self.writing.send(channel.of(caller.partner.id), envelope, body)
                work = self._answer_to(caller, start, envelope.id, place, time.monotonic() + wait)
                answer = await unless_gone(request.receive, work)
        else:
            await self.writing.send(channel.of(caller.partner.id), envelope, body)
        said: dict[str, Any] = {"id": envelope.id, "id_given": given, "type": envelope.type}
        said["notices"] = f"/v1/notices?after={cursor_of(start)}"
        text, status = json.dumps(said, ensure_ascii=False).encode(), 202
        if answer is not None and (opened := telling.opened(answer)) is not None:
            text, status = text[:-1] + b', "answer": ' + telling.event(answer) + b"}", ANSWERS[opened[0].type]
        return Response(text, status, {"location": said["notices"]}, JSON)

    async def _answer_to(
        self, caller: Caller, position: int, message: str, place: Any, deadline: float
    ) -> Record | None:
        """The receipt or the rejection of a message, None when it does not come in time."""
        while (left := deadline - time.monotonic()) > 0:
            try:
                position, records = await self.reading.notices(caller, position, AT_ONCE, left)
            except Refused:
                # The message is on its way: that cannot be taken back by what then happens to its sender.
                return None
            for record in records:
                if _answers(record, message, place):
                    return record
            if not records:
                return None
        return None

    async def notices(self, request: Request) -> ASGIApp:
        """`GET /v1/notices`: what the SIAO told the partner from a cursor on, once or as a stream."""
        caller = self.enter(request)
        parameters = only(request, ("after", "wait", "limit"))
        streamed = preferred(request, (JSON, EVENTS)) == EVENTS
        wait = whole_number(parameters, "wait", 0, 0, LONGEST_WAIT)
        most = whole_number(parameters, "limit", AT_ONCE, 1, MOST_AT_ONCE)
        after = (header(request, "last-event-id") if streamed else None) or parameters.get("after")
        if after == NOW:
            position: int | None = await self.reading.end(caller)
        else:
            position = None if after is None else offset_of(after)
        if streamed:
            position, records = await self.reading.notices(caller, position, AT_ONCE, 0)
            return Stream(self.reading, self.limits, self.settings, caller, position, records)
        if not wait:
            return self._page(*await self.reading.notices(caller, position, most, 0))
        request.scope["waited"] = True
        with self.limits.waiting(caller.partner.id, "poll"):
            work = self.reading.notices(caller, position, most, wait)
            return self._page(*await unless_gone(request.receive, work))

    @staticmethod
    def _page(position: int, records: list[Record]) -> Response:
        return Response(telling.page(position, records), 200, media_type=JSON)

    def listing(self, channel: Channel) -> Handler:
        """`GET /v1/<channel>`: the present state of a compacted topic of the partner's, as JSON or as a table."""

        async def listing(request: Request) -> ASGIApp:
            caller = self.enter(request)
            only(request, ())
            if caller.partner.role not in channel.roles:
                raise Refused("list-not-yours")
            kind = preferred(request, (JSON, TABLE) if channel.name in TABLES else (JSON,))
            known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
            headers = {"vary": "Accept, Authorization"}
            if known - {""}:
                tag = _tag(await self.reading.end_of(caller, channel), kind)
                if tag in known or "*" in known:
                    return Response(None, 304, {**headers, "etag": tag})
            held, end = await self.reading.latest(caller, channel)
            headers["etag"] = _tag(end, kind)
            return Response(_table(TABLES[channel.name], held) if kind == TABLE else _list(held), 200, headers, kind)

        return listing


def _answers(record: Record, message: str, place: Any) -> bool:
    """Is this notice the answer to that message? One whose id could not be read is known by its place in the log."""
    opened = telling.opened(record)
    if opened is None or opened[0].type not in ANSWERS:
        return False
    said = json.loads(opened[1])
    at = (said.get("topic"), said.get("partition"), said.get("offset"))
    return said["message_id"] == message or at == (place.topic, place.partition, place.offset)


def _tag(end: int, kind: str) -> str:
    return f'"{end}-{kind.partition("/")[2]}"'


def _list(held: dict[bytes, Record]) -> bytes:
    events = [text for _, record in sorted(held.items()) if (text := telling.event(record))]
    return b'{"items": [' + b", ".join(events) + b"]}"


def _table(make: Make, held: dict[bytes, Record]) -> bytes:
    file, opened = io.StringIO(newline=""), (telling.opened(record) for _, record in sorted(held.items()))
    make([found[1] for found in opened if found is not None], file)
    return file.getvalue().encode()


def _households(bodies: Sequence[bytes], file: TextIO) -> None:
    households = (read_body(ReadyHousehold, body, trusted=True) for body in bodies)
    ready_table.write({household.household: household for household in households}, file)


def _figures(bodies: Sequence[bytes], file: TextIO) -> None:
    indicator_table.write((read_body(IndicatorsComputed, body, trusted=True) for body in bodies), file)


# The lists that are shown as a table too.
TABLES: Final[Mapping[str, Make]] = {READY_HOUSEHOLDS.name: _households, INDICATORS.name: _figures}
