"""The agenda of a session: for each vacancy the household proposed, by the allocation of all of them at once.

Asked when an agenda is frozen, and again when it is replayed: the same vacancies and lists give the same proposals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

from services.orientation.domain.allocation import Kind, allocate
from services.orientation.domain.explaining import Place
from services.orientation.domain.rules import place_of
from services.orientation.domain.waiting_lists import OUT_OF_ORDER, WaitingLists

# In a proof: households before the one proposed that could have had the place too, and were given another.
PLACED_ELSEWHERE: Final = "placed_elsewhere"
# How many who may have a place, and were placed nowhere, an item names.
FOLLOWING: Final = 3


class Proposal(NamedTuple):
    """What is proposed for a place; `request` None: nobody. passed_over: those before, by first rule that excludes."""

    place: Place
    request: str | None
    rank: int
    considered: int
    passed_over: dict[str, int]
    following: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """All proposals; how many households have no suitable place here, and how many have none left."""

    proposals: tuple[Proposal, ...]
    without_place: int
    all_held: int


def propose(lists: WaitingLists, places: Sequence[Place]) -> Agenda:
    """The best allocation of these places, each with its reasons; equal places go in order, to ranks in theirs."""
    kinds: dict[Any, list[Place]] = {}
    for place in places:
        kinds.setdefault((place_of(place.vacancy), place.rules, frozenset(place.vacancy.barred)), []).append(place)
    groups = list(kinds.values())
    allocation = allocate([_kind(lists, group) for group in groups])
    given = {
        place.id: str(rank[-1])
        for group, ranks in zip(groups, allocation.placed, strict=True)
        for place, rank in zip(group, ranks, strict=False)
    }
    placed = frozenset(given.values())
    suited = lists.suited_by_any((place.vacancy, place.rules) for place in places)
    waiting = lists.on_lists({place.vacancy.offer_type for place in places})
    return Agenda(
        tuple(_proposal(lists, place, given.get(place.id), placed) for place in places),
        without_place=len(waiting) - len(suited),
        all_held=len(suited) - len(placed),
    )


def _kind(lists: WaitingLists, group: Sequence[Place]) -> Kind:
    first = group[0]
    return Kind(len(group), lambda: lists.suited_ranks(first.vacancy, first.rules))


def _proposal(lists: WaitingLists, place: Place, request: str | None, placed: frozenset[str]) -> Proposal:
    vacancy, rules = place.vacancy, place.rules
    waiting = lists.get(request) if request is not None else None
    rank = lists.rank(request, waiting) if request is not None and waiting is not None else None
    passed = lists.passed_before(rank, vacancy, rules)
    if OUT_OF_ORDER in passed:
        # Whoever stands before and could have had it was placed: otherwise this place would be closed to who follows.
        passed[PLACED_ELSEWHERE] = passed.pop(OUT_OF_ORDER)
    others = (other for other in lists.suited(vacancy, rules) if other not in placed)
    number = 1 + sum(passed.values()) if request is not None else 0
    following = tuple(islice(others, FOLLOWING))
    return Proposal(place, request, number, lists.considered(vacancy.offer_type), passed, following)
