"""A decision that fails, or that the database refuses, costs itself only; the rest of its batch is done."""

from collections.abc import AsyncIterator

import pytest

from services.chassis import metrics
from tests.integration.chassis.evidence import counted
from tests.integration.chassis.rig import Bench, Log, bench_on, territorial
from tests.servers import Database


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


@pytest.mark.parametrize(
    ("order", "code", "outcome"), [("refused", "place-occupied", "refused"), ("broken", "internal", "failed")]
)
async def test_what_it_put_is_undone_and_the_others_are_kept(bench: Bench, order: str, code: str, outcome: str) -> None:
    log, halvings = Log(), counted(metrics.HALVINGS)
    set_aside = counted(metrics.QUARANTINED, code)
    ended = counted(metrics.HANDLED, "vacancies", outcome)
    await bench.unit().handle([log.order("a"), log.order("b", order), log.order("c"), log.order("d", order, "new")])
    assert await bench.totals() == {"k": 2}
    assert [(identity, word) for _, identity, word in await bench.answers()] == [
        ("a", False),
        ("c", False),
        ("b", code),
        ("d", code),
    ]
    assert await bench.rows("SELECT DISTINCT code FROM quarantine") == [code]
    # One transaction: a pure failure halves nothing.
    assert (set_aside(), ended(), halvings(), bench.commits) == (2, 2, 0, 1)


async def test_a_deleted_state_counts_from_nothing_again(bench: Bench) -> None:
    log = Log()
    await bench.unit().handle([log.order("a"), log.order("b", "gone")])
    assert await bench.totals() == {}
    await bench.unit().handle([log.order("c")])
    assert await bench.totals() == {"k": 1}


async def test_one_message_of_fifty_that_a_constraint_refuses_is_set_aside_alone(bench: Bench) -> None:
    log, halvings = Log(), counted(metrics.HALVINGS)
    orders = [log.order(f"m{number}", "forbidden" if number == 31 else "add", f"k{number}") for number in range(50)]
    await bench.unit().handle(orders)
    totals = await bench.totals()
    assert (len(totals), "k31" in totals, set(totals.values())) == (49, False, {1})
    assert await bench.rows('SELECT code, "offset" FROM quarantine') == [("internal", 31)]
    answers = {identity: word for _, identity, word in await bench.answers()}
    assert (len(answers), answers.pop("m31"), set(answers.values())) == (50, "internal", {False})
    assert 1 <= halvings() <= 6


async def test_a_batch_of_nothing_but_poison_ends(bench: Bench) -> None:
    log = Log()
    await bench.unit().handle([log.order(f"m{number}", "forbidden", f"k{number}") for number in range(8)])
    assert await bench.totals() == {}
    assert await bench.rows("SELECT count(*) FROM quarantine WHERE code = 'internal'") == [8]


async def test_a_message_that_the_database_refused_can_be_sent_again_under_its_id(bench: Bench) -> None:
    log = Log()
    await bench.unit().handle([log.order("a", "forbidden")])
    await bench.unit().handle([log.order("a", "add")])
    assert await bench.totals() == {"k": 1}
    assert [word for _, _, word in await bench.answers()] == ["internal", False]


async def test_a_core_fact_that_fails_is_kept_without_an_answer(bench: Bench) -> None:
    log = Log()
    record = log.fact("a", "broken")
    await bench.unit(territorial()).handle([record])
    assert await bench.rows("SELECT topic, code FROM quarantine") == [("siao.offers", "internal")]
    assert await bench.rows("SELECT count(*) FROM outbox") == [0]
