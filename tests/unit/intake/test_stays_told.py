"""A structure tells of a household that already lives there: identities stay in intake, orientation answers."""

import pytest

from contracts.answers import HouseholdLeft
from contracts.codes import ExitDestination
from contracts.designations import StayStarted
from contracts.households import StayRecorded
from contracts.topics import Service
from services.intake.store import HOUSEHOLDS
from tests.builders import (
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_stay,
    a_structure,
)
from tests.unit.driving import Siao
from tests.unit.situations import with_structure


def test_a_stay_is_told_once_and_counted_apart_from_designations() -> None:
    siao = with_structure()
    household = siao.caused(siao.send(STRUCTURE, a_stay()))["household"]
    (started,) = siao.facts(StayStarted)
    assert (started.household, started.designation, started.request) == (household, None, None)
    assert (started.place, started.persons) == (f"{STRUCTURE}/acacias/A-01", 1)
    assert siao.memory(Service.INTAKE).all(HOUSEHOLDS)[household].host == STRUCTURE


def test_a_stay_of_a_known_id_is_refused_even_in_another_place() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    siao.send(STRUCTURE, a_stay())
    assert siao.code(siao.send(STRUCTURE, a_stay(place_id="B"))) == "stay-already-known"
    assert len(siao.facts(StayRecorded)) == 1


def test_two_structures_may_give_their_stays_the_same_id() -> None:
    siao = with_structure()
    siao.send(OTHER_STRUCTURE, a_structure())
    households = {siao.caused(siao.send(partner, a_stay()))["household"] for partner in (STRUCTURE, OTHER_STRUCTURE)}
    assert len(households) == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"structure_id": "other"}, "structure-unknown"),
        ({"place_id": "Z"}, "place-unknown"),
    ],
)
def test_a_stay_told_of_a_wrong_place_is_refused_and_may_be_told_again(wrong: dict[str, str], code: str) -> None:
    siao = with_structure()
    assert siao.code(siao.send(STRUCTURE, a_stay(**wrong))) == code
    assert siao.facts(StayStarted) == []
    assert siao.code(siao.send(STRUCTURE, a_stay())) == "accepted"


def test_the_correction_of_a_stay_corrects_the_identities_too() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, a_stay(place_id="Z"))
    household = siao.caused(siao.send(STRUCTURE, a_stay(members=(a_member(28), a_child()))))["household"]
    assert len(siao.memory(Service.INTAKE).all(HOUSEHOLDS)[household].members) == 2


def test_two_households_do_not_live_in_one_place() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, a_stay("stay-1"))
    assert siao.code(siao.send(STRUCTURE, a_stay("stay-2"))) == "stay-already-known"


def test_a_stay_that_has_ended_is_not_told_again_under_its_id() -> None:
    siao = with_structure()
    household = siao.caused(siao.send(STRUCTURE, a_stay()))["household"]
    left = HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.FAMILY_OR_FRIENDS)
    assert siao.code(siao.send(STRUCTURE, left)) == "accepted"
    assert siao.code(siao.send(STRUCTURE, a_stay())) == "stay-already-known"
    assert siao.code(siao.send(STRUCTURE, a_stay("stay-2"))) == "accepted"


@pytest.mark.parametrize("again", ["A-01", "B"])
def test_a_stay_told_twice_before_it_is_decided_is_accepted_once(again: str) -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    messages = [siao.post(STRUCTURE, a_stay(place_id=place)) for place in ("A-01", again)]
    siao.run()
    assert sorted(siao.code(message) for message in messages) == ["accepted", "stay-already-known"]
    assert len(siao.facts(StayStarted)) == 1


def test_a_household_told_of_has_one_lead_applicant() -> None:
    siao: Siao = with_structure()
    assert siao.code(siao.send(STRUCTURE, a_stay(members=(a_child(),)))) == "lead-applicant-not-one"
