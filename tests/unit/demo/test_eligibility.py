"""The ledger's own hard rules: each excludes what it must, and takes what it may."""

from datetime import date

import pytest

from contracts.codes import Composition, Gender, Known, MediationKind, OfferType, Relation, SupportLevel
from contracts.place_codes import PlacePublic
from contracts.requests import Mediation, Member, RequestSubmitted
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
from contracts.vacancies import Place, ProjetEtablissement, StructureDescribed
from deploy.demo.ledger.eligibility import broken_rules, composition
from deploy.demo.ledger.rights import due_on
from tests.unit.demo.builders import FAR, HERE, START, person, request

DAY = START.date()


def structure(*rules: Rule, offer_type: OfferType = OfferType.CHRS) -> StructureDescribed:
    return StructureDescribed(
        structure_id="s",
        revision=1,
        name="Le foyer",
        offer_type=offer_type,
        commune=HERE,
        places=(Place(place_id="p1", capacity=1),),
        projet=ProjetEtablissement(version=1, effective_from=DAY, rules=rules),
    )


def broken(submitted: RequestSubmitted, *rules: Rule, capacity: int = 1, accessible: bool = False) -> list[str]:
    place = Place(place_id="p1", capacity=capacity, accessible=accessible)
    return broken_rules(submitted, structure(*rules), place, (DAY,))


def test_an_ordinary_household_may_have_an_ordinary_place() -> None:
    assert broken(request("a", person(1))) == []


@pytest.mark.parametrize(
    ("persons", "capacity", "fits"), [(2, 1, False), (1, 2, True), (1, 3, False), (3, 4, True), (2, 4, False)]
)
def test_a_place_is_neither_too_small_nor_too_empty(persons: int, capacity: int, fits: bool) -> None:
    people = [person(1), *(person(1, age=5, relation=Relation.CHILD) for _ in range(persons - 1))]
    assert (broken(request("a", *people), capacity=capacity) == []) is fits


def test_another_type_of_offer_or_commune_is_refused() -> None:
    assert broken(request("a", person(1), recommended=(OfferType.ALT,))) == ["offer_type"]
    elsewhere = request("a", person(1)).model_copy(update={"communes": (FAR,)})
    assert broken(elsewhere) == ["commune"]


@pytest.mark.parametrize("need", [Known.YES, Known.UNKNOWN])
def test_only_a_known_absence_of_need_does_without_an_accessible_place(need: Known) -> None:
    assert broken(request("a", person(1), needs={"accessibility": need})) == ["accessibility"]
    assert broken(request("a", person(1), needs={"accessibility": need}), accessible=True) == []


@pytest.mark.parametrize(
    ("rule", "needs"),
    [
        (NoPetsRule(article="1"), {"pets": Known.UNKNOWN}),
        (NoPetsRule(article="1"), {"pets": Known.YES}),
        (ResourcesRule(article="1"), {"resources": Known.UNKNOWN}),
        (ResidenceRightRule(article="1"), {"residence_right": Known.NO}),
    ],
)
def test_what_is_not_known_is_never_yes(rule: Rule, needs: dict[str, Known]) -> None:
    assert broken(request("a", person(1)), rule) == []
    assert broken(request("a", person(1), needs=needs), rule) == [rule.kind]


def test_composition_age_and_support_are_looked_at() -> None:
    alone = request("a", person(1, age=25))
    assert broken(alone, CompositionRule(article="1", allowed=(Composition.COUPLE,))) == ["composition"]
    assert broken(alone, AgeRule(article="1", minimum=26)) == ["age"]
    assert broken(alone, AgeRule(article="1", maximum=24)) == ["age"]
    assert broken(alone, AgeRule(article="1", minimum=25, maximum=25)) == []
    assert broken(alone, SupportRule(article="1", allowed=(SupportLevel.LIGHT,))) == ["support"]


def someone(gender: Gender, age: int, relation: Relation) -> Member:
    return person(1, age=age, relation=relation).model_copy(update={"gender": gender})


@pytest.mark.parametrize(
    ("people", "found"),
    [
        ([(Gender.MAN, 30, Relation.LEAD)], Composition.SINGLE_MAN),
        ([(Gender.WOMAN, 30, Relation.LEAD), (Gender.MAN, 3, Relation.CHILD)], Composition.WOMAN_WITH_CHILDREN),
        ([(Gender.MAN, 30, Relation.LEAD), (Gender.MAN, 3, Relation.CHILD)], Composition.MAN_WITH_CHILDREN),
        ([(Gender.MAN, 30, Relation.LEAD), (Gender.WOMAN, 30, Relation.PARTNER)], Composition.COUPLE),
        ([(Gender.MAN, 30, Relation.LEAD), (Gender.WOMAN, 30, Relation.OTHER)], Composition.ADULT_GROUP),
        ([(Gender.MAN, 16, Relation.LEAD)], Composition.LONE_MINOR),
    ],
)
def test_composition_comes_from_the_members(people: list[tuple[Gender, int, Relation]], found: Composition) -> None:
    assert composition(tuple(someone(*one) for one in people), DAY) is found


@pytest.mark.parametrize(
    ("kind", "siao", "due"),
    [
        (MediationKind.DAHO_HEBERGEMENT, "92", date(2026, 1, 12)),
        (MediationKind.DAHO_TRANSITION, "92", date(2026, 2, 28)),
        (MediationKind.DALO, "92", date(2026, 5, 30)),
        (MediationKind.DALO, "67", date(2026, 2, 28)),
    ],
)
def test_legal_days_count_in_weeks_and_months(kind: MediationKind, siao: str, due: date) -> None:
    decided = date(2025, 12, 1) if kind is MediationKind.DAHO_HEBERGEMENT else date(2025, 11, 30)
    assert due_on(Mediation(kind=kind, decided_on=decided), siao) == due
    assert due_on(Mediation(kind=MediationKind.DALO, decided_on=date(2025, 8, 31)), "92") == date(2026, 2, 28)


def test_rules_on_adults_size_and_children_exclude_whom_they_must() -> None:
    man, woman = person(1, gender=Gender.MAN), person(1, gender=Gender.WOMAN)
    child = person(1, age=5, relation=Relation.CHILD)
    women, men = (AdultsRule.model_validate({"article": "a", "only": only}) for only in ("women", "men"))
    assert (broken(request("a", man), women), broken(request("a", man), men)) == (["adults"], [])
    assert (broken(request("a", woman), women), broken(request("a", woman), men)) == ([], ["adults"])
    family = request("a", woman, child)
    for rule, right in (
        (SizeRule(article="a", maximum=2), True),
        (SizeRule(article="a", minimum=3), False),
        (ChildrenRule(article="a", minimum=1, oldest=5), True),
        (ChildrenRule(article="a", maximum=0), False),
        (ChildrenRule(article="a", oldest=4), False),
        (ChildrenRule(article="a", youngest=6), False),
    ):
        assert broken(family, rule, capacity=2) == ([] if right else [rule.kind])


def test_a_place_kept_for_women_or_men_takes_nobody_else() -> None:
    for public, gender, right in (
        (PlacePublic.WOMEN, Gender.WOMAN, True),
        (PlacePublic.WOMEN, Gender.MAN, False),
        (PlacePublic.MEN, Gender.MAN, True),
        (PlacePublic.MEN, Gender.OTHER, False),
    ):
        place = Place(place_id="p1", capacity=1, public=public)
        found = broken_rules(request("a", person(1, gender=gender)), structure(), place, (DAY,))
        assert found == ([] if right else ["public"])
