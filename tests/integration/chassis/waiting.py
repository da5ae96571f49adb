"""What a service owes to whoever looks at it while it lacks something: one line, alive, not ready, and a code."""

import asyncio
from typing import Any

from faststream.asgi import AsgiFastStream

from tests.integration.chassis.evidence import taken_from
from tests.integration.chassis.stage import Partner, get, until_fault, until_ready
from tests.integration.chassis.wire import until

Said = list[Any]


def faults(said: Said) -> list[Any]:
    """The lines that name a fault."""
    return [line for line in said if line["event"] == "fault"]


async def waits(app: AsgiFastStream, said: Said, code: str, where: str, *secrets: str) -> None:
    """It has said what is wrong and where, once, for people; it is alive, not ready, and consumes nothing."""
    await until(lambda: bool(faults(said)), "it says what is wrong")
    await until_fault(app, "start", code)
    assert (await get(app, "/health"))[0] == 200
    (line,) = faults(said)
    assert (line["code"], line["where"]) == (code, where)
    assert line["text_fr"]
    assert line["text_en"]
    assert not [secret for secret in secrets if secret in repr(said)]
    assert not [line for line in said if line["event"] == "started"]


async def begins(app: AsgiFastStream, partner: Partner, messages: int = 1) -> None:
    """It becomes ready by itself and answers; messages: what the partner will have been told then."""
    await until_ready(app)
    partner.send("a")
    await asyncio.to_thread(taken_from, partner.kafka, partner.notices, messages)
