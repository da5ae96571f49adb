"""A round is done by one instance at a time: all that it writes and says, or nothing; what fails is told and mended."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.chassis.fold import Send, notify
from services.chassis.rounds import Occasion, Rounds
from tests.integration.chassis.evidence import running
from tests.integration.chassis.rig import NOON, PARTNERS, Bench, Broken, an_answer, bench_on
from tests.integration.chassis.wire import until_true
from tests.servers import Database

WRITE = text("INSERT INTO positions (siao, input, \"offset\") VALUES ('92', :input, 1)")
SAID = "SELECT topic FROM outbox"


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


class Work:
    """A round that writes a row and says a thing, once; or fails after both."""

    def __init__(self, *, failures: int = 0) -> None:
        self.failures, self.occasions = failures, list[Occasion]()
        self.__name__ = "work"

    async def __call__(self, connection: AsyncConnection, occasion: Occasion) -> Sequence[Send]:
        self.occasions.append(occasion)
        if (await connection.execute(text("SELECT count(*) FROM positions"))).scalar_one():
            return []
        await connection.execute(WRITE, {"input": str(len(self.occasions))})
        if len(self.occasions) <= self.failures:
            raise Broken
        return [notify("chrs-1", an_answer("done"))]


def rounds_of(bench: Bench, work: Work) -> Rounds:
    """The rounds of one instance."""
    minute = timedelta(minutes=1)
    return Rounds(bench.engine, lambda: bench.now, PARTNERS, (work,), bench._committed, bench.faults, minute)


async def test_what_it_writes_and_says_is_committed_together_and_the_relay_is_woken(bench: Bench) -> None:
    work = Work()
    await rounds_of(bench, work).go(work)
    assert work.occasions == [Occasion(NOON, PARTNERS, timedelta(minutes=1))]
    assert (await bench.rows(SAID), bench.commits) == (["partners.chrs-1.notices"], 1)
    await rounds_of(bench, work).go(work)
    assert (len(await bench.rows(SAID)), bench.commits) == (1, 1)


async def test_one_that_fails_leaves_nothing_is_told_and_is_done_at_the_next(bench: Bench) -> None:
    work = Work(failures=1)
    with pytest.raises(Broken):
        await rounds_of(bench, work).go(work)
    assert (await bench.rows(SAID), await bench.rows("SELECT input FROM positions")) == ([], [])
    work = Work(failures=1)
    async with running(rounds_of(bench, work).run()):

        async def told() -> bool:
            return "rounds" in bench.faults.now()

        async def done() -> bool:
            return bool(await bench.rows(SAID)) and "rounds" not in bench.faults.now()

        await until_true(told, "the failure is told")
        await until_true(done, "the round is done")
    assert await bench.rows("SELECT input FROM positions") == ["2"]


async def test_it_is_not_done_while_another_instance_is_at_it(bench: Bench) -> None:
    begun, gate = asyncio.Event(), asyncio.Event()

    class Slow(Work):
        async def __call__(self, connection: AsyncConnection, occasion: Occasion) -> Sequence[Send]:
            begun.set()
            await gate.wait()
            return await super().__call__(connection, occasion)

    slow, other = Slow(), Work()
    first = asyncio.create_task(rounds_of(bench, slow).go(slow))
    await begun.wait()
    await rounds_of(bench, other).go(other)
    assert other.occasions == []
    gate.set()
    await first
    await rounds_of(bench, other).go(other)
    assert (len(other.occasions), len(await bench.rows(SAID))) == (1, 1)
