"""Interviews and silence: whose it is, when it counts; and what one designation at a time means at acceptance."""

from datetime import UTC, datetime, timedelta

import pytest

from contracts.answers import (
    DesignationAccepted,
    DesignationAcknowledged,
    DesignationInterviewHeld,
    DesignationInterviewSet,
    HouseholdAdmitted,
)
from contracts.codes import DesignationOutcome, DesignationState, Party
from contracts.designations import DesignationEnded, DesignationMade
from contracts.notices import DesignationClosed, DesignationReminded, InterviewSet
from contracts.topics import NOTICES
from tests.builders import (
    CCAS,
    DAY,
    HOSPITAL,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_request,
    a_structure,
    a_vacancy,
)
from tests.unit.driving import Siao
from tests.unit.orientation.test_answers import state_of
from tests.unit.situations import accepted, designated, interviewed, with_structure


def expiry(siao: Siao) -> tuple[datetime, Party]:
    """When the only designation that ended did so, and by whose silence."""
    (ended,) = siao.facts(DesignationEnded)
    assert ended.outcome is DesignationOutcome.EXPIRED
    return ended.at, ended.party


def set_on(siao: Siao, designation: str, day: int, awaits: str = "structure") -> str:
    said = {"designation": designation, "on": TODAY + day * DAY, "awaits": awaits}
    return siao.code(siao.send(STRUCTURE, DesignationInterviewSet.model_validate(said)))


@pytest.mark.parametrize("awaits", ["structure", "household", "prescriber"])
def test_after_the_interview_s_day_silence_is_of_the_one_who_was_to_act(awaits: str) -> None:
    siao = with_structure()
    designation = designated(siao).designation
    assert set_on(siao, designation, 20, awaits) == "accepted"
    siao.wait(60 * DAY)
    # The 20th day, then three more, to the end of that day in France.
    assert expiry(siao) == (datetime(2026, 12, 17, 23, 0, tzinfo=UTC), Party(awaits))  # type: ignore[call-arg]
    (closed,) = siao.notices(STRUCTURE, DesignationClosed)
    assert closed.party.value == awaits
    assert len(siao.notices(STRUCTURE, DesignationReminded)) == 1


def test_an_interview_near_the_designation_does_not_shorten_the_delay() -> None:
    siao = with_structure()
    began = siao.now
    designation = designated(siao).designation
    set_on(siao, designation, 1)
    siao.wait(60 * DAY)
    assert expiry(siao) == (began + 10 * DAY, Party.STRUCTURE)


@pytest.mark.parametrize(
    ("day", "code"),
    [(-1, "interview-out-of-bounds"), (0, "accepted"), (30, "accepted"), (31, "interview-out-of-bounds")],
)
def test_an_interview_is_to_come_and_not_far_from_the_designation(day: int, code: str) -> None:
    siao = with_structure()
    assert set_on(siao, designated(siao).designation, day) == code


def test_interviews_set_again_and_again_do_not_put_silence_off_for_ever() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    for day in range(0, 60, 5):
        set_on(siao, designation, min(day + 6, 31))
        siao.wait(5 * DAY)
    assert len(siao.facts(DesignationEnded)) == 1


def test_the_prescriber_is_told_of_the_interview_and_nobody_else() -> None:
    siao = with_structure()
    notice = interviewed(siao)
    (told,) = siao.notices(CCAS, InterviewSet)
    assert (told.request_id, told.designation, told.on) == ("first", notice.designation, TODAY + 2 * DAY)
    assert (told.awaits, told.answer_due_at) == (Party.STRUCTURE, siao.now + 10 * DAY)
    assert {item.topic for item in siao.log if isinstance(item.value, InterviewSet)} == {NOTICES.of(CCAS)}


def test_once_held_the_answer_is_the_structure_s_to_give() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    set_on(siao, designation, 20, "prescriber")
    siao.wait(20 * DAY)
    held = DesignationInterviewHeld(designation=designation, held_on=TODAY + 20 * DAY)
    assert siao.code(siao.send(STRUCTURE, held)) == "accepted"
    siao.wait(30 * DAY)
    assert expiry(siao)[1] is Party.STRUCTURE


@pytest.mark.parametrize("day", [-1, 3])
def test_an_interview_was_held_on_a_day_that_has_come_since_the_designation(day: int) -> None:
    siao = with_structure()
    designation = interviewed(siao).designation
    held = DesignationInterviewHeld(designation=designation, held_on=TODAY + day * DAY)
    assert siao.code(siao.send(STRUCTURE, held)) == "interview-out-of-bounds"


def test_a_household_that_does_not_enter_is_recalled_to_the_structure_then_its_silence_ends_it() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    siao.send(STRUCTURE, DesignationAccepted(designation=designation, entry_on=TODAY + 5 * DAY))
    siao.wait(13 * DAY)
    assert len(siao.notices(STRUCTURE, DesignationReminded)) == 1
    siao.wait(75 * DAY)
    assert state_of(siao, designation) is DesignationState.ACCEPTED
    siao.wait(10 * DAY)
    # 29 November and three months: the end of 28 February.
    assert expiry(siao) == (datetime(2027, 2, 28, 23, 0, tzinfo=UTC), Party.HOUSEHOLD)


def test_a_day_of_entry_that_is_past_counts_from_the_acceptance() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    siao.send(STRUCTURE, DesignationAccepted(designation=designation, entry_on=TODAY - 400 * DAY))
    siao.wait(80 * DAY)
    assert state_of(siao, designation) is DesignationState.ACCEPTED


def test_a_deadline_that_crosses_the_interview_changes_nothing() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    stale = dict(siao.timers)
    set_on(siao, designation, 25)
    moved, siao.timers = siao.timers, stale
    siao.wait(11 * DAY)
    assert (siao.facts(DesignationEnded), siao.notices(STRUCTURE, DesignationReminded)) == ([], [])
    siao.timers = moved
    siao.wait(30 * DAY)
    assert len(siao.facts(DesignationEnded)) == 1


def test_a_household_has_one_designation_at_a_time_so_that_acceptance_has_no_other_to_release() -> None:
    siao = with_structure()
    siao.send(OTHER_STRUCTURE, a_structure())
    notice = designated(siao)
    siao.send(OTHER_STRUCTURE, a_vacancy())
    assert len(siao.facts(DesignationMade)) == 1
    for answer in (
        DesignationAcknowledged(designation=notice.designation),
        DesignationAccepted(designation=notice.designation, entry_on=TODAY),
    ):
        siao.send(STRUCTURE, answer)
        assert [fact.household for fact in siao.facts(DesignationMade)] == [notice.household]
    # The other place is not kept for it: the next household has it at once.
    siao.send(HOSPITAL, a_request("second"))
    assert [fact.partner for fact in siao.facts(DesignationMade)] == [STRUCTURE, OTHER_STRUCTURE]
    siao.send(STRUCTURE, HouseholdAdmitted(designation=notice.designation, entered_on=TODAY))
    assert len(siao.facts(DesignationMade)) == 2


def test_an_accepted_designation_is_not_expired_by_the_delay_of_its_answer() -> None:
    siao = with_structure()
    accepted(siao)
    siao.wait(timedelta(days=11))
    assert siao.facts(DesignationEnded) == []
