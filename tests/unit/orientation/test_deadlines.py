"""Silence is reminded, then expires; a legal day that goes by is told to those who must know, once."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.answers import DesignationAccepted, DesignationAcknowledged, HouseholdDeclined
from contracts.codes import DesignationOutcome, HouseholdRefusal, MediationKind, Party
from contracts.decisions import RefusalJudged
from contracts.designations import DesignationEnded, DesignationMade, LegalClockMissed
from contracts.notices import DesignationClosed, DesignationReminded, LegalClockAlert
from contracts.received import DeadlineReached
from contracts.requests import Mediation, RequestCancelled
from contracts.topics import NOTICES
from tests.builders import (
    CCAS,
    DAY,
    NOW,
    OPERATOR,
    PREFECTURE,
    STRUCTURE,
    TODAY,
    a_request,
    a_structure,
    a_vacancy,
    a_withdrawal,
    needs,
)
from tests.unit.driving import Siao
from tests.unit.situations import (
    a_refusal,
    accepted,
    declined,
    designated,
    escalated,
    hosted,
    interviewed,
    refused,
    with_structure,
)

MINUTE = timedelta(minutes=1)
# Six weeks before a day three days from now.
DAHO = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=TODAY + 3 * DAY - 42 * DAY)
DUE = TODAY + 3 * DAY


def reminders(siao: Siao) -> int:
    return len(siao.notices(STRUCTURE, DesignationReminded))


def names(siao: Siao) -> set[str]:
    return {name.partition(":")[0] for _, name in siao.timers}


def test_a_silent_structure_is_reminded_after_seven_days_and_expires_after_ten() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    siao.wait(7 * DAY - MINUTE)
    assert reminders(siao) == 0
    siao.wait(MINUTE)
    assert reminders(siao) == 1
    siao.wait(3 * DAY - MINUTE)
    assert siao.facts(DesignationEnded) == []
    siao.wait(MINUTE)
    (closed,) = siao.notices(STRUCTURE, DesignationClosed)
    assert (closed.designation, closed.outcome, closed.party) == (
        *(designation, DesignationOutcome.EXPIRED, Party.STRUCTURE),
    )
    assert (reminders(siao), names(siao)) == (1, {"refresh"})


def test_an_expired_place_goes_to_the_next_household_and_the_first_waits_again() -> None:
    siao = with_structure()
    designated(siao)
    siao.send(CCAS, a_request("second"))
    siao.wait(10 * DAY)
    assert [fact.request for fact in siao.facts(DesignationMade)] == [f"{CCAS}/first", f"{CCAS}/second"]


def test_reading_a_designation_is_not_an_answer_to_it() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    siao.send(STRUCTURE, DesignationAcknowledged(designation=designation))
    siao.wait(10 * DAY)
    assert reminders(siao) == 1
    assert siao.facts(DesignationEnded)[0].outcome is DesignationOutcome.EXPIRED


def test_each_state_has_the_deadline_of_who_is_to_act_and_no_other() -> None:
    watched = {
        designated: {"remind", "expire", "refresh"},
        interviewed: {"remind", "expire", "refresh"},
        accepted: {"remind", "expire", "refresh"},
        refused: {"judge", "refresh"},
        escalated: {"judge", "refresh"},
        declined: {"judge", "refresh"},
        hosted: {"review_near", "review_late"},
    }
    for situation, expected in watched.items():
        siao = with_structure()
        situation(siao)
        assert names(siao) == expected, situation.__name__


@pytest.mark.parametrize("situation", [designated, interviewed, accepted, refused, escalated])
@pytest.mark.parametrize("end", ["withdrawn", "cancelled"])
def test_a_designation_that_ends_leaves_no_deadline(end: str, situation: Callable[[Siao], object]) -> None:
    siao = with_structure()
    situation(siao)
    if end == "withdrawn":
        siao.send(STRUCTURE, a_withdrawal())
    else:
        siao.send(CCAS, RequestCancelled(request_id="first"))
    # Who waits again is to be refreshed one day; who asks no more is not.
    assert names(siao) == ({"refresh"} if end == "withdrawn" else set())


def test_an_overruled_refusal_starts_the_delay_again() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    siao.wait(9 * DAY)
    siao.send(STRUCTURE, a_refusal(designation))
    siao.wait(30 * DAY)
    siao.send(OPERATOR, RefusalJudged(designation=designation, verdict="overruled"))
    siao.wait(9 * DAY)
    assert (reminders(siao), siao.facts(DesignationEnded)) == (2, [])
    siao.wait(DAY)
    assert siao.facts(DesignationEnded)[0].outcome is DesignationOutcome.EXPIRED


def test_a_deadline_that_crosses_the_answer_changes_nothing() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    timers = dict(siao.timers)
    siao.send(STRUCTURE, DesignationAccepted(designation=designation, entry_on=TODAY))
    siao.timers |= timers
    siao.wait(10 * DAY)
    assert len(siao.facts(DeadlineReached)) == 2
    assert (reminders(siao), siao.facts(DesignationEnded)) == (0, [])


def test_a_deadline_that_crosses_the_end_of_its_designation_changes_nothing() -> None:
    siao = with_structure()
    designation = designated(siao).designation
    stale = dict(siao.timers)
    siao.send(STRUCTURE, HouseholdDeclined(designation=designation, reason=HouseholdRefusal.PETS))
    siao.timers = stale
    siao.wait(10 * DAY)
    assert len(siao.facts(DeadlineReached)) == 2
    assert reminders(siao) == 0
    assert [fact.outcome for fact in siao.facts(DesignationEnded)] == [DesignationOutcome.DECLINED]


def test_a_legal_day_that_crosses_the_cancellation_is_not_told() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=DAHO))
    stale = dict(siao.timers)
    siao.send(CCAS, RequestCancelled(request_id="first"))
    siao.timers = stale
    siao.wait(4 * DAY)
    assert len(siao.facts(DeadlineReached)) == 1
    assert siao.facts(LegalClockMissed) == []


def alerted(siao: Siao) -> list[str]:
    return [item.topic for item in siao.log if isinstance(item.value, LegalClockAlert)]


def test_a_legal_day_that_goes_by_is_told_to_the_prefecture_and_the_operator_of_that_siao() -> None:
    siao = with_structure()
    household = siao.caused(siao.send(CCAS, a_request(mediation=DAHO)))["household"]
    siao.wait(10 * DAY)
    assert alerted(siao) == [NOTICES.of(PREFECTURE), NOTICES.of(OPERATOR)]
    (alert,) = siao.notices(PREFECTURE, LegalClockAlert)
    assert (alert.household, alert.request) == (household, f"{CCAS}/first")
    assert (alert.kind, alert.due_on) == (MediationKind.DAHO_HEBERGEMENT, DUE)
    (missed,) = siao.facts(LegalClockMissed)
    assert (missed.persons, missed.due_on) == (1, DUE)


def test_the_legal_day_belongs_to_the_household_until_its_end_in_paris() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=DAHO))
    midnight_in_paris = datetime(DUE.year, DUE.month, DUE.day, 23, 0, tzinfo=UTC)
    siao.wait(midnight_in_paris - NOW - MINUTE)
    assert siao.facts(LegalClockMissed) == []
    siao.wait(MINUTE)
    assert len(siao.facts(LegalClockMissed)) == 1


def test_a_household_designated_or_admitted_in_time_raises_no_alert() -> None:
    for situation in (designated, accepted, hosted):
        siao = with_structure()
        situation(siao, mediation=DAHO)
        siao.wait(4 * DAY)
        assert siao.facts(LegalClockMissed) == []


def test_a_cancelled_or_fulfilled_request_has_no_legal_day_left() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("cancelled", mediation=DAHO))
    siao.send(CCAS, RequestCancelled(request_id="cancelled"))
    hosted(siao, mediation=DAHO)
    assert not any(name.startswith("legal") for name in names(siao))


def test_an_amended_decision_moves_the_legal_day() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=DAHO))
    later = DAHO.model_copy(update={"decided_on": DAHO.decided_on + 5 * DAY})
    siao.send(CCAS, a_request(revision=2, mediation=later))
    siao.wait(8 * DAY)
    assert siao.facts(LegalClockMissed) == []
    siao.wait(DAY)
    assert [fact.due_on for fact in siao.facts(LegalClockMissed)] == [DUE + 5 * DAY]


@pytest.mark.parametrize("days", [-1, 5])
def test_a_legal_day_that_crosses_the_amendment_that_moved_it_is_told_only_when_the_new_one_has_gone_by(
    days: int,
) -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=DAHO))
    stale = dict(siao.timers)
    moved = DAHO.model_copy(update={"decided_on": DAHO.decided_on + days * DAY})
    siao.send(CCAS, a_request(revision=2, mediation=moved))
    set_again, siao.timers = siao.timers, stale
    siao.wait(4 * DAY)
    assert len(siao.facts(DeadlineReached)) == 1
    assert siao.facts(LegalClockMissed) == []
    siao.timers = set_again
    siao.wait(5 * DAY)
    assert [fact.due_on for fact in siao.facts(LegalClockMissed)] == [DUE + days * DAY]


def test_a_legal_day_that_crosses_the_amendment_that_withdrew_the_decision_is_not_told() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=DAHO))
    stale = dict(siao.timers)
    siao.send(CCAS, a_request(revision=2))
    siao.timers = stale
    siao.wait(4 * DAY)
    assert len(siao.facts(DeadlineReached)) == 1
    assert siao.facts(LegalClockMissed) == []


def test_an_amendment_that_withdraws_the_decision_forgets_the_legal_day() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=DAHO))
    siao.send(CCAS, a_request(revision=2))
    assert names(siao) == {"refresh"}


def test_a_missed_legal_day_is_told_once_whatever_is_amended_afterwards() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=DAHO))
    siao.wait(5 * DAY)
    siao.send(CCAS, a_request(revision=2, mediation=DAHO, needs=needs()))
    siao.wait(5 * DAY)
    assert len(siao.facts(LegalClockMissed)) == 1


def test_a_decision_told_after_its_legal_day_raises_an_alert_at_once() -> None:
    siao = with_structure()
    past = Mediation(kind=MediationKind.DAHO_TRANSITION, decided_on=date(2026, 1, 31))
    siao.send(CCAS, a_request(mediation=past))
    siao.wait(MINUTE)
    assert [fact.due_on for fact in siao.facts(LegalClockMissed)] == [date(2026, 4, 30)]


def test_the_household_with_the_nearest_legal_day_is_designated_first() -> None:
    siao = with_structure(a_structure())
    siao.send(CCAS, a_request("first"))
    siao.send(CCAS, a_request("daho", mediation=DAHO))
    siao.send(STRUCTURE, a_vacancy())
    assert siao.facts(DesignationMade)[0].request == f"{CCAS}/daho"
