"""Any sequence of answers to one designation: allowed states, stable codes, and seniority exactly as the rules say.

The oracle is the table of `test_answers.py` with the few things that it cannot say: who judges what, and how often.
"""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codes import DesignationState
from contracts.designations import HouseholdRefusalSettled
from contracts.topics import Service
from services.orientation.store import DESIGNATIONS, VACANCIES, WAITING
from tests.builders import CCAS, OPERATOR, PREFECTURE
from tests.unit.driving import Siao
from tests.unit.orientation.test_answers import ANSWERS, EXPECTED, OPERATORS, sender, state_of
from tests.unit.situations import designated, with_structure

JUDGING = ("upheld", "overruled", "escalated")
# Each answer from its sender; those of a judge from the préfecture too.
SAID = [(name, sender(name)) for name in ANSWERS] + [(name, PREFECTURE) for name in JUDGING]
ENDING_TOLD_ONCE = {DesignationState.ENDED, DesignationState.HOUSEHOLD_REFUSAL}


def expected(state: DesignationState, answer: str, by: str, overruled: int, *, decided: bool) -> str:
    """The code of the answer, by the table."""
    if answer in JUDGING:
        judges = {DesignationState.REFUSAL_SUBMITTED: OPERATOR, DesignationState.REFUSAL_ESCALATED: PREFECTURE}
        if state not in judges:
            return "designation-not-expecting"
        escalates_again = by == PREFECTURE and answer == "escalated"
        if by != judges[state] or escalates_again:
            return "judge-not-entitled"
        too_often = by == OPERATOR and answer == "overruled" and overruled >= 3
        return "overruled-too-often" if too_often else "accepted"
    if state not in EXPECTED[answer]:
        return "designation-not-expecting"
    return "admission-not-expecting" if answer == "decided" and decided else "accepted"


def after(state: DesignationState, answer: str, by: str) -> DesignationState:
    """The state after an answer that was taken, by the table."""
    if by == PREFECTURE:
        return DesignationState.ENDED if answer == "upheld" else DesignationState.ACKNOWLEDGED
    return EXPECTED[answer][state]


@settings(max_examples=80, deadline=None)
@given(said=st.lists(st.sampled_from(SAID), max_size=25))
def test_any_answers_in_any_order_follow_the_table(said: list[tuple[str, str]]) -> None:
    siao = with_structure()
    designation = designated(siao).designation
    state, overruled, decided, began = DesignationState.NOTIFIED, 0, False, siao.now
    for answer, by in said:
        siao.wait(timedelta(minutes=1))
        code = expected(state, answer, by, overruled, decided=decided)
        message = siao.send(by, ANSWERS[answer](designation))
        assert siao.code(message) == code, (answer, by, state)
        if code == "accepted":
            state = after(state, answer, by)
            overruled += answer == "overruled"
            decided |= answer == "decided"
        assert state_of(siao, designation) is state
        the_rest_agrees(siao, designation, state)
    seniority_is_as_the_rule_says(siao, began)


def the_rest_agrees(siao: Siao, designation: str, state: DesignationState) -> None:
    """Place and household are held by a live designation only, and go on the moment that it ends."""
    kept = siao.memory(Service.ORIENTATION)
    known = kept.all(DESIGNATIONS)[designation]
    assert known.live is (state not in ENDING_TOLD_ONCE)
    held = kept.all(VACANCIES)[known.vacancy].designation == designation
    assert held is known.live
    assert (kept.all(WAITING)[known.request].designation == designation) is known.live


def seniority_is_as_the_rule_says(siao: Siao, began: object) -> None:
    """An inadmissible refusal of the household starts it again, when it was judged; nothing else moves it."""
    waiting = siao.memory(Service.ORIENTATION).all(WAITING)[f"{CCAS}/first"]
    restarted = [fact for fact in siao.facts(HouseholdRefusalSettled) if fact.verdict == "inadmissible"]
    if restarted:
        assert (waiting.since, waiting.restarts, waiting.live) == (restarted[0].at, 1, False)
    else:
        assert (waiting.since, waiting.restarts) == (began, 0)


def test_every_answer_is_of_somebody_who_may_say_it() -> None:
    assert set(OPERATORS) < set(ANSWERS)
    assert {by for _, by in SAID} == {OPERATOR, PREFECTURE, "chrs-les-acacias"}
