"""The ledger is silent when all is right, and speaks of each fault planted in it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from contracts import answers, decisions, notices, requests
from contracts.codes import DesignationOutcome, ExitDestination, Known, Party
from contracts.topics import DECISIONS, PARTNER_ANSWERS, REQUESTS
from deploy.demo.ledger.record import Finding
from tests.unit.demo.builders import person, request
from tests.unit.demo.faults import DOUBLE, ENDED, FAULTS, LAWFUL, LEGAL, RIGHT_ANSWER, TOLD
from tests.unit.demo.legal_faults import LEGAL_FAULTS, an_offer
from tests.unit.demo.rights import daho, offer, recognise
from tests.unit.demo.story import (
    ASKER,
    OPERATOR,
    PREFECTURE,
    SHELTER,
    Story,
)
from tests.unit.demo.whole_month import whole_story


def test_says_nothing_of_a_month_in_which_all_is_right() -> None:
    findings = [str(finding) for check in whole_story().verdict().values() for finding in check.findings]
    assert findings == []


ALL_FAULTS = [*FAULTS, *LEGAL_FAULTS]


@pytest.mark.parametrize(("check", "plant"), ALL_FAULTS, ids=[plant.__name__ for _, plant in ALL_FAULTS])
def test_finds_a_planted_fault(check: str, plant: Callable[[Story], None]) -> None:
    story = whole_story()
    plant(story)
    assert story.verdict()[check].findings != []


def test_an_offer_that_is_told_is_right() -> None:
    story = whole_story()
    an_offer(story, in_time=True)
    assert story.verdict()[LEGAL].findings == []


def recognised_late(story: Story, *, told_as_offer: bool) -> list[Finding]:
    """A right that becomes known while a designation is under way, which is then its offer."""
    decided = story.now.date()
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    made_at = story.now
    recognise(story, "emma", daho(decided))
    if told_as_offer:
        offer(story, "emma", "d9", decided, made_at, in_time=True)
    return story.verdict()[LEGAL].findings


def test_a_designation_under_way_is_the_offer_when_the_prefecture_tells_the_right() -> None:
    assert recognised_late(whole_story(), told_as_offer=True) == []
    assert len(recognised_late(whole_story(), told_as_offer=False)) == 2


@pytest.mark.parametrize(("admitted", "code"), [(True, "request-closed"), (False, "accepted")])
def test_a_right_is_taken_as_long_as_the_request_is_open(admitted: bool, code: str) -> None:
    story = whole_story()
    story.ask(request("emma", person(5)))
    if admitted:
        story.designate("d9", "emma", "p1", person(5))
        story.admit("d9", "emma")
    story.now += timedelta(hours=1)
    recognise(story, "emma", daho(story.now.date()), code)
    assert story.verdict()[RIGHT_ANSWER].findings == []
    recognise(story, "emma", daho(story.now.date()), "accepted" if admitted else "request-closed")
    assert len(story.verdict()[RIGHT_ANSWER].findings) == 1


def test_a_fourth_overruling_is_refused() -> None:
    story = whole_story()
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    judged = decisions.RefusalJudged(designation="d9", verdict="overruled")
    for code in ("accepted", "accepted", "accepted", "overruled-too-often"):
        story.say(OPERATOR, DECISIONS, judged, code, expected=None)
    assert story.verdict()[RIGHT_ANSWER].findings == []
    story.say(OPERATOR, DECISIONS, judged, expected=None)
    assert len(story.verdict()[RIGHT_ANSWER].findings) == 1


def test_an_entry_that_is_not_told_a_week_after_its_day_is_reminded() -> None:
    story = whole_story()
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.reply(answers.DesignationAccepted(designation="d9", entry_on=story.now.date() + timedelta(days=5)))
    story.now += timedelta(days=13)
    story.tell(SHELTER, notices.DesignationReminded(designation="d9", at=story.now))
    assert story.verdict()[ENDED].findings == []


def crossing(code: str) -> Story:
    """An answer sent just before the expiry and answered just after it."""
    story = whole_story()
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.now += timedelta(days=10, minutes=-1)
    story.tell(SHELTER, notices.DesignationReminded(designation="d9", at=story.now))
    delivery = story.reply(answers.DesignationAcknowledged(designation="d9"), code=None)
    story.now -= timedelta(minutes=59)
    story.close("d9", "emma", DesignationOutcome.EXPIRED, Party.STRUCTURE)
    story.now += timedelta(minutes=1)
    story.answer(delivery, code)
    return story


@pytest.mark.parametrize("code", ["accepted", "designation-not-expecting"])
def test_takes_either_answer_when_two_acts_cross(code: str) -> None:
    assert crossing(code).verdict()[RIGHT_ANSWER].findings == []


def test_takes_no_third_answer_when_two_acts_cross() -> None:
    assert crossing("designation-unknown").verdict()[RIGHT_ANSWER].findings != []


def test_one_of_two_rival_bailleurs_houses_the_household() -> None:
    story = whole_story()
    story.declare_ready(story.host("p2", "stay-2", person(5)), person(5))
    story.rehouse("h-stay-2")
    story.now -= timedelta(hours=1)
    story.rehouse("h-stay-2", PREFECTURE, "household-not-ready")
    assert story.verdict()[RIGHT_ANSWER].findings == []


def test_a_vacancy_published_again_after_its_withdrawal_is_another_one() -> None:
    story = whole_story()
    story.ask(request("emma", person(5)))
    story.designate("d9", "emma", "p1", person(5))
    story.withdraw("p1")
    story.close("d9", "emma", DesignationOutcome.WITHDRAWN, Party.STRUCTURE)
    story.now += timedelta(days=2)
    story.vacate("p1")
    story.designate("d10", "emma", "p1", person(5))
    verdict = story.verdict()
    assert (verdict[LAWFUL].findings, verdict[ENDED].findings) == ([], [])


def test_the_end_of_a_designation_may_be_heard_before_its_beginning() -> None:
    story = whole_story()
    story.ask(request("emma", person(5)))
    cancelled = requests.RequestCancelled(request_id="emma")
    closed = notices.DesignationClosed(
        designation="d9", outcome=DesignationOutcome.CANCELLED, party=Party.PRESCRIBER, at=story.now
    )
    story.tell(SHELTER, closed)
    story.designate("d9", "emma", "p1", person(5))
    story.now -= timedelta(minutes=2)
    story.say(ASKER, REQUESTS, cancelled, expected=None)
    verdict = story.verdict()
    assert (verdict[ENDED].findings, verdict[DOUBLE].findings, verdict[TOLD].findings) == ([], [], [])


@pytest.mark.parametrize(("before_the_end", "findings"), [(timedelta(), 0), (timedelta(hours=2), 1)])
def test_of_what_is_decided_at_the_very_end_a_prescriber_may_hear_before_the_structure(
    before_the_end: timedelta, findings: int
) -> None:
    story = whole_story()
    story.ask(request("emma", person(5)))
    decided = story.now + timedelta(hours=2) - before_the_end
    story.now, now = decided, story.now
    story.status("emma", "designated")
    story.now = now
    assert len(story.verdict()[TOLD].findings) == findings


def test_the_same_record_heard_twice_is_one_notice() -> None:
    story = whole_story()
    notice = story.ledger.notices[0]
    assert not story.ledger.hear(notice)
    assert story.ledger.repeated == 1


def test_an_unknown_need_of_accessibility_asks_for_an_accessible_place() -> None:
    story = whole_story()
    story.ask(request("emma", person(5), needs={"accessibility": Known.UNKNOWN}))
    story.designate("d9", "emma", "p1", person(5))
    assert "accessibility" in str(story.verdict()[LAWFUL].findings[0])


def test_a_departure_told_for_nobody_is_not_taken() -> None:
    story = whole_story()
    gone = answers.HouseholdLeft(household="h-nobody", left_on=date(2026, 11, 3), destination=ExitDestination.DEATH)
    story.say(SHELTER, PARTNER_ANSWERS, gone, "stay-unknown", expected=frozenset({"stay-unknown"}))
    assert story.verdict()[RIGHT_ANSWER].findings == []
