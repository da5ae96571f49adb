"""The whole allocation beside every possible one, on small cases: none is better in order, and none is larger."""

import random
from collections.abc import Iterator, Sequence
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.orientation.domain.allocation import Kind, allocate

Reach = Sequence[frozenset[int]]


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[int], list[frozenset[int]]]:
    """A few kinds of place, and a few households with the kinds that each may have."""
    places = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    kinds = st.frozensets(st.integers(0, len(places) - 1))
    return places, draw(st.lists(kinds, max_size=7))


def kinds_of(places: Sequence[int], reach: Reach) -> list[Kind]:
    def suited(kind: int) -> Iterator[tuple[int, str]]:
        return ((rank, f"r{rank}") for rank, kinds in enumerate(reach) if kind in kinds)

    return [Kind(count, lambda kind=kind: suited(kind)) for kind, count in enumerate(places)]  # type: ignore[misc]


def can_all_be_placed(wanted: Sequence[int], places: Sequence[int], reach: Reach) -> bool:
    """By Hall: no group of them asks for fewer places than it has members."""
    return all(
        sum(places[kind] for kind in frozenset[int]().union(*(reach[one] for one in group))) >= size
        for size in range(1, len(wanted) + 1)
        for group in combinations(wanted, size)
    )


def best(places: Sequence[int], reach: Reach) -> tuple[tuple[int, ...], int]:
    """Every set of households that can be placed: the first in order, and how many the largest has."""
    numbers = range(len(reach))
    possible = [
        group
        for size in range(len(reach) + 1)
        for group in combinations(numbers, size)
        if can_all_be_placed(group, places, reach)
    ]
    first = max(possible, key=lambda group: [number in group for number in numbers])
    return first, max(len(group) for group in possible)


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_no_other_allocation_is_better_in_order_or_larger(case: tuple[list[int], list[frozenset[int]]]) -> None:
    none_is_better(*case)


def test_nor_in_thousands_of_cases_drawn_by_chance() -> None:
    chance = random.Random(12)
    for _ in range(3_000):
        places = [chance.randint(0, 2) for _ in range(chance.randint(1, 4))]
        reach = [
            frozenset(kind for kind in range(len(places)) if chance.random() < 0.5) for _ in range(chance.randint(0, 6))
        ]
        none_is_better(places, reach)


def none_is_better(places: Sequence[int], reach: Reach) -> None:
    allocation = allocate(kinds_of(places, reach))
    placed = sorted(rank[0] for held in allocation.placed for rank in held)
    first, largest = best(places, reach)
    assert tuple(placed) == first
    assert len(placed) == len(set(placed)) == largest
    for kind, held in enumerate(allocation.placed):
        assert len(held) <= places[kind]
        assert all(kind in reach[rank[0]] for rank in held)


@settings(max_examples=200, deadline=None)
@given(case=cases())
def test_who_is_not_placed_had_a_closed_set_of_places_within_its_reach(
    case: tuple[list[int], list[frozenset[int]]],
) -> None:
    places, reach = case
    allocation = allocate(kinds_of(places, reach))
    of = {rank[0]: kind for kind, held in enumerate(allocation.placed) for rank in held}
    for number, kinds in enumerate(reach):
        if number in of or not kinds:
            continue
        closed = frozenset[int]().union(*allocation.closed)
        # All full, held by households before it whose own reach does not leave the set.
        assert kinds <= closed
        holders = [one for one, kind in of.items() if kind in closed]
        assert len(holders) == sum(places[kind] for kind in closed)
        assert all(reach[one] <= closed for one in holders)
        assert all(one < number for one in holders if of[one] in kinds)


def test_a_household_moves_so_that_the_next_one_is_placed_too() -> None:
    # The first may have either place, the second only the first place, the third either: nobody puts anybody out.
    allocation = allocate(kinds_of([1, 1], [frozenset({0, 1}), frozenset({0}), frozenset({0, 1})]))
    assert [[rank[0] for rank in held] for held in allocation.placed] == [[1], [0]]
    assert allocation.closed == (frozenset({0, 1}),)


def test_households_are_asked_for_only_as_long_as_a_place_may_be_given() -> None:
    asked: list[int] = []

    def many() -> Iterator[tuple[int, str]]:
        for number in range(100_000):
            asked.append(number)
            yield number, str(number)

    allocation = allocate([Kind(3, many)])
    assert [rank[0] for rank in allocation.placed[0]] == [0, 1, 2]
    assert len(asked) < 10
