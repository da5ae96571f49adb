"""A service of the chassis for tests: it counts the events of each key, as under load, in this process or stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
import uvicorn

from services.chassis.app import application
from services.chassis.settings import Settings
from tests.integration.chassis.wire import Wire, until, until_true
from tests.load.contender import BORROWED, description, variables
from tests.load.place import Place
from tests.load.workload import Headers, event


class Counting:
    """The service at one place: its HTTP port is `port`, its consumer group is `group`."""

    def __init__(self, place: Place, wire: Wire, environment: pytest.MonkeyPatch) -> None:
        self.place, self.wire = place, wire
        self.group = f"{BORROWED.value}.{place.group}"
        given = variables(place)
        self.port = int(given["SIAO_HTTP_PORT"])
        for name, value in given.items():
            environment.setenv(name, value)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The service, consuming within the block."""
        settings = Settings()
        app = application(description(self.place), settings)
        server = uvicorn.Server(uvicorn.Config(app, port=self.port, log_level="warning", timeout_graceful_shutdown=1))
        task = asyncio.create_task(server.serve())
        try:
            await until(lambda: server.started or task.done(), "the service started")
            yield
        finally:
            server.should_exit = True
            await task

    def send(self, seq: int, *, bad: bool = False, headers: Headers | None = None) -> None:
        """Writes one event; `headers` come beside the envelope, or replace those of the same name."""
        body, envelope = event(seq, "household", 0, bad)
        more = headers or []
        kept = [header for header in envelope if header[0] not in {name for name, _ in more}]
        self.wire.send(self.place.source, body, key="household", headers=[*kept, *more])

    async def until_handled(self, records: int) -> None:
        """Returns when the service has committed so many records."""
        await self.wire.until_committed(self.group, self.place.source, records)

    async def until_answers(self, records: int) -> None:
        """Returns when the target topic holds so many answers, or more."""
        await until(lambda: self.wire.end(self.place.target) >= records, f"{records} answers")

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        """What the service's database says."""
        connection = await asyncpg.connect(self.place.dsn)
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    async def counted(self) -> int:
        """How many events had their effect."""
        rows = await self.rows("select n from counters where key = 'household'")
        return int(str(rows[0][0])) if rows else 0

    async def quarantined(self) -> list[tuple[object, ...]]:
        """(offset, code) of what was set aside."""
        return await self.rows('select "offset", code from quarantine order by 1')

    async def until_waiting_for_a_lock(self) -> None:
        """Returns when a statement of the service waits for a lock."""

        async def waits() -> bool:
            return bool(await self.rows("select 1 from pg_locks where not granted"))

        await until_true(waits, "the service waits for the lock")

    async def health(self) -> int:
        """The status of /health."""
        async with httpx.AsyncClient() as client:
            return (await client.get(f"http://127.0.0.1:{self.port}/health")).status_code
