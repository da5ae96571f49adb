"""Whatever partners do: each designation comes out of its proof again, obeys the rules, and keeps the order."""

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.codes import OfferType
from contracts.designations import DesignationMade
from contracts.event import Message
from contracts.topics import ANSWERS, DESIGNATIONS, Service
from services.chassis.tables import StateTable
from services.orientation.past import Past
from services.orientation.replaying import INPUTS, Logged, Replayed, replay
from services.orientation.store import DESIGNATIONS as DESIGNATIONS_TABLE
from services.orientation.store import STAYS, STRUCTURES, VACANCIES, WAITING
from tests.builders import CCAS, HOSPITAL, OTHER_STRUCTURE, STRUCTURE, a_place, a_request, a_structure, a_vacancy
from tests.unit.anything import ACTS, NAMES, Act, Life
from tests.unit.driving import Siao
from tests.unit.orientation import slow_search

NAMED = {topic.name for topic in INPUTS}


def logged(siao: Siao) -> list[Logged]:
    """The core topics of a SIAO, as they would be read."""
    return [
        Logged(f"{item.topic}-{item.position.partition}", item.position.offset, item.envelope.id, item.value)
        for item in siao.log
        if item.value is not None and (item.topic in NAMED or item.topic == DESIGNATIONS.name)
    ]


def replayed(siao: Siao) -> list[Replayed]:
    log = logged(siao)
    decided = [item for item in log if item.place.startswith(DESIGNATIONS.name)]
    return list(replay([item for item in log if item not in decided], decided))


def a_life(seed: int, length: int = 80) -> Siao:
    chance = random.Random(seed)
    return Life(seed).live([(chance.choice(NAMES), chance.randint(0, 5), chance.randint(0, 11)) for _ in range(length)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS, seed=st.integers(0, 1000))
def test_every_designation_comes_out_the_same_when_the_log_is_replayed(acts: list[Act], seed: int) -> None:
    siao = Life(seed).live(acts)
    assert [again.made for again in replayed(siao)] == siao.facts(DesignationMade)
    assert [again.differences for again in replayed(siao) if again.differences] == []


def test_in_long_lives_every_designation_comes_out_the_same_in_order_or_not() -> None:
    kinds = set[bool]()
    for seed in range(16):
        for again in replayed(a_life(seed)):
            kinds.add(again.made.out_of_order is not None)
            assert again.differences == []
    assert kinds == {True, False}


def test_the_rules_and_the_order_written_a_second_time_agree_with_every_designation() -> None:
    """Hard rules are never broken but by name; the rank is that of a plain recomputation at that instant."""
    seen = 0
    for seed in range(24):
        for made, past in decisions(a_life(seed)):
            territory = past.territory
            vacancy = territory.get(VACANCIES, made.vacancy)
            structure = territory.get(STRUCTURES, made.structure)
            household = territory.lists.get(made.request)
            assert vacancy is not None and structure is not None and household is not None  # noqa: PT018
            lines, criteria = territory.lists._waiting, territory.criteria.criteria
            broken = set(slow_search.reasons(made.request, household, vacancy, structure.rules))
            assert broken == set(made.proof.overridden)
            expected = (
                slow_search.choice(lines, vacancy, structure.rules, criteria, len(made.shortlist))
                if made.out_of_order is None
                else slow_search.standing(made.request, lines, vacancy, structure.rules, criteria)
            )
            proof = made.proof
            assert (made.request, proof.rank) == (expected.request, expected.rank)
            assert (proof.considered, proof.passed_over) == (expected.considered, expected.passed_over)
            seen += 1
    assert seen > 30


def decisions(siao: Siao) -> Iterator[tuple[DesignationMade, Past]]:
    """Each designation, and the territory as it was seen."""
    past, log = Past(), logged(siao)
    inputs = [item for item in log if not item.place.startswith(DESIGNATIONS.name)]
    for item in (item for item in log if item.place.startswith(DESIGNATIONS.name)):
        if isinstance(item.fact, DesignationMade):
            heard = [i for i in inputs if i.offset <= item.fact.proof.seen.get(i.place, -1)]
            inputs = [i for i in inputs if i not in heard]
            for each in sorted(heard, key=lambda i: i.place.startswith(ANSWERS.name)):
                past.hear(each.fact)
            yield item.fact, past
        past.hear(item.fact)


def test_a_log_that_was_tampered_with_is_found_out() -> None:
    siao = a_life(3)
    log = logged(siao)
    decided = [item for item in log if item.place.startswith(DESIGNATIONS.name)]
    inputs = [item for item in log if item not in decided]
    changes: dict[str, object] = {
        "rank": 99,
        "considered": 99,
        "passed_over": {"capacity": 99},
        "criteria_version": 99,
    }
    for what, forged_value in changes.items():
        forged = [item._replace(fact=_forged(item.fact, {what: forged_value})) for item in decided]
        found = [again.differences for again in replay(inputs, forged)]
        assert {difference.what for differences in found for difference in differences} >= {what}
    without = [item for item in inputs if "vacancy" not in str(type(item.fact)).lower()]
    assert {d.what for again in replay(without, decided) for d in again.differences} == {"vacancy"}


def _forged(fact: Message, change: dict[str, object]) -> Message:
    if not isinstance(fact, DesignationMade):
        return fact
    return fact.model_copy(update={"proof": fact.proof.model_copy(update=change)})


def test_what_a_relay_wrote_twice_is_heard_once() -> None:
    lives = map(a_life, range(50))
    siao = next(life for life in lives if life.facts(DesignationMade))
    log = logged(siao)
    twice = [item for item in log for _ in range(2)]
    decided = [item for item in twice if item.place.startswith(DESIGNATIONS.name)]
    found = list(replay([item for item in twice if item not in decided], decided))
    assert len(found) == len(siao.facts(DesignationMade))
    assert all(again.differences == [] for again in found)


@settings(max_examples=15, deadline=None)
@given(one=st.integers(0, 10_000), other=st.integers(0, 10_000))
def test_in_any_order_that_causality_allows_the_same_events_give_the_same_state(one: int, other: int) -> None:
    """Households wait, in any order; places open, of different types: who gets which does not depend on it."""
    assert outcome(one) == outcome(other)


def outcome(seed: int) -> list[dict[str, Message]]:
    chance, siao = random.Random(seed), Siao()
    siao.pick, siao._batch = chance.choice, lambda: chance.randint(1, 3)
    types = (OfferType.CHRS, OfferType.ALT, OfferType.STABILISATION)
    partners = (STRUCTURE, OTHER_STRUCTURE, STRUCTURE)
    for number in range(9):
        request = a_request(f"request-{number}", recommended=(types[number % 3],))
        siao.post((CCAS, HOSPITAL)[number % 2], request, f"request-{number}")
    for number, (partner, kind) in enumerate(zip(partners, types, strict=True)):
        name = f"structure-{number}"
        siao.post(partner, a_structure(a_place("A"), a_place("B"), structure_id=name, offer_type=kind), name)
    siao.run()
    opened = [(number, place) for number in range(3) for place in ("A",)]
    for number, place in chance.sample(opened, len(opened)):
        siao.post(partners[number], a_vacancy(place, f"structure-{number}"), f"vacancy-{number}-{place}")
    siao.run()
    tables: tuple[StateTable[Any], ...] = (STRUCTURES, VACANCIES, WAITING, DESIGNATIONS_TABLE, STAYS)
    return [dict(siao.memory(Service.ORIENTATION).all(table)) for table in tables]
