"""An agenda among households as they are, with all rules: small ones beside every possible allocation, larger ones by
what must be true of any."""

import random
from collections.abc import Mapping, Sequence

import pytest

from services.orientation.domain import lines
from services.orientation.domain.agenda import Agenda, propose
from services.orientation.domain.explaining import Place
from tests.unit.orientation import slow_search
from tests.unit.orientation.test_engine import Case

Suits = Mapping[str, Sequence[str]]


def who_suits(case: Case, openings: Sequence[Place]) -> dict[str, list[str]]:
    """Each household, in order, with the places it may have: the rules as they are written a second time."""
    ordered = sorted(case.plain, key=lambda request: slow_search.sort_key(case.criteria, request, case.plain[request]))
    found = {}
    for request in ordered:
        household = case.plain[request]
        found[request] = [
            opening.id
            for opening in openings
            if opening.vacancy.offer_type in household.qualified
            and not list(slow_search.reasons(request, household, opening.vacancy, opening.rules))
        ]
    return {request: places for request, places in found.items() if places}


def can_all_live(requests: Sequence[str], suits: Suits, taken: frozenset[str] = frozenset()) -> bool:
    """Whether these households can have a place each, by trying every way."""
    if not requests:
        return True
    first, *others = requests
    return any(can_all_live(others, suits, taken | {place}) for place in suits[first] if place not in taken)


def most_that_can(requests: Sequence[str], suits: Suits, taken: frozenset[str] = frozenset()) -> int:
    """How many households can have a place at the same time, by trying every way."""
    if not requests:
        return 0
    first, *others = requests
    without = most_that_can(others, suits, taken)
    return max([without, *(1 + most_that_can(others, suits, taken | {p}) for p in suits[first] if p not in taken)])


def a_case(seed: int, households: int, places: int) -> tuple[Case, list[Place]]:
    case = Case(random.Random(seed))
    for _ in range(households):
        case.arrive()
    if case.draw(True, False):
        case.adopt()
    openings = [Place(f"vacancy-{number}", *case.place()) for number in range(places)]
    # Some are equal: a class of several places.
    copies = [Place(f"{opening.id}-too", opening.vacancy, opening.rules) for opening in openings if case.draw(1, 0)]
    return case, openings + copies


def check_that_it_is_possible(agenda: Agenda, suits: Suits) -> None:
    proposed = given_by(agenda)
    assert len(set(proposed.values())) == len(proposed)
    assert all(vacancy in suits[request] for vacancy, request in proposed.items())
    assert agenda.all_held == len(suits) - len(proposed)


def given_by(agenda: Agenda) -> dict[str, str]:
    """Vacancy -> request."""
    return {one.place.id: one.request for one in agenda.proposals if one.request is not None}


def test_in_thousands_of_cases_no_order_is_better_and_nobody_else_could_be_placed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lines, "LONGEST", 3)
    sizes = set[int]()
    for seed in range(1500):
        chance = random.Random(seed)
        case, openings = a_case(seed, chance.randint(0, 9), chance.randint(0, 3))
        suits = who_suits(case, openings)
        expected = list[str]()
        for request in suits:
            if can_all_live([*expected, request], suits):
                expected.append(request)
        agenda = propose(case.lists, openings)
        check_that_it_is_possible(agenda, suits)
        assert sorted(given_by(agenda).values()) == sorted(expected), seed
        assert len(expected) == most_that_can(list(suits), suits), seed
        sizes.add(len(expected))
    assert sizes >= {0, 1, 2, 3, 4}


@pytest.mark.parametrize("seed", range(40))
def test_who_is_not_placed_could_only_take_the_place_of_somebody_before(seed: int) -> None:
    case, openings = a_case(seed, 300, 40)
    suits = who_suits(case, openings)
    agenda = propose(case.lists, openings)
    check_that_it_is_possible(agenda, suits)
    turn = {request: number for number, request in enumerate(suits)}
    holder = given_by(agenda)
    for request in suits.keys() - set(holder.values()):
        # The places within its reach, directly or by moving others on: all held, by households before it.
        reach, new = set[str](), set(suits[request])
        while new:
            reach |= new
            assert new <= holder.keys()
            assert all(turn[holder[place]] < turn[request] for place in new)
            new = {place for held in new for place in suits[holder[held]]} - reach


def test_equal_places_are_taken_in_their_order() -> None:
    case, (opening, *_) = a_case(3, 300, 1)
    free = opening.vacancy.model_copy(update={"barred": ()})
    openings = [Place(name, free, ()) for name in ("old", "new")]
    suits = who_suits(case, openings)
    assert len(suits) > 2
    assert given_by(propose(case.lists, openings)) == dict(zip(("old", "new"), suits, strict=False))


def test_a_household_that_has_a_choice_moves_on_for_one_that_has_none() -> None:
    """The first in order may live in both places, the second in one of them only: both are placed."""
    for seed in range(200):
        case, openings = a_case(seed, 6, 2)
        suits = who_suits(case, openings)
        first, *others = suits or [""]
        if others and len(suits[first]) == 2 and suits[others[0]] == suits[first][:1] and len(openings) == 2:
            proposed = given_by(propose(case.lists, openings))
            assert proposed == {suits[first][1]: first, suits[first][0]: others[0]}
            return
    raise AssertionError("no such case was made up")
