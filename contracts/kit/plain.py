"""The same partner's software for programs without asyncio: one thread of its own speaks to Kafka."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator
from typing import Any, Self, TypeVar

from contracts.event import Message
from contracts.indicators import IndicatorsComputed
from contracts.kit.client import PATIENCE_SECONDS, AsyncPartner
from contracts.kit.ready import ReadyChanges
from contracts.kit.records import Notice, Outgoing
from contracts.kit.settings import Settings
from contracts.notices import MessageAccepted

T = TypeVar("T")


class Partner:
    """`with Partner() as siao:`, with the same methods as AsyncPartner, each of which waits."""

    def __init__(self, settings: Settings | None = None, *, patience: float = PATIENCE_SECONDS) -> None:
        self._partner = AsyncPartner(settings, patience=patience)
        self.settings = self._partner.settings

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="siao-partner", daemon=True)
        self._thread.start()
        try:
            self._wait(self._partner.__aenter__())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            # Readers that were left open are closed with the partner.
            self._wait(self._loop.shutdown_asyncgens())
            self._wait(self._partner.__aexit__())
        finally:
            self._end()

    def send(self, message: Message, *, message_id: str | None = None) -> MessageAccepted:
        """As AsyncPartner.send."""
        return self._wait(self._partner.send(message, message_id=message_id))

    def send_out(self, message: Outgoing) -> MessageAccepted:
        """As AsyncPartner.send_out."""
        return self._wait(self._partner.send_out(message))

    def notices(self, name: str | None = "main") -> Generator[Notice]:
        """As AsyncPartner.notices."""
        return self._each(self._partner.notices(name))

    def ready_households(self) -> Generator[ReadyChanges]:
        """As AsyncPartner.ready_households."""
        return self._each(self._partner.ready_households())

    def indicators(self) -> dict[str, IndicatorsComputed]:
        """As AsyncPartner.indicators."""
        return self._wait(self._partner.indicators())

    def _each(self, things: AsyncGenerator[T]) -> Generator[T]:
        async def following() -> T:
            return await anext(things)

        try:
            while True:
                yield self._wait(following())
        finally:
            if not self._loop.is_closed():
                self._wait(things.aclose())

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        # Ctrl-C ends the wait, and the coroutine with it.
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
