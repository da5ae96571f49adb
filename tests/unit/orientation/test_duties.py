"""What a CHRS owes during a stay: a bilan at least every six months, recalled before and told as overdue after."""

from datetime import UTC, date, datetime

import pytest

from contracts.alerts import StayDutyDue
from contracts.answers import StayExtensionAsked, StayReviewed
from contracts.codes import OfferType
from contracts.decision_codes import StayDuty
from contracts.stays import StayDutyOverdue, StayReviewRecorded
from contracts.topics import Service
from services.orientation.store import STAYS
from tests.builders import DAY, OPERATOR, OTHER_STRUCTURE, STRUCTURE, TODAY, a_stay, a_structure
from tests.unit.driving import Siao
from tests.unit.situations import hosted, with_structure


def duties(siao: Siao, partner: str) -> list[tuple[StayDuty, date, bool]]:
    return [(told.duty, told.due_on, told.overdue) for told in siao.notices(partner, StayDutyDue)]


def until(siao: Siao, day: date) -> None:
    """To the noon of a day."""
    siao.wait(datetime(day.year, day.month, day.day, 12, 0, tzinfo=UTC) - siao.now)


def test_a_bilan_is_recalled_a_month_before_and_told_as_overdue_to_structure_and_operator() -> None:
    siao = with_structure()
    hosted(siao)
    due = date(2027, 5, 24)
    until(siao, date(2027, 4, 23))
    assert duties(siao, STRUCTURE) == []
    until(siao, date(2027, 4, 24))
    assert duties(siao, STRUCTURE) == [(StayDuty.REVIEW, due, False)]
    until(siao, due)
    assert siao.facts(StayDutyOverdue) == []
    until(siao, due + DAY)
    assert duties(siao, STRUCTURE) == [(StayDuty.REVIEW, due, False), (StayDuty.REVIEW, due, True)]
    assert duties(siao, OPERATOR) == [(StayDuty.REVIEW, due, True)]
    assert [(fact.duty, fact.due_on) for fact in siao.facts(StayDutyOverdue)] == [(StayDuty.REVIEW, due)]
    siao.wait(300 * DAY)
    assert len(siao.facts(StayDutyOverdue)) == 1


def test_a_bilan_made_starts_the_next_six_months() -> None:
    siao = with_structure()
    household = hosted(siao).household
    until(siao, date(2027, 5, 20))
    assert (
        siao.code(siao.send(STRUCTURE, StayReviewed(household=household, reviewed_on=date(2027, 5, 19)))) == "accepted"
    )
    assert siao.facts(StayReviewRecorded)[0].next_due_on == date(2027, 11, 19)
    # One that was made before is written down, and moves nothing back.
    siao.send(STRUCTURE, StayReviewed(household=household, reviewed_on=date(2026, 12, 1)))
    assert siao.facts(StayReviewRecorded)[1].next_due_on == date(2027, 11, 19)
    until(siao, date(2027, 10, 30))
    assert [due for _, due, _ in duties(siao, STRUCTURE)] == [date(2027, 5, 24), date(2027, 11, 19)]
    assert siao.facts(StayDutyOverdue) == []


@pytest.mark.parametrize("reviewed_on", [TODAY - DAY, TODAY + DAY])
def test_a_bilan_is_of_a_day_of_the_stay_that_has_come(reviewed_on: date) -> None:
    siao = with_structure()
    household = hosted(siao).household
    review = StayReviewed(household=household, reviewed_on=reviewed_on)
    assert siao.code(siao.send(STRUCTURE, review)) == "day-out-of-stay"
    assert siao.code(siao.send(OTHER_STRUCTURE, review)) == "stay-unknown"


def test_a_stay_told_when_a_structure_joins_owes_its_bilan_six_months_later_not_at_once() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, a_stay(entered_on=date(2024, 1, 1)))
    (stay,) = siao.memory(Service.ORIENTATION).all(STAYS).values()
    assert stay.review_due_on == date(2027, 5, 24)


def test_other_structures_owe_no_bilan() -> None:
    siao = with_structure(a_structure(offer_type=OfferType.ALT))
    household = hosted(siao, recommended=(OfferType.ALT,)).household
    assert siao.timers == {}
    assert siao.code(siao.send(STRUCTURE, StayReviewed(household=household, reviewed_on=TODAY))) == "chrs-only"
    assert siao.code(siao.send(STRUCTURE, StayExtensionAsked(household=household, until=TODAY + DAY))) == "chrs-only"
