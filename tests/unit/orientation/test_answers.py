"""Each answer in each state: taken where it is expected, refused everywhere else; and only from whom it concerns."""

from collections.abc import Callable

import pytest

from contracts.answers import (
    DesignationAccepted,
    DesignationAcknowledged,
    DesignationInterviewHeld,
    DesignationInterviewSet,
    HouseholdAdmitted,
    HouseholdDeclined,
    HouseholdNoShow,
)
from contracts.codes import (
    DesignationOutcome,
    DesignationState,
    HouseholdRefusal,
    Party,
    StructureRefusal,
)
from contracts.decision_codes import CancelReason
from contracts.decisions import DesignationCancelled, HouseholdRefusalJudged, RefusalJudged
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    StayStarted,
)
from contracts.event import Message
from contracts.notices import DesignationClosed, HouseholdDesignated, RefusalOverruled, RefusalToJudge
from contracts.received import AnswerReceived
from contracts.rules import NoPetsRule
from contracts.topics import NOTICES, Service
from services.orientation.store import ARGUMENTS, DESIGNATIONS
from tests.builders import (
    ARGUMENT,
    CCAS,
    OPERATOR,
    OPERATOR_OF_ANOTHER_SIAO,
    OTHER_STRUCTURE,
    STRUCTURE,
    STRUCTURE_OF_ANOTHER_SIAO,
    TODAY,
    a_request,
    a_stay,
    a_structure,
)
from tests.unit.driving import Siao
from tests.unit.situations import (
    a_decision,
    a_refusal,
    accepted,
    acknowledged,
    declined,
    designated,
    escalated,
    hosted,
    interviewed,
    refused,
    with_structure,
)

Situation = Callable[[Siao], HouseholdDesignated]


def ended(siao: Siao) -> HouseholdDesignated:
    notice = designated(siao)
    siao.send(STRUCTURE, HouseholdNoShow(designation=notice.designation))
    return notice


SITUATIONS: dict[DesignationState, Situation] = {
    DesignationState.NOTIFIED: designated,
    DesignationState.ACKNOWLEDGED: acknowledged,
    DesignationState.INTERVIEW: interviewed,
    DesignationState.REFUSAL_SUBMITTED: refused,
    DesignationState.REFUSAL_ESCALATED: escalated,
    DesignationState.HOUSEHOLD_REFUSAL: declined,
    DesignationState.ACCEPTED: accepted,
    DesignationState.ADMITTED: hosted,
    DesignationState.ENDED: ended,
}

ANSWERS: dict[str, Callable[[str], Message]] = {
    "acknowledged": lambda d: DesignationAcknowledged(designation=d),
    "interview_set": lambda d: DesignationInterviewSet(designation=d, on=TODAY),
    "interview_held": lambda d: DesignationInterviewHeld(designation=d, held_on=TODAY),
    "decided": a_decision,
    "accepted": lambda d: DesignationAccepted(designation=d, entry_on=TODAY),
    "refused": a_refusal,
    "declined": lambda d: HouseholdDeclined(designation=d, reason=HouseholdRefusal.PRICE),
    "no_show": lambda d: HouseholdNoShow(designation=d),
    "admitted": lambda d: HouseholdAdmitted(designation=d, entered_on=TODAY),
    "upheld": lambda d: RefusalJudged(designation=d, verdict="upheld"),
    "overruled": lambda d: RefusalJudged(designation=d, verdict="overruled"),
    "escalated": lambda d: RefusalJudged(designation=d, verdict="escalated"),
    "admissible": lambda d: HouseholdRefusalJudged(designation=d, verdict="admissible"),
    "inadmissible": lambda d: HouseholdRefusalJudged(designation=d, verdict="inadmissible"),
    "cancelled": lambda d: DesignationCancelled(designation=d, reason=CancelReason.DUPLICATE),
}
NOTIFIED, ACKNOWLEDGED, ACCEPTED = DesignationState.NOTIFIED, DesignationState.ACKNOWLEDGED, DesignationState.ACCEPTED
INTERVIEW, TO_JUDGE, ENDED = DesignationState.INTERVIEW, DesignationState.REFUSAL_SUBMITTED, DesignationState.ENDED
ESCALATED, DECLINED = DesignationState.REFUSAL_ESCALATED, DesignationState.HOUSEHOLD_REFUSAL
SILENT = (NOTIFIED, ACKNOWLEDGED, INTERVIEW)
# answer -> state in which it is expected -> state after it
EXPECTED: dict[str, dict[DesignationState, DesignationState]] = {
    "acknowledged": {NOTIFIED: ACKNOWLEDGED},
    "interview_set": dict.fromkeys(SILENT, INTERVIEW),
    "interview_held": {INTERVIEW: ACKNOWLEDGED},
    "decided": dict.fromkeys((*SILENT, ACCEPTED), ACCEPTED),
    "accepted": dict.fromkeys(SILENT, ACCEPTED),
    "refused": dict.fromkeys(SILENT, TO_JUDGE),
    "declined": dict.fromkeys((*SILENT, ACCEPTED), DECLINED),
    "no_show": dict.fromkeys((*SILENT, ACCEPTED), ENDED),
    "admitted": {ACCEPTED: ENDED},
    "upheld": {TO_JUDGE: ENDED},
    "overruled": {TO_JUDGE: ACKNOWLEDGED},
    "escalated": {TO_JUDGE: ESCALATED},
    "admissible": {DECLINED: ENDED},
    "inadmissible": {DECLINED: ENDED},
    "cancelled": dict.fromkeys((*SILENT, ACCEPTED, TO_JUDGE, ESCALATED), ENDED),
}
OPERATORS = ("upheld", "overruled", "escalated", "admissible", "inadmissible", "cancelled")


def sender(answer: str) -> str:
    return OPERATOR if answer in OPERATORS else STRUCTURE


def state_of(siao: Siao, designation: str) -> DesignationState:
    return siao.memory(Service.ORIENTATION).all(DESIGNATIONS)[designation].state


@pytest.mark.parametrize("state", SITUATIONS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_taken_where_it_is_expected_and_nowhere_else(answer: str, state: DesignationState) -> None:
    siao = with_structure()
    designation = SITUATIONS[state](siao).designation
    before, facts = state_of(siao, designation), len(siao.facts(DesignationProgressed) + siao.facts(DesignationEnded))
    message = siao.send(sender(answer), ANSWERS[answer](designation))
    if state in EXPECTED[answer]:
        assert siao.caused(message)["designation"] == designation
        assert state_of(siao, designation) is EXPECTED[answer][state]
    else:
        # What was escalated is the préfecture's to judge.
        theirs = before is ESCALATED and answer in ("upheld", "overruled", "escalated")
        assert siao.code(message) == ("judge-not-entitled" if theirs else "designation-not-expecting")
        assert siao.refusals[message].detail == ("" if theirs else f"state={before.value}")
        assert state_of(siao, designation) is before
        assert len(siao.facts(DesignationProgressed) + siao.facts(DesignationEnded)) == facts


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_designation_that_does_not_exist_is_unknown(answer: str) -> None:
    siao = with_structure()
    assert siao.code(siao.send(sender(answer), ANSWERS[answer]("nothing"))) == "designation-unknown"


@pytest.mark.parametrize("answer", [answer for answer in ANSWERS if sender(answer) == STRUCTURE])
def test_another_structures_designation_is_unknown_even_when_its_id_is_guessed(answer: str) -> None:
    siao = with_structure()
    designation = designated(siao).designation
    assert siao.code(siao.send(OTHER_STRUCTURE, ANSWERS[answer](designation))) == "designation-unknown"
    assert siao.code(siao.send(STRUCTURE_OF_ANOTHER_SIAO, ANSWERS[answer](designation))) == "designation-unknown"
    assert state_of(siao, designation) is NOTIFIED


def test_another_siaos_operator_judges_nothing_here() -> None:
    siao = with_structure()
    designation = refused(siao).designation
    assert siao.code(siao.send(OPERATOR_OF_ANOTHER_SIAO, ANSWERS["upheld"](designation))) == "designation-unknown"
    assert siao.code(siao.send(OPERATOR, ANSWERS["upheld"](designation))) == "accepted"


@pytest.mark.parametrize(
    ("answer", "outcome", "party"),
    [
        ("declined", DesignationOutcome.DECLINED, Party.HOUSEHOLD),
        ("no_show", DesignationOutcome.NO_SHOW, Party.HOUSEHOLD),
    ],
)
def test_an_ended_designation_says_by_whose_act(answer: str, outcome: DesignationOutcome, party: Party) -> None:
    siao = with_structure()
    designation = accepted(siao).designation
    siao.send(STRUCTURE, ANSWERS[answer](designation))
    (closed,) = siao.notices(STRUCTURE, DesignationClosed)
    assert (closed.designation, closed.outcome, closed.party) == (designation, outcome, party)
    assert siao.facts(DesignationEnded)[0].structure_reason is None


def test_a_refusal_goes_to_the_operator_alone_with_the_reference_of_its_argument() -> None:
    siao = with_structure()
    designation = refused(siao).designation
    assert {i.topic for i in siao.log if isinstance(i.value, RefusalToJudge)} == {NOTICES.of(OPERATOR)}
    (to_judge,) = siao.notices(OPERATOR, RefusalToJudge)
    assert (to_judge.designation, to_judge.reason) == (designation, StructureRefusal.SAFETY)
    argument = siao.memory(Service.ORIENTATION).all(ARGUMENTS)[str(to_judge.argument_reference)]
    assert (argument.text, argument.designation, argument.partner) == (ARGUMENT, designation, STRUCTURE)
    progressed = siao.facts(DesignationProgressed)[-1]
    assert (progressed.step, progressed.refusal_reason) == ("refusal_submitted", StructureRefusal.SAFETY)
    assert progressed.argument_reference == to_judge.argument_reference


def test_a_refused_message_is_answered_to_its_sender_not_to_the_service_that_passed_it_on() -> None:
    siao = with_structure()
    message = siao.send(STRUCTURE, ANSWERS["accepted"]("nothing"))
    (received,) = siao.facts(AnswerReceived)
    assert (received.origin.partner, received.origin.message_id) == (STRUCTURE, message)
    assert siao.code(message) == "designation-unknown"


REQUIRING = {
    StructureRefusal.PUBLIC_NOT_AUTHORISED,
    StructureRefusal.CAPACITY_MISMATCH,
    StructureRefusal.COMPOSITION_MISMATCH,
    StructureRefusal.ACCESSIBILITY_MISMATCH,
    StructureRefusal.SUPPORT_EXCEEDS_MEANS,
}


@pytest.mark.parametrize("reason", StructureRefusal)
@pytest.mark.parametrize("article", [None, "art. 9", "art. 1"])
def test_a_refusal_cites_an_article_in_force_when_its_reason_speaks_of_the_projet(
    reason: StructureRefusal, article: str | None
) -> None:
    siao = with_structure(a_structure(rules=[NoPetsRule(article="art. 9")]))
    designation = designated(siao).designation
    message = siao.send(STRUCTURE, a_refusal(designation, article, reason=reason))
    right = article == "art. 9" or (article is None and reason not in REQUIRING)
    assert siao.code(message) == ("accepted" if right else "article-unknown")
    assert state_of(siao, designation) is (TO_JUDGE if right else NOTIFIED)
    assert len(siao.notices(OPERATOR, RefusalToJudge)) == right


def test_upheld_the_place_goes_to_the_next_household_and_the_refused_one_waits_again() -> None:
    siao = with_structure()
    designation = refused(siao).designation
    siao.send(CCAS, a_request("second"))
    siao.send(OPERATOR, ANSWERS["upheld"](designation))
    (closed,) = siao.notices(STRUCTURE, DesignationClosed)
    assert (closed.outcome, closed.party) == (DesignationOutcome.REFUSED, Party.STRUCTURE)
    assert siao.facts(DesignationEnded)[0].structure_reason is StructureRefusal.SAFETY
    assert [fact.request for fact in siao.facts(DesignationMade)] == [f"{CCAS}/first", f"{CCAS}/second"]


def test_overruled_the_designation_stands_and_the_structure_is_told() -> None:
    siao = with_structure()
    designation = refused(siao).designation
    siao.send(OPERATOR, ANSWERS["overruled"](designation))
    assert [n.designation for n in siao.notices(STRUCTURE, RefusalOverruled)] == [designation]
    assert siao.facts(DesignationEnded) == []
    assert siao.code(siao.send(STRUCTURE, ANSWERS["accepted"](designation))) == "accepted"


def test_an_overruled_refusal_may_be_argued_again() -> None:
    siao = with_structure()
    designation = refused(siao).designation
    siao.send(OPERATOR, ANSWERS["overruled"](designation))
    assert siao.code(siao.send(STRUCTURE, a_refusal(designation))) == "accepted"
    assert len(siao.notices(OPERATOR, RefusalToJudge)) == 2


def test_an_admission_starts_a_stay_under_the_designation() -> None:
    siao = with_structure()
    notice = hosted(siao)
    (started,) = siao.facts(StayStarted)
    assert (started.designation, started.household, started.place) == (
        *(notice.designation, notice.household, f"{STRUCTURE}/acacias/A-01"),
    )
    assert (started.request, started.entered_on) == (f"{CCAS}/first", TODAY)
    assert siao.facts(DesignationEnded)[0].outcome is DesignationOutcome.ADMITTED
    assert siao.notices(STRUCTURE, DesignationClosed) == []


def test_nobody_is_admitted_where_somebody_lives() -> None:
    siao = with_structure()
    notice = accepted(siao)
    siao.post(STRUCTURE, a_stay())
    siao.pick = lambda queues: min(queues, key=lambda q: (q.topic == "siao.designations", q.records[0].number))
    admission = siao.post(STRUCTURE, ANSWERS["admitted"](notice.designation))
    siao.run()
    assert siao.code(admission) == "place-occupied"
    assert len(siao.facts(StayStarted)) == 1
    assert siao.facts(DesignationEnded)[0].outcome is DesignationOutcome.WITHDRAWN
