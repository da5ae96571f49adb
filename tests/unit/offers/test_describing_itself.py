"""A structure describes itself: whole, by revision, and with rules that somebody can satisfy."""

import pytest

from contracts.answers import HouseholdLeft
from contracts.codes import Composition, ExitDestination, Gender
from contracts.designations import DesignationMade, StayStarted
from contracts.offers import StructureRegistered, VacancyClosed, VacancyOpened
from contracts.rules import AgeRule, CompositionRule
from contracts.topics import Service
from services.offers.store import STRUCTURES
from tests.builders import (
    CCAS,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_member,
    a_place,
    a_request,
    a_stay,
    a_structure,
    a_vacancy,
)
from tests.unit.driving import Siao
from tests.unit.situations import hosted, with_structure

WOMEN = CompositionRule(article="art. 4", allowed=(Composition.SINGLE_WOMAN,))


def left(household: str) -> HouseholdLeft:
    return HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.FAMILY_OR_FRIENDS)


def test_a_described_structure_is_known_with_its_capacity_in_persons_and_its_rules() -> None:
    siao = Siao()
    message = siao.send(STRUCTURE, a_structure(a_place("A", 1), a_place("B", 4), rules=[WOMEN]))
    (fact,) = siao.facts(StructureRegistered)
    assert (fact.structure, fact.partner, fact.siao) == (f"{STRUCTURE}/acacias", STRUCTURE, "92")
    assert (fact.capacity, fact.place_ids, fact.rules, fact.rules_version) == (5, ("A", "B"), (WOMEN,), 1)
    assert siao.caused(message) == {"structure": f"{STRUCTURE}/acacias"}


def test_two_partners_may_give_their_structures_the_same_id() -> None:
    siao = with_structure()
    assert siao.code(siao.send(OTHER_STRUCTURE, a_structure(name="CHRS Les Tilleuls"))) == "accepted"
    names = {key: kept.name for key, kept in siao.memory(Service.OFFERS).all(STRUCTURES).items()}
    assert names == {f"{STRUCTURE}/acacias": "CHRS Les Acacias", f"{OTHER_STRUCTURE}/acacias": "CHRS Les Tilleuls"}


@pytest.mark.parametrize("revision", [1, 2])
def test_an_older_or_equal_revision_is_refused_and_changes_nothing(revision: int) -> None:
    siao = with_structure(a_structure(revision=2))
    message = siao.send(STRUCTURE, a_structure(a_place("Z"), revision=revision))
    assert siao.code(message) == "revision-stale"
    assert len(siao.facts(StructureRegistered)) == 1


def test_a_higher_revision_replaces_what_was_known_and_keeps_who_lives_where() -> None:
    siao = with_structure(a_structure(a_place("A-01")))
    hosted(siao)
    siao.send(STRUCTURE, a_structure(a_place("A-01", 2), a_place("B"), revision=2))
    assert siao.code(siao.send(STRUCTURE, a_vacancy("A-01"))) == "place-occupied"
    assert siao.facts(StructureRegistered)[-1].capacity == 3


def test_a_place_that_is_described_no_more_is_vacant_no_more() -> None:
    siao = with_structure(a_structure(a_place("A"), a_place("B")))
    vacancy = siao.caused(siao.send(STRUCTURE, a_vacancy("A")))["vacancy"]
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    (closed,) = siao.facts(VacancyClosed)
    assert (closed.vacancy, closed.place, closed.reason) == (vacancy, f"{STRUCTURE}/acacias/A", "withdrawn")
    assert siao.code(siao.send(STRUCTURE, a_vacancy("A"))) == "place-unknown"


def test_who_lives_in_a_place_is_remembered_while_it_is_not_described() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    household = hosted(siao).household
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    siao.send(STRUCTURE, a_structure(a_place("C"), revision=3))
    siao.send(STRUCTURE, a_structure(a_place("A-01"), a_place("B"), revision=4))
    assert siao.code(siao.send(STRUCTURE, a_vacancy("A-01"))) == "place-occupied"
    siao.send(STRUCTURE, left(household))
    opened = siao.facts(VacancyOpened)[-1]
    assert (opened.place, opened.cause) == (f"{STRUCTURE}/acacias/A-01", "departure")


def test_who_has_left_a_place_while_it_was_not_described_is_not_there_when_it_is_again() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    household = hosted(siao).household
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    siao.send(STRUCTURE, left(household))
    assert [fact.cause for fact in siao.facts(VacancyOpened)] == ["published"]
    siao.send(STRUCTURE, a_structure(a_place("A-01"), a_place("B"), revision=3))
    assert siao.code(siao.send(STRUCTURE, a_vacancy("A-01"))) == "accepted"


def test_an_entry_that_crosses_a_description_without_the_place_is_remembered_too() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    siao.post(STRUCTURE, a_stay())
    siao.post(STRUCTURE, a_structure(a_place("B"), revision=2))
    # Orientation accepts the stay before it hears of the description, offers hears of the stay after it.
    siao.pick = lambda queues: min(queues, key=lambda q: (q.topic == "siao.designations", q.topic == "siao.offers"))
    siao.run()
    assert len(siao.facts(StayStarted)) == 1
    siao.send(STRUCTURE, a_structure(a_place("A-01"), a_place("B"), revision=3))
    assert siao.code(siao.send(STRUCTURE, a_vacancy("A-01"))) == "place-occupied"


def test_nobody_is_designated_to_a_place_that_is_described_no_more() -> None:
    siao = with_structure(a_structure(a_place("A"), rules=[WOMEN]))
    siao.send(STRUCTURE, a_vacancy("A"))
    siao.send(CCAS, a_request(members=(a_member(gender=Gender.MAN),)))
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    assert len(siao.facts(VacancyClosed)) == 1
    assert siao.facts(DesignationMade) == []


def test_a_place_that_was_not_vacant_closes_no_vacancy_when_it_is_described_no_more() -> None:
    siao = with_structure(a_structure(a_place("A"), a_place("B")))
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    assert siao.facts(VacancyClosed) == []


def test_two_places_of_one_id_are_refused() -> None:
    siao = Siao()
    assert siao.code(message := siao.send(STRUCTURE, a_structure(a_place("A"), a_place("A", 2)))) == "place-repeated"
    assert siao.refusals[message].path == "$.places[1].place_id"


@pytest.mark.parametrize(
    ("minimum", "maximum", "code"),
    [
        (18, 25, "accepted"),
        (18, 18, "accepted"),
        (None, 25, "accepted"),
        (18, None, "accepted"),
        (None, 17, "rule-unsatisfiable"),
        (26, 25, "rule-unsatisfiable"),
        (1, 0, "rule-unsatisfiable"),
    ],
)
def test_a_rule_that_nobody_can_satisfy_is_refused(minimum: int | None, maximum: int | None, code: str) -> None:
    siao = Siao()
    rule = AgeRule(article="art. 4", minimum=minimum, maximum=maximum)
    message = siao.send(STRUCTURE, a_structure(rules=[WOMEN, rule]))
    assert siao.code(message) == code
    if code != "accepted":
        assert siao.refusals[message].path == "$.projet.rules[1]"
