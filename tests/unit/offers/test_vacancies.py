"""A place is vacant when its structure says so, or when a household has left; never twice, never while lived in."""

from contracts.answers import HouseholdLeft
from contracts.codes import ExitDestination
from contracts.designations import StayEnded, StayStarted
from contracts.offers import VacancyClosed, VacancyOpened
from contracts.topics import Service
from services.chassis.fold import Heard, Position
from services.offers.handlers import CORE
from tests.builders import (
    NANTERRE,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_place,
    a_stay,
    a_structure,
    a_vacancy,
    a_withdrawal,
)
from tests.unit.driving import Siao
from tests.unit.situations import hosted, with_structure

PLACE = f"{STRUCTURE}/acacias/A-01"


def test_a_published_vacancy_is_known_with_all_that_a_choice_needs() -> None:
    siao = with_structure(a_structure(a_place("A-01", 3, accessible=True)))
    vacancy = siao.caused(siao.send(STRUCTURE, a_vacancy()))["vacancy"]
    (opened,) = siao.facts(VacancyOpened)
    assert (opened.vacancy, opened.place, opened.partner) == (vacancy, PLACE, STRUCTURE)
    assert (opened.capacity, opened.accessible, opened.commune) == (3, True, NANTERRE)
    assert (opened.cause, opened.available_on, opened.opened_at) == ("published", TODAY, siao.now)


def test_a_place_of_no_structure_or_of_another_partner_cannot_be_vacant() -> None:
    siao = with_structure()
    assert siao.code(siao.send(STRUCTURE, a_vacancy(structure_id="other"))) == "structure-unknown"
    assert siao.code(siao.send(STRUCTURE, a_vacancy("Z"))) == "place-unknown"
    assert siao.code(siao.send(OTHER_STRUCTURE, a_vacancy())) == "structure-unknown"
    assert siao.facts(VacancyOpened) == []


def test_a_vacancy_is_published_once_and_withdrawn_once() -> None:
    siao = with_structure()
    assert siao.code(siao.send(STRUCTURE, a_withdrawal())) == "vacancy-not-open"
    opened = siao.caused(siao.send(STRUCTURE, a_vacancy()))
    assert siao.code(siao.send(STRUCTURE, a_vacancy())) == "vacancy-already-open"
    assert siao.caused(siao.send(STRUCTURE, a_withdrawal())) == opened
    assert siao.code(siao.send(STRUCTURE, a_withdrawal())) == "vacancy-not-open"
    (closed,) = siao.facts(VacancyClosed)
    assert (closed.vacancy, closed.reason) == (opened["vacancy"], "withdrawn")


def test_each_time_that_a_place_is_vacant_is_another_vacancy() -> None:
    siao = with_structure()
    ids = set()
    for _ in range(3):
        ids.add(siao.caused(siao.send(STRUCTURE, a_vacancy()))["vacancy"])
        siao.send(STRUCTURE, a_withdrawal())
    assert len(ids) == 3


def test_withdrawing_names_a_place_that_exists() -> None:
    siao = with_structure()
    assert siao.code(siao.send(STRUCTURE, a_withdrawal("Z"))) == "place-unknown"
    assert siao.code(siao.send(STRUCTURE, a_withdrawal(structure_id="other"))) == "structure-unknown"


def test_a_household_that_enters_fills_the_place() -> None:
    siao = with_structure()
    hosted(siao)
    (closed,) = siao.facts(VacancyClosed)
    assert closed.reason == "filled"
    assert siao.code(siao.send(STRUCTURE, a_vacancy())) == "place-occupied"
    assert siao.code(siao.send(STRUCTURE, a_withdrawal())) == "vacancy-not-open"


def test_a_household_that_was_always_there_fills_a_place_that_was_not_vacant() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, a_stay())
    assert siao.facts(VacancyClosed) == []
    assert siao.code(siao.send(STRUCTURE, a_vacancy())) == "place-occupied"


def test_a_household_that_leaves_makes_its_place_vacant_without_a_word_from_the_structure() -> None:
    siao = with_structure()
    household = hosted(siao).household
    left = HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.PRIVATE_HOUSING)
    siao.send(STRUCTURE, left)
    opened = siao.facts(VacancyOpened)[-1]
    assert (opened.cause, opened.place, opened.available_on) == ("departure", PLACE, TODAY)
    assert siao.code(siao.send(STRUCTURE, a_vacancy())) == "vacancy-already-open"


def test_a_stay_in_a_place_that_is_described_no_more_changes_nothing() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    household = hosted(siao).household
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    left = HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.DEATH)
    assert siao.code(siao.send(STRUCTURE, left)) == "accepted"
    assert [fact.cause for fact in siao.facts(VacancyOpened)] == ["published"]


def _ended(siao: Siao, household: str) -> Heard[StayEnded]:
    started = siao.facts(StayStarted)[-1]
    facts = started.model_dump() | {"household": household, "left_on": TODAY, "at": siao.now}
    event = StayEnded.model_validate({**facts, "destination": ExitDestination.DEATH}, strict=False)
    envelope = siao.log[-1].envelope._replace(id="another", type=StayEnded.type)
    return Heard(event, envelope, Position("siao.designations", 0, 9), siao.now)


def test_the_departure_of_somebody_else_does_not_empty_a_place() -> None:
    siao = with_structure()
    hosted(siao)
    service = siao.services[Service.OFFERS]
    subscription = next(s for s in service.description.subscriptions if s.folds is CORE)
    ((_, effects),) = service.hear(subscription, [_ended(siao, "somebody-else")])
    assert effects == []


def test_the_departure_of_somebody_else_from_a_place_described_no_more_does_not_empty_it_either() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    hosted(siao)
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    service = siao.services[Service.OFFERS]
    subscription = next(s for s in service.description.subscriptions if s.folds is CORE)
    ((_, effects),) = service.hear(subscription, [_ended(siao, "somebody-else")])
    assert effects == []


def test_a_stay_in_a_structure_that_is_unknown_here_changes_nothing() -> None:
    siao = with_structure()
    hosted(siao)
    elsewhere = Siao().services[Service.OFFERS]
    subscription = next(s for s in elsewhere.description.subscriptions if s.folds is CORE)
    started = next(item for item in siao.log if isinstance(item.value, StayStarted))
    entry = Heard(siao.facts(StayStarted)[-1], started.envelope, started.position, siao.now)
    departure = _ended(siao, entry.event.household)
    assert [effects for _, effects in elsewhere.hear(subscription, [entry, departure])] == [[], []]
