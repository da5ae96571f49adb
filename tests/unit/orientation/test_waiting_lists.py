"""The order of the lists, and the choice for a vacancy, by exact examples; `test_engine.py` has the random cases."""

from datetime import date, timedelta
from typing import Any

from contracts.codes import Known, MediationKind, OfferType, Situation
from contracts.decisions import Criterion
from contracts.households import LegalClock
from contracts.rules import NoPetsRule
from services.orientation.domain.model import CRITERIA_BEFORE_ADOPTION, Waiting
from services.orientation.domain.waiting_lists import Choice, WaitingLists
from tests.builders import COURBEVOIE, NANTERRE, NOW, SIAO, household_facts
from tests.unit.orientation.test_hard_rules import a_place_of

CHRS, STABILISATION = OfferType.CHRS, OfferType.STABILISATION


def waiting(minutes: int = 0, qualified: tuple[OfferType, ...] = (CHRS,), **facts: Any) -> Waiting:
    clock = facts.pop("clock", None)
    due = LegalClock(kind=MediationKind.DALO, decided_on=date(2026, 9, 1), due_on=clock) if clock else None
    return Waiting(
        siao=SIAO,
        household=f"household-{minutes}",
        prescriber="ccas",
        communes=facts.pop("communes", ()),
        facts=household_facts(**facts),
        qualified=qualified,
        since=NOW + timedelta(minutes=minutes),
        legal_clock=due,
    )


def order(households: dict[str, Waiting], criteria: tuple[Criterion, ...] = CRITERIA_BEFORE_ADOPTION) -> list[str]:
    """Who is designated first, second ... to places that suit everybody."""
    lists, found = WaitingLists(criteria), list[str]()
    for request, household in households.items():
        lists.add(request, household)
    while (chosen := lists.choose(a_place_of(), ()).request) is not None:
        found.append(chosen)
        lists.remove(chosen)
    return found


def test_the_earliest_legal_day_comes_first_and_those_without_one_last() -> None:
    lines = {
        "none": waiting(0),
        "late": waiting(1, clock=date(2026, 12, 2)),
        "early": waiting(2, clock=date(2026, 12, 1)),
    }
    assert order(lines) == ["early", "late", "none"]


def test_danger_comes_before_no_danger_and_before_what_is_not_known() -> None:
    lines = {
        "no": waiting(0, in_danger=Known.NO),
        "unknown": waiting(1, in_danger=Known.UNKNOWN),
        "yes": waiting(2, in_danger=Known.YES),
    }
    assert order(lines) == ["yes", "no", "unknown"]


def test_situations_come_in_the_published_order_and_all_others_are_equal() -> None:
    named = (Situation.STREET, Situation.EMERGENCY_OR_HOTEL, Situation.WITH_OTHERS, Situation.THREATENED_HOME)
    rest = [situation for situation in Situation if situation not in named]
    lines = {s.value: waiting(10 - rank, situation=s) for rank, s in enumerate(named)}
    lines |= {s.value: waiting(rank, situation=s) for rank, s in enumerate(rest)}
    assert order(lines) == [s.value for s in (*named, *rest)]


def test_a_tie_goes_by_seniority_then_by_the_id_of_the_request() -> None:
    lines = {"c": waiting(1), "b": waiting(0), "a": waiting(1)}
    assert order(lines) == ["b", "a", "c"]


def test_criteria_are_compared_one_after_the_other() -> None:
    lines = {
        "street": waiting(0, situation=Situation.STREET),
        "danger": waiting(1, in_danger=Known.YES),
        "clock": waiting(2, clock=date(2026, 12, 1)),
    }
    assert order(lines) == ["clock", "danger", "street"]
    assert order(lines, ("situation", "danger")) == ["street", "danger", "clock"]
    assert order(lines, ("seniority",)) == ["street", "danger", "clock"]


def test_other_criteria_reorder_everybody_who_waits() -> None:
    lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
    lists.add("street", waiting(1, situation=Situation.STREET))
    lists.add("senior", waiting(0))
    assert lists.choose(a_place_of(), ()).request == "street"
    lists.reorder(("seniority",))
    assert lists.choose(a_place_of(), ()).request == "senior"
    lists.remove("senior")
    lists.remove("street")
    assert len(lists) == 0


def test_a_choice_says_how_many_were_considered_and_why_those_before_were_passed_over() -> None:
    lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
    lists.add("large", waiting(0, persons=3))
    lists.add("pets", waiting(1, pets=Known.YES))
    lists.add("pets-too", waiting(2, pets=Known.UNKNOWN))
    lists.add("elsewhere", waiting(3, communes=(COURBEVOIE,)))
    lists.add("barred", waiting(4))
    lists.add("chosen", waiting(5, communes=(COURBEVOIE, NANTERRE)))
    lists.add("after", waiting(6))
    lists.add("other-list", waiting(7, (STABILISATION,)))
    vacancy = a_place_of().model_copy(update={"barred": ("barred",)})
    passed = {"capacity": 1, "no_pets": 2, "commune_not_wished": 1, "barred": 1}
    assert lists.choose(vacancy, (NoPetsRule(article="a"),)) == Choice("chosen", 6, 7, passed)
    lists.remove("chosen")
    lists.remove("after")
    assert lists.choose(vacancy, (NoPetsRule(article="a"),)) == Choice(None, 0, 5, passed)


def test_nobody_is_chosen_from_an_empty_list() -> None:
    assert WaitingLists(CRITERIA_BEFORE_ADOPTION).choose(a_place_of(), ()) == Choice(None, 0, 0, {})


def test_a_household_qualified_for_two_types_is_on_both_lists_until_it_is_designated() -> None:
    lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
    lists.add("both", waiting(0, (CHRS, STABILISATION)))
    stabilisation = a_place_of().model_copy(update={"offer_type": STABILISATION})
    assert {lists.choose(place, ()).request for place in (a_place_of(), stabilisation)} == {"both"}
    lists.remove("both")
    assert [lists.choose(place, ()).considered for place in (a_place_of(), stabilisation)] == [0, 0]


def test_a_place_suits_a_household_whoever_stands_before_it() -> None:
    lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
    lists.add("first", waiting(0))
    lists.add("second", waiting(1))
    lists.add("pets", waiting(2, pets=Known.YES))
    rules = (NoPetsRule(article="a"),)
    assert [lists.suits(request, a_place_of(), rules) for request in ("first", "second", "pets", "nobody")] == [
        *(True, True, False, False)
    ]
    other_type = a_place_of().model_copy(update={"offer_type": STABILISATION})
    assert not lists.suits("first", other_type, rules)


def test_removing_who_does_not_wait_changes_nothing() -> None:
    lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
    lists.add("first", waiting(0))
    lists.remove("nobody")
    assert len(lists) == 1
