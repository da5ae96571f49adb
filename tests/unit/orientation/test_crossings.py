"""What crosses an admission on its way: nobody waits again, nobody is sent where somebody has just entered."""

from contracts.answers import HouseholdAdmitted
from contracts.designations import DesignationMade, StayStarted
from contracts.offers import VacancyClosed
from contracts.topics import Service
from services.orientation.store import WAITING
from tests.builders import CCAS, STRUCTURE, TODAY, a_place, a_request, a_stay, a_structure, a_vacancy
from tests.unit.driving import Siao
from tests.unit.situations import accepted, with_structure


def requests_designated(siao: Siao) -> list[str]:
    return [fact.request.partition("/")[2] for fact in siao.facts(DesignationMade)]


def test_an_amendment_that_crosses_the_admission_does_not_make_the_household_wait_again() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    notice = accepted(siao)
    siao.send(STRUCTURE, a_vacancy("B"))
    siao.post(STRUCTURE, HouseholdAdmitted(designation=notice.designation, entered_on=TODAY))
    siao.post(CCAS, a_request(revision=2))
    # Intake reads the amendment before it hears that the household has entered.
    siao.pick = lambda queues: min(queues, key=lambda q: (q.topic == "siao.designations", q.records[0].number))
    siao.run()
    assert requests_designated(siao) == ["first"]
    assert siao.memory(Service.ORIENTATION).all(WAITING)[f"{CCAS}/first"].live is False


def test_nobody_is_designated_to_a_place_just_filled_before_offers_has_closed_its_vacancy() -> None:
    siao = with_structure()
    notice = accepted(siao)
    siao.post(STRUCTURE, HouseholdAdmitted(designation=notice.designation, entered_on=TODAY))
    siao.post(CCAS, a_request("second"))
    siao.pick = lambda queues: min(queues, key=lambda q: (q.topic == "siao.designations", q.records[0].number))
    siao.run()
    assert requests_designated(siao) == ["first"]


def test_nobody_is_designated_to_a_place_where_somebody_is_known_to_live() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    siao.post(STRUCTURE, a_stay())
    siao.post(STRUCTURE, a_vacancy())
    # Offers opens the vacancy before it hears of the stay, orientation hears of it after it has accepted the stay.
    siao.pick = lambda queues: min(queues, key=lambda q: (q.topic == "siao.designations", q.topic == "siao.offers"))
    siao.run()
    assert [fact.reason for fact in siao.facts(VacancyClosed)] == ["filled"]
    assert len(siao.facts(StayStarted)) == 1
    assert requests_designated(siao) == []
