"""The waiting lists, one for each type of offer, always in the order of the criteria; and the choice for a vacancy."""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from contracts.codes import Known, OfferType, Situation
from contracts.decisions import Criterion
from contracts.households import HouseholdFacts
from contracts.rules import Rule
from services.orientation.domain.model import Vacancy, Waiting
from services.orientation.domain.rules import first_objection

# Comparable from first to last, lower first; its last two parts are seniority and the request, so it is never equal.
Rank: TypeAlias = tuple[Any, ...]

NO_CLOCK: Final = 10**9
SITUATIONS: Final = {
    Situation.STREET: 0,
    Situation.EMERGENCY_OR_HOTEL: 1,
    Situation.WITH_OTHERS: 2,
    Situation.THREATENED_HOME: 3,
}

_CRITERIA: Final[dict[Criterion, Callable[[Waiting], Any]]] = {
    "legal_clock": lambda waiting: waiting.legal_clock.due_on.toordinal() if waiting.legal_clock else NO_CLOCK,
    "danger": lambda waiting: waiting.facts.in_danger is not Known.YES,
    "situation": lambda waiting: SITUATIONS.get(waiting.facts.situation, len(SITUATIONS)),
    "seniority": lambda waiting: waiting.since,
}


def rank_of(request: str, waiting: Waiting, criteria: tuple[Criterion, ...]) -> Rank:
    """The household's place in the order: the criteria one after the other, then seniority, then the request's id."""
    return (*(_CRITERIA[criterion](waiting) for criterion in criteria), waiting.since, request)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a search found. `request` None: nobody could be designated. `passed_over`: by first rule that excluded."""

    request: str | None
    rank: int
    considered: int
    passed_over: dict[str, int]


class WaitingLists:
    """Households that wait and have no designation under way, by type of offer, in order."""

    def __init__(self, criteria: tuple[Criterion, ...]) -> None:
        self._criteria = criteria
        self._lists: dict[OfferType, list[Rank]] = defaultdict(list)
        self._waiting: dict[str, Waiting] = {}
        # Households alike in all that rules look at are of one kind: a verdict is reached once for each kind.
        self._kinds: dict[HouseholdFacts, int] = {}
        self._kind_of: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, request: str, waiting: Waiting) -> None:
        """A household begins to wait, or waits again."""
        self._waiting[request] = waiting
        self._kind_of[request] = self._kinds.setdefault(waiting.facts, len(self._kinds))
        rank = rank_of(request, waiting, self._criteria)
        for offer_type in waiting.qualified:
            insort(self._lists[offer_type], rank)

    def remove(self, request: str) -> None:
        """A household does not wait any more, or is designated."""
        waiting = self._waiting.pop(request, None)
        if waiting is None:
            return
        del self._kind_of[request]
        rank = rank_of(request, waiting, self._criteria)
        for offer_type in waiting.qualified:
            line = self._lists[offer_type]
            del line[bisect_left(line, rank)]

    def reorder(self, criteria: tuple[Criterion, ...]) -> None:
        """Other criteria are in force."""
        waiting, self._waiting, self._criteria = self._waiting, {}, criteria
        self._lists.clear()
        for request, household in waiting.items():
            self.add(request, household)

    def choose(self, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Choice:
        """The first household in order that may live there, and why those before it may not."""
        line = self._lists[vacancy.offer_type]
        passed_over: Counter[str] = Counter()
        verdicts: dict[int, str | None] = {}
        for index, rank in enumerate(line):
            request = rank[-1]
            objection = self._objection(request, vacancy, rules, verdicts)
            if objection is None:
                return Choice(request, index + 1, len(line), dict(passed_over))
            passed_over[objection] += 1
        return Choice(None, 0, len(line), dict(passed_over))

    def suits(self, request: str, vacancy: Vacancy, rules: tuple[Rule, ...]) -> bool:
        """Whether a household that waits may have this vacancy, whoever stands before it."""
        waiting = self._waiting.get(request)
        if waiting is None or vacancy.offer_type not in waiting.qualified:
            return False
        return self._objection(request, vacancy, rules, {}) is None

    def _objection(
        self, request: str, vacancy: Vacancy, rules: tuple[Rule, ...], verdicts: dict[int, str | None]
    ) -> str | None:
        """Why this household may not have this vacancy; None when it may."""
        waiting = self._waiting[request]
        if request in vacancy.barred:
            return "barred"
        if waiting.communes and vacancy.commune not in waiting.communes:
            return "commune_not_wished"
        kind = self._kind_of[request]
        if kind not in verdicts:
            verdicts[kind] = first_objection(waiting.facts, vacancy, rules)
        return verdicts[kind]
