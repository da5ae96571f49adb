"""A service starts when all it needs is there; until then it says what is missing, and it never half starts."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from faststream.kafka import KafkaBroker

from services.chassis.faults import Fault, Faults

RETRY_SECONDS: Final = 1.0
# How long what was cancelled may take to end: a transaction that is rolled back asks the database once more.
END_SECONDS: Final = 5.0
# Nothing that anyone does elsewhere mends these: the process has to be started again with another setting.
FINAL: Final = frozenset({"vault-key-wrong"})


class PatientBroker(KafkaBroker):
    """A broker that starts all its subscribers, once everything they need is there, or none.

    prepare: returns when it is, and raises what is missing; give_up: called when waiting is of no use.
    """

    prepare: Callable[[], Awaitable[None]]
    give_up: Callable[[Fault], None]
    faults: Faults

    async def start(self) -> None:
        """Try until it succeeds, and say what is wrong meanwhile; given up, wait for the end."""
        while True:
            try:
                await self.prepare()
                await super().start()
            except Exception as error:
                self.faults.tell("start", error)
                if isinstance(error, Fault) and error.code in FINAL:
                    self.give_up(error)
                    await asyncio.Event().wait()
            else:
                self.faults.mended("start")
                return
            # What had started stops: the rest of it may not.
            await self.stop()
            await asyncio.sleep(RETRY_SECONDS)

    async def stop(self, *about: Any) -> None:
        """Stop all subscribers. When the broker is away, the client ends by raising what it had cancelled itself.

        FastStream cancels what is being handled and does not wait for its end: it would still hold a connection of the
        database that is closed next, and leave it open.
        """
        handled = [task for subscriber in self.subscribers for task in getattr(subscriber, "tasks", ())]
        await asyncio.gather(super().stop(*about), return_exceptions=True)
        if handled:
            await asyncio.wait(handled, timeout=END_SECONDS)
