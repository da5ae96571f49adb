"""A partner's notices from a cursor on, waited for if need be; never another's, never after its token is taken back."""

import asyncio
import time
from collections.abc import Awaitable
from typing import Final, TypeVar

from aiokafka.errors import KafkaError

from contracts.topics import NOTICES, Channel
from services.edge.doorkeeper import Caller, Doorkeeper
from services.edge.looking_back import LookingBack, Record
from services.edge.refusals import Refused
from services.edge.tail import Stretch, Tail

RETRY_SECONDS: Final = 2.0
# A partner that was just let in is followed a moment later.
SOON_SECONDS: Final = 0.5

T = TypeVar("T")


class Reading:
    """What is read for callers: from memory where it can be, else from the broker."""

    def __init__(self, doorkeeper: Doorkeeper, tail: Tail, looking_back: LookingBack) -> None:
        self._doorkeeper, self._tail, self._looking_back = doorkeeper, tail, looking_back
        self.closing = False

    def close(self) -> None:
        """The process ends: nobody waits any longer."""
        self.closing = True
        for stretch in self._tail.stretches.values():
            stretch.ring()

    async def notices(
        self, caller: Caller, position: int | None, most: int, seconds: float
    ) -> tuple[int, list[Record]]:
        """At most so many notices from `position` on (None: the oldest kept), and the offset that comes after them.

        Waits so long for the first of them. Raises Refused (`token-unknown`, `cursor-expired`, `broker-unreachable`).
        """
        topic, deadline = NOTICES.of(caller.partner.id), time.monotonic() + seconds
        seen: int | None = None
        while True:
            left = self._doorkeeper.seconds_left(caller)
            if left <= 0:
                raise Refused("token-unknown", "Authorization")
            stretch = self._tail.stretches.get(topic)
            if stretch is not None and position is not None and stretch.first <= position < stretch.next:
                return _followed(position, stretch.since(position, most))
            if position is None or (position != seen and (stretch is None or position != stretch.next)):
                begun, found = await answered(self._looking_back.records(topic, position, most))
                if found:
                    return _followed(begun, found)
                position = seen = begun
                continue
            remaining = min(deadline - time.monotonic(), left)
            if remaining <= 0 or self.closing:
                return position, []
            await self._wait(stretch, remaining)
            seen = None if stretch is None else seen

    async def end(self, caller: Caller) -> int:
        """The offset that the partner's next notice will have, or an earlier one. Raises Refused."""
        topic = NOTICES.of(caller.partner.id)
        stretch = self._tail.stretches.get(topic)
        return stretch.next if stretch is not None else await answered(self._looking_back.end(topic))

    async def latest(self, caller: Caller, channel: Channel) -> tuple[dict[bytes, Record], int]:
        """The present state of a compacted topic of the caller's, by key, and where it ended. Raises Refused."""
        return await answered(self._looking_back.latest(channel.of(caller.partner.id)))

    async def end_of(self, caller: Caller, channel: Channel) -> int:
        """Where a topic of the caller's ends. Raises Refused."""
        return await answered(self._looking_back.end(channel.of(caller.partner.id)))

    @staticmethod
    async def _wait(stretch: Stretch | None, seconds: float) -> None:
        if stretch is None:
            await asyncio.sleep(min(seconds, SOON_SECONDS))
            return
        try:
            async with asyncio.timeout(seconds):
                await stretch.bell.wait()
        except TimeoutError:
            pass


def _followed(position: int, records: list[Record]) -> tuple[int, list[Record]]:
    return (records[-1].offset + 1 if records else position), records


async def answered(reading: Awaitable[T]) -> T:
    """What the broker answers. Raises Refused (`broker-unreachable`) when it does not, or not in time."""
    try:
        return await reading
    except (TimeoutError, KafkaError, OSError) as error:
        raise Refused("broker-unreachable", retry=RETRY_SECONDS) from error
