"""Equal places are described once, as a group: n of them are n vacancies, of one ordered list, none given twice."""

import pytest

from contracts.answers import DesignationAccepted, HouseholdAdmitted, HouseholdLeft
from contracts.codes import ExitDestination
from contracts.designations import DesignationEnded, DesignationMade
from contracts.notices import HouseholdDesignated
from contracts.offers import PlaceOutOfService, StructureRegistered, VacancyClosed, VacancyExpected, VacancyOpened
from contracts.place_codes import UnavailabilityReason
from contracts.topics import Service
from contracts.vacancies import PlaceAvailable, PlaceUnavailable, VacancyAnnounced, VacancyPublished, VacancyWithdrawn
from services.offers.domain.places import Status
from services.offers.store import PLACES
from tests.builders import CCAS, STRUCTURE, TODAY, a_place, a_request, a_structure, a_vacancy
from tests.builders import of_place as of
from tests.unit.driving import Siao
from tests.unit.situations import with_structure

WORKS = UnavailabilityReason.WORKS


def five_studios() -> Siao:
    return with_structure(a_structure(a_place("studio", 2, count=5), a_place("B", 1)))


def publish(siao: Siao, count: int, place_id: str = "studio") -> str:
    return siao.send(STRUCTURE, of(VacancyPublished, place_id, count=count, available_on=TODAY))


def statuses(siao: Siao) -> dict[str, str]:
    places = siao.memory(Service.OFFERS).all(PLACES).values()
    return {place.place_id: place.status.value for place in places if place.place_id != "B"}


def units(*facts: VacancyOpened | VacancyClosed | PlaceOutOfService | VacancyExpected) -> list[str]:
    return [fact.place.rpartition(".")[2] for fact in facts]


def test_a_group_is_described_as_so_many_places_of_its_name_and_a_number() -> None:
    siao = five_studios()
    (fact,) = siao.facts(StructureRegistered)
    assert fact.place_ids == ("studio.1", "studio.2", "studio.3", "studio.4", "studio.5", "B")
    assert fact.capacity == 11
    assert [place.group for place in fact.places] == [*["studio"] * 5, None]


def test_a_vacancy_of_five_equal_places_is_five_designations_in_order_and_none_twice() -> None:
    siao = five_studios()
    for number in range(7):
        siao.send(CCAS, a_request(f"r{number}"))
    message = publish(siao, 5)
    made = siao.facts(DesignationMade)
    assert [fact.request for fact in made] == [f"{CCAS}/r{number}" for number in range(5)]
    assert len({fact.place for fact in made}) == 5
    assert len(siao.facts(VacancyOpened)) == 5
    assert siao.code(message) == "accepted"
    assert set(statuses(siao).values()) == {Status.RESERVED}


def test_a_household_that_leaves_a_group_opens_one_vacancy_for_the_next_in_order() -> None:
    siao = five_studios()
    for number in range(3):
        siao.send(CCAS, a_request(f"r{number}"))
    publish(siao, 2)
    first = siao.notices(STRUCTURE, HouseholdDesignated)[0]
    assert first.place_id == "studio.1"
    siao.send(STRUCTURE, DesignationAccepted(designation=first.designation, entry_on=TODAY))
    siao.send(STRUCTURE, HouseholdAdmitted(designation=first.designation, entered_on=TODAY))
    left = HouseholdLeft(household=first.household, left_on=TODAY, destination=ExitDestination.PRIVATE_HOUSING)
    siao.send(STRUCTURE, left)
    assert siao.facts(DesignationMade)[-1].request == f"{CCAS}/r2"


def test_what_is_asked_of_more_places_than_there_are_is_refused_and_nothing_is_done() -> None:
    siao = five_studios()
    assert siao.code(publish(siao, 6)) == "places-not-enough"
    assert siao.facts(VacancyOpened) == []
    publish(siao, 4)
    assert siao.code(publish(siao, 2)) == "places-not-enough"
    assert siao.code(publish(siao, 2, "B")) == "places-not-enough"
    assert siao.code(publish(siao, 1)) == "accepted"


def test_one_place_of_a_group_may_be_named() -> None:
    siao = five_studios()
    siao.send(STRUCTURE, a_vacancy("studio.3"))
    publish(siao, 2)
    assert units(*siao.facts(VacancyOpened)) == ["3", "1", "2"]
    assert siao.code(siao.send(STRUCTURE, a_vacancy("studio.3"))) == "vacancy-already-open"


@pytest.mark.parametrize("name", ["studio.0", "studio.6", "studio.05", "studio.x", "B.1", "other"])
def test_a_name_that_is_no_place_of_the_group_is_unknown(name: str) -> None:
    siao = five_studios()
    assert siao.code(siao.send(STRUCTURE, a_vacancy(name))) == "place-unknown"


def test_taking_back_begins_with_vacancies_that_nobody_is_designated_to() -> None:
    siao = five_studios()
    siao.send(CCAS, a_request())
    siao.send(STRUCTURE, of(VacancyAnnounced, "studio", expected_on=TODAY))
    siao.send(STRUCTURE, of(VacancyPublished, "studio.2", available_on=TODAY))
    publish(siao, 1, "studio.3")
    siao.send(STRUCTURE, of(VacancyWithdrawn, "studio"))
    assert (units(*siao.facts(VacancyClosed)), siao.facts(DesignationEnded)) == (["3"], [])
    siao.send(STRUCTURE, of(VacancyWithdrawn, "studio", count=2))
    assert units(*siao.facts(VacancyClosed)) == ["3", "2"]
    assert [fact.expected_on for fact in siao.facts(VacancyExpected)] == [TODAY, None]
    assert len(siao.facts(DesignationEnded)) == 1
    assert siao.code(siao.send(STRUCTURE, of(VacancyWithdrawn, "studio"))) == "places-not-enough"


def test_unavailability_begins_with_places_out_of_sight_and_availability_with_those_that_will_be_vacant() -> None:
    siao = five_studios()
    publish(siao, 4)
    siao.send(STRUCTURE, of(PlaceUnavailable, "studio", count=2, reason=WORKS))
    assert units(*siao.facts(PlaceOutOfService)) == ["5", "1"]
    assert units(*siao.facts(VacancyClosed)) == ["1"]
    siao.send(STRUCTURE, of(PlaceAvailable, "studio"))
    assert units(*siao.facts(VacancyOpened))[-1] == "1"
    siao.send(STRUCTURE, of(PlaceAvailable, "studio"))
    assert statuses(siao)["studio.5"] == Status.OUT_OF_SIGHT


def test_each_announcement_of_a_group_is_of_another_place() -> None:
    siao = five_studios()
    for _ in range(2):
        siao.send(STRUCTURE, of(VacancyAnnounced, "studio", expected_on=TODAY))
    assert units(*siao.facts(VacancyExpected)) == ["1", "2"]
    publish(siao, 3)
    assert units(*siao.facts(VacancyOpened)) == ["1", "2", "3"]


def test_a_group_that_shrinks_keeps_its_first_places() -> None:
    siao = five_studios()
    publish(siao, 5)
    siao.send(STRUCTURE, a_structure(a_place("studio", 2, count=3), a_place("B", 1), revision=2))
    assert units(*siao.facts(VacancyClosed)) == ["4", "5"]
    assert siao.code(siao.send(STRUCTURE, a_vacancy("studio.4"))) == "place-unknown"


@pytest.mark.parametrize(
    ("places", "path"),
    [
        ([a_place("studio", count=3), a_place("studio.2")], "$.places[1].place_id"),
        ([a_place("studio.2"), a_place("studio", count=3)], "$.places[1].place_id"),
        ([a_place("studio", count=3), a_place("studio")], "$.places[1].place_id"),
    ],
)
def test_a_place_that_is_also_one_of_a_group_is_refused(places: list[object], path: str) -> None:
    siao = Siao()
    message = siao.send(STRUCTURE, a_structure(places=tuple(places)))
    assert (siao.code(message), siao.refusals[message].path) == ("place-repeated", path)


def test_a_place_with_a_dot_and_a_number_is_a_place_like_another_where_no_group_has_that_name() -> None:
    siao = with_structure(a_structure(a_place("studio.2"), a_place("studio")))
    assert siao.code(siao.send(STRUCTURE, a_vacancy("studio.2"))) == "accepted"


def test_too_many_places_or_too_long_a_name_are_refused() -> None:
    siao = Siao()
    many = siao.send(STRUCTURE, a_structure(a_place("a", count=600), a_place("b", count=401)))
    assert (siao.code(many), siao.refusals[many].path) == ("places-too-many", "$.places")
    long = siao.send(STRUCTURE, a_structure(a_place("a" * 62, count=10)))
    assert (siao.code(long), siao.refusals[long].path) == ("places-too-many", "$.places[0].place_id")
    assert siao.code(siao.send(STRUCTURE, a_structure(a_place("a" * 62, count=9)))) == "accepted"


def test_messages_of_one_batch_see_the_group_that_was_described_in_it() -> None:
    siao = Siao(batch=lambda: 10)
    siao.post(STRUCTURE, a_structure(a_place("studio", count=2)))
    siao.post(STRUCTURE, of(VacancyPublished, "studio", count=2, available_on=TODAY))
    siao.post(STRUCTURE, a_structure(a_place("studio", count=3), revision=2))
    siao.post(STRUCTURE, of(VacancyPublished, "studio", available_on=TODAY))
    siao.post(STRUCTURE, a_structure(a_place("B"), revision=3))
    siao.run()
    assert (len(siao.facts(VacancyOpened)), units(*siao.facts(VacancyClosed))) == (3, ["1", "2", "3"])
