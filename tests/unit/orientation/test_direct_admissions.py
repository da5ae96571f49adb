"""Emergency admissions told afterwards: counted apart; a household that was waiting is found by its request."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.alerts import EmergencyAdmissionTold
from contracts.answers import DesignationAccepted
from contracts.codes import DesignationOutcome, EvaluationSection, MediationKind, Party
from contracts.decisions import HouseholdRefusalJudged
from contracts.designations import DesignationEnded, DesignationMade, LegalClockMissed, StayStarted
from contracts.households import RequestClosed, StayRecorded
from contracts.notices import DesignationClosed, HouseholdDesignated, RequestUpdated
from contracts.requests import HouseholdAdmittedDirectly, Mediation, RequestCancelled
from contracts.topics import NOTICES, Service
from services.intake.store import HOUSEHOLDS, REQUESTS
from services.orientation.store import STAYS, WAITING
from tests.builders import (
    CCAS,
    DAY,
    OPERATOR,
    OTHER_STRUCTURE,
    STRUCTURE,
    STRUCTURE_OF_ANOTHER_SIAO,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_request,
    a_stay,
    a_structure,
    a_vacancy,
    an_evaluation,
)
from tests.unit.driving import Siao
from tests.unit.situations import accepted, declined, designated, with_structure

FIRST = f"{CCAS}/first"
HERSELF = (a_member(),)


def an_emergency(stay_id: str = "urgent", place_id: str = "A-01", **facts: Any) -> HouseholdAdmittedDirectly:
    """The woman of `a_request` was taken in yesterday night."""
    told = a_stay(stay_id, place_id, entered_on=TODAY - DAY, members=HERSELF)
    return HouseholdAdmittedDirectly.model_validate({**told.model_dump(), **facts})


def two_structures() -> Siao:
    siao = with_structure()
    siao.send(OTHER_STRUCTURE, a_structure(a_place("X")))
    return siao


def status(siao: Siao) -> str:
    return siao.memory(Service.INTAKE).all(REQUESTS)[FIRST].status


def test_an_emergency_admission_is_a_stay_of_its_own_kind_and_the_operator_is_informed() -> None:
    siao = with_structure()
    household = siao.caused(siao.send(STRUCTURE, an_emergency()))["household"]
    (started,) = siao.facts(StayStarted)
    assert (started.emergency, started.designation, started.household) == (True, None, household)
    (told,) = siao.notices(OPERATOR, EmergencyAdmissionTold)
    assert (told.household, told.place, told.persons) == (household, f"{STRUCTURE}/acacias/A-01", 1)
    assert {item.topic for item in siao.log if isinstance(item.value, EmergencyAdmissionTold)} == {NOTICES.of(OPERATOR)}


def test_a_household_that_lived_there_before_is_not_an_emergency() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, a_stay())
    assert siao.facts(StayStarted)[0].emergency is False
    assert siao.notices(OPERATOR, EmergencyAdmissionTold) == []


@pytest.mark.parametrize("situation", [designated, accepted])
def test_the_designation_of_a_household_admitted_elsewhere_is_superseded_and_the_place_goes_to_the_next(
    situation: Any,
) -> None:
    siao = two_structures()
    notice = situation(siao)
    siao.send(CCAS, a_request("second"))
    assert siao.code(siao.send(OTHER_STRUCTURE, an_emergency(place_id="X", request=FIRST))) == "accepted"
    (ended,) = siao.facts(DesignationEnded)
    assert (ended.designation, ended.outcome) == (notice.designation, DesignationOutcome.SUPERSEDED)
    (closed,) = siao.notices(STRUCTURE, DesignationClosed)
    assert (closed.outcome, closed.party) == (DesignationOutcome.SUPERSEDED, Party.STRUCTURE)
    assert [fact.request for fact in siao.facts(DesignationMade)] == [FIRST, f"{CCAS}/second"]
    assert [fact.reason for fact in siao.facts(RequestClosed)] == ["admitted"]
    assert [n.status for n in siao.notices(CCAS, RequestUpdated) if n.request_id == "first"][-1] == "admitted"
    assert siao.memory(Service.ORIENTATION).all(STAYS)[notice.household].live
    assert siao.memory(Service.INTAKE).all(HOUSEHOLDS)[notice.household].host == OTHER_STRUCTURE


def test_a_household_taken_in_where_it_was_designated_is_superseded_there() -> None:
    siao = with_structure()
    notice = designated(siao)
    siao.send(STRUCTURE, an_emergency(request=FIRST))
    assert [fact.outcome for fact in siao.facts(DesignationEnded)] == [DesignationOutcome.SUPERSEDED]
    assert (len(siao.facts(DesignationMade)), status(siao)) == (1, "admitted")
    late = DesignationAccepted(designation=notice.designation, entry_on=TODAY)
    assert siao.code(siao.send(STRUCTURE, late)) == "designation-not-expecting"


def test_an_incomplete_request_or_one_to_update_is_fulfilled_too() -> None:
    siao = two_structures()
    siao.send(CCAS, a_request(evaluation=an_evaluation(EvaluationSection.BUDGET)))
    assert siao.code(siao.send(OTHER_STRUCTURE, an_emergency(place_id="X", request=FIRST))) == "accepted"
    assert status(siao) == "admitted"

    siao = two_structures()
    designation = declined(siao).designation
    siao.send(OPERATOR, HouseholdRefusalJudged(designation=designation, verdict="inadmissible"))
    assert siao.code(siao.send(OTHER_STRUCTURE, an_emergency(place_id="X", request=FIRST))) == "accepted"
    assert status(siao) == "admitted"
    assert siao.code(siao.send(CCAS, a_request(revision=2))) == "request-closed"
    assert siao.memory(Service.ORIENTATION).all(WAITING)[FIRST].live is False


@pytest.mark.parametrize(
    "facts",
    [
        {"request": f"{CCAS}/other"},
        {"request": FIRST, "members": (a_member(36),)},
        {"request": FIRST, "members": (a_member(family_name="Qzother"),)},
    ],
)
def test_a_request_is_named_by_who_knows_the_people_and_is_not_told_why_it_is_not_theirs(facts: dict[str, Any]) -> None:
    siao = two_structures()
    designated(siao)
    assert siao.code(siao.send(OTHER_STRUCTURE, an_emergency(place_id="X", **facts))) == "request-not-of-household"
    assert (siao.facts(StayRecorded), siao.facts(DesignationEnded)) == ([], [])


def test_a_request_of_another_siao_or_a_closed_one_is_not_fulfilled() -> None:
    siao = with_structure()
    siao.send(STRUCTURE_OF_ANOTHER_SIAO, a_structure(a_place("X")))
    siao.send(CCAS, a_request())
    told = an_emergency(place_id="X", request=FIRST)
    assert siao.code(siao.send(STRUCTURE_OF_ANOTHER_SIAO, told)) == "request-not-of-household"
    siao.send(CCAS, RequestCancelled(request_id="first"))
    assert siao.code(siao.send(STRUCTURE, an_emergency(request=FIRST))) == "request-not-of-household"


def test_the_case_of_a_name_and_more_people_than_asked_do_not_matter() -> None:
    siao = two_structures()
    siao.send(CCAS, a_request())
    people = (a_member(family_name="QZFAMILYNAME"), a_child())
    siao.send(OTHER_STRUCTURE, an_emergency(place_id="X", request=FIRST, members=people))
    assert siao.facts(StayStarted)[0].persons == 2


def test_a_stay_that_orientation_refuses_leaves_the_request_as_it_was() -> None:
    siao = two_structures()
    notice = designated(siao)
    assert siao.code(siao.send(OTHER_STRUCTURE, an_emergency(place_id="nowhere", request=FIRST))) == "place-unknown"
    assert (status(siao), siao.facts(DesignationEnded)) == ("designated", [])
    household = siao.memory(Service.INTAKE).all(HOUSEHOLDS)[notice.household]
    assert (household.host, household.members) == (None, HERSELF)


def test_a_household_that_lives_somewhere_is_not_taken_in_twice() -> None:
    siao = two_structures()
    siao.send(CCAS, a_request())
    siao.send(OTHER_STRUCTURE, an_emergency(place_id="X", request=FIRST))
    assert siao.code(siao.send(STRUCTURE, an_emergency(request=FIRST))) == "request-not-of-household"
    assert siao.code(siao.send(OTHER_STRUCTURE, an_emergency(place_id="X"))) == "stay-already-known"


def test_its_legal_day_is_watched_no_more() -> None:
    siao = two_structures()
    recognised = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=TODAY - timedelta(days=20))
    siao.send(CCAS, a_request(mediation=recognised))
    siao.send(OTHER_STRUCTURE, an_emergency(place_id="X", request=FIRST))
    siao.wait(90 * DAY)
    assert siao.facts(LegalClockMissed) == []


def test_an_admission_that_crosses_the_designation_supersedes_it() -> None:
    siao = two_structures()
    siao.send(CCAS, a_request())
    siao.post(OTHER_STRUCTURE, an_emergency(place_id="X", request=FIRST))
    siao.post(STRUCTURE, a_vacancy())
    siao.pick = lambda queues: min(queues, key=lambda q: (q.topic == "siao.households", q.records[0].number))
    siao.run()
    assert len(siao.notices(STRUCTURE, HouseholdDesignated)) == 1
    assert [fact.outcome for fact in siao.facts(DesignationEnded)] == [DesignationOutcome.SUPERSEDED]
    assert status(siao) == "admitted"


def test_a_request_completed_while_its_household_is_taken_in_does_not_keep_a_place() -> None:
    siao = two_structures()
    siao.send(STRUCTURE, a_vacancy())
    siao.send(CCAS, a_request(evaluation=an_evaluation(EvaluationSection.BUDGET)))
    siao.post(OTHER_STRUCTURE, an_emergency(place_id="X", request=FIRST))
    siao.post(CCAS, a_request(revision=2))
    # Intake reads the completed request before it hears that the household lives somewhere.
    siao.pick = lambda queues: min(queues, key=lambda q: (q.topic == "siao.designations", q.records[0].number))
    siao.run()
    assert [fact.outcome for fact in siao.facts(DesignationEnded)] == [DesignationOutcome.SUPERSEDED]
    assert status(siao) == "admitted"
    siao.send(CCAS, a_request("second"))
    assert siao.facts(DesignationMade)[-1].request == f"{CCAS}/second"
