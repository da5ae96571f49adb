"""The CHRS: its director decides, the préfet has it at a certain date, a month's silence accepts; what stays owe."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.alerts import AdmissionAnswered, AdmissionToAnswer
from contracts.answers import (
    DesignationAccepted,
    HouseholdAdmitted,
    HouseholdLeft,
    HouseholdNoShow,
    StayExtensionAsked,
)
from contracts.codes import DesignationState, ExitDestination, OfferType
from contracts.decision_codes import AdmissionOutcome, PublicCategory, StayDuty
from contracts.decisions import AdmissionJudged
from contracts.stays import (
    AdmissionSentToPrefet,
    AdmissionSettled,
    StayDutyOverdue,
    StayExtended,
)
from contracts.topics import Role, Service
from services.orientation.store import STAYS
from tests.builders import (
    DAY,
    FAMILY_NAME,
    NOW,
    OPERATOR,
    PREFECTURE,
    PREFECTURE_OF_ANOTHER_SIAO,
    STRUCTURE,
    TODAY,
    a_partner,
    a_register,
    a_request,
    a_structure,
)
from tests.unit.driving import Siao
from tests.unit.orientation.test_answers import state_of
from tests.unit.orientation.test_duties import duties, until
from tests.unit.situations import a_decision, accepted, designated, hosted, with_structure

# The préfet's month: 24 November to the end of 24 December, in France.
SILENCE = datetime(2026, 12, 24, 23, 0, tzinfo=UTC) - NOW


def decided(siao: Siao) -> str:
    """The director admits; the id of the admission."""
    designation = designated(siao).designation
    return siao.caused(siao.send(STRUCTURE, a_decision(designation)))["admission"]


def living(siao: Siao, **decision: int) -> str:
    """The household has entered for six months."""
    notice = designated(siao)
    siao.send(STRUCTURE, a_decision(notice.designation, **decision))
    siao.send(STRUCTURE, HouseholdAdmitted(designation=notice.designation, entered_on=TODAY))
    return notice.household


def answered(siao: Siao, admission: str, verdict: str, by: str = PREFECTURE) -> str:
    return siao.send(by, AdmissionJudged.model_validate({"admission": admission, "verdict": verdict}))


def test_the_decision_accepts_the_designation_and_is_sent_to_the_prefet_at_a_certain_date_with_identity() -> None:
    siao = with_structure()
    admission = decided(siao)
    (sent,) = siao.facts(AdmissionSentToPrefet)
    assert (sent.admission, sent.sent_at, sent.answer_due_on) == (admission, siao.now, date(2026, 12, 24))
    assert (sent.term_months, sent.public, sent.late) == (6, PublicCategory.WOMEN, False)
    (asked,) = siao.notices(PREFECTURE, AdmissionToAnswer)
    assert [person.family_name for person in asked.members] == [FAMILY_NAME]
    assert asked.answer_due_on == sent.answer_due_on
    assert siao.notices(PREFECTURE_OF_ANOTHER_SIAO, AdmissionToAnswer) == []
    assert state_of(siao, str(sent.designation)) is DesignationState.ACCEPTED


def test_a_yes_already_said_is_completed_by_the_decision() -> None:
    siao = with_structure()
    designation = accepted(siao).designation
    assert siao.code(siao.send(STRUCTURE, a_decision(designation))) == "accepted"
    assert siao.code(siao.send(STRUCTURE, a_decision(designation))) == "admission-not-expecting"
    assert len(siao.facts(AdmissionSentToPrefet)) == 1


def test_software_that_says_yes_and_entered_only_goes_on_as_before() -> None:
    siao = with_structure()
    hosted(siao)
    assert siao.facts(AdmissionSentToPrefet) == []
    (stay,) = siao.memory(Service.ORIENTATION).all(STAYS).values()
    assert stay.ends_on is None


def test_only_a_chrs_has_a_director_s_decision() -> None:
    siao = with_structure(a_structure(offer_type=OfferType.ALT))
    designation = designated(siao, recommended=(OfferType.ALT,)).designation
    assert siao.code(siao.send(STRUCTURE, a_decision(designation))) == "chrs-only"


def test_without_an_active_prefecture_no_decision_has_a_certain_date() -> None:
    register = a_register()
    register[PREFECTURE] = a_partner(PREFECTURE, Role.PREFECTURE, status="suspended")
    siao = Siao(register)
    siao.send(STRUCTURE, a_structure())
    designation = designated(siao).designation
    assert siao.code(siao.send(STRUCTURE, a_decision(designation))) == "prefecture-unknown"
    assert siao.code(siao.send(STRUCTURE, DesignationAccepted(designation=designation, entry_on=TODAY))) == "accepted"


def test_the_silence_of_a_month_accepts_and_all_three_are_told() -> None:
    siao = with_structure()
    admission = decided(siao)
    siao.wait(SILENCE - timedelta(minutes=1))
    assert siao.facts(AdmissionSettled) == []
    siao.wait(timedelta(minutes=1))
    (settled,) = siao.facts(AdmissionSettled)
    assert (settled.admission, settled.outcome) == (admission, AdmissionOutcome.DEEMED_ACCEPTED)
    for partner in (STRUCTURE, OPERATOR, PREFECTURE):
        assert [told.outcome for told in siao.notices(partner, AdmissionAnswered)] == [settled.outcome]
    assert siao.code(answered(siao, admission, "refused")) == "admission-not-expecting"


def test_the_household_enters_without_waiting_for_the_prefet() -> None:
    siao = with_structure()
    household = living(siao)
    assert siao.facts(AdmissionSettled) == []
    assert siao.memory(Service.ORIENTATION).all(STAYS)[household].ends_on == date(2027, 5, 24)
    siao.wait(SILENCE)
    assert len(siao.facts(AdmissionSettled)) == 1


@pytest.mark.parametrize("verdict", ["accepted", "refused"])
def test_the_prefecture_answers_before_its_silence_does(verdict: str) -> None:
    siao = with_structure()
    admission = decided(siao)
    siao.wait(3 * DAY)
    assert siao.code(answered(siao, admission, verdict, PREFECTURE_OF_ANOTHER_SIAO)) == "admission-unknown"
    assert siao.code(answered(siao, "nothing", verdict)) == "admission-unknown"
    assert siao.code(answered(siao, admission, verdict)) == "accepted"
    siao.wait(SILENCE)
    assert [fact.outcome.value for fact in siao.facts(AdmissionSettled)] == [verdict]
    assert [told.outcome.value for told in siao.notices(STRUCTURE, AdmissionAnswered)] == [verdict]
    assert siao.notices(PREFECTURE, AdmissionAnswered) == []


def test_a_household_that_does_not_enter_leaves_nothing_before_the_prefet() -> None:
    siao = with_structure()
    admission = decided(siao)
    designation = siao.facts(AdmissionSentToPrefet)[0].designation
    siao.send(STRUCTURE, HouseholdNoShow(designation=str(designation)))
    siao.wait(SILENCE)
    assert [(fact.admission, fact.outcome) for fact in siao.facts(AdmissionSettled)] == [
        (admission, AdmissionOutcome.WITHDRAWN)
    ]
    assert [told.outcome for told in siao.notices(PREFECTURE, AdmissionAnswered)] == [AdmissionOutcome.WITHDRAWN]


END = date(2027, 5, 24)


def test_an_extension_not_asked_a_month_before_the_end_is_recalled_then_told_as_overdue() -> None:
    siao = with_structure()
    living(siao)
    until(siao, date(2027, 4, 10))
    assert duties(siao, STRUCTURE) == [(StayDuty.EXTENSION, date(2027, 4, 24), False)]
    until(siao, date(2027, 4, 25))
    assert (StayDuty.EXTENSION, date(2027, 4, 24), True) in duties(siao, STRUCTURE)
    assert (StayDuty.EXTENSION, date(2027, 4, 24), True) in duties(siao, OPERATOR)
    assert [fact.duty for fact in siao.facts(StayDutyOverdue)] == [StayDuty.EXTENSION]


@pytest.mark.parametrize("answer", ["accepted", "silence"])
def test_an_extension_asked_in_time_is_deemed_accepted_by_silence_and_starts_the_next_term(answer: str) -> None:
    siao = with_structure()
    household = living(siao)
    until(siao, date(2027, 4, 20))
    later = date(2027, 11, 24)
    message = siao.send(STRUCTURE, StayExtensionAsked(household=household, until=later))
    assert siao.code(siao.send(STRUCTURE, StayExtensionAsked(household=household, until=later))) == (
        "admission-not-expecting"
    )
    (asked,) = siao.notices(PREFECTURE, AdmissionToAnswer)[1:]
    assert (asked.kind, asked.until, asked.late, asked.answer_due_on) == ("extension", later, False, date(2027, 5, 20))
    if answer == "accepted":
        answered(siao, siao.caused(message)["admission"], "accepted")
    until(siao, date(2027, 5, 21))
    assert [fact.until for fact in siao.facts(StayExtended)] == [later]
    assert siao.memory(Service.ORIENTATION).all(STAYS)[household].ends_on == later
    assert StayDuty.EXTENSION not in {fact.duty for fact in siao.facts(StayDutyOverdue)}
    until(siao, date(2027, 10, 25))
    assert StayDuty.EXTENSION in {fact.duty for fact in siao.facts(StayDutyOverdue)}


def test_an_extension_asked_late_is_passed_on_and_said_to_be_late() -> None:
    siao = with_structure()
    household = living(siao)
    until(siao, date(2027, 5, 1))
    siao.send(STRUCTURE, StayExtensionAsked(household=household, until=date(2027, 9, 1)))
    assert siao.notices(PREFECTURE, AdmissionToAnswer)[-1].late is True


def test_a_refused_extension_leaves_the_stay_as_it_was() -> None:
    siao = with_structure()
    household = living(siao)
    message = siao.send(STRUCTURE, StayExtensionAsked(household=household, until=date(2027, 9, 1)))
    answered(siao, siao.caused(message)["admission"], "refused")
    stay = siao.memory(Service.ORIENTATION).all(STAYS)[household]
    assert (stay.ends_on, stay.extension, siao.facts(StayExtended)) == (END, None, [])


@pytest.mark.parametrize("day", [TODAY, END])
def test_an_extension_goes_beyond_what_is_granted(day: date) -> None:
    siao = with_structure()
    household = living(siao)
    assert siao.code(siao.send(STRUCTURE, StayExtensionAsked(household=household, until=day))) == "day-out-of-stay"


def test_a_stay_without_a_known_term_may_be_extended_too() -> None:
    siao = with_structure()
    household = hosted(siao).household
    siao.send(STRUCTURE, StayExtensionAsked(household=household, until=END))
    siao.wait(40 * DAY)
    assert siao.memory(Service.ORIENTATION).all(STAYS)[household].ends_on == END


def test_a_household_that_leaves_owes_nothing_any_more() -> None:
    siao = with_structure()
    household = living(siao)
    siao.send(STRUCTURE, StayExtensionAsked(household=household, until=date(2027, 9, 1)))
    gone = HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.PRIVATE_HOUSING)
    siao.send(STRUCTURE, gone)
    assert [fact.outcome for fact in siao.facts(AdmissionSettled)] == [AdmissionOutcome.WITHDRAWN]
    assert {name.partition(":")[0] for _, name in siao.timers} == {"admission"}
    siao.wait(300 * DAY)
    assert siao.facts(StayDutyOverdue) == []


def test_a_request_amended_after_the_decision_changes_nothing_of_it() -> None:
    siao = with_structure()
    decided(siao)
    siao.send("ccas-nanterre", a_request(revision=2))
    siao.wait(SILENCE)
    assert len(siao.facts(AdmissionSettled)) == 1
