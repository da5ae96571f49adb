"""The counting service as a process that dies, as by kill -9, the first time it comes to a point: POINT OUT PART."""

import os
import sys
from collections.abc import Callable
from typing import Any, Final

from services.chassis import outbox
from services.chassis.app import run
from services.chassis.relay import Relay
from services.chassis.shipping import Shipping
from services.chassis.subscribing import BatchMessage
from tests.integration.chassis.rig import counting
from tests.integration.chassis.stage import described

DEATH: Final = 9


def dying_after(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, and then the end of the process, if it did anything."""

    async def last(*arguments: Any) -> Any:
        await work(*arguments)
        if arguments[-1]:
            os._exit(DEATH)

    return last


def die(*_: Any) -> None:
    """The end, without goodbyes."""
    os._exit(DEATH)


POINTS: Final[dict[str, tuple[Any, str, Callable[..., Any]]]] = {
    "before commit": (outbox, "post", dying_after(outbox.post)),
    "after commit, before publication": (Relay, "wake", die),
    "after publication, before deletion": (Shipping, "send", dying_after(Shipping.send)),
    "after commit, before the offset's": (BatchMessage, "ack", die),
}


if __name__ == "__main__":
    if sys.argv[1] in POINTS:
        setattr(*POINTS[sys.argv[1]])
    run(described(counting(sys.argv[2]), sys.argv[3]))
