"""May this household live in this place? What is not known is never taken for yes."""

from typing import Any

import pytest

from contracts.codes import Composition, Known, OfferType, SupportLevel
from contracts.households import HouseholdFacts
from contracts.rules import (
    AgeRule,
    CompositionRule,
    NoPetsRule,
    ResidenceRightRule,
    ResourcesRule,
    Rule,
    SupportRule,
)
from services.orientation.domain import rules as hard_rules
from services.orientation.domain.model import Vacancy, Waiting
from tests.builders import NANTERRE, NOW, SIAO, household_facts

ARTICLE = "art. 4"
YES, NO, UNKNOWN = Known.YES, Known.NO, Known.UNKNOWN


def a_place_of(capacity: int = 1, *, accessible: bool = False) -> Vacancy:
    return Vacancy(
        siao=SIAO,
        place="p/s/A",
        structure="p/s",
        partner="p",
        offer_type=OfferType.CHRS,
        commune=NANTERRE,
        capacity=capacity,
        accessible=accessible,
        opened_at=NOW,
    )


def a_household(**facts: Any) -> Waiting:
    return Waiting(
        siao=SIAO,
        household="household",
        prescriber="ccas",
        facts=household_facts(**facts),
        qualified=(OfferType.CHRS,),
        communes=(),
        since=NOW,
    )


def first_objection(facts: HouseholdFacts, vacancy: Vacancy, rules: tuple[Rule, ...]) -> str | None:
    household = a_household().model_copy(update={"facts": facts})
    return hard_rules.first_objection("request", household, vacancy, rules)


@pytest.mark.parametrize(
    ("capacity", "fitting"),
    [(1, {1}), (2, {1, 2}), (3, {2, 3}), (4, {3, 4}), (6, {5, 6}), (20, {19, 20})],
)
def test_a_place_takes_households_that_leave_at_most_one_bed_empty(capacity: int, fitting: set[int]) -> None:
    objections = {
        persons: first_objection(household_facts(persons=persons), a_place_of(capacity), ()) for persons in range(1, 22)
    }
    assert {persons for persons, objection in objections.items() if objection is None} == fitting
    assert {objections[persons] for persons in range(capacity + 1, 22)} == {"capacity"}
    assert {objections[persons] for persons in range(1, min(fitting))} <= {"under_occupation"}


@pytest.mark.parametrize(
    ("need", "accessible", "objection"),
    [
        (NO, False, None),
        (NO, True, None),
        (YES, False, "accessibility"),
        (YES, True, None),
        (UNKNOWN, False, "accessibility"),
        (UNKNOWN, True, None),
    ],
)
def test_whoever_may_need_an_accessible_place_gets_no_other(
    need: Known, accessible: bool, objection: str | None
) -> None:
    facts = household_facts(accessibility=need)
    assert first_objection(facts, a_place_of(accessible=accessible), ()) == objection


@pytest.mark.parametrize(
    ("rule", "facts", "expected"),
    [
        *(
            (CompositionRule(article=ARTICLE, allowed=(Composition.COUPLE,)), {"composition": composition}, met)
            for composition, met in ((Composition.COUPLE, True), (Composition.SINGLE_MAN, False))
        ),
        *(
            (AgeRule(article=ARTICLE, minimum=18, maximum=25), {"lead_age": age}, met)
            for age, met in ((17, False), (18, True), (25, True), (26, False))
        ),
        (AgeRule(article=ARTICLE, minimum=60), {"lead_age": 59}, False),
        (AgeRule(article=ARTICLE, minimum=60), {"lead_age": 99}, True),
        (AgeRule(article=ARTICLE, maximum=30), {"lead_age": 0}, True),
        (AgeRule(article=ARTICLE, maximum=30), {"lead_age": 31}, False),
        (AgeRule(article=ARTICLE), {"lead_age": 31}, True),
        *(
            (SupportRule(article=ARTICLE, allowed=(SupportLevel.LIGHT,)), {"support": level}, met)
            for level, met in ((SupportLevel.LIGHT, True), (SupportLevel.INTENSIVE, False))
        ),
        *((NoPetsRule(article=ARTICLE), {"pets": known}, met) for known, met in ((NO, True), (YES, False))),
        (NoPetsRule(article=ARTICLE), {"pets": UNKNOWN}, False),
        *((ResourcesRule(article=ARTICLE), {"resources": known}, known is YES) for known in Known),
        *((ResidenceRightRule(article=ARTICLE), {"residence_right": known}, known is YES) for known in Known),
    ],
)
def test_a_rule_is_satisfied_by_what_is_known(rule: Rule, facts: dict[str, Any], expected: bool) -> None:
    assert hard_rules.excludes(hard_rules.condition_of(rule), a_household(**facts)) is not expected
    assert first_objection(household_facts(**facts), a_place_of(), (rule,)) == (None if expected else rule.kind)


def test_the_first_objection_is_named_and_the_place_comes_before_the_rules() -> None:
    rules = (NoPetsRule(article=ARTICLE), ResourcesRule(article=ARTICLE))
    facts = household_facts(persons=2, accessibility=YES, pets=YES, resources=NO)
    assert first_objection(facts, a_place_of(1), rules) == "capacity"
    assert first_objection(facts, a_place_of(2), rules) == "accessibility"
    assert first_objection(facts, a_place_of(2, accessible=True), rules) == "no_pets"
    assert first_objection(facts, a_place_of(2, accessible=True), rules[1:]) == "resources"
