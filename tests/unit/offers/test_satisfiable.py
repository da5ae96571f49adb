"""Rules that nobody can satisfy are found at the rule that excludes the last; rules for somebody are let through."""

from collections.abc import Sequence
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codes import Composition, Gender, Known, Relation, SupportLevel
from contracts.place_codes import PlacePublic
from contracts.requests import Member
from contracts.rules import (
    AdultsRule,
    AgeRule,
    ChildrenRule,
    CompositionRule,
    NoPetsRule,
    ResidenceRightRule,
    ResourcesRule,
    Rule,
    SizeRule,
    SupportRule,
)
from services.intake.domain import facts_of
from services.offers.domain.satisfiable import SHAPES, unsatisfiable
from services.orientation.domain.model import Waiting
from services.orientation.domain.rules import condition_of, excludes
from tests.builders import CCAS, NOW, SIAO, TODAY, a_member, a_request, needs

ANYONE, WOMEN, MEN = PlacePublic
ROOM = [(1, ANYONE)]
FLAT = [(4, ANYONE)]
C = Composition


def composition(*allowed: Composition) -> Rule:
    return CompositionRule(article="a", allowed=allowed)


def age(minimum: int | None = None, maximum: int | None = None) -> Rule:
    return AgeRule(article="a", minimum=minimum, maximum=maximum)


def adults(only: str) -> Rule:
    return AdultsRule.model_validate({"article": "a", "only": only})


def size(minimum: int | None = None, maximum: int | None = None) -> Rule:
    return SizeRule(article="a", minimum=minimum, maximum=maximum)


def children(**bounds: int) -> Rule:
    return ChildrenRule.model_validate({"article": "a", **bounds})


def support(*allowed: SupportLevel) -> Rule:
    return SupportRule(article="a", allowed=allowed)


NOBODY: dict[str, tuple[list[Rule], list[tuple[int, PlacePublic]], int]] = {
    "ages crossed": ([age(26, 25)], ROOM, 0),
    "two ages apart": ([age(18, 25), age(30, None)], ROOM, 1),
    "lone minors who are adults": ([composition(C.LONE_MINOR), age(18, None)], ROOM, 1),
    "adults who are minors": ([age(None, 17), composition(C.SINGLE_MAN, C.COUPLE)], FLAT, 1),
    "couples in single rooms": ([composition(C.COUPLE)], ROOM, 0),
    "a couple with children in twos": ([composition(C.COUPLE_WITH_CHILDREN)], [(1, ANYONE), (2, ANYONE)], 0),
    "two publics apart": ([composition(C.SINGLE_MAN), composition(C.SINGLE_WOMAN)], ROOM, 1),
    "men among women": ([composition(C.SINGLE_MAN, C.MAN_WITH_CHILDREN), adults("women")], FLAT, 1),
    "women among men": ([adults("men"), adults("women")], FLAT, 1),
    "men in places for women": ([composition(C.SINGLE_MAN)], [(1, WOMEN)], 0),
    "size crossed": ([size(3, 2)], FLAT, 0),
    "larger than any place": ([size(5, None)], FLAT, 0),
    "four persons alone": ([composition(C.SINGLE_WOMAN), size(4, None)], FLAT, 1),
    "children of the childless": ([composition(C.SINGLE_WOMAN, C.COUPLE), children(minimum=1)], FLAT, 1),
    "no child of families": ([composition(C.WOMAN_WITH_CHILDREN), children(maximum=0)], FLAT, 1),
    "more children than beds": ([composition(C.WOMAN_WITH_CHILDREN), children(minimum=4)], FLAT, 1),
    "ages of children crossed": ([children(minimum=1, youngest=10, oldest=5)], FLAT, 0),
    "babies alone who are twelve": ([composition(C.LONE_MINOR), children(oldest=2), age(12, None)], ROOM, 2),
    "two supports apart": ([support(SupportLevel.NONE), support(SupportLevel.LIGHT)], ROOM, 1),
}
SOMEBODY: dict[str, tuple[list[Rule], list[tuple[int, PlacePublic]]]] = {
    "no rule": ([], ROOM),
    "one age": ([age(18, 18)], ROOM),
    "one composition of several": ([composition(C.COUPLE, C.SINGLE_MAN)], ROOM),
    "one place of several": ([composition(C.COUPLE)], [(1, ANYONE), (2, ANYONE)]),
    "a girl who asks for her mother": ([composition(C.WOMAN_WITH_CHILDREN), age(None, 17)], FLAT),
    "women's centre": ([adults("women"), age(18, None), children(oldest=2)], [(3, WOMEN)]),
    "couples of women": ([composition(C.COUPLE), adults("women")], FLAT),
    "girls": ([composition(C.LONE_MINOR), adults("women"), age(16, 17)], [(1, WOMEN)]),
    "no child at all, of any age": ([children(maximum=0, youngest=10, oldest=5)], FLAT),
    "other facts": ([NoPetsRule(article="a"), ResourcesRule(article="b"), ResidenceRightRule(article="c")], ROOM),
}


@pytest.mark.parametrize(("rules", "places", "index"), NOBODY.values(), ids=list(NOBODY))
def test_rules_that_nobody_satisfies_stop_at_the_one_that_excludes_the_last(
    rules: list[Rule], places: list[tuple[int, PlacePublic]], index: int
) -> None:
    assert unsatisfiable(rules, places) == index


@pytest.mark.parametrize(("rules", "places"), SOMEBODY.values(), ids=list(SOMEBODY))
def test_rules_that_somebody_satisfies_are_let_through(
    rules: list[Rule], places: list[tuple[int, PlacePublic]]
) -> None:
    assert unsatisfiable(rules, places) is None


def household(
    adult_genders: Sequence[Gender], couple: bool, minor_ages: Sequence[int], child: Gender, lead_age: int
) -> Waiting:
    """A household as intake knows it. Its lead is the first adult, of this age, or its first child, if that has it."""
    people: list[Member] = []
    for gender in adult_genders:
        relation = Relation.PARTNER if couple and len(people) == 1 else Relation.OTHER
        people.append(a_member(30, gender, relation))
    people += [a_member(years, child, Relation.CHILD) for years in minor_ages]
    lead = next((i for i, person in enumerate(people) if person.relation is Relation.CHILD), 0) if lead_age < 18 else 0
    birth = a_member(lead_age).birth_date
    people[lead] = people[lead].model_copy(update={"relation": Relation.LEAD, "birth_date": birth})
    good = needs(support=SupportLevel.LIGHT, pets=Known.NO)
    facts = facts_of(a_request(members=tuple(people), needs=good), TODAY)
    return Waiting(siao=SIAO, household="h", prescriber=CCAS, facts=facts, qualified=(), communes=(), since=NOW)


# Every household of up to four persons, its adults of 18, 25, 40 or 70 years, its children of 0, 5, 12 or 17.
EVERYBODY = [
    household(adult, couple, minors, child, lead)
    for adult_count, minor_count in product(range(5), range(5))
    if 0 < adult_count + minor_count <= 4
    for adult in combinations_with_replacement((Gender.WOMAN, Gender.MAN), adult_count)
    for minors in combinations_with_replacement((0, 5, 12, 17), minor_count)
    for couple in ((False, True) if adult_count == 2 else (False,))
    for child in ((Gender.WOMAN,) if adult_count else (Gender.WOMAN, Gender.MAN))
    for lead in (*((18, 25, 40, 70) if adult_count else ()), *minors[:1])
]
GENDERS = {ANYONE: None, WOMEN: Gender.WOMAN, MEN: Gender.MAN}


def brute_force(rules: Sequence[Rule], places: Sequence[tuple[int, PlacePublic]]) -> int | None:
    """The same answer, by trying everybody in every place, with the rules that designate."""
    for index in range(len(rules)):
        asked = [condition_of(rule) for rule in rules[: index + 1]]
        for waiting in EVERYBODY:
            if any(excludes(condition, waiting) for condition in asked):
                continue
            genders = set(waiting.facts.adult_genders or ())
            if any(
                waiting.facts.persons <= capacity and (public is ANYONE or genders == {GENDERS[public]})
                for capacity, public in places
            ):
                break
        else:
            return index
    return None


# Bounds that a household of `EVERYBODY` always tells apart.
AGES = st.sampled_from([None, 13, 18, 25, 40, 70])
BELOW = st.sampled_from([None, 17, 24, 39, 69, 120])
COUNTS = st.none() | st.integers(0, 4)
YEARS = st.sampled_from([None, 0, 5, 12, 17])
RULES = st.one_of(
    st.builds(CompositionRule, article=st.just("a"), allowed=st.lists(st.sampled_from(C), min_size=1).map(tuple)),
    st.builds(AgeRule, article=st.just("a"), minimum=AGES, maximum=BELOW),
    st.builds(AdultsRule, article=st.just("a"), only=st.sampled_from(["women", "men"])),
    st.builds(SizeRule, article=st.just("a"), minimum=st.none() | st.integers(1, 5), maximum=st.integers(1, 5)),
    st.builds(ChildrenRule, article=st.just("a"), minimum=COUNTS, maximum=COUNTS, youngest=YEARS, oldest=YEARS),
    st.just(NoPetsRule(article="a")),
)
PLACES = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(PlacePublic)), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(rules=st.lists(RULES, max_size=4), places=PLACES)
def test_the_answer_is_that_of_trying_everybody(rules: list[Rule], places: list[tuple[int, PlacePublic]]) -> None:
    assert unsatisfiable(rules, places) == brute_force(rules, places)


def test_the_shapes_of_compositions_are_those_that_intake_derives() -> None:
    assert {waiting.facts.composition for waiting in EVERYBODY} == set(SHAPES) == set(Composition)
    for waiting in EVERYBODY:
        facts, shape = waiting.facts, SHAPES[waiting.facts.composition]
        assert shape.minors.low <= facts.minors <= shape.minors.high
        assert shape.adults.low <= facts.persons - facts.minors <= shape.adults.high
        if facts.persons > facts.minors:
            assert set(facts.adult_genders or ()) <= shape.genders
