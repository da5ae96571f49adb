"""Each message has its effects once, and its answer: new, redelivered, repeated, id reused, refused and sent again."""

from collections.abc import AsyncIterator

import pytest

from services.chassis import metrics
from tests.integration.chassis.evidence import counted
from tests.integration.chassis.rig import Bench, Log, bench_on
from tests.servers import Database

NOTICES = "partners.chrs-1.notices"


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


@pytest.fixture
def log() -> Log:
    return Log()


async def test_a_new_message_has_its_effects_and_its_answer(bench: Bench, log: Log) -> None:
    taken = counted(metrics.HANDLED, "vacancies", "taken")
    await bench.unit().handle([log.order("a"), log.order("b")])
    assert await bench.totals() == {"k": 2}
    assert await bench.answers() == [(NOTICES, "a", False), (NOTICES, "b", False)]
    assert (taken(), bench.commits) == (2, 1)


async def test_the_same_record_again_is_silent(bench: Bench, log: Log) -> None:
    record = log.order("a")
    for _ in range(2):
        await bench.unit().handle([record])
    assert await bench.totals() == {"k": 1}
    assert await bench.answers() == [(NOTICES, "a", False)]


@pytest.mark.parametrize("together", [True, False])
async def test_the_same_message_in_another_record_is_answered_as_a_duplicate(
    bench: Bench, log: Log, together: bool
) -> None:
    records = [log.order("a"), log.order("a")]
    for batch in [records] if together else [[record] for record in records]:
        await bench.unit().handle(batch)
    assert await bench.totals() == {"k": 1}
    assert await bench.answers() == [(NOTICES, "a", False), (NOTICES, "a", True)]


async def test_the_answers_to_a_message_and_to_its_repetition_have_different_ids(bench: Bench, log: Log) -> None:
    await bench.unit().handle([log.order("a"), log.order("a"), log.order("a")])
    ids = await bench.rows("SELECT id FROM outbox")
    assert len(set(ids)) == len(ids)


async def test_another_content_under_the_same_id_is_refused(bench: Bench, log: Log) -> None:
    await bench.unit().handle([log.order("a"), log.order("a", key="another")])
    assert await bench.totals() == {"k": 1}
    assert await bench.answers() == [(NOTICES, "a", False), (NOTICES, "a", "id-reused")]
    assert await bench.rows('SELECT code, "offset" FROM quarantine') == [("id-reused", 1)]


async def test_a_refused_message_can_be_sent_again_corrected_under_its_id(bench: Bench, log: Log) -> None:
    await bench.unit().handle([log.order("a", "refused")])
    await bench.unit().handle([log.order("a", "add")])
    await bench.unit().handle([log.order("a", "add")])
    assert await bench.totals() == {"k": 1}
    assert [word for _, _, word in await bench.answers()] == ["place-occupied", False, True]


async def test_a_refused_message_redelivered_is_neither_kept_nor_answered_twice(bench: Bench, log: Log) -> None:
    record = log.order("a", "refused")
    for _ in range(2):
        await bench.unit().handle([record])
    assert await bench.rows("SELECT code FROM quarantine") == ["place-occupied"]
    assert [word for _, _, word in await bench.answers()] == ["place-occupied"]


async def test_a_partner_cannot_make_anothers_message_vanish_by_using_its_id_first(bench: Bench, log: Log) -> None:
    await bench.unit().handle([log.order("a", partner="chrs-2"), log.order("a", partner="chrs-1")])
    assert await bench.totals() == {"k": 2}
    assert await bench.answers() == [("partners.chrs-2.notices", "a", False), (NOTICES, "a", False)]


async def test_two_consumers_of_one_service_each_take_a_message(bench: Bench, log: Log) -> None:
    record = log.order("a")
    await bench.unit(consumer="counters.one").handle([record])
    await bench.unit(consumer="counters.two").handle([record])
    assert await bench.totals() == {"k": 2}


async def test_an_unreadable_record_is_kept_and_answered_once_however_often_it_comes(bench: Bench, log: Log) -> None:
    kept = counted(metrics.QUARANTINED, "envelope-missing")
    record = log.record("partners.chrs-1.vacancies", b"{", [("ce_id", b"a")])
    for _ in range(2):
        await bench.unit().handle([record])
    assert await bench.answers() == [(NOTICES, None, "envelope-missing")]
    assert await bench.rows('SELECT topic, partition, "offset" FROM quarantine') == [
        ("partners.chrs-1.vacancies", 0, 0)
    ]
    assert kept() == 1
