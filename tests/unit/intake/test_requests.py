"""A request is registered once, completed by a higher revision, amended, cancelled; its seniority never moves."""

from datetime import date

import pytest

from contracts.answers import DesignationAccepted, HouseholdAdmitted
from contracts.codes import EvaluationSection, Known, OfferType, OutOfScope, Relation
from contracts.designations import DesignationEnded, DesignationMade
from contracts.households import HouseholdWaiting, RequestClosed, RequestRegistered
from contracts.notices import RequestUpdated
from contracts.requests import RequestCancelled
from tests.builders import (
    CCAS,
    DAY,
    HOSPITAL,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_request,
    a_vacancy,
    an_evaluation,
    needs,
)
from tests.unit.driving import Siao
from tests.unit.situations import designated, hosted, with_structure

BUDGET, HOUSING = EvaluationSection.BUDGET, EvaluationSection.HOUSING


def statuses(siao: Siao, prescriber: str = CCAS) -> list[str]:
    return [notice.status for notice in siao.notices(prescriber, RequestUpdated)]


def test_a_complete_request_waits_on_the_lists_of_the_types_recommended() -> None:
    siao = Siao()
    asked = (OfferType.CHRS, OfferType.STABILISATION)
    message = siao.send(CCAS, a_request(recommended=asked, communes=("92050",)))
    (registered,), (waiting,) = siao.facts(RequestRegistered), siao.facts(HouseholdWaiting)
    assert siao.caused(message) == {"request": f"{CCAS}/first", "household": waiting.household}
    assert (registered.recommended, waiting.qualified, waiting.qualified_by) == (asked, asked, "standing_rule")
    assert (waiting.communes, waiting.since, waiting.facts) == (("92050",), siao.now, registered.facts)
    assert statuses(siao) == ["waiting"]


def test_an_incomplete_request_is_registered_and_its_prescriber_learns_what_is_missing() -> None:
    siao = Siao()
    message = siao.send(CCAS, a_request(evaluation=an_evaluation(HOUSING, BUDGET)))
    assert siao.code(message) == "accepted"
    (notice,) = siao.notices(CCAS, RequestUpdated)
    assert (notice.status, notice.missing, notice.request_id) == ("incomplete", (BUDGET, HOUSING), "first")
    assert siao.facts(RequestRegistered)[0].missing == (BUDGET, HOUSING)
    assert siao.facts(HouseholdWaiting) == []


def test_a_completed_request_waits_since_it_was_first_sent() -> None:
    siao = Siao()
    first = siao.caused(siao.send(CCAS, a_request(evaluation=an_evaluation(BUDGET))))
    since = siao.now
    siao.wait(20 * DAY)
    assert siao.caused(siao.send(CCAS, a_request(revision=2))) == first
    (waiting,) = siao.facts(HouseholdWaiting)
    assert waiting.since == since
    assert statuses(siao) == ["incomplete", "waiting"]


def test_an_amendment_that_still_lacks_a_heading_leaves_the_request_incomplete() -> None:
    siao = Siao()
    siao.send(CCAS, a_request(evaluation=an_evaluation(BUDGET, HOUSING)))
    siao.send(CCAS, a_request(revision=2, evaluation=an_evaluation(HOUSING)))
    assert [notice.missing for notice in siao.notices(CCAS, RequestUpdated)] == [(BUDGET, HOUSING), (HOUSING,)]
    assert statuses(siao) == ["incomplete", "incomplete"]
    assert siao.facts(HouseholdWaiting) == []


def test_an_amendment_moves_neither_the_seniority_nor_the_day_it_first_reached_anyone() -> None:
    siao = Siao()
    siao.send(CCAS, a_request(first_received_on=date(2026, 11, 2)))
    since = siao.now
    siao.wait(DAY)
    siao.send(CCAS, a_request(revision=7, first_received_on=date(2026, 1, 1), in_danger=Known.YES))
    registered = siao.facts(RequestRegistered)[-1]
    assert (registered.first_transmitted_at, registered.first_received_on) == (since, date(2026, 11, 2))
    waiting = siao.facts(HouseholdWaiting)[-1]
    assert (waiting.since, waiting.facts.in_danger) == (since, Known.YES)


@pytest.mark.parametrize("revision", [1, 2])
def test_an_older_or_equal_revision_is_refused(revision: int) -> None:
    siao = Siao()
    siao.send(CCAS, a_request(revision=2))
    message = siao.send(CCAS, a_request(revision=revision))
    assert siao.code(message) == "revision-stale"
    assert siao.refusals[message].detail == "known=2"
    assert len(siao.facts(RequestRegistered)) == 1


def test_a_type_recommended_twice_puts_the_household_once_on_its_list() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("twice", recommended=(OfferType.CHRS, OfferType.ALT, OfferType.CHRS)))
    assert siao.facts(HouseholdWaiting)[0].qualified == (OfferType.CHRS, OfferType.ALT)
    siao.send(CCAS, a_request("second"))
    siao.send(STRUCTURE, a_vacancy())
    assert siao.facts(DesignationMade)[0].proof.considered == 2


@pytest.mark.parametrize("door", list(OutOfScope))
def test_what_is_asked_at_another_door_is_refused_with_the_right_door(door: OutOfScope) -> None:
    siao = Siao()
    message = siao.send(CCAS, a_request(recommended=(OfferType.CHRS, door)))
    asylum = door in (OutOfScope.CADA, OutOfScope.HUDA, OutOfScope.CPH, OutOfScope.CAES)
    assert siao.code(message) == ("out-of-scope-asylum" if asylum else "out-of-scope-emergency")
    assert siao.refusals[message].path == "$.recommended[1]"


def test_a_request_without_the_applicants_agreement_is_refused() -> None:
    siao = Siao()
    message = siao.send(CCAS, a_request(evaluation=an_evaluation(agrees=False)))
    assert siao.code(message) == "applicant-disagrees"
    assert siao.facts(RequestRegistered) == []


@pytest.mark.parametrize("leads", [0, 2])
def test_a_household_has_exactly_one_lead_applicant(leads: int) -> None:
    members = [a_member() for _ in range(leads)] + [a_member(40, relation=Relation.OTHER), a_child()]
    siao = Siao()
    message = siao.send(CCAS, a_request(members=tuple(members)))
    assert siao.code(message) == "lead-applicant-not-one"
    assert siao.refusals[message].detail == f"found={leads}"


def test_a_prescriber_cancels_its_own_request_once() -> None:
    siao = Siao()
    siao.send(CCAS, a_request())
    cancelled = RequestCancelled(request_id="first")
    assert siao.code(siao.send(HOSPITAL, cancelled)) == "request-unknown"
    assert siao.code(siao.send(CCAS, RequestCancelled(request_id="other"))) == "request-unknown"
    assert siao.code(siao.send(CCAS, cancelled)) == "accepted"
    assert [fact.reason for fact in siao.facts(RequestClosed)] == ["cancelled"]
    assert siao.code(siao.send(CCAS, cancelled)) == "request-closed"
    assert siao.code(siao.send(CCAS, a_request(revision=2))) == "request-closed"


def test_an_incomplete_request_can_be_cancelled_too() -> None:
    siao = Siao()
    siao.send(CCAS, a_request(evaluation=an_evaluation(BUDGET)))
    assert siao.code(siao.send(CCAS, RequestCancelled(request_id="first"))) == "accepted"


def test_a_fulfilled_request_is_closed() -> None:
    siao = with_structure()
    hosted(siao)
    assert statuses(siao) == ["waiting", "designated", "admitted"]
    assert [fact.reason for fact in siao.facts(RequestClosed)] == ["admitted"]
    assert siao.code(siao.send(CCAS, a_request(revision=2))) == "request-closed"
    assert siao.code(siao.send(CCAS, RequestCancelled(request_id="first"))) == "request-closed"


def test_an_amendment_while_designated_leaves_the_designation_standing() -> None:
    siao = with_structure()
    designated(siao)
    assert siao.code(siao.send(CCAS, a_request(revision=2, needs=needs(pets=Known.YES)))) == "accepted"
    assert statuses(siao) == ["waiting", "designated", "designated"]
    assert siao.facts(DesignationEnded) == []


def test_an_amendment_that_drops_a_heading_does_not_take_the_household_off_its_lists() -> None:
    siao = Siao()
    siao.send(CCAS, a_request())
    siao.send(CCAS, a_request(revision=2, evaluation=an_evaluation(BUDGET), in_danger=Known.YES))
    assert statuses(siao) == ["waiting", "waiting"]
    assert siao.notices(CCAS, RequestUpdated)[-1].missing == (BUDGET,)
    assert siao.facts(HouseholdWaiting)[-1].facts.in_danger is Known.YES


def test_cancelling_ends_the_designation_and_the_household_is_told_of_as_waiting_no_more() -> None:
    siao = with_structure()
    designated(siao)
    siao.send(CCAS, RequestCancelled(request_id="first"))
    assert statuses(siao) == ["waiting", "designated"]


def test_two_prescribers_may_give_their_requests_the_same_id() -> None:
    siao = Siao()
    households = {siao.caused(siao.send(partner, a_request()))["household"] for partner in (CCAS, HOSPITAL)}
    assert len(households) == 2


def test_a_cancellation_that_crosses_the_admission_leaves_the_request_cancelled_and_the_stay_known() -> None:
    siao = with_structure()
    notice = designated(siao)
    siao.send(STRUCTURE, DesignationAccepted(designation=notice.designation, entry_on=TODAY))
    siao.post(STRUCTURE, HouseholdAdmitted(designation=notice.designation, entered_on=TODAY))
    siao.post(CCAS, RequestCancelled(request_id="first"))
    siao.pick = lambda queues: min(queues, key=lambda q: (q.topic != f"partners.{STRUCTURE}.answers", q.topic))
    siao.run()
    assert [fact.reason for fact in siao.facts(RequestClosed)] == ["cancelled"]
    assert statuses(siao)[-1] == "designated"
    assert len(siao.facts(DesignationMade)) == 1
