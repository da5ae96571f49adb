"""A service starts when all it needs is there; until then it says what is missing, and it never half starts."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Final

from faststream.kafka import KafkaBroker
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis.logs import kind_of, log
from services.chassis.migrate import newest_revision, present_revision

RETRY_SECONDS: Final = 1.0


class PatientBroker(KafkaBroker):
    """A broker that starts once everything it needs is there. `prepare` returns when it is."""

    prepare: Callable[[], Awaitable[None]]

    async def start(self) -> None:
        """Wait for what is needed, then start."""
        await self.prepare()
        try:
            await super().start()
        except Exception as error:
            # Better no process than half a service: whoever supervises it starts it again.
            log().error("start-failed", error=kind_of(error))
            os.kill(os.getpid(), signal.SIGTERM)
            raise


class SchemaBehind(Exception):
    """The database is not at the revision that this code expects."""


async def check_schema(service: str, engine: AsyncEngine) -> None:
    """Raises SchemaBehind, after saying which revision is there and which is expected."""
    present, expected = await present_revision(engine), newest_revision(service)
    if present != expected:
        log().error("schema-behind", revision=present, expected=expected)
        raise SchemaBehind


async def until_possible(attempt: Callable[[], Awaitable[None]], what: str) -> None:
    """Try until it succeeds, saying each time what is missing."""
    tries = 0
    while True:
        try:
            await attempt()
            return
        except Exception as error:
            tries += 1
            log().warning("waiting", reason=what, error=kind_of(error), attempt=tries)
            await asyncio.sleep(RETRY_SECONDS)
