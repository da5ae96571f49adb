"""A territory in memory is what its tables say, whatever happened to the last batch; what is archived leaves memory."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.event import Message
from contracts.offers import VacancyClosed
from services.chassis.database import raw_connection
from services.chassis.fold import Effects, Folds, Put, no_keys
from services.chassis.states import Whole
from services.chassis.store import Store
from tests.integration.chassis.rig import COUNTS, SIAO, Bench, Count, Log, bench_on, territorial
from tests.servers import Database


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


def in_memory(holder: Whole) -> dict[str, tuple[Message | None, int]]:
    """What a holder keeps: values and versions by key."""
    return {key: stored for t in holder.territories.values() for key, stored in t._stored[COUNTS].items()}


async def live(bench: Bench) -> dict[str, tuple[Message | None, int]]:
    """What the tables say."""
    async with raw_connection(bench.engine) as connection:
        store = Store(connection, bench.vault)
        found = [await store.load_live(COUNTS, siao) for siao in (SIAO, "75")]
    return {key: stored for states in found for key, stored in states.items()}


async def test_memory_is_what_the_tables_say_after_each_batch(bench: Bench) -> None:
    log, holder = Log(), bench.whole()
    unit = bench.unit(territorial(), holder)
    for batch in range(3):
        await unit.handle([log.fact(f"{batch}-{n}", key=f"k{n}", siao="75" if n % 2 else SIAO) for n in range(6)])
        assert in_memory(holder) == await live(bench)
    assert {value.total for value, _ in in_memory(holder).values() if isinstance(value, Count)} == {3}


async def test_a_failed_decision_leaves_memory_as_the_tables(bench: Bench) -> None:
    log, holder = Log(), bench.whole()
    await bench.unit(territorial(), holder).handle(
        [log.fact("a"), log.fact("b", "broken"), log.fact("c", "broken", "new"), log.fact("d")]
    )
    assert in_memory(holder) == await live(bench)
    assert await bench.totals() == {"k": 2}


async def test_a_batch_that_the_database_refused_is_not_remembered(bench: Bench) -> None:
    log, holder = Log(), bench.whole()
    unit = bench.unit(territorial(), holder)
    await unit.handle([log.fact("a")])
    await unit.handle([log.fact("b"), log.fact("c", "forbidden", "poison"), log.fact("d"), log.fact("e", key="other")])
    assert in_memory(holder) == await live(bench)
    assert await bench.totals() == {"k": 3, "other": 1}


async def test_memory_that_another_instance_made_stale_is_dropped_and_read_again(bench: Bench) -> None:
    log, holder = Log(), bench.whole()
    unit = bench.unit(territorial(), holder)
    await unit.handle([log.fact("a")])
    await bench.unit(territorial(), bench.whole()).handle([log.fact("b")])
    await unit.handle([log.fact("c")])
    assert in_memory(holder) == await live(bench)
    assert await bench.totals() == {"k": 3}


async def test_what_is_archived_leaves_memory_and_is_found_again_when_named(bench: Bench) -> None:
    log, holder = Log(), bench.whole()
    unit = bench.unit(territorial(), holder)
    await unit.handle([log.fact("a"), log.fact("b", "archived"), log.fact("c", key="other")])
    assert set(in_memory(holder)) == {"other"}
    await unit.handle([log.fact("d", "archived")])
    assert set(in_memory(holder)) == {"other"}
    assert await bench.totals() == {"k": 3, "other": 1}


async def test_the_positions_seen_are_stored_and_known_to_the_next_instance(bench: Bench) -> None:
    log, holder = Log(), bench.whole()
    await bench.unit(territorial(), holder).handle(
        [log.fact("a"), log.fact("b"), log.fact("c", key="other", siao="75")]
    )
    assert sorted(await bench.rows('SELECT siao, input, "offset" FROM positions')) == [
        ("75", "siao.offers-0", 2),
        (SIAO, "siao.offers-0", 1),
    ]
    seen: list[dict[str, int]] = []
    next_holder = bench.whole()
    unit = bench.unit(watching(seen), next_holder)
    await unit.handle([log.fact("d", key="other", siao="75"), log.fact("e")])
    assert seen == [{"siao.offers-0": 3}, {"siao.offers-0": 4}]


def watching(seen: list[dict[str, int]]) -> Folds:
    """A fold that notes what its territory had seen."""
    folds = Folds()

    @folds.on(VacancyClosed, keys=no_keys)
    def decide(_heard: Any, state: Any) -> Effects:
        seen.append(dict(state.seen))
        return ()

    return folds


async def test_a_decision_that_can_never_be_stored_costs_itself_only(bench: Bench) -> None:
    """It puts a state that it did not name and that is no more in memory: no later attempt would go better."""
    log, folds = Log(), Folds()

    @folds.on(VacancyClosed, keys=no_keys)
    def decide(heard: Any, _state: Any) -> Effects:
        yield Put(COUNTS, heard.event.structure, Count(siao=SIAO, total=9, live=False))

    unit = bench.unit(folds, bench.whole())
    await unit.handle([log.fact("a")])
    await asyncio.wait_for(unit.handle([log.fact("b"), log.fact("c", key="other")]), 30)
    assert await bench.totals() == {"k": 9, "other": 9}
    assert await bench.rows('SELECT code, "offset" FROM quarantine') == [("internal", 1)]
