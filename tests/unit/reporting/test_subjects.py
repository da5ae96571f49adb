"""What is under way, as reporting understands the facts, is what the services that decide hold."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.answers import DesignationAccepted, HouseholdAdmitted, HouseholdDeclined
from contracts.codes import DesignationState, EvaluationSection, HouseholdRefusal, MediationKind
from contracts.decisions import HouseholdRefusalJudged, RefusalJudged
from contracts.designations import DesignationEnded, DesignationProgressed
from contracts.law import ANSWER_EXPIRY, ENTRY_EXPIRY, JUDGEMENT_REMINDER
from contracts.requests import Mediation
from contracts.topics import Service
from services.chassis.clock import end_of
from services.chassis.fold import Measure
from services.intake.store import HOUSEHOLDS, REQUESTS
from services.orientation.store import DESIGNATIONS, LEGAL_FILES, STAYS, VACANCIES, WAITING
from services.reporting.figures import FACTS_HEARD, TO_JUDGE
from services.reporting.store import FACTS, SUBJECTS
from services.reporting.subjects import INCOMPLETE, Subject
from tests.builders import (
    CCAS,
    DAY,
    OPERATOR,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_request,
    a_structure,
    an_evaluation,
)
from tests.unit.anything import ACTS, Act, Life
from tests.unit.driving import Siao
from tests.unit.situations import a_refusal, accepted, acknowledged, designated, hosted, refused, with_structure


def subjects(siao: Siao) -> dict[str, Subject]:
    return siao.memory(Service.REPORTING).all(SUBJECTS)


def the(siao: Siao, kind: str) -> Subject:
    """The only subject of its kind."""
    (found,) = [subject for subject in subjects(siao).values() if subject.kind == kind]
    return found


def test_a_structure_has_until_its_day_to_answer() -> None:
    siao = with_structure()
    designated(siao)
    found = the(siao, "designation")
    assert (found.state, found.due_at, found.about) == (
        "notified",
        ANSWER_EXPIRY.later(siao.now),
        f"request:{CCAS}/first",
    )
    siao = with_structure()
    acknowledged(siao)
    assert (the(siao, "designation").state, the(siao, "designation").contested) == ("acknowledged", False)


def test_a_reminder_changes_neither_the_state_nor_the_day() -> None:
    siao = with_structure()
    designated(siao)
    due_at = the(siao, "designation").due_at
    siao.wait(8 * DAY)
    assert [fact.step for fact in siao.facts(DesignationProgressed)] == ["reminded"]
    assert (the(siao, "designation").state, the(siao, "designation").due_at) == ("notified", due_at)


def test_a_refusal_is_to_be_judged_and_when_overruled_the_structure_has_its_time_again() -> None:
    siao = with_structure()
    notice = refused(siao)
    found = the(siao, "designation")
    assert (found.state, found.due_at, found.contested) == (
        "refusal_submitted",
        JUDGEMENT_REMINDER.later(siao.now),
        True,
    )
    siao.wait(DAY)
    siao.send(OPERATOR, RefusalJudged(designation=notice.designation, verdict="overruled"))
    found = the(siao, "designation")
    assert (found.state, found.due_at, found.contested) == ("acknowledged", ANSWER_EXPIRY.later(siao.now), True)


def test_a_designation_that_ended_is_kept_with_what_its_structure_said() -> None:
    siao = with_structure()
    notice = refused(siao)
    siao.send(OPERATOR, RefusalJudged(designation=notice.designation, verdict="upheld"))
    found = the(siao, "designation")
    assert (found.live, found.state, found.contested) == (False, "ended", True)
    assert found.structure == f"{STRUCTURE}/acacias"


def test_who_was_accepted_has_until_the_last_day_to_enter_and_then_is_hosted() -> None:
    siao = with_structure(a_structure(a_place("A-01", 2)))
    notice = accepted(siao, members=(a_member(), a_child()))
    assert the(siao, "designation").due_at == end_of(ENTRY_EXPIRY.after(TODAY))
    siao.send(STRUCTURE, HouseholdAdmitted(designation=notice.designation, entered_on=TODAY))
    assert {s.kind for s in subjects(siao).values() if s.live} == {"stay"}
    assert the(siao, "stay").persons == 2


@pytest.mark.parametrize("kind", [MediationKind.DAHO_HEBERGEMENT, MediationKind.DALO])
def test_a_request_is_due_when_its_legal_day_is_over(kind: MediationKind) -> None:
    siao = Siao()
    siao.send(CCAS, a_request(mediation=Mediation(kind=kind, decided_on=TODAY)))
    (waiting,) = siao.memory(Service.ORIENTATION).all(WAITING).values()
    assert waiting.legal_clock is not None
    assert the(siao, "request").due_at == end_of(waiting.legal_clock.due_on)
    siao = Siao()
    siao.send(CCAS, a_request())
    assert the(siao, "request").due_at is None


def test_a_fact_is_measured_once_however_often_it_is_heard() -> None:
    siao = with_structure()
    hosted(siao)
    rows = siao.memory(Service.REPORTING).all(FACTS).values()
    wanted = [Measure(FACTS_HEARD, (row.siao, row.kind, row.detail)) for row in rows]
    found = [measure for measure in siao.measured if measure.metric is FACTS_HEARD]
    assert sorted(found, key=lambda m: m.labels) == sorted(wanted, key=lambda m: m.labels)
    assert (FACTS_HEARD, ("92", DesignationEnded.type, "admitted"), 1.0) in found
    service, before = siao.services[Service.REPORTING], subjects(siao)
    (subscription,) = service.description.subscriptions
    again = [siao._heard(item) for item in siao.log if item.envelope.type in subscription.folds.by_type]
    assert {len(effects) for _, effects in service.hear(subscription, again)} == {0}  # type: ignore[arg-type]
    assert subjects(siao) == before


@settings(max_examples=100, deadline=None)
@given(acts=ACTS, seed=st.integers(0, 100))
def test_whatever_happens_it_is_what_the_services_hold(acts: list[Act], seed: int) -> None:
    siao = Life(seed).live(acts)
    decides, desk = siao.memory(Service.ORIENTATION), siao.memory(Service.INTAKE)
    live = {key: subject for key, subject in subjects(siao).items() if subject.live}
    held = {f"vacancy:{key}" for key, v in decides.all(VACANCIES).items() if v.live and v.expected_on is None}
    requests = {key: w.legal_clock for key, w in decides.all(WAITING).items() if w.live or w.to_update}
    incomplete = {
        key: file.clock for key, file in decides.all(LEGAL_FILES).items() if file.live and key not in requests
    }
    held |= {f"request:{key}" for key in requests | incomplete}
    gone = {s.about: s.since for s in live.values() if s.kind == "update"}
    waits = {
        key
        for key, s in live.items()
        if s.kind == "request" and s.state == "" and not s.since <= gone.get(key, s.since - DAY)
    }
    assert waits == {f"request:{key}" for key, w in decides.all(WAITING).items() if w.live}
    held |= {f"update:{key}" for key in (about.removeprefix("request:") for about in gone if about)}
    held |= {f"stay:{key}@{stay.place}" for key, stay in decides.all(STAYS).items() if stay.live}
    held |= {f"readiness:{key}" for key, household in desk.all(HOUSEHOLDS).items() if household.readiness}
    designations = {
        f"designation:{key}": d
        for key, d in decides.all(DESIGNATIONS).items()
        if d.live or d.state is DesignationState.HOUSEHOLD_REFUSAL
    }
    assert live.keys() == held | designations.keys()
    told = {key: (s.state, s.persons, s.structure, s.about) for key, s in live.items() if s.kind == "designation"}
    assert told == {key: (d.state, d.persons, d.structure, f"request:{d.request}") for key, d in designations.items()}
    adjourned = {key for key, request in desk.all(REQUESTS).items() if request.status == "adjourned"}
    due = {key: (s.due_at, s.state == INCOMPLETE) for key, s in live.items() if s.kind == "request"}
    assert due == {
        f"request:{key}": (clock and end_of(clock.due_on), key in incomplete or key in adjourned)
        for key, clock in (requests | incomplete).items()
    }
    ended = [s for s in subjects(siao).values() if s.kind == "designation" and (not s.live or s.state == TO_JUDGE)]
    assert len(ended) == len(siao.facts(DesignationEnded))


def test_what_a_household_declined_is_judged_in_time_and_then_is_no_more_under_way() -> None:
    siao = with_structure()
    notice = acknowledged(siao)
    siao.send(STRUCTURE, HouseholdDeclined(designation=notice.designation, reason=HouseholdRefusal.OTHER))
    found = the(siao, "designation")
    assert (found.live, found.state, found.due_at) == (True, TO_JUDGE, JUDGEMENT_REMINDER.later(siao.now))
    siao.send(OPERATOR, HouseholdRefusalJudged(designation=notice.designation, verdict="admissible"))
    assert the(siao, "designation").live is False


def test_the_legal_day_of_a_request_that_is_not_complete_is_watched_and_it_does_not_wait() -> None:
    siao = Siao()
    right = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=TODAY)
    siao.send(CCAS, a_request(mediation=right, evaluation=an_evaluation(EvaluationSection.BUDGET)))
    found = the(siao, "request")
    assert found.state == INCOMPLETE
    assert found.due_at is not None
    siao.send(CCAS, a_request(mediation=right, revision=2))
    assert (the(siao, "request").state, the(siao, "request").due_at) == ("", found.due_at)


def test_a_designation_that_is_accepted_after_a_refusal_was_contested() -> None:
    siao = with_structure()
    notice = acknowledged(siao)
    siao.send(STRUCTURE, a_refusal(notice.designation))
    siao.send(OPERATOR, RefusalJudged(designation=notice.designation, verdict="overruled"))
    siao.wait(timedelta(hours=1))
    siao.send(STRUCTURE, DesignationAccepted(designation=notice.designation, entry_on=TODAY))
    assert (the(siao, "designation").state, the(siao, "designation").contested) == ("accepted", True)
