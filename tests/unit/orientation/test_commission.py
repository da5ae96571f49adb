"""Vacancies that the commission governs wait for a session, are allocated together, and follow its minutes."""

from datetime import timedelta

from contracts.answers import HouseholdDeclined
from contracts.codes import HouseholdRefusal, Known, OfferType
from contracts.commission import CommissionMinutes
from contracts.designations import DesignationMade
from contracts.rule_codes import OutOfOrderReason
from contracts.rules import NoPetsRule
from contracts.sessions import AgendaFrozen
from contracts.topics import Service
from services.orientation.store import ARGUMENTS
from tests.builders import (
    ARGUMENT,
    CCAS,
    OPERATOR,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_withdrawal,
    needs,
)
from tests.unit.driving import Siao
from tests.unit.orientation.sittings import (
    PENSION,
    SOCIALE,
    agenda,
    asks,
    convened,
    decided,
    governed,
    minuted,
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
