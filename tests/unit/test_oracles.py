"""An oracle says no: each is shown a log in which what it watches over went wrong once."""

import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pytest

from contracts.codes import DesignationState
from contracts.designations import DesignationEnded, DesignationMade, DesignationProgressed, StayEnded, StayStarted
from contracts.households import HouseholdWaiting, RequestRegistered
from tests.builders import CANARY
from tests.oracles import (
    ORACLES,
    SAID,
    legal_days_are_those_of_the_law,
    nobody_is_named,
    nobody_lives_twice_and_no_place_holds_two,
    nothing_is_designated_twice,
    seniority_moves_by_an_inadmissible_refusal_only,
)
from tests.unit.anything import NAMES, Life

DAY = timedelta(days=1)
Facts = list[Any]


@lru_cache(maxsize=1)
def sound() -> Facts:
    """What was said in a long life."""
    chance = random.Random(3)
    siao = Life(3).live([(chance.choice(NAMES), chance.randint(0, 5), chance.randint(0, 11)) for _ in range(400)])
    return [item.value for item in siao.log if item.topic in SAID]


def changed(facts: Facts, which: Callable[[Any], bool], **fields: Any) -> Facts:
    """The first fact of its kind says something else."""
    (number,) = _first(number for number, fact in enumerate(facts) if which(fact))
    return [*facts[:number], facts[number].model_copy(update=fields), *facts[number + 1 :]]


def twice(facts: Facts, which: Callable[[Any], bool], **fields: Any) -> Facts:
    """The first fact of its kind is followed by another like it, but for some fields."""
    (number,) = _first(number for number, fact in enumerate(facts) if which(fact))
    return [*facts[: number + 1], facts[number].model_copy(update=fields), *facts[number + 1 :]]


def _first(found: Iterable[int]) -> list[int]:
    return [next(iter(found))]


def _is(kind: type[Any]) -> Callable[[Any], bool]:
    return lambda fact: isinstance(fact, kind)


def _accepted(fact: Any) -> bool:
    return isinstance(fact, DesignationProgressed) and fact.state is DesignationState.ACCEPTED


def _with_a_right(fact: Any) -> bool:
    return isinstance(fact, RequestRegistered) and fact.legal_clock is not None


def _late(facts: Facts) -> Facts:
    clock = next(fact.legal_clock for fact in facts if _with_a_right(fact))
    return changed(facts, _with_a_right, legal_clock=clock.model_copy(update={"due_on": clock.due_on + DAY}))


def _younger(facts: Facts) -> Facts:
    since = next(fact.since for fact in facts if isinstance(fact, HouseholdWaiting))
    return changed(facts, _is(HouseholdWaiting), since=since + DAY)


def test_a_long_life_is_sound() -> None:
    for oracle in ORACLES:
        oracle(sound())


@pytest.mark.parametrize(
    ("oracle", "wrong"),
    [
        (nothing_is_designated_twice, lambda f: twice(f, _is(DesignationMade), designation="other")),
        (nothing_is_designated_twice, lambda f: twice(f, _is(DesignationMade), place="other")),
        (nothing_is_designated_twice, lambda f: twice(f, _is(DesignationMade), household="other")),
        (nothing_is_designated_twice, lambda f: twice(f, _accepted, designation="other")),
        (nothing_is_designated_twice, lambda f: changed(f, _is(DesignationEnded), place="other")),
        (nobody_lives_twice_and_no_place_holds_two, lambda f: twice(f, _is(StayStarted), place="other")),
        (nobody_lives_twice_and_no_place_holds_two, lambda f: twice(f, _is(StayStarted), household="other")),
        (nobody_lives_twice_and_no_place_holds_two, lambda f: twice(f, _is(StayEnded))),
        (seniority_moves_by_an_inadmissible_refusal_only, _younger),
        (seniority_moves_by_an_inadmissible_refusal_only, lambda f: changed(f, _is(HouseholdWaiting), restarts=9)),
        (legal_days_are_those_of_the_law, _late),
        (nobody_is_named, lambda f: changed(f, _is(DesignationMade), household=f"{CANARY}x")),
    ],
)
def test_an_oracle_says_no(oracle: Callable[[Facts], None], wrong: Callable[[Facts], Facts]) -> None:
    with pytest.raises((AssertionError, KeyError)):
        oracle(wrong(sound()))
