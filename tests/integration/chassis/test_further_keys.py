"""A fold may name further keys once its first states are known: they are read, decided on and written as the others."""

from collections.abc import AsyncIterator

import pytest

from contracts.vacancies import VacancyPublished
from services.chassis.fold import Effects, Folds, Heard, Key, Put, State, accept
from tests.integration.chassis.rig import COUNTS, Bench, Count, Log, bench_on
from tests.servers import Database


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


def following() -> Folds:
    """A counter's label is the key of another one, which counts too; an order names a counter's label."""
    folds = Folds()

    def named(heard: Heard[VacancyPublished]) -> list[Key]:
        return [(COUNTS, heard.event.structure_id)]

    def labelled(heard: Heard[VacancyPublished], state: State) -> list[Key]:
        known = state.get(COUNTS, heard.event.structure_id)
        return [(COUNTS, known.label)] if known else []

    @folds.on(VacancyPublished, keys=named, also=labelled)
    def decide(heard: Heard[VacancyPublished], state: State) -> Effects:
        key = heard.event.structure_id
        known = state.get(COUNTS, key)
        if known is not None:
            other = state.get(COUNTS, known.label) or Count(siao=heard.sender.siao)
            yield Put(COUNTS, known.label, other.model_copy(update={"total": other.total + 1}))
        yield Put(COUNTS, key, Count(siao=heard.sender.siao, label=heard.event.place_id))
        yield accept(heard, ("count", key))

    return folds


async def test_the_states_that_other_states_name_are_read_and_written_with_their_versions(bench: Bench) -> None:
    log, unit = Log(), bench.unit(following())
    await unit.handle([log.order("a", "b", "k")])
    for identity in ("b", "c", "d"):
        await unit.handle([log.order(identity, "b", "k")])
    assert await bench.totals() == {"k": 0, "b": 3}
    assert await bench.rows("SELECT version FROM counts WHERE key = 'b'") == [3]


async def test_a_key_that_no_state_named_before_the_batch_is_not_there_to_decide_on(bench: Bench) -> None:
    log, unit = Log(), bench.unit(following())
    await unit.handle([log.order("a", "b", "k"), log.order("c", "b", "k")])
    codes = [code for _, _, code in await bench.answers()]
    assert codes == [False, "internal"]
    await unit.handle([log.order("e", "b", "k")])
    assert await bench.totals() == {"k": 0, "b": 1}
