"""A database that goes away, or another instance that was faster, delays a batch; nothing is lost or done twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import text

from deploy.embedded.parts import DatabaseServer
from services.chassis import metrics, outbox
from services.chassis.states import Keyed, KeyedWorking
from tests.integration.chassis.evidence import backends_of, counted
from tests.integration.chassis.rig import PARTNERS, Bench, Log, bench_on
from tests.integration.chassis.wire import until, until_true
from tests.servers import Database

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


class Interrupted(Keyed):
    """Between the reading of states and their writing, once, something else happens."""

    def __init__(self, bench: Bench, meanwhile: Callable[[], Awaitable[None]]) -> None:
        super().__init__(PARTNERS, bench.vault)
        self._meanwhile: Callable[[], Awaitable[None]] | None = meanwhile

    async def open(self, connection: Any, items: Sequence[Any]) -> KeyedWorking:
        working = await super().open(connection, items)
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return working


@pytest.mark.parametrize("table", ["inbox", "counts", "outbox"])
async def test_a_session_ended_in_a_transaction(bench: Bench, postgres: DatabaseServer, table: str) -> None:
    log, backoffs = Log(), counted(metrics.BACKOFFS)
    unit = bench.unit()
    await unit.handle([log.order("before")])
    async with bench.engine.connect() as other:
        await other.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
        handling = asyncio.create_task(unit.handle([log.order(f"m{number}") for number in range(20)]))

        async def waits() -> bool:
            return await bench.rows(WAITING) == [1]

        await until_true(waits, "the batch waits in its transaction")
        # The one that waits first: freed by the end of the other, it could commit before its own.
        waiting = backends_of(bench.url) + " AND wait_event_type = 'Lock'"
        await asyncio.to_thread(postgres.sql, waiting.replace("(pid)", "(pid, 5000)"))
        await asyncio.to_thread(postgres.sql, backends_of(bench.url))
        await other.invalidate()
    await asyncio.wait_for(handling, 30)
    assert await bench.totals() == {"k": 21}
    assert len(await bench.answers()) == 21
    assert await bench.rows("SELECT count(*) FROM quarantine") == [0]
    assert (backoffs() >= 1, unit.failing) == (True, False)


@pytest.mark.parametrize("turns", range(4))
async def test_a_message_alone_is_not_to_blame_for_a_session_ended_before_its_commit(
    bench: Bench, postgres: DatabaseServer, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    post = outbox.post

    async def post_and_lose(connection: Any, posts: Any) -> None:
        await post(connection, posts)
        monkeypatch.undo()
        postgres.sql(f"SELECT pg_terminate_backend({connection.get_server_pid()}, 5000)")
        # The loop stood still meanwhile; with each turn it hears more: nothing, the last word, the closing.
        for _ in range(turns):
            await asyncio.sleep(0)

    monkeypatch.setattr(outbox, "post", post_and_lose)
    backoffs = counted(metrics.BACKOFFS)
    await asyncio.wait_for(bench.unit().handle([Log().order("m")]), 30)
    assert await bench.totals() == {"k": 1}
    assert [(message, code) for _, message, code in await bench.answers()] == [("m", False)]
    assert backoffs() == 1


async def test_a_database_stopped_and_started(bench: Bench, postgres: DatabaseServer) -> None:
    log, unit = Log(), bench.unit()
    await unit.handle([log.order("before")])
    await asyncio.to_thread(postgres.stop)
    try:
        handling = asyncio.create_task(unit.handle([log.order(f"m{number}") for number in range(20)]))
        await until(lambda: unit.failing, "the batch is put off")
    finally:
        await asyncio.to_thread(postgres.start)
    await asyncio.wait_for(handling, 60)
    assert await bench.totals() == {"k": 21}
    assert len(await bench.answers()) == 21
    assert await bench.rows("SELECT count(*) FROM quarantine") == [0]


@pytest.mark.parametrize("first", [None, "add"])
@pytest.mark.parametrize("order", ["add", "gone"])
async def test_of_two_instances_that_read_the_same_state_the_slower_decides_again(
    bench: Bench, first: str | None, order: str
) -> None:
    log, backoffs = Log(), counted(metrics.BACKOFFS)
    before = [log.order("before", first)] if first else []
    slow, fast = log.order("slow", order), log.order("fast")
    await bench.unit().handle(before)
    await bench.unit(holder=Interrupted(bench, lambda: bench.unit().handle([fast]))).handle([slow])
    told = await bench.rows("SELECT convert_from(payload, 'UTF8')::jsonb ->> 'message_id' FROM outbox ORDER BY seq")
    # Each decision saw what the one before it had made of the state.
    assert [thing for thing in told if thing.startswith("k:")] == [f"k:{n}" for n in range(1, len(before) + 3)]
    assert await bench.totals() == ({} if order == "gone" else {"k": len(before) + 2})
    assert backoffs() == 1


async def test_of_two_instances_with_the_same_record_one_has_the_effects(bench: Bench) -> None:
    record = Log().order("a")
    one, other = bench.unit(), bench.unit()
    await asyncio.gather(one.handle([record]), other.handle([record]))
    assert await bench.totals() == {"k": 1}
    assert len(await bench.answers()) == 1
