"""The choice for a vacancy as one writes it first: the list in order, walked from its head; verdicts kept by kind."""

from bisect import insort
from typing import Any

from contracts.rules import Rule
from services.orientation.domain.model import Vacancy, Waiting
from services.orientation.domain.rules import BARRED, conditions, excludes
from services.orientation.domain.waiting_lists import Choice, rank_of


class PlainScan:
    """One waiting list. Households alike in all that rules look at are of one kind: one verdict for each kind."""

    def __init__(self, criteria: tuple[Any, ...]) -> None:
        self._criteria = criteria
        self._ranks: list[tuple[Any, ...]] = []
        self._waiting: dict[str, Waiting] = {}
        self._kinds: dict[Any, int] = {}
        self._kind_of: dict[str, int] = {}

    def add(self, request: str, waiting: Waiting) -> None:
        """A household begins to wait."""
        self._waiting[request] = waiting
        self._kind_of[request] = self._kinds.setdefault((waiting.facts, waiting.communes), len(self._kinds))
        insort(self._ranks, rank_of(request, waiting, self._criteria))

    def choose(self, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Choice:
        """The first household in order that may live there, and why those before it may not."""
        asked, verdicts = conditions(vacancy, rules), dict[int, str | None]()
        passed_over: dict[str, int] = {}
        for index, rank in enumerate(self._ranks):
            request = rank[-1]
            kind = self._kind_of[request]
            if kind not in verdicts:
                waiting = self._waiting[request]
                verdicts[kind] = next((c.rule for c in asked if excludes(c, waiting)), None)
            objection = BARRED if request in vacancy.barred else verdicts[kind]
            if objection is None:
                return Choice(request, index + 1, len(self._ranks), passed_over)
            passed_over[objection] = passed_over.get(objection, 0) + 1
        return Choice(None, 0, len(self._ranks), passed_over)
