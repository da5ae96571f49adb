"""Refusals judged: of structures, by the operator, then the préfecture; of households, once the place has gone on."""

import pytest

from contracts.alerts import JudgementOverdue, LegalBenefitAtRisk
from contracts.answers import HouseholdDeclined
from contracts.codes import DesignationOutcome, DesignationState, HouseholdRefusal, MediationKind, Party
from contracts.decision_codes import CancelReason
from contracts.decisions import DesignationCancelled, HouseholdRefusalJudged, RefusalJudged
from contracts.designations import DesignationEnded, DesignationMade, DesignationProgressed, HouseholdRefusalSettled
from contracts.households import HouseholdWaiting
from contracts.notices import (
    DesignationClosed,
    EscalationJudged,
    HouseholdDesignated,
    HouseholdRefusalToJudge,
    RefusalEscalated,
    RefusalOverruled,
    RefusalToJudge,
    RequestUpdated,
)
from contracts.requests import Mediation, RequestCancelled
from contracts.topics import NOTICES, Role, Service
from services.intake.store import REQUESTS
from services.orientation.store import WAITING
from tests.builders import (
    CCAS,
    DAY,
    OPERATOR,
    OTHER_STRUCTURE,
    PREFECTURE,
    PREFECTURE_OF_ANOTHER_SIAO,
    STRUCTURE,
    TODAY,
    a_partner,
    a_register,
    a_request,
    a_structure,
    a_vacancy,
)
from tests.unit.driving import Siao
from tests.unit.orientation.test_answers import state_of
from tests.unit.situations import a_refusal, accepted, declined, designated, escalated, refused, with_structure

DAHO = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=TODAY)
FIRST = f"{CCAS}/first"


def judged(siao: Siao, designation: str, verdict: str, by: str = OPERATOR) -> str:
    return siao.send(by, RefusalJudged.model_validate({"designation": designation, "verdict": verdict}))


def household_judged(siao: Siao, designation: str, verdict: str) -> str:
    return siao.send(OPERATOR, HouseholdRefusalJudged.model_validate({"designation": designation, "verdict": verdict}))


def two_structures() -> Siao:
    siao = with_structure()
    siao.send(OTHER_STRUCTURE, a_structure())
    return siao


def since(siao: Siao, request: str = FIRST) -> object:
    return siao.memory(Service.ORIENTATION).all(WAITING)[request].since


def test_a_refusal_is_overruled_three_times_and_then_upheld_or_escalated() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    for times in range(4):
        assert siao.code(siao.send(STRUCTURE, a_refusal(designation))) == "accepted"
        code = siao.code(judged(siao, designation, "overruled"))
        assert code == ("accepted" if times < 3 else "overruled-too-often")
    assert siao.code(judged(siao, designation, "escalated")) == "accepted"
    assert siao.code(judged(siao, designation, "overruled", PREFECTURE)) == "accepted"
    assert state_of(siao, designation) is DesignationState.ACKNOWLEDGED


def test_an_overruled_refusal_is_told_with_the_new_day_of_its_answer() -> None:
    siao = with_structure()
    designation = refused(siao).designation
    siao.wait(4 * DAY)
    judged(siao, designation, "overruled")
    (told,) = siao.notices(STRUCTURE, RefusalOverruled)
    assert told.answer_due_at == siao.now + 10 * DAY
    siao.wait(10 * DAY)
    assert siao.facts(DesignationEnded)[0].at == told.answer_due_at


def test_an_escalated_refusal_is_put_before_the_prefecture_and_the_structure_is_told() -> None:
    siao = with_structure()
    designation = escalated(siao).designation
    (asked,) = siao.notices(OPERATOR, RefusalToJudge)
    (passed_on,) = siao.notices(PREFECTURE, RefusalToJudge)
    assert (passed_on.reason, passed_on.argument_reference) == (asked.reason, asked.argument_reference)
    assert siao.notices(PREFECTURE_OF_ANOTHER_SIAO, RefusalToJudge) == []
    assert [notice.designation for notice in siao.notices(STRUCTURE, RefusalEscalated)] == [designation]
    assert siao.facts(DesignationProgressed)[-1].step == "refusal_escalated"


@pytest.mark.parametrize("verdict", ["upheld", "overruled"])
def test_the_prefecture_judges_what_was_escalated_and_the_operator_is_told(verdict: str) -> None:
    siao = with_structure()
    designation = escalated(siao).designation
    assert siao.code(judged(siao, designation, verdict, PREFECTURE)) == "accepted"
    assert [(told.designation, told.verdict) for told in siao.notices(OPERATOR, EscalationJudged)] == [
        (designation, verdict)
    ]
    ended = [fact.outcome for fact in siao.facts(DesignationEnded)]
    assert ended == ([DesignationOutcome.REFUSED] if verdict == "upheld" else [])


def test_nobody_judges_in_the_place_of_another() -> None:
    siao = with_structure()
    designation = refused(siao).designation
    for verdict in ("upheld", "overruled", "escalated"):
        assert siao.code(judged(siao, designation, verdict, PREFECTURE)) == "judge-not-entitled"
    judged(siao, designation, "escalated")
    for verdict in ("upheld", "overruled", "escalated"):
        assert siao.code(judged(siao, designation, verdict)) == "judge-not-entitled"
    assert siao.code(judged(siao, designation, "escalated", PREFECTURE)) == "judge-not-entitled"
    assert siao.code(judged(siao, designation, "upheld", PREFECTURE_OF_ANOTHER_SIAO)) == "designation-unknown"
    assert siao.code(judged(siao, designation, "upheld", PREFECTURE)) == "accepted"


@pytest.mark.parametrize("status", ["suspended", None])
def test_without_an_active_prefecture_nothing_is_escalated(status: str | None) -> None:
    register = a_register()
    if status is None:
        del register[PREFECTURE]
    else:
        register[PREFECTURE] = a_partner(PREFECTURE, Role.PREFECTURE, status=status)
    siao = Siao(register)
    siao.send(STRUCTURE, a_structure())
    designation = refused(siao).designation
    assert siao.code(judged(siao, designation, "escalated")) == "prefecture-unknown"
    assert state_of(siao, designation) is DesignationState.REFUSAL_SUBMITTED


def test_a_suspended_operator_is_told_nothing() -> None:
    register = a_register()
    register[OPERATOR] = a_partner(OPERATOR, Role.OPERATOR, status="suspended")
    siao = Siao(register)
    siao.send(STRUCTURE, a_structure())
    refused(siao)
    assert siao.notices(OPERATOR, RefusalToJudge) == []


def test_a_refusal_that_nobody_judges_is_recalled_to_its_judge() -> None:
    siao = with_structure()
    designation = refused(siao).designation
    siao.wait(5 * DAY)
    assert [told.what for told in siao.notices(OPERATOR, JudgementOverdue)] == ["structure_refusal"]
    judged(siao, designation, "escalated")
    siao.wait(5 * DAY)
    assert [told.what for told in siao.notices(PREFECTURE, JudgementOverdue)] == ["escalated_refusal"]
    assert len(siao.notices(OPERATOR, JudgementOverdue)) == 1
    siao.wait(50 * DAY)
    assert state_of(siao, designation) is DesignationState.REFUSAL_ESCALATED


def test_upheld_the_household_keeps_its_seniority() -> None:
    for situation, by in ((refused, OPERATOR), (escalated, PREFECTURE)):
        siao = with_structure()
        designation, before = situation(siao).designation, siao.now
        siao.wait(2 * DAY)
        judged(siao, designation, "upheld", by)
        assert since(siao) == before


def test_a_declined_place_goes_on_at_once_and_the_operator_is_asked_to_judge() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("second"))
    notice = declined(siao)
    assert [fact.request for fact in siao.facts(DesignationMade)] == [FIRST, f"{CCAS}/second"]
    (asked,) = siao.notices(OPERATOR, HouseholdRefusalToJudge)
    assert (asked.designation, asked.reason) == (notice.designation, HouseholdRefusal.LOCATION)
    assert {item.topic for item in siao.log if isinstance(item.value, HouseholdRefusalToJudge)} == {
        NOTICES.of(OPERATOR)
    }
    siao.wait(5 * DAY)
    assert [told.what for told in siao.notices(OPERATOR, JudgementOverdue)] == ["household_refusal"]


def test_an_admissible_refusal_changes_nothing_for_the_household() -> None:
    siao = with_structure()
    began = siao.now
    designation = declined(siao).designation
    siao.wait(DAY)
    household_judged(siao, designation, "admissible")
    assert since(siao) == began
    (settled,) = siao.facts(HouseholdRefusalSettled)
    assert (settled.verdict, settled.consequence, settled.restarts) == ("admissible", "none", 0)
    assert siao.notices(CCAS, RequestUpdated)[-1].status == "waiting_again"


def test_inadmissible_the_request_is_off_the_lists_until_it_is_sent_again_and_its_seniority_starts_then() -> None:
    siao = two_structures()
    designation = declined(siao).designation
    siao.wait(DAY)
    household_judged(siao, designation, "inadmissible")
    assert siao.notices(CCAS, RequestUpdated)[-1].status == "to_update"
    siao.send(OTHER_STRUCTURE, a_vacancy())
    assert len(siao.facts(DesignationMade)) == 1
    siao.wait(DAY)
    assert siao.code(siao.send(CCAS, a_request(revision=2))) == "accepted"
    assert siao.notices(CCAS, RequestUpdated)[-2].status == "waiting"
    assert since(siao) == siao.now == siao.facts(HouseholdWaiting)[-1].since
    assert siao.facts(HouseholdWaiting)[-1].restarts == 1
    assert [fact.partner for fact in siao.facts(DesignationMade)] == [STRUCTURE, OTHER_STRUCTURE]


def test_a_household_designated_elsewhere_meanwhile_keeps_that_and_starts_its_seniority_again() -> None:
    siao = two_structures()
    first = designated(siao)
    siao.send(OTHER_STRUCTURE, a_vacancy())
    siao.wait(DAY)
    siao.send(STRUCTURE, HouseholdDeclined(designation=first.designation, reason=HouseholdRefusal.PETS))
    (second,) = siao.notices(OTHER_STRUCTURE, HouseholdDesignated)
    household_judged(siao, first.designation, "inadmissible")
    assert siao.facts(HouseholdRefusalSettled)[-1].consequence == "seniority_restarts"
    assert state_of(siao, second.designation) is DesignationState.NOTIFIED
    assert since(siao) == siao.now
    request = siao.memory(Service.INTAKE).all(REQUESTS)[FIRST]
    assert (request.status, request.seniority, request.restarts) == ("designated", siao.now, 1)


@pytest.mark.parametrize("verdict", ["admissible", "inadmissible"])
def test_the_verdict_on_a_household_that_asks_no_more_changes_nothing(verdict: str) -> None:
    siao = with_structure()
    designation = declined(siao).designation
    siao.send(CCAS, RequestCancelled(request_id="first"))
    assert siao.code(household_judged(siao, designation, verdict)) == "accepted"
    assert siao.facts(HouseholdRefusalSettled)[-1].consequence == "none"
    assert siao.memory(Service.INTAKE).all(REQUESTS)[FIRST].status == "cancelled"


def test_an_amendment_that_crosses_the_verdict_does_not_put_the_household_back_on_the_lists() -> None:
    siao = with_structure()
    designation = declined(siao).designation
    siao.post(OPERATOR, HouseholdRefusalJudged(designation=designation, verdict="inadmissible"))
    siao.post(CCAS, a_request(revision=2))
    # Intake reads the amendment before it hears the verdict; orientation hears the verdict first.
    siao.pick = lambda queues: min(
        queues, key=lambda q: (q.topic == "siao.households", q.topic == "siao.designations", q.records[0].number)
    )
    siao.run()
    assert siao.memory(Service.ORIENTATION).all(WAITING)[FIRST].live is False
    assert siao.memory(Service.INTAKE).all(REQUESTS)[FIRST].status == "to_update"
    siao.send(CCAS, a_request(revision=3))
    assert siao.memory(Service.ORIENTATION).all(WAITING)[FIRST].live is True


def test_a_right_is_at_risk_when_its_offer_is_refused_without_good_reason_and_the_prefecture_is_told() -> None:
    siao = with_structure()
    notice = declined(siao, mediation=DAHO)
    household_judged(siao, notice.designation, "inadmissible")
    for authority in (PREFECTURE, OPERATOR):
        (risk,) = siao.notices(authority, LegalBenefitAtRisk)
        assert (risk.household, risk.request, risk.kind) == (notice.household, FIRST, DAHO.kind)
        assert (risk.designation, risk.reason) == (notice.designation, HouseholdRefusal.LOCATION)
    assert siao.facts(HouseholdRefusalSettled)[-1].legal_kind is DAHO.kind


def test_no_right_is_at_risk_by_an_admissible_refusal_or_without_a_right() -> None:
    for verdict, facts in (("admissible", {"mediation": DAHO}), ("inadmissible", {})):
        siao = with_structure()
        household_judged(siao, declined(siao, **facts).designation, verdict)
        assert siao.notices(PREFECTURE, LegalBenefitAtRisk) == []
        assert siao.facts(HouseholdRefusalSettled)[-1].legal_kind is None


def test_the_operator_cancels_with_a_reason_and_the_household_keeps_its_rank() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("second"))
    began = siao.now
    designation = accepted(siao).designation
    siao.wait(DAY)
    siao.send(OPERATOR, DesignationCancelled(designation=designation, reason=CancelReason.HOSPITALISED))
    (closed,) = siao.notices(STRUCTURE, DesignationClosed)
    assert (closed.outcome, closed.party) == (DesignationOutcome.CANCELLED, Party.OPERATOR)
    assert closed.cancel_reason is siao.facts(DesignationEnded)[0].cancel_reason is CancelReason.HOSPITALISED
    assert len(siao.facts(DesignationMade)) == 2
    assert since(siao, siao.facts(DesignationMade)[0].request) == began
