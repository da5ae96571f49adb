"""What a page sees of a territory is what was last committed, whichever instance decided it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.chassis import looking
from services.chassis.looking import Looking
from services.chassis.states import Territory, Whole
from tests.integration.chassis.rig import COUNTS, SIAO, Bench, Log, bench_on, territorial
from tests.servers import Database


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


def totals(territory: Territory) -> dict[str, int]:
    states = {key: value for key, (value, _) in territory._stored[COUNTS].items()}
    return {key: getattr(value, "total", 0) for key, value in states.items()}


async def seen_by(look: Looking, holder: Whole) -> tuple[dict[str, int], bool]:
    """What a page sees, and whether it is what this instance has in memory."""
    async with look(SIAO) as territory:
        return totals(territory), territory is holder.territories.get(SIAO)


async def test_the_territory_in_memory_is_shown_and_read_apart_where_there_is_none(bench: Bench) -> None:
    log, holder, elsewhere = Log(), bench.whole(), bench.whole()
    await bench.unit(territorial(), holder).handle([log.fact("a"), log.fact("b")])
    assert await seen_by(Looking(holder, asyncio.Lock(), bench.engine), holder) == ({"k": 2}, True)
    assert await seen_by(Looking(elsewhere, asyncio.Lock(), bench.engine), elsewhere) == ({"k": 2}, False)
    assert elsewhere.territories == {}


async def test_memory_that_another_instance_made_stale_is_not_shown(bench: Bench) -> None:
    log, holder = Log(), bench.whole()
    look = Looking(holder, asyncio.Lock(), bench.engine)
    await bench.unit(territorial(), holder).handle([log.fact("a")])
    await bench.unit(territorial(), bench.whole()).handle([log.fact("b")])
    assert await seen_by(look, holder) == ({"k": 2}, False)


async def test_what_was_read_apart_is_shown_again_for_a_while(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    log, elsewhere = Log(), bench.whole()
    look, unit = Looking(elsewhere, asyncio.Lock(), bench.engine), bench.unit(territorial(), bench.whole())
    await unit.handle([log.fact("a")])
    assert await seen_by(look, elsewhere) == ({"k": 1}, False)
    await unit.handle([log.fact("b")])
    assert await seen_by(look, elsewhere) == ({"k": 1}, False)
    monkeypatch.setattr(looking, "FRESH_SECONDS", 0.0)
    assert await seen_by(look, elsewhere) == ({"k": 2}, False)


async def test_a_page_waits_for_the_batch_under_way(bench: Bench) -> None:
    turn = asyncio.Lock()
    holder = bench.whole()
    await bench.unit(territorial(), holder).handle([Log().fact("a")])
    look = Looking(holder, turn, bench.engine)
    async with turn:
        waiting = asyncio.create_task(seen_by(look, holder))
        done, _ = await asyncio.wait({waiting}, timeout=0.1)
        assert done == set()
    assert await waiting == ({"k": 1}, True)
