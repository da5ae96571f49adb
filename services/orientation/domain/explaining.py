"""Why a household is designated to a place, why not, and what would change it: asked of the very rules that decide.

It names no one else: those who stand before are counted. It decides nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from contracts.rules import Rule
from services.orientation.domain.changing import Change, of_household, of_place
from services.orientation.domain.lines import Rank
from services.orientation.domain.model import Vacancy, Waiting
from services.orientation.domain.rules import FACTS, Ground, objections
from services.orientation.domain.waiting_lists import OUT_OF_ORDER, WaitingLists

Verdict: TypeAlias = Literal[
    "designated_here",  # this very designation is under way
    "designated_elsewhere",  # one household, one designation at a time
    "not_qualified",  # no orientation retenue for this type of offer
    "excluded",  # a hard rule keeps it out
    "first",  # nobody who may have the place stands before
    "eligible",  # it may have the place, others stand before
]


class Place(NamedTuple):
    """A vacancy as it is looked at: its id, itself, the rules of its structure."""

    id: str
    vacancy: Vacancy
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A rule that keeps the household out: its article if it has one, the fact looked at, what the place asks."""

    rule: str
    article: str | None
    fact: str
    value: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class Possibility:
    """One thing that, changed alone, would change the answer; `result`: to what."""

    change: Change
    result: Literal["eligible", "first"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one household and one vacancy.

    exclusions: every rule that excludes, in the order in which they are looked at: the first is the reason in proofs.
    rank: its place on the whole list, in or out; considered: households on the list; before: those who may have the
    place and stand before, by the first criterion on which they do; passed_over: those before who may not, by rule.
    suited: households waiting that may have this place; only_here: those among them with no other vacancy open today.
    """

    verdict: Verdict
    exclusions: tuple[Exclusion, ...]
    rank: int | None
    considered: int
    before: Mapping[str, int]
    passed_over: Mapping[str, int]
    possibilities: tuple[Possibility, ...]
    suited: int
    only_here: int


NOT_ASKED: Final = ("not_qualified", "designated_here")


def explain(lists: WaitingLists, request: str, waiting: Waiting, place: Place, others: Sequence[Place]) -> Explanation:
    """Why, or why not, this household for this vacancy. `others`: the other vacancies that are open."""
    vacancy, rules = place.vacancy, place.rules
    rank = lists.rank(request, waiting)
    passed_over = lists.passed_before(rank, vacancy, rules)
    grounds = tuple(objections(request, waiting, vacancy, rules))
    verdict = _verdict(waiting, place, bool(grounds), OUT_OF_ORDER in passed_over)
    return Explanation(
        verdict=verdict,
        exclusions=tuple(_exclusion(ground, request, waiting) for ground in grounds),
        rank=None if verdict == "not_qualified" else 1 + sum(passed_over.values()),
        considered=lists.considered(vacancy.offer_type),
        before={} if verdict in NOT_ASKED else _before(lists, rank, place),
        passed_over=passed_over,
        possibilities=() if verdict in NOT_ASKED else tuple(_possibilities(lists, request, waiting, place)),
        suited=lists.count_suited(vacancy, rules),
        only_here=lists.count_only_here(vacancy, rules, [(other.vacancy, other.rules) for other in others]),
    )


def _verdict(waiting: Waiting, place: Place, excluded: bool, others_before: bool) -> Verdict:
    if waiting.designation is not None and waiting.designation == place.vacancy.designation:
        return "designated_here"
    if place.vacancy.offer_type not in waiting.qualified:
        return "not_qualified"
    if waiting.designation is not None:
        return "designated_elsewhere"
    if excluded:
        return "excluded"
    return "eligible" if others_before else "first"


def _exclusion(ground: Ground, request: str, waiting: Waiting) -> Exclusion:
    rule, fact, wanted = ground.condition
    value = FACTS[fact](waiting) if fact in FACTS else request
    return Exclusion(rule, ground.article, fact, value, wanted)


def _before(lists: WaitingLists, rank: Rank, place: Place) -> dict[str, int]:
    """Those who may have the place and stand before, by the first criterion on which they do.

    Who is equal up to a criterion stands together on the list: counting before two such bounds is enough.
    """

    def standing_before(bound: Rank) -> int:
        return lists.passed_before(bound, place.vacancy, place.rules).get(OUT_OF_ORDER, 0)

    found: Counter[str] = Counter()
    for number, criterion in enumerate((*lists.criteria, "seniority", "id")):
        found[criterion] += standing_before(rank[: number + 1]) - standing_before(rank[:number])
    return dict(+found)


def _possibilities(lists: WaitingLists, request: str, waiting: Waiting, place: Place) -> Iterator[Possibility]:
    """Each single change, and what the same rules then say. A change that leaves the answer as it is is not told."""
    was = _result(lists, request, waiting, place)
    for change, changed in of_household(waiting, place.vacancy, place.rules):
        result = _result(lists, request, changed, place)
        if result is not None and result != was:
            yield Possibility(change, result)
    for change, vacancy, rules in of_place(place.vacancy, place.rules):
        result = _result(lists, request, waiting, Place(place.id, vacancy, rules))
        if result is not None and result != was:
            yield Possibility(change, result)


def _result(lists: WaitingLists, request: str, waiting: Waiting, place: Place) -> Literal["eligible", "first"] | None:
    """What is said of a household as it would be: it may have the place, it is the first who may, or neither."""
    if next(objections(request, waiting, place.vacancy, place.rules), None) is not None:
        return None
    suited = lists.suited(place.vacancy, place.rules)
    first = next((other for other in suited if other != request), None)
    household = lists.get(first) if first is not None else None
    if first is None or household is None:
        return "first"
    return "first" if lists.rank(request, waiting) < lists.rank(first, household) else "eligible"
