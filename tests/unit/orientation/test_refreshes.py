"""Actualisation: the prescriber is told, the request leaves the lists with its seniority, and is back by a word."""

from datetime import UTC, date, datetime

import pytest

from contracts.alerts import RequestRefreshDue
from contracts.codes import EvaluationSection
from contracts.decisions import HouseholdRefusalJudged
from contracts.designations import DesignationMade, RequestRefreshOverdue
from contracts.event import Message
from contracts.households import HouseholdWaiting, RequestSetAside
from contracts.notices import RequestUpdated
from contracts.requests import RequestCancelled, RequestRefreshed
from contracts.topics import Service
from services.intake.store import REQUESTS
from services.orientation.store import WAITING
from tests.builders import CCAS, DAY, HOSPITAL, NOW, OPERATOR, STRUCTURE, TODAY, a_request, a_vacancy, an_evaluation
from tests.unit.driving import Pick, Siao
from tests.unit.situations import declined, with_structure

FIRST = f"{CCAS}/first"
DUE, REMINDED = date(2027, 5, 24), date(2027, 4, 24)


def waits(siao: Siao) -> bool:
    return siao.memory(Service.ORIENTATION).all(WAITING)[FIRST].live


def until(siao: Siao, day: date) -> None:
    """To the noon of a day."""
    siao.wait(datetime(day.year, day.month, day.day, 12, 0, tzinfo=UTC) - siao.now)


def asked() -> Siao:
    """A structure, and one household that waits."""
    siao = with_structure()
    siao.send(CCAS, a_request())
    return siao


def code(siao: Siao, message: Message, sender: str = CCAS) -> str:
    return siao.code(siao.send(sender, message))


def refreshed(on: date) -> RequestRefreshed:
    return RequestRefreshed(request_id="first", confirmed_on=on)


def in_order(*topics: str) -> Pick:
    """Who hears of these topics is served first, of the first one before all."""
    rank = {topic: number for number, topic in enumerate(topics)}
    return lambda queues: min(queues, key=lambda queue: rank.get(queue.topic, len(rank)))


def lapsed() -> Siao:
    """Nobody refreshed it."""
    siao = asked()
    until(siao, DUE + DAY)
    return siao


def test_the_prescriber_is_told_a_month_before_and_the_request_leaves_the_lists_after_its_day() -> None:
    siao = asked()
    until(siao, REMINDED - DAY)
    assert siao.notices(CCAS, RequestRefreshDue) == []
    until(siao, REMINDED)
    (told,) = siao.notices(CCAS, RequestRefreshDue)
    assert (told.request_id, told.due_on) == ("first", DUE)
    until(siao, DUE)
    assert waits(siao)
    until(siao, DUE + DAY)
    assert not waits(siao)
    assert [(fact.reason, fact.missing) for fact in siao.facts(RequestSetAside)] == [("not_refreshed", ())]
    assert [notice.status for notice in siao.notices(CCAS, RequestUpdated)] == ["waiting", "to_update"]
    siao.send(STRUCTURE, a_vacancy())
    assert siao.facts(DesignationMade) == []
    assert siao.timers == {}


@pytest.mark.parametrize("again", [refreshed(DUE + DAY), a_request(revision=2)])
def test_it_is_back_by_a_word_or_sent_again_with_its_seniority(again: Message) -> None:
    siao = lapsed()
    siao.send(STRUCTURE, a_vacancy())
    assert code(siao, again) == "accepted"
    assert siao.facts(HouseholdWaiting)[-1].since == NOW
    assert siao.notices(CCAS, RequestUpdated)[2].status == "waiting"
    assert [made.request for made in siao.facts(DesignationMade)] == [FIRST]


@pytest.mark.parametrize("again", [refreshed(TODAY + 100 * DAY), a_request(revision=2)])
def test_what_is_refreshed_or_sent_again_in_time_stays_and_counts_from_that_day(again: Message) -> None:
    siao = asked()
    until(siao, TODAY + 100 * DAY)
    assert code(siao, again) == "accepted"
    until(siao, date(2027, 8, 5))
    assert [told.due_on for told in siao.notices(CCAS, RequestRefreshDue)] == [date(2027, 9, 4)]
    assert waits(siao)


def test_an_older_day_moves_nothing_back() -> None:
    siao = asked()
    until(siao, TODAY + 100 * DAY)
    siao.send(CCAS, refreshed(TODAY + 90 * DAY))
    assert code(siao, refreshed(TODAY + 80 * DAY)) == "accepted"
    assert siao.facts(HouseholdWaiting)[-1].confirmed_on == TODAY + 90 * DAY


def test_who_is_designated_when_the_day_comes_is_not_asked() -> None:
    siao = asked()
    until(siao, REMINDED - 2 * DAY)
    siao.send(STRUCTURE, a_vacancy())
    until(siao, REMINDED)
    assert siao.notices(CCAS, RequestRefreshDue) == []
    assert siao.memory(Service.ORIENTATION).all(WAITING)[FIRST].refresh_due_on == date(2027, 10, 24)


def test_nothing_is_awaited_of_a_request_that_is_closed_or_to_be_sent_again() -> None:
    siao = asked()
    siao.send(CCAS, RequestCancelled(request_id="first"))
    assert siao.timers == {}
    assert code(siao, refreshed(TODAY)) == "request-closed"
    assert code(siao, RequestRefreshed(request_id="other", confirmed_on=TODAY)) == "request-unknown"
    assert code(siao, refreshed(TODAY), HOSPITAL) == "request-unknown"


@pytest.mark.parametrize(
    ("on", "expected"),
    [(DUE + DAY, "accepted"), (DUE + 2 * DAY, "day-to-come"), (TODAY, "refresh-too-old")],
)
def test_the_day_has_come_and_is_not_long_ago(on: date, expected: str) -> None:
    assert code(lapsed(), refreshed(on)) == expected


def test_an_incomplete_request_is_completed_not_refreshed() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(evaluation=an_evaluation(EvaluationSection.BUDGET)))
    assert code(siao, refreshed(TODAY)) == "request-not-waiting"
    assert siao.timers == {}


def test_a_refresh_that_crosses_its_day_keeps_the_request_on_the_lists() -> None:
    siao = asked()
    until(siao, DUE)
    siao.post(CCAS, refreshed(DUE))
    siao.pick = in_order("siao.answers", f"partners.{CCAS}.requests", "siao.designations")
    until(siao, DUE + DAY)
    assert len(siao.facts(RequestRefreshOverdue)) == 1
    assert siao.facts(RequestSetAside) == []
    assert waits(siao)


def test_a_designation_that_crosses_its_being_set_aside_stands() -> None:
    siao = asked()
    until(siao, DUE)
    # The place is vacant in the very moment: orientation designates before it hears that intake has set it aside.
    siao.post(STRUCTURE, a_vacancy())
    siao.pick = in_order("siao.answers", "siao.designations", f"partners.{STRUCTURE}.vacancies", "siao.offers")
    until(siao, DUE + DAY)
    assert [made.request for made in siao.facts(DesignationMade)] == [FIRST]
    assert siao.memory(Service.INTAKE).all(REQUESTS)[FIRST].status == "designated"
    assert waits(siao)


def test_what_is_to_be_sent_again_after_an_undue_refusal_is_not_to_be_refreshed() -> None:
    siao = with_structure()
    designation = declined(siao).designation
    assert ("orientation", f"refresh:{FIRST}") in siao.timers
    siao.send(OPERATOR, HouseholdRefusalJudged(designation=designation, verdict="inadmissible"))
    assert ("orientation", f"refresh:{FIRST}") not in siao.timers
    assert code(siao, refreshed(TODAY)) == "request-not-waiting"
