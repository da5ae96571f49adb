"""Vacancies that the commission governs wait for a session, are allocated together, and follow its minutes."""

from datetime import timedelta

import pytest

from contracts.answers import DesignationAccepted, HouseholdAdmitted, HouseholdDeclined
from contracts.codes import HouseholdRefusal, Known, OfferType
from contracts.commission import CommissionAgenda, CommissionMinutes, QuotaSet
from contracts.designations import DesignationMade
from contracts.rule_codes import OutOfOrderReason
from contracts.rules import NoPetsRule
from contracts.sessions import AgendaFrozen, AgendaMinuted, OpinionRecorded
from contracts.topics import Service
from services.orientation.store import ARGUMENTS, ITEMS, SESSIONS
from tests.builders import (
    ARGUMENT,
    BAILLEUR,
    BAILLEUR_ELSEWHERE,
    CCAS,
    OPERATOR,
    OPERATOR_OF_ANOTHER_SIAO,
    OTHER_STRUCTURE,
    PREFECTURE,
    RESERVATAIRE,
    STRUCTURE,
    TODAY,
    a_withdrawal,
    needs,
)
from tests.unit.driving import Siao
from tests.unit.orientation.sittings import (
    FEDERATION,
    MEMBERS,
    PENSION,
    SOCIALE,
    a_regulation,
    agenda,
    asks,
    convened,
    decided,
    governed,
    minuted,
    opinion,
    outcomes,
    vacant,
)
from tests.unit.orientation.test_any_designation import replayed
from tests.unit.orientation.test_endings import made

DEPARTS = {"reason": OutOfOrderReason.CARE, "argument": ARGUMENT}


def all_replays(siao: Siao) -> None:
    assert [again.differences for again in replayed(siao) if again.differences] == []
    assert len(replayed(siao)) == len(siao.facts(DesignationMade))


def test_a_governed_vacancy_waits_for_its_session_and_others_are_designated_at_once() -> None:
    siao = governed()
    first = asks(siao, "first")
    vacancy = vacant(siao, "A-01")
    asks(siao, "second")
    assert made(siao) == []
    convened(siao)
    assert made(siao) == []
    assert agenda(siao)[vacancy].request == first
    assert siao.code(minuted(siao)) == "accepted"
    assert made(siao) == [("first", "A-01")]
    (fact,) = siao.facts(DesignationMade)
    assert (fact.proof.session, fact.proof.rank, fact.proof.considered) == ("s1", 1, 2)
    assert outcomes(siao) == {vacancy: "designated"}
    all_replays(siao)


def test_the_whole_allocation_is_made_at_once_and_its_proof_says_who_was_placed_elsewhere() -> None:
    # One by one, the first would take the oldest vacancy, which is the only one that the second may have.
    siao = governed()
    first, second = asks(siao, "first", PENSION, SOCIALE), asks(siao, "second", PENSION)
    third = asks(siao, "third", PENSION)
    one, other = vacant(siao, "A-01"), vacant(siao, "R-01", OTHER_STRUCTURE)
    convened(siao)
    items = agenda(siao)
    assert (items[one].request, items[other].request) == (second, first)
    assert items[one].passed_over == {"placed_elsewhere": 1}
    assert items[one].following == (third,)
    (fact,) = siao.facts(AgendaFrozen)
    assert (fact.all_held, fact.without_place, fact.left_out) == (1, 0, 0)
    minuted(siao)
    assert sorted(made(siao)) == [("first", "R-01"), ("second", "A-01")]
    all_replays(siao)


def test_the_agenda_is_frozen_on_its_day_whatever_was_said_before() -> None:
    siao = governed()
    asks(siao, "first")
    vacancy = vacant(siao, "A-01")
    convened(siao, held_on=TODAY + timedelta(days=20))
    siao.wait(timedelta(days=12))
    assert siao.facts(AgendaFrozen) == []
    # Put off by two days: the freeze too.
    convened(siao, held_on=TODAY + timedelta(days=22))
    siao.wait(timedelta(days=2))
    assert siao.facts(AgendaFrozen) == []
    siao.wait(timedelta(days=1))
    assert list(agenda(siao)) == [vacancy]
    assert siao.code(convened(siao, held_on=TODAY + timedelta(days=30))) == "session-not-expecting"
    assert siao.code(minuted(siao)) == "session-day-impossible"
    siao.wait(timedelta(days=7))
    assert siao.code(minuted(siao)) == "accepted"
    assert made(siao) == [("first", "A-01")]
    assert siao.code(convened(siao)) == "session-not-expecting"


def test_a_place_that_a_session_gave_and_that_is_declined_goes_on_at_once() -> None:
    siao = governed()
    for request in ("first", "second"):
        asks(siao, request)
    vacant(siao, "A-01")
    convened(siao)
    minuted(siao)
    designation = siao.facts(DesignationMade)[0].designation
    siao.send(STRUCTURE, HouseholdDeclined(designation=designation, reason=HouseholdRefusal.OTHER))
    assert made(siao) == [("first", "A-01"), ("second", "A-01")]
    assert siao.facts(DesignationMade)[1].proof.session is None
    all_replays(siao)


def test_the_operator_departs_from_the_proposal_with_its_reasons() -> None:
    siao = governed()
    asks(siao, "first")
    second = asks(siao, "second")
    vacancy = vacant(siao, "A-01")
    convened(siao)
    unexplained = decided(siao, vacancy, second)
    assert (siao.code(unexplained), siao.refusals[unexplained].path) == ("deviation-unexplained", "$.reason")
    assert siao.code(decided(siao, vacancy, second, **DEPARTS)) == "accepted"
    minuted(siao)
    (fact,) = siao.facts(DesignationMade)
    assert fact.request == second
    assert fact.out_of_order is not None
    assert (fact.proof.session, fact.proof.passed_over) == ("s1", {"out_of_order": 1})
    kept = siao.memory(Service.ORIENTATION).all(ARGUMENTS)[fact.out_of_order.argument_reference]
    assert (kept.text, kept.vacancy) == (ARGUMENT, vacancy)
    (minutes,) = siao.notices(OPERATOR, CommissionMinutes)
    assert minutes.lines[0].departs
    all_replays(siao)


def test_a_household_given_another_place_leaves_its_own_to_the_next() -> None:
    siao = governed("A-01", "A-02")
    requests = [asks(siao, name) for name in ("first", "second", "third")]
    one, two = vacant(siao, "A-01"), vacant(siao, "A-02")
    convened(siao)
    assert [agenda(siao)[vacancy].request for vacancy in (one, two)] == requests[:2]
    decided(siao, two, requests[0], **DEPARTS)
    twice = decided(siao, one, requests[0])
    assert siao.code(twice) == "household-decided-elsewhere"
    minuted(siao)
    assert outcomes(siao) == {one: "lapsed", two: "designated"}
    # The second had its proposal taken, and gets the place that lapsed at once.
    assert made(siao) == [("first", "A-02"), ("second", "A-01")]
    all_replays(siao)


def test_an_adjourned_item_waits_for_the_next_session_and_an_unmatched_one_goes_on_directly() -> None:
    siao = governed()
    first = asks(siao, "first")
    one, other = vacant(siao, "A-01"), vacant(siao, "R-01", OTHER_STRUCTURE)
    convened(siao)
    decided(siao, one, None)
    minuted(siao)
    assert outcomes(siao) == {one: "adjourned", other: "unmatched"}
    asks(siao, "later", SOCIALE)
    assert made(siao) == [("later", "R-01")]
    convened(siao, "s2")
    assert {vacancy: item.request for vacancy, item in agenda(siao).items()} == {one: first}
    minuted(siao, "s2")
    assert made(siao) == [("later", "R-01"), ("first", "A-01")]
    all_replays(siao)


def test_what_is_gone_at_the_minutes_lapses() -> None:
    siao = governed("A-01", "A-02")
    asks(siao, "first")
    asks(siao, "second")
    one, two = vacant(siao, "A-01"), vacant(siao, "A-02")
    convened(siao)
    siao.send(STRUCTURE, a_withdrawal("A-02"))
    gone = decided(siao, two, f"{CCAS}/second")
    assert siao.code(gone) == "vacancy-not-open"
    minuted(siao)
    assert outcomes(siao) == {one: "designated", two: "lapsed"}
    assert made(siao) == [("first", "A-01")]


def test_hard_rules_hold_for_the_operator_too() -> None:
    siao = governed(rules=(NoPetsRule(article="art. 9"),))
    asks(siao, "first")
    cat = asks(siao, "with-a-cat", needs=needs(pets=Known.YES))
    elsewhere = asks(siao, "elsewhere", OfferType.CHRS)
    vacancy = vacant(siao, "A-01")
    convened(siao)
    assert agenda(siao)[vacancy].considered == 2
    for request, code in (
        (cat, "rule-excludes"),
        (elsewhere, "rule-excludes"),
        ("nobody/at-all", "request-unknown"),
    ):
        assert siao.code(decided(siao, vacancy, request, **DEPARTS)) == code
    assert siao.code(decided(siao, "no-such-item", cat)) == "item-unknown"


def test_members_give_opinions_but_not_on_their_own_places() -> None:
    siao = governed()
    asks(siao, "first", PENSION, SOCIALE)
    one, other = vacant(siao, "A-01"), vacant(siao, "R-01", OTHER_STRUCTURE)
    assert siao.code(opinion(siao, FEDERATION, one)) == "session-not-expecting"
    convened(siao)
    assert siao.code(opinion(siao, FEDERATION, one, opinion="unfavourable", argument=ARGUMENT)) == "accepted"
    assert siao.code(opinion(siao, FEDERATION, one, opinion="reserved")) == "accepted"
    assert siao.code(opinion(siao, STRUCTURE, one)) == "opinion-recused"
    assert siao.code(opinion(siao, STRUCTURE, other)) == "accepted"
    assert siao.code(opinion(siao, RESERVATAIRE, one)) == "opinion-not-member"
    assert siao.code(opinion(siao, FEDERATION, "no-such-item")) == "item-unknown"
    given = siao.facts(OpinionRecorded)
    assert [(fact.member, fact.opinion) for fact in given] == [
        (FEDERATION, "unfavourable"),
        (FEDERATION, "reserved"),
        (STRUCTURE, "favourable"),
    ]
    minuted(siao)
    lines = {line.vacancy: line for line in siao.notices(FEDERATION, CommissionMinutes)[0].lines}
    assert (lines[one].unfavourable, lines[one].reserved, lines[other].favourable) == (0, 1, 1)
    assert siao.facts(AgendaMinuted)[0].opinions == 2
    assert siao.code(opinion(siao, FEDERATION, one)) == "session-not-expecting"
    texts = [item for item in siao.log if item.topic.startswith("siao.")]
    assert not any(ARGUMENT in str(item.value) for item in texts)


def test_who_reads_which_items_and_nobody_but_the_operator_a_request() -> None:
    siao = governed()
    members = (*MEMBERS, BAILLEUR, BAILLEUR_ELSEWHERE)
    siao.send(OPERATOR, a_regulation(PENSION, SOCIALE, version=2, members=members))
    siao.send(OPERATOR, QuotaSet(structure=f"{OTHER_STRUCTURE}/acacias", holder=BAILLEUR, places=1))
    first = asks(siao, "first")
    one, other = vacant(siao, "A-01"), vacant(siao, "R-01", OTHER_STRUCTURE)
    convened(siao)
    minuted(siao)
    read = {
        partner: {line.vacancy for line in siao.notices(partner, CommissionAgenda)[0].lines}
        for partner in (*members, OPERATOR)
    }
    assert read == {
        FEDERATION: {one, other},
        STRUCTURE: {one},
        BAILLEUR: {other},
        BAILLEUR_ELSEWHERE: set(),
        OPERATOR: {one, other},
    }
    assert {line.vacancy for line in siao.notices(STRUCTURE, CommissionMinutes)[0].lines} == {one}
    assert first in siao.notices(OPERATOR, CommissionAgenda)[0].model_dump_json()
    assert first not in siao.notices(FEDERATION, CommissionAgenda)[0].model_dump_json()
    assert siao.notices(PREFECTURE, CommissionAgenda) == []


def test_the_minutes_need_their_quorum_of_members() -> None:
    siao = governed()
    asks(siao, "first")
    vacant(siao, "A-01")
    siao.send(OPERATOR, a_regulation(PENSION, version=2, quorum=2))
    convened(siao)
    assert siao.code(minuted(siao, "s1", FEDERATION, FEDERATION)) == "quorum-not-reached"
    assert siao.code(minuted(siao, "s1", FEDERATION, RESERVATAIRE)) == "member-unknown"
    assert made(siao) == []
    assert siao.code(minuted(siao, "s1", *MEMBERS)) == "accepted"
    assert made(siao) == [("first", "A-01")]


def test_without_a_governed_type_all_that_waited_is_designated_at_once() -> None:
    siao = governed()
    asks(siao, "first")
    asks(siao, "second", SOCIALE)
    vacant(siao, "A-01")
    vacant(siao, "R-01", OTHER_STRUCTURE)
    siao.send(OPERATOR, a_regulation(SOCIALE, version=2))
    assert made(siao) == [("first", "A-01")]
    siao.send(OPERATOR, a_regulation(version=3, members=(), quorum=0))
    assert made(siao) == [("first", "A-01"), ("second", "R-01")]
    assert siao.code(convened(siao)) == "commission-unknown"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"version": 1}, "revision-stale"),
        ({"members": ("nobody-at-all",)}, "member-unknown"),
        ({"members": (OPERATOR_OF_ANOTHER_SIAO,)}, "member-unknown"),
        ({"quorum": 3}, "quorum-too-high"),
    ],
)
def test_a_regulation_that_cannot_be_is_refused(facts: dict[str, object], code: str) -> None:
    siao = governed()
    assert siao.code(siao.send(OPERATOR, a_regulation(PENSION, **{"version": 2, **facts}))) == code  # type: ignore[arg-type]


def test_hebergement_is_never_governed_and_a_session_has_its_days() -> None:
    siao = governed()
    assert siao.code(siao.send(OPERATOR, a_regulation(OfferType.CHRS, version=2))) == "offer-type-not-governed"
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert siao.code(convened(siao, held_on=yesterday)) == "session-day-impossible"
    assert siao.code(convened(siao, freeze_on=tomorrow)) == "session-day-impossible"


def test_a_contingent_is_used_by_designations_and_stays_and_comes_back_with_them() -> None:
    siao = governed("A-01", "A-02")
    first, second = asks(siao, "first"), asks(siao, "second")
    structure = f"{STRUCTURE}/acacias"
    one, two = vacant(siao, "A-01"), vacant(siao, "A-02")
    convened(siao)
    assert siao.code(decided(siao, one, first, holder=RESERVATAIRE)) == "quota-exhausted"
    assert siao.code(siao.send(OPERATOR, QuotaSet(structure=structure, holder=RESERVATAIRE, places=1))) == "accepted"
    assert siao.code(decided(siao, one, first, holder=RESERVATAIRE)) == "accepted"
    assert siao.code(decided(siao, two, second, holder=RESERVATAIRE)) == "quota-exhausted"
    # Said again, an item does not count twice.
    assert siao.code(decided(siao, one, first, holder=RESERVATAIRE)) == "accepted"
    minuted(siao)
    (fact,) = [fact for fact in siao.facts(DesignationMade) if fact.request == first]
    assert fact.holder == RESERVATAIRE
    assert siao.territory.held_places(structure, RESERVATAIRE) == 1
    siao.send(STRUCTURE, DesignationAccepted(designation=fact.designation, entry_on=TODAY))
    siao.send(STRUCTURE, HouseholdAdmitted(designation=fact.designation, entered_on=TODAY))
    assert siao.territory.held_places(structure, RESERVATAIRE) == 1
    all_replays(siao)


@pytest.mark.parametrize(
    ("structure", "holder", "code"),
    [
        ("nobody/nothing", RESERVATAIRE, "structure-unknown"),
        (f"{STRUCTURE}/acacias", CCAS, "holder-not-entitled"),
        (f"{STRUCTURE}/acacias", "nobody-at-all", "holder-not-entitled"),
    ],
)
def test_a_contingent_that_cannot_be_is_refused(structure: str, holder: str, code: str) -> None:
    siao = governed()
    assert siao.code(siao.send(OPERATOR, QuotaSet(structure=structure, holder=holder, places=1))) == code


def test_sessions_and_items_that_are_over_leave_the_territory_s_memory() -> None:
    siao = governed()
    asks(siao, "first")
    vacant(siao, "A-01")
    convened(siao)
    assert len(siao.territory.sessions()) == 1
    minuted(siao)
    assert siao.territory.sessions() == []
    kept = siao.memory(Service.ORIENTATION)
    assert [session.state for session in kept.all(SESSIONS).values()] == ["minuted"]
    assert [item.live for item in kept.all(ITEMS).values()] == [False]
