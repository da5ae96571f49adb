"""A recognised right: its day comes near, an offer answers it or fails, the day goes by, the benefit is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.alerts import LegalClockApproaching, LegalOfferMade
from contracts.answers import HouseholdNoShow
from contracts.codes import EvaluationSection, MediationKind, OfferType
from contracts.decisions import HouseholdRefusalJudged, RefusalJudged
from contracts.designations import DesignationMade, LegalClockMissed
from contracts.households import RequestRegistered
from contracts.notices import HouseholdDesignated, LegalClockAlert
from contracts.requests import Mediation, RequestCancelled
from contracts.rights import LegalDeadlineApproaching, LegalOfferRecorded
from contracts.topics import NOTICES, Role, Service
from services.orientation.store import LEGAL_FILES
from tests.builders import (
    CCAS,
    DAY,
    NOW,
    OPERATOR,
    OTHER_STRUCTURE,
    PREFECTURE,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_partner,
    a_register,
    a_request,
    a_structure,
    a_vacancy,
    an_evaluation,
)
from tests.unit.driving import Siao
from tests.unit.situations import a_refusal, accepted, declined, designated, hosted, refused, with_structure

FIRST = f"{CCAS}/first"


def daho(days: int, **facts: object) -> Mediation:
    """A decision whose legal day is so many days from now."""
    plain = {"kind": MediationKind.DAHO_HEBERGEMENT, "decided_on": TODAY + (days - 42) * DAY}
    return Mediation.model_validate({**plain, **facts})


def file(siao: Siao, request: str = FIRST) -> tuple[bool, str]:
    kept = siao.memory(Service.ORIENTATION).all(LEGAL_FILES)[request]
    return kept.live, kept.state


def near(siao: Siao, partner: str = PREFECTURE) -> list[int]:
    return [told.days_left for told in siao.notices(partner, LegalClockApproaching)]


def midnight_after(day: date) -> timedelta:
    return datetime(day.year, day.month, day.day, 23, 0, tzinfo=UTC) - NOW


def test_prefecture_and_operator_are_told_fourteen_and_seven_days_before_a_day_without_an_offer_and_at_its_end() -> (
    None
):
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=daho(20)))
    siao.wait(midnight_after(TODAY + 5 * DAY) - timedelta(minutes=1))
    assert near(siao) == []
    siao.wait(timedelta(minutes=1))
    assert near(siao) == near(siao, OPERATOR) == [14]
    siao.wait(7 * DAY)
    assert near(siao) == [14, 7]
    assert siao.facts(LegalClockMissed) == []
    siao.wait(30 * DAY)
    assert len(siao.facts(LegalClockMissed)) == 1
    assert (near(siao), len(siao.facts(LegalDeadlineApproaching))) == ([14, 7], 2)
    assert file(siao) == (True, "overdue")


@pytest.mark.parametrize(("days", "told"), [(14, [14, 7]), (10, [10, 7]), (7, [7]), (3, [3]), (0, [0]), (-1, [])])
def test_a_decision_told_when_its_day_is_near_already_is_told_at_once(days: int, told: list[int]) -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=daho(days)))
    assert near(siao) == told[:1]
    siao.wait(40 * DAY)
    assert near(siao) == told


def test_a_suspended_prefecture_is_told_nothing() -> None:
    register = a_register()
    register[PREFECTURE] = a_partner(PREFECTURE, Role.PREFECTURE, status="suspended")
    siao = Siao(register)
    siao.send(CCAS, a_request(mediation=daho(3)))
    siao.wait(10 * DAY)
    alerts = (LegalClockApproaching, LegalClockAlert)
    assert {item.topic for item in siao.log if isinstance(item.value, alerts)} == {NOTICES.of(OPERATOR)}


def test_an_alert_says_on_which_days_the_household_may_go_to_court() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=daho(1, unrestricted=True, notified_on=TODAY - 30 * DAY)))
    siao.wait(3 * DAY)
    (alert,) = siao.notices(PREFECTURE, LegalClockAlert)
    assert (alert.due_on, alert.court_opens_on) == (TODAY + DAY, TODAY + 2 * DAY)
    # Decided on 14 October, notified on the 25th: three months, then four.
    assert alert.court_closes_on == date(2027, 5, 25)


def test_a_designation_in_time_is_the_prefet_s_offer_and_its_proof() -> None:
    siao = with_structure()
    notice = designated(siao, mediation=daho(20))
    (recorded,) = siao.facts(LegalOfferRecorded)
    assert (recorded.designation, recorded.in_time, recorded.request) == (notice.designation, True, FIRST)
    for authority in (PREFECTURE, OPERATOR):
        (told,) = siao.notices(authority, LegalOfferMade)
        assert (told.designation, told.in_time, told.made_at) == (notice.designation, True, notice.made_at)
    siao.wait(9 * DAY)
    assert (near(siao), file(siao)) == ([], (True, "met"))


def test_a_day_that_passes_while_a_designation_is_under_way_is_told_when_that_ends_without_an_admission() -> None:
    siao = with_structure()
    notice = accepted(siao, mediation=daho(3))
    siao.wait(8 * DAY)
    assert siao.facts(LegalClockMissed) == []
    siao.send(STRUCTURE, HouseholdNoShow(designation=notice.designation))
    assert [fact.due_on for fact in siao.facts(LegalClockMissed)] == [TODAY + 3 * DAY]
    assert file(siao) == (True, "overdue")
    assert len(siao.notices(PREFECTURE, LegalClockAlert)) == 1


def test_an_offer_that_fails_before_the_day_lets_the_clock_run_and_says_that_the_day_is_near() -> None:
    for days, told in ((40, []), (10, [10])):
        siao = with_structure()
        notice = designated(siao, mediation=daho(days))
        before = near(siao)
        siao.send(STRUCTURE, HouseholdNoShow(designation=notice.designation))
        assert (near(siao)[len(before) :], file(siao)) == (told, (True, "running"))


def test_an_offer_after_the_day_is_recorded_as_late_and_the_day_is_not_told_twice() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=daho(2)))
    siao.wait(5 * DAY)
    siao.send(STRUCTURE, a_vacancy())
    assert [fact.in_time for fact in siao.facts(LegalOfferRecorded)] == [False]
    assert file(siao) == (True, "late")
    notice = siao.notices(STRUCTURE, HouseholdDesignated)[-1]
    siao.send(STRUCTURE, HouseholdNoShow(designation=notice.designation))
    assert (len(siao.facts(LegalClockMissed)), file(siao)) == (1, (True, "overdue"))


def test_an_admission_closes_the_file() -> None:
    siao = with_structure()
    hosted(siao, mediation=daho(3))
    siao.wait(30 * DAY)
    assert (siao.facts(LegalClockMissed), file(siao)) == ([], (False, "met"))


def test_a_refused_offer_leaves_the_right_as_the_judgement_says() -> None:
    siao = with_structure()
    notice = declined(siao, mediation=daho(20))
    assert file(siao) == (True, "running")
    siao.send(OPERATOR, HouseholdRefusalJudged(designation=notice.designation, verdict="inadmissible"))
    assert file(siao) == (True, "lost")
    siao.wait(60 * DAY)
    assert (near(siao), siao.facts(LegalClockMissed)) == ([], [])
    # Another designation is no offer of a right whose offer was refused; a new decision opens the file again.
    siao.send(CCAS, a_request(revision=2, mediation=daho(20)))
    siao.send(OTHER_STRUCTURE, a_structure())
    siao.send(OTHER_STRUCTURE, a_vacancy())
    assert len(siao.notices(OTHER_STRUCTURE, HouseholdDesignated)) == 1
    assert (len(siao.facts(LegalOfferRecorded)), file(siao)) == (1, (True, "lost"))
    siao.send(CCAS, a_request(revision=3, mediation=daho(90)))
    assert (len(siao.facts(LegalOfferRecorded)), file(siao)) == (2, (True, "met"))


def test_the_refusal_of_a_structure_does_not_meet_the_right() -> None:
    siao = with_structure()
    notice = refused(siao)
    siao.send(CCAS, a_request(revision=2, mediation=daho(3)))
    assert file(siao) == (True, "met")
    siao.wait(5 * DAY)
    siao.send(OPERATOR, RefusalJudged(designation=notice.designation, verdict="upheld"))
    assert len(siao.facts(LegalClockMissed)) == 1


def test_an_incomplete_request_has_its_legal_day_too() -> None:
    siao = with_structure()
    lacking = an_evaluation(EvaluationSection.BUDGET)
    siao.send(CCAS, a_request(mediation=daho(20), evaluation=lacking))
    registered = siao.facts(RequestRegistered)[-1]
    assert (registered.missing, registered.legal_clock is not None) == ((EvaluationSection.BUDGET,), True)
    siao.wait(30 * DAY)
    assert near(siao) == [14, 7]
    assert len(siao.notices(PREFECTURE, LegalClockAlert)) == 1
    siao.send(CCAS, a_request(revision=2, mediation=daho(20)))
    siao.wait(30 * DAY)
    assert len(siao.notices(PREFECTURE, LegalClockAlert)) == 1


def test_an_incomplete_request_whose_decision_is_withdrawn_or_that_is_cancelled_has_no_legal_day() -> None:
    lacking = an_evaluation(EvaluationSection.BUDGET)
    for withdrawal in (a_request(revision=2, evaluation=lacking), RequestCancelled(request_id="first")):
        siao = with_structure()
        siao.send(CCAS, a_request(mediation=daho(20), evaluation=lacking))
        siao.send(CCAS, withdrawal)
        assert siao.timers == {}
        siao.wait(60 * DAY)
        assert siao.facts(LegalClockMissed) == []


def test_a_dalo_is_not_answered_by_hebergement() -> None:
    recognised = Mediation(kind=MediationKind.DALO, decided_on=date(2026, 5, 26))
    siao = with_structure()
    designated(siao, mediation=recognised)
    assert (siao.facts(LegalOfferRecorded), len(siao.facts(DesignationMade))) == ([], 1)
    siao.wait(3 * DAY)
    assert len(siao.facts(LegalClockMissed)) == 1

    residence = with_structure(a_structure(offer_type=OfferType.RESIDENCE_SOCIALE))
    designated(residence, mediation=recognised, recommended=(OfferType.RESIDENCE_SOCIALE,))
    residence.wait(3 * DAY)
    assert (len(residence.facts(LegalOfferRecorded)), residence.facts(LegalClockMissed)) == (1, [])


def test_a_size_that_changes_is_kept_without_telling_anything_again() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=daho(3)))
    told = len(near(siao))
    siao.send(CCAS, a_request(revision=2, mediation=daho(3), members=(a_member(), a_child())))
    assert (len(near(siao)), siao.memory(Service.ORIENTATION).all(LEGAL_FILES)[FIRST].persons) == (told, 2)


def test_a_refusal_argued_again_does_not_move_the_file() -> None:
    siao = with_structure()
    notice = designated(siao, mediation=daho(20))
    siao.send(STRUCTURE, a_refusal(notice.designation))
    siao.send(OPERATOR, RefusalJudged(designation=notice.designation, verdict="overruled"))
    assert (file(siao), len(siao.facts(LegalOfferRecorded))) == ((True, "met"), 1)
