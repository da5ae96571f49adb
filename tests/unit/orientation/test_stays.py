"""Who lives where: stays begin by an admission or are told of, end once, and free the place."""

from datetime import UTC, date, datetime

import pytest

from contracts.answers import HouseholdLeft, HouseholdRehoused
from contracts.codes import DesignationOutcome, ExitDestination
from contracts.designations import DesignationEnded, DesignationMade, StayEnded, StayStarted
from contracts.offers import VacancyOpened
from contracts.topics import Service
from services.orientation.store import STAYS
from tests.builders import (
    BAILLEUR,
    CCAS,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_place,
    a_request,
    a_stay,
    a_structure,
    ready,
)
from tests.unit.driving import Siao
from tests.unit.situations import accepted, designated, hosted, with_structure


def left(household: str, destination: ExitDestination = ExitDestination.PRIVATE_HOUSING) -> HouseholdLeft:
    return HouseholdLeft(household=household, left_on=TODAY, destination=destination)


@pytest.mark.parametrize("destination", ExitDestination)
def test_a_departure_says_where_to(destination: ExitDestination) -> None:
    siao = with_structure()
    household = hosted(siao).household
    assert siao.caused(siao.send(STRUCTURE, left(household, destination))) == {"household": household}
    (ended,) = siao.facts(StayEnded)
    assert (ended.household, ended.destination, ended.left_on) == (household, destination, TODAY)
    assert (ended.place, ended.persons) == (f"{STRUCTURE}/acacias/A-01", 1)


def test_a_departure_frees_the_place_for_the_next_household() -> None:
    siao = with_structure()
    household = hosted(siao).household
    siao.send(CCAS, a_request("second"))
    siao.send(STRUCTURE, left(household))
    assert [fact.request for fact in siao.facts(DesignationMade)] == [f"{CCAS}/first", f"{CCAS}/second"]
    assert [fact.cause for fact in siao.facts(VacancyOpened)] == ["published", "departure"]


def test_a_household_leaves_once_and_only_from_where_it_lives() -> None:
    siao = with_structure()
    household = hosted(siao).household
    assert siao.code(siao.send(OTHER_STRUCTURE, left(household))) == "stay-unknown"
    assert siao.code(siao.send(STRUCTURE, left("nobody"))) == "stay-unknown"
    assert siao.code(siao.send(STRUCTURE, left(household))) == "accepted"
    assert siao.code(siao.send(STRUCTURE, left(household))) == "stay-unknown"
    assert len(siao.facts(StayEnded)) == 1


def test_a_household_that_only_waits_has_no_stay() -> None:
    siao = with_structure()
    assert siao.code(siao.send(STRUCTURE, left(designated(siao).household))) == "stay-unknown"


def test_two_departures_read_in_one_batch_are_one_departure() -> None:
    siao = with_structure()
    household = hosted(siao).household
    messages = [siao.post(STRUCTURE, left(household)) for _ in range(2)]
    siao._batch = lambda: 10
    siao.run()
    assert [siao.code(message) for message in messages] == ["accepted", "stay-unknown"]
    assert len(siao.facts(StayEnded)) == 1


def test_a_departure_that_crosses_a_rehousing_is_one_departure() -> None:
    siao = with_structure()
    household = hosted(siao).household
    siao.send(STRUCTURE, ready(household))
    siao.post(BAILLEUR, HouseholdRehoused(household=household, lease_from=TODAY))
    departure = siao.post(STRUCTURE, left(household))
    siao.run()
    assert siao.code(departure) in ("accepted", "stay-unknown")
    assert len(siao.facts(StayEnded)) == 1
    assert len([fact for fact in siao.facts(VacancyOpened) if fact.cause == "departure"]) == 1


def test_a_rehoused_household_left_on_that_day_in_france() -> None:
    siao = with_structure()
    household = hosted(siao).household
    siao.send(STRUCTURE, ready(household))
    siao.now = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    siao.send(BAILLEUR, HouseholdRehoused(household=household, lease_from=TODAY))
    assert [fact.left_on for fact in siao.facts(StayEnded)] == [date(2026, 11, 25)]
    assert siao.facts(VacancyOpened)[-1].available_on == date(2026, 11, 25)


def test_a_direct_admission_ends_the_designation_under_way_on_that_place() -> None:
    for situation in (designated, accepted):
        siao = with_structure()
        designation = situation(siao).designation
        assert siao.code(siao.send(STRUCTURE, a_stay())) == "accepted"
        (ended,) = siao.facts(DesignationEnded)
        assert (ended.designation, ended.outcome) == (designation, DesignationOutcome.WITHDRAWN)


def test_stays_are_kept_when_they_have_ended_and_are_live_no_more() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    first = hosted(siao).household
    second = siao.caused(siao.send(STRUCTURE, a_stay(place_id="B")))["household"]
    siao.send(STRUCTURE, left(first))
    stays = siao.memory(Service.ORIENTATION).all(STAYS)
    assert {household: stay.live for household, stay in stays.items()} == {first: False, second: True}
    assert siao.territory.household_at(f"{STRUCTURE}/acacias/A-01") is None
    assert siao.territory.household_at(f"{STRUCTURE}/acacias/B") == second


def test_a_place_is_lived_in_again_after_a_departure() -> None:
    siao: Siao = with_structure()
    siao.send(STRUCTURE, left(hosted(siao).household))
    assert siao.code(siao.send(STRUCTURE, a_stay())) == "accepted"
    assert len(siao.facts(StayStarted)) == 2
