"""A place that cannot be filled closes its vacancy, ends its designation with the reason, and comes back as it was."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.answers import HouseholdLeft
from contracts.codes import DesignationOutcome, ExitDestination, Party
from contracts.designations import DesignationEnded, DesignationMade
from contracts.notices import DesignationClosed
from contracts.offers import PlaceBackInService, PlaceOutOfService, VacancyClosed, VacancyExpected, VacancyOpened
from contracts.place_codes import UnavailabilityReason, Withdrawal
from contracts.topics import Service
from contracts.vacancies import PlaceAvailable, PlaceUnavailable, VacancyAnnounced
from services.offers.domain.places import Status
from services.offers.store import PLACES
from tests.builders import STRUCTURE, TODAY, a_place, a_stay, a_structure, a_vacancy, a_withdrawal
from tests.builders import of_place as of
from tests.unit.driving import Siao
from tests.unit.situations import designated, hosted, with_structure

PLACE = f"{STRUCTURE}/acacias/A-01"
WORKS, PESTS = UnavailabilityReason.WORKS, UnavailabilityReason.PEST_CONTROL


def out(siao: Siao, reason: UnavailabilityReason = WORKS, **facts: Any) -> str:
    return siao.send(STRUCTURE, of(PlaceUnavailable, reason=reason, **facts))


def back(siao: Siao, **facts: Any) -> str:
    return siao.send(STRUCTURE, of(PlaceAvailable, **facts))


def status(siao: Siao) -> Status:
    return siao.memory(Service.OFFERS).all(PLACES)[PLACE].status


def gone(siao: Siao, household: str) -> str:
    left = HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.PRIVATE_HOUSING)
    return siao.send(STRUCTURE, left)


def test_a_vacant_place_made_unavailable_is_vacant_again_once_it_is_available() -> None:
    siao = with_structure()
    first = siao.caused(siao.send(STRUCTURE, a_vacancy()))["vacancy"]
    until = TODAY + timedelta(days=7)
    out(siao, until=until)
    (closed,), (service,) = siao.facts(VacancyClosed), siao.facts(PlaceOutOfService)
    assert (closed.vacancy, closed.reason) == (first, "unavailable")
    assert (service.place, service.reason, service.until, status(siao)) == (PLACE, WORKS, until, Status.UNAVAILABLE)
    caused = siao.caused(back(siao))
    opened = siao.facts(VacancyOpened)[-1]
    assert (opened.vacancy, opened.cause, opened.available_on) == (caused["vacancy"], "available", TODAY)
    assert (len(siao.facts(PlaceBackInService)), status(siao), opened.vacancy != first) == (1, Status.PUBLISHED, True)


def test_a_designation_to_it_ends_with_the_reason_and_the_structure_is_told() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    out(siao)
    (ended,) = siao.facts(DesignationEnded)
    assert (ended.outcome, ended.party, ended.withdrawal) == (
        DesignationOutcome.WITHDRAWN,
        Party.STRUCTURE,
        Withdrawal.UNAVAILABLE,
    )
    (told,) = siao.notices(STRUCTURE, DesignationClosed)
    assert (told.designation, told.withdrawal) == (designation, Withdrawal.UNAVAILABLE)
    back(siao)
    assert len(siao.facts(DesignationMade)) == 2


def test_the_reason_of_a_withdrawal_is_another_than_that_of_an_unavailability() -> None:
    siao = with_structure()
    designated(siao)
    siao.send(STRUCTURE, a_withdrawal())
    assert siao.facts(DesignationEnded)[-1].withdrawal is Withdrawal.WITHDRAWN


def test_a_place_that_was_not_vacant_does_not_become_so_by_being_available() -> None:
    siao = with_structure()
    out(siao)
    assert siao.caused(back(siao)) == {"place": PLACE}
    assert (siao.facts(VacancyOpened), status(siao)) == ([], Status.OUT_OF_SIGHT)


def test_an_unavailable_place_is_neither_published_nor_announced_nor_available_twice() -> None:
    siao = with_structure()
    assert siao.code(back(siao)) == "place-not-unavailable"
    out(siao)
    assert siao.code(siao.send(STRUCTURE, a_vacancy())) == "place-unavailable"
    assert siao.code(siao.send(STRUCTURE, of(VacancyAnnounced, expected_on=TODAY))) == "place-unavailable"
    back(siao)
    assert siao.code(back(siao)) == "place-not-unavailable"


def test_said_again_the_reason_and_the_day_change_and_a_vacancy_is_owed_as_before() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, a_vacancy())
    out(siao)
    out(siao)
    out(siao, PESTS)
    assert [fact.reason for fact in siao.facts(PlaceOutOfService)] == [WORKS, PESTS]
    back(siao)
    assert len(siao.facts(VacancyOpened)) == 2


def test_of_a_place_that_is_lived_in_it_counts_from_the_departure() -> None:
    siao = with_structure()
    household = hosted(siao).household
    out(siao)
    assert (siao.facts(PlaceOutOfService), status(siao)) == ([], Status.OCCUPIED)
    gone(siao, household)
    assert (len(siao.facts(VacancyOpened)), status(siao)) == (1, Status.UNAVAILABLE)
    assert [fact.reason for fact in siao.facts(PlaceOutOfService)] == [WORKS]
    back(siao)
    assert siao.facts(VacancyOpened)[-1].cause == "available"


def test_of_a_place_that_is_lived_in_it_may_be_taken_back_before_the_departure() -> None:
    siao = with_structure()
    household = hosted(siao).household
    out(siao)
    assert siao.caused(back(siao)) == {"place": PLACE}
    gone(siao, household)
    assert (siao.facts(VacancyOpened)[-1].cause, siao.facts(PlaceOutOfService)) == ("departure", [])


def test_an_announcement_ends_when_its_place_becomes_unavailable() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, of(VacancyAnnounced, expected_on=TODAY))
    out(siao)
    back(siao)
    assert [fact.expected_on for fact in siao.facts(VacancyExpected)] == [TODAY, None]
    assert siao.facts(VacancyOpened) == []


def test_who_enters_an_unavailable_place_brings_it_back_into_service() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, a_vacancy())
    out(siao)
    siao.send(STRUCTURE, a_stay())
    assert (len(siao.facts(PlaceBackInService)), status(siao)) == (1, Status.OCCUPIED)
    assert siao.code(back(siao)) == "place-not-unavailable"


def test_an_unavailable_place_that_is_described_no_more_is_out_of_service_no_more() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    out(siao)
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    (fact,) = siao.facts(PlaceBackInService)
    assert fact.place == PLACE


@pytest.mark.parametrize("reason", UnavailabilityReason)
def test_every_reason_is_taken_and_said(reason: UnavailabilityReason) -> None:
    siao = with_structure()
    out(siao, reason)
    assert siao.facts(PlaceOutOfService)[0].reason is reason
