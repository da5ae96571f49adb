"""A deadline is reached once, in order, by business time; moved, forgotten, and kept through a restart."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from services.chassis import metrics
from services.chassis.database import engine_of
from services.chassis.timers import Timers
from tests.integration.chassis.evidence import counted, running
from tests.integration.chassis.rig import NOON, Bench, Log, bench_on
from tests.integration.chassis.wire import until_true
from tests.servers import Database

REACHED = (
    "SELECT convert_from(payload, 'UTF8')::jsonb ->> 'message_id' FROM outbox"
    " WHERE convert_from(payload, 'UTF8')::jsonb ->> 'message_id' LIKE 'deadline:%' ORDER BY seq"
)


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


def timers_of(bench: Bench) -> Timers:
    """The deadlines of one instance, by the bench's clock."""
    return Timers(bench.engine, lambda: bench.now, lambda: None, bench.faults)


async def until_reached(bench: Bench, count: int) -> list[str]:
    """The deadlines reached, once there are so many."""

    async def there() -> bool:
        return len(await bench.rows(REACHED)) >= count

    await until_true(there, f"{count} deadlines reached")
    return await bench.rows(REACHED)


async def test_they_are_reached_in_order_when_business_time_comes(bench: Bench) -> None:
    log, fired = Log(), counted(metrics.TIMERS_FIRED)
    await bench.unit().handle([log.order("a", "later-still", "x"), log.order("b", "later", "y")])
    async with running(timers_of(bench).run()):
        bench.now = NOON + timedelta(hours=1)
        # The deadline of one hour, and not that of five.
        assert await until_reached(bench, 1) == ["deadline:y:later"]
        await bench.unit().handle([log.order("c", "later", "z")])
        bench.now = NOON + timedelta(days=30)
        assert await until_reached(bench, 3) == ["deadline:y:later", "deadline:z:later", "deadline:x:later-still"]
    assert (fired(), await bench.rows("SELECT count(*) FROM timers")) == (3, [0])


async def test_a_deadline_is_dated_by_the_day_it_fell_due(bench: Bench) -> None:
    await bench.unit().handle([Log().order("a", "later")])
    bench.now = NOON + timedelta(days=3)
    async with running(timers_of(bench).run()):
        await until_reached(bench, 1)
    assert NOON + timedelta(hours=1) in await bench.rows("SELECT time FROM outbox")


@pytest.mark.parametrize("together", [True, False])
async def test_set_again_under_its_name_it_moves(bench: Bench, together: bool) -> None:
    log, unit = Log(), bench.unit()
    records = [log.order("a", "later", "moved"), log.order("b", "later-still", "moved"), log.order("c", "later", "end")]
    for batch in [records] if together else [[record] for record in records]:
        await unit.handle(batch)
    async with running(timers_of(bench).run()):
        bench.now = NOON + timedelta(hours=2)
        assert await until_reached(bench, 1) == ["deadline:end:later"]
        bench.now = NOON + timedelta(hours=6)
        assert await until_reached(bench, 2) == ["deadline:end:later", "deadline:moved:later-still"]


@pytest.mark.parametrize("together", [True, False])
async def test_forgotten_it_is_never_reached(bench: Bench, together: bool) -> None:
    log, unit = Log(), bench.unit()
    records = [log.order("a", "later", "gone"), log.order("b", "forget", "gone"), log.order("c", "later-still", "end")]
    for batch in [records] if together else [[record] for record in records]:
        await unit.handle(batch)
    bench.now = NOON + timedelta(days=1)
    async with running(timers_of(bench).run()):
        assert await until_reached(bench, 1) == ["deadline:end:later-still"]


async def test_the_deadline_of_a_refused_message_is_not_set(bench: Bench) -> None:
    log = Log()
    await bench.unit().handle([log.order("a", "later", "k")])
    # The same key: a decision that fails after having set nothing leaves the deadline of another untouched.
    await bench.unit().handle([log.order("b", "broken", "k")])
    bench.now = NOON + timedelta(hours=1)
    async with running(timers_of(bench).run()):
        assert await until_reached(bench, 1) == ["deadline:k:later"]


async def test_many_deadlines_and_two_instances_reach_each_once_through_a_restart(bench: Bench) -> None:
    log, other = Log(), engine_of(bench.url)
    await bench.unit().handle([log.order(f"m{n}", "later", f"k{n:04}") for n in range(3_000)])
    bench.now = NOON + timedelta(hours=1)
    try:
        async with running(timers_of(bench).run(), Timers(other, lambda: bench.now, lambda: None, bench.faults).run()):
            await until_reached(bench, 1)
        # Stopped in the middle, or after; then one alone ends the work.
        async with running(timers_of(bench).run()):
            reached = await until_reached(bench, 3_000)
    finally:
        await other.dispose()
    assert sorted(reached) == [f"deadline:k{n:04}:later" for n in range(3_000)]
    assert await bench.rows("SELECT count(*) FROM timers") == [0]
