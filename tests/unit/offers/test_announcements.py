"""A place that will soon be vacant is known and shown; nobody is designated to it before it is published."""

from datetime import timedelta
from typing import Any

from contracts.answers import HouseholdLeft
from contracts.codes import ExitDestination
from contracts.designations import DesignationMade, VacancyUnmatched
from contracts.offers import VacancyClosed, VacancyExpected, VacancyOpened
from contracts.topics import Service
from contracts.vacancies import VacancyAnnounced
from services.offers.domain.places import Status
from services.offers.store import PLACES
from services.orientation.store import VACANCIES
from tests.builders import CCAS, STRUCTURE, TODAY, a_place, a_request, a_stay, a_structure, a_vacancy, a_withdrawal
from tests.builders import of_place as of
from tests.unit.driving import Siao
from tests.unit.situations import hosted, with_structure

PLACE = f"{STRUCTURE}/acacias/A-01"
SOON = TODAY + timedelta(days=10)


def status(siao: Siao, place: str = PLACE) -> Status:
    return siao.memory(Service.OFFERS).all(PLACES)[place].status


def announced(siao: Siao, **facts: Any) -> str:
    return siao.caused(siao.send(STRUCTURE, of(VacancyAnnounced, **{"expected_on": SOON, **facts})))["vacancy"]


def test_an_announced_vacancy_is_known_to_orientation_and_nobody_is_designated_to_it() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    vacancy = announced(siao)
    siao.send(CCAS, a_request("second"))
    (expected,) = siao.facts(VacancyExpected)
    assert (expected.vacancy, expected.place, expected.expected_on) == (vacancy, PLACE, SOON)
    assert siao.memory(Service.ORIENTATION).all(VACANCIES)[vacancy].expected_on == SOON
    assert (siao.facts(DesignationMade), siao.facts(VacancyUnmatched), status(siao)) == ([], [], Status.ANNOUNCED)


def test_it_keeps_its_id_when_it_is_published_and_is_designated_then() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    vacancy = announced(siao)
    assert siao.caused(siao.send(STRUCTURE, a_vacancy()))["vacancy"] == vacancy
    (opened,), (made,) = siao.facts(VacancyOpened), siao.facts(DesignationMade)
    assert (opened.vacancy, opened.cause, made.vacancy) == (vacancy, "published", vacancy)
    assert len(siao.facts(VacancyExpected)) == 1
    assert status(siao) is Status.RESERVED


def test_a_place_that_is_lived_in_may_be_announced_and_opens_when_the_household_leaves() -> None:
    siao = with_structure()
    household = hosted(siao).household
    vacancy = announced(siao)
    assert siao.code(siao.send(STRUCTURE, a_vacancy())) == "place-occupied"
    left = HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.PRIVATE_HOUSING)
    siao.send(STRUCTURE, left)
    opened = siao.facts(VacancyOpened)[-1]
    assert (opened.vacancy, opened.cause, status(siao)) == (vacancy, "departure", Status.PUBLISHED)


def test_an_announcement_said_again_changes_its_day_and_keeps_its_vacancy() -> None:
    siao = with_structure()
    vacancy = announced(siao)
    assert announced(siao, expected_on=TODAY) == vacancy
    assert [(f.vacancy, f.expected_on) for f in siao.facts(VacancyExpected)] == [(vacancy, SOON), (vacancy, TODAY)]


def test_an_announcement_is_taken_back_without_a_word_of_a_vacancy() -> None:
    siao = with_structure()
    vacancy = announced(siao)
    assert siao.caused(siao.send(STRUCTURE, a_withdrawal()))["vacancy"] == vacancy
    assert siao.facts(VacancyExpected)[-1].expected_on is None
    assert siao.facts(VacancyClosed) == []
    assert not siao.memory(Service.ORIENTATION).all(VACANCIES)[vacancy].live
    assert siao.code(siao.send(STRUCTURE, a_withdrawal())) == "vacancy-not-open"


def test_a_vacant_place_is_not_announced() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, a_vacancy())
    assert siao.code(siao.send(STRUCTURE, of(VacancyAnnounced, expected_on=SOON))) == "vacancy-already-open"


def test_who_enters_an_announced_place_or_its_end_in_the_description_ends_the_announcement() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    announced(siao)
    siao.send(STRUCTURE, a_stay())
    announced(siao, place_id="B")
    siao.send(STRUCTURE, a_structure(a_place("A-01"), revision=2))
    facts = [(fact.place.rpartition("/")[2], fact.expected_on) for fact in siao.facts(VacancyExpected)]
    assert facts == [("A-01", SOON), ("A-01", None), ("B", SOON), ("B", None)]
    live = [vacancy for vacancy in siao.memory(Service.ORIENTATION).all(VACANCIES).values() if vacancy.live]
    assert live == []
