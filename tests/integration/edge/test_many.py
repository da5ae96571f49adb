"""Two hundred callers wait at once: one connection to the broker serves them all, and each is answered in time."""

import asyncio
import time
from typing import Any, Final

import httpx
import psutil
import pytest

from tests.integration.edge.house import House, another_edge

pytestmark = pytest.mark.once

CALLERS: Final = 200
PARTNERS: Final = ("chrs-a", "chrs-b", "ccas-a", "bailleur-a", "prefecture-a")


async def ask(client: httpx.AsyncClient, house: House, number: int, after: str, wait: int) -> Any:
    headers = {"authorization": f"Bearer {house.tokens[PARTNERS[number % len(PARTNERS)]]}"}
    return await client.get("/v1/notices", headers=headers, params={"after": after, "wait": wait})


async def test_two_hundred_wait_and_are_all_answered_by_one_notice_each(house: House) -> None:
    with another_edge(house, SIAO_EDGE_WAITS="50", SIAO_EDGE_BURST="1000") as url:
        limits = httpx.Limits(max_connections=CALLERS + 20)
        async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits, trust_env=False) as client:
            cursors = [(await ask(client, house, number, "now", 0)).json()["next"] for number in range(len(PARTNERS))]
            waiting = [
                asyncio.create_task(ask(client, house, number, cursors[number % len(PARTNERS)], 30))
                for number in range(CALLERS)
            ]
            while await waiting_now(client, url) < CALLERS:
                assert not any(task.done() for task in waiting)
                await asyncio.sleep(0.05)
            looks = await metric(client, url, "siao_edge_look_backs_total")
            began = time.monotonic()
            told = {partner: await asyncio.to_thread(house.accept, partner) for partner in PARTNERS}
            answers = await asyncio.gather(*waiting)
            # Long before the 30 s they would wait, on a busy machine too.
            assert time.monotonic() - began < 15
            for number, answer in enumerate(answers):
                heard = [notice["id"] for notice in answer.json()["notices"]]
                assert heard == [told[PARTNERS[number % len(PARTNERS)]]]
            # From memory: not one of them cost a read.
            assert await metric(client, url, "siao_edge_look_backs_total") == looks
            assert open_to_the_broker(house) <= 12


async def metric(client: httpx.AsyncClient, url: str, name: str) -> float:
    """A figure of this edge, whose pages are on the port before."""
    address = httpx.URL(url)
    text = (await client.get(address.copy_with(port=(address.port or 0) - 1, path="/metrics"))).text
    return next(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name))


async def waiting_now(client: httpx.AsyncClient, url: str) -> float:
    return await metric(client, url, 'siao_edge_waiting{kind="poll"}')


def open_to_the_broker(house: House) -> int:
    """The most connections to the broker that any edge of this house has: not one a caller."""
    port = int(house.kafka.bootstrap.rpartition(":")[2])
    edges = [process for process in psutil.Process().children() if "services.edge" in " ".join(process.cmdline())]
    assert edges
    return max(sum(1 for c in edge.net_connections("tcp") if c.raddr and c.raddr.port == port) for edge in edges)
