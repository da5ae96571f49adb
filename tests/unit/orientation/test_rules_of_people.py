"""Rules on the adults, the size and the children of a household, and places kept for women or men: unknown is no."""

from typing import Any

import pytest

from contracts.codes import Composition, Gender, OfferType
from contracts.place_codes import PlacePublic
from contracts.rules import AdultsRule, ChildrenRule, Rule, SizeRule
from services.intake.domain import facts_of
from services.orientation.domain.model import Vacancy, Waiting
from services.orientation.domain.rules import condition_of, excludes, first_objection
from tests.builders import (
    CCAS,
    NANTERRE,
    NOW,
    SIAO,
    TODAY,
    a_child,
    a_member,
    a_request,
    household_facts,
)

WOMEN: Rule = AdultsRule(article="a", only="women")
MEN: Rule = AdultsRule(article="a", only="men")
WOMAN, MAN, OTHER = Gender.WOMAN, Gender.MAN, Gender.OTHER


def waiting(**facts: Any) -> Waiting:
    return Waiting(
        siao=SIAO,
        household="household",
        prescriber=CCAS,
        facts=household_facts(**facts),
        qualified=(OfferType.CHRS,),
        communes=(),
        since=NOW,
    )


def allowed(rule: Rule, **facts: Any) -> bool:
    return not excludes(condition_of(rule), waiting(**facts))


@pytest.mark.parametrize(
    ("genders", "women", "men"),
    [
        ((WOMAN,), True, False),
        ((MAN,), False, True),
        ((MAN, WOMAN), False, False),
        ((OTHER,), False, False),
        ((OTHER, WOMAN), False, False),
        (None, False, False),
    ],
)
def test_all_adults_are_known_to_be_what_the_rule_says(
    genders: tuple[Gender, ...] | None, women: bool, men: bool
) -> None:
    assert (allowed(WOMEN, adult_genders=genders), allowed(MEN, adult_genders=genders)) == (women, men)


@pytest.mark.parametrize(
    ("minimum", "maximum", "sizes"), [(None, 2, {1, 2}), (3, None, {3, 4}), (2, 3, {2, 3}), (None, None, {1, 2, 3, 4})]
)
def test_a_size_has_its_bounds_included(minimum: int | None, maximum: int | None, sizes: set[int]) -> None:
    rule = SizeRule(article="a", minimum=minimum, maximum=maximum)
    assert {persons for persons in range(1, 5) if allowed(rule, persons=persons)} == sizes


@pytest.mark.parametrize(
    ("bounds", "children", "right"),
    [
        ({"minimum": 1}, (0, None, None), False),
        ({"minimum": 1}, (1, 4, 4), True),
        ({"maximum": 1}, (2, 4, 6), False),
        ({"oldest": 3}, (2, 0, 3), True),
        ({"oldest": 3}, (2, 0, 4), False),
        ({"youngest": 6}, (2, 6, 17), True),
        ({"youngest": 6}, (2, 5, 17), False),
        ({"youngest": 6, "oldest": 3}, (0, None, None), True),
        ({"oldest": 3}, (1, None, None), False),
        ({"youngest": 3}, (1, None, None), False),
        ({"minimum": 1, "maximum": 3}, (2, None, None), True),
    ],
)
def test_children_are_counted_and_all_of_the_ages_asked(
    bounds: dict[str, int], children: tuple[int, int | None, int | None], right: bool
) -> None:
    minors, youngest, oldest = children
    rule = ChildrenRule.model_validate({"article": "a", **bounds})
    assert allowed(rule, minors=minors, youngest_minor=youngest, oldest_minor=oldest) is right


@pytest.mark.parametrize(
    ("public", "genders", "objection"),
    [
        (PlacePublic.ANYONE, None, None),
        (PlacePublic.WOMEN, (WOMAN,), None),
        (PlacePublic.WOMEN, (MAN,), "public"),
        (PlacePublic.MEN, (WOMAN,), "public"),
        (PlacePublic.MEN, (MAN,), None),
        (PlacePublic.MEN, None, "public"),
    ],
)
def test_a_place_kept_for_some_takes_those_who_are_known_to_be_of_them(
    public: PlacePublic, genders: tuple[Gender, ...] | None, objection: str | None
) -> None:
    vacancy = Vacancy(
        siao=SIAO,
        place="p/s/A",
        structure="p/s",
        partner="p",
        offer_type=OfferType.CHRS,
        commune=NANTERRE,
        capacity=1,
        accessible=False,
        opened_at=NOW,
        public=public,
    )
    assert first_objection("request", waiting(adult_genders=genders), vacancy, ()) == objection


def test_intake_tells_what_these_rules_look_at() -> None:
    family = (a_member(gender=MAN), a_child(3), a_child(16))
    facts = facts_of(a_request(members=family), TODAY)
    assert (facts.adult_genders, facts.youngest_minor, facts.oldest_minor) == ((MAN,), 3, 16)
    alone = facts_of(a_request(members=(a_member(16),)), TODAY)
    assert (alone.composition, alone.adult_genders) == (Composition.LONE_MINOR, (WOMAN,))
    assert (alone.youngest_minor, alone.oldest_minor) == (16, 16)
    group = facts_of(a_request(members=(a_member(), a_member(gender=MAN, relation=a_child().relation))), TODAY)
    assert (group.adult_genders, group.youngest_minor, group.oldest_minor) == ((MAN, WOMAN), None, None)
