"""The edge as one process: the partners' address, the pages of any service, and what it follows; it keeps nothing."""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts.topics import CHANNELS, EDGE, NOTICES
from services.chassis import metrics
from services.chassis.faults import Faults
from services.chassis.launching import listen, read_settings
from services.chassis.logs import configure, log
from services.edge import figures
from services.edge.asking import Gone
from services.edge.doorkeeper import Doorkeeper
from services.edge.frame import Frame, on_failure, on_gone, on_http, on_refused
from services.edge.handlers import Desk
from services.edge.limits import Limits, Strangers
from services.edge.looking_back import LookingBack
from services.edge.protocol import config_of
from services.edge.reading import Reading
from services.edge.refusals import Refused
from services.edge.settings import EdgeSettings
from services.edge.tail import Tail
from services.edge.writing import Writing

HERE: Final = Path(__file__).parent
STUCK_SECONDS: Final = 60.0
PERIOD_SECONDS: Final = 1.0


class Machinery:
    """All that the edge runs on, assembled and not connected to anything yet."""

    def __init__(self, settings: EdgeSettings) -> None:
        self.settings = settings
        self.faults = Faults(settings.kafka, "")
        self.tail = Tail(settings, self.faults)
        self.doorkeeper = Doorkeeper(settings, self.faults, self.changed)
        self.looking_back = LookingBack(settings)
        self.reading = Reading(self.doorkeeper, self.tail, self.looking_back)
        self.writing = Writing(settings, self.faults)
        limits = Limits(settings.edge_rate, settings.edge_burst, settings.edge_waits)
        strangers = Strangers(settings.edge_wrong_rate, settings.edge_wrong_burst)
        self.desk = Desk(settings, self.doorkeeper, limits, strangers, self.reading, self.writing)
        self.tasks: list[asyncio.Task[None]] = []
        self.started = False

    def changed(self, partner: str) -> None:
        """The rights of a partner have changed: who waits in its name looks at once whether it still may."""
        self.tail.want(NOTICES.of(holder.id) for holder in self.doorkeeper.holders())
        if (stretch := self.tail.stretches.get(NOTICES.of(partner))) is not None:
            stretch.ring()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What runs beside the servers."""
        self.tasks = [asyncio.create_task(work) for work in (self.doorkeeper.run(), self.tail.run(), self.watch())]
        try:
            yield
        finally:
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
            await self.looking_back.stop()
            await self.writing.stop()

    async def watch(self) -> None:
        """Look every second at what is wrong, and say it."""
        while True:
            self.faults.remind()
            metrics.READY.set(not self.faults_of_readiness())
            await asyncio.sleep(PERIOD_SECONDS)

    def faults_of_life(self) -> Mapping[str, str]:
        """Why this process should be started again; empty when it is alive."""
        faults = {"task": "stopped"} if any(task.done() for task in self.tasks) else {}
        if not self.faults.now() and self.doorkeeper.ready and time.monotonic() - self.tail.turned > STUCK_SECONDS:
            faults["notices"] = "no progress"
        return faults

    def faults_of_readiness(self) -> Mapping[str, str]:
        """Why it cannot do its work now; empty when it can."""
        faults = self.faults.now() | dict(self.faults_of_life())
        self.started = self.started or (self.doorkeeper.ready and self.tail.settled)
        if not self.started:
            faults.setdefault("start", "not finished")
        return faults


def door(machinery: Machinery) -> Frame:
    """What partners reach."""
    desk = machinery.desk
    lists = [channel for channel in CHANNELS if not channel.inbound and channel is not NOTICES]
    routes = [
        Route("/v1/messages", desk.whole_message, methods=["POST"]),
        Route("/v1/messages/{type}", desk.typed_message, methods=["POST"]),
        Route("/v1/notices", desk.notices, methods=["GET"]),
        *(Route(f"/v1/{channel.name}", desk.listing(channel), methods=["GET"]) for channel in lists),
        Route("/openapi.json", _file("openapi.json", "application/json"), methods=["GET"]),
        Route("/docs", _file("docs.html", "text/html"), methods=["GET"]),
    ]
    handlers: Any = {Refused: on_refused, Gone: on_gone, HTTPException: on_http, Exception: on_failure}
    encrypted = machinery.settings.edge_cert is not None or machinery.settings.edge_behind_proxy
    return Frame(Starlette(routes=routes, exception_handlers=handlers), encrypted=encrypted)


def _file(name: str, kind: str) -> Any:
    content = (HERE / name).read_bytes()

    async def page(_request: Request) -> Response:
        return Response(content, media_type=kind)

    return page


def pages(machinery: Machinery) -> Starlette:
    """What whoever runs it reaches, on another port: the pages of any service."""

    def faults_page(look: Any) -> Any:
        async def page(_request: Request) -> Response:
            found = look()
            body = json.dumps({"status": "not ok" if found else "ok", "faults": found})
            return Response(body, 503 if found else 200, media_type="application/json")

        return page

    async def metrics_page(_request: Request) -> Response:
        told = metrics.REGISTRY.restricted_registry(figures.own_names())
        return Response(generate_latest(told), headers={"content-type": CONTENT_TYPE_LATEST})

    routes = [
        Route("/health", faults_page(machinery.faults_of_life)),
        Route("/ready", faults_page(machinery.faults_of_readiness)),
        Route("/metrics", metrics_page),
    ]
    return Starlette(routes=routes)


class Server(uvicorn.Server):
    """A server that leaves signals to whoever runs several."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


def run() -> None:
    """Run the edge until it is told to stop."""
    settings = read_settings(EDGE, EdgeSettings)
    configure(EDGE, settings.log_level)
    own = listen(EDGE, settings.http_host, settings.http_port)
    public = listen(EDGE, settings.edge_host, settings.edge_port, "SIAO_EDGE_HOST, SIAO_EDGE_PORT")
    machinery = Machinery(settings)
    head = settings.edge_header_seconds
    server = Server(
        config_of(
            door(machinery),
            head,
            limit_concurrency=settings.edge_connections,
            ssl_certfile=settings.edge_cert,
            ssl_keyfile=settings.edge_key,
        )
    )
    asyncio.run(_serve(machinery, {server: public, Server(config_of(pages(machinery), head)): own}, server))


async def _serve(machinery: Machinery, servers: Mapping[Server, Any], front: Server) -> None:
    stopping, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopping.set)
    async with machinery.running():
        serving = [asyncio.create_task(server.serve([socket])) for server, socket in servers.items()]
        log().info("started", port=machinery.settings.edge_port)
        ended = asyncio.create_task(stopping.wait())
        await asyncio.wait([ended, *serving], return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        # Who waits is answered; then the partners' side closes, and the pages last of all.
        machinery.reading.close()
        front.should_exit = True
        await asyncio.gather(*(task for task, server in zip(serving, servers, strict=True) if server is front))
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*serving)
