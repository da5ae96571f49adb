"""One SIAO in memory: its live states, and the indexes that make a designation immediate."""

from collections import defaultdict
from typing import Any

from contracts.codes import OfferType
from contracts.event import Message
from contracts.topics import Role
from services.chassis import states
from services.chassis.states import Register
from services.chassis.tables import StateTable
from services.orientation.domain.model import (
    CRITERIA_BEFORE_ADOPTION,
    Criteria,
    Stay,
    Vacancy,
    Waiting,
)
from services.orientation.domain.waiting_lists import WaitingLists
from services.orientation.store import CRITERIA, STAYS, VACANCIES, WAITING


class Territory(states.Territory):
    """The waiting lists, the vacancies nobody was found for, who lives where; kept true by every change."""

    def __init__(self, register: Register) -> None:
        super().__init__(register)
        self.lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
        self.criteria = Criteria(siao="", version=0, criteria=CRITERIA_BEFORE_ADOPTION)
        self._unfilled: dict[OfferType, dict[str, Vacancy]] = defaultdict(dict)
        self._living: dict[str, str] = {}

    def unfilled(self, offer_types: tuple[OfferType, ...]) -> list[str]:
        """Vacancies without a designation, the oldest first."""
        found = [item for kind in offer_types for item in self._unfilled[kind].items()]
        return [vacancy for vacancy, _ in sorted(found, key=lambda item: (item[1].opened_at, item[0]))]

    def unfilled_of(self, structure: str) -> list[str]:
        """Vacancies of one structure without a designation, the oldest first."""
        found = [item for line in self._unfilled.values() for item in line.items() if item[1].structure == structure]
        return [vacancy for vacancy, _ in sorted(found, key=lambda item: (item[1].opened_at, item[0]))]

    def household_at(self, place: str) -> str | None:
        """Who lives in a place."""
        return self._living.get(place)

    def partners_with(self, siao: str, *roles: Role) -> list[str]:
        """The partners of a SIAO that have one of these roles."""
        return sorted(p.id for p in self.register.values() if p.siao == siao and p.role in roles)

    def noted(self, table: StateTable[Any], key: str, before: Message | None, after: Message | None) -> None:
        """Keep the indexes true."""
        if table is WAITING:
            self._note_waiting(key, before, after)
        elif table is VACANCIES:
            self._note_vacancy(key, before, after)
        elif table is STAYS:
            self._note_stay(key, before, after)
        elif table is CRITERIA and isinstance(after, Criteria):
            self.criteria = after
            self.lists.reorder(after.criteria)

    def _note_waiting(self, key: str, before: Message | None, after: Message | None) -> None:
        if isinstance(before, Waiting) and before.live and before.designation is None:
            self.lists.remove(key)
        if isinstance(after, Waiting) and after.live and after.designation is None:
            self.lists.add(key, after)

    def _note_vacancy(self, key: str, before: Message | None, after: Message | None) -> None:
        if isinstance(before, Vacancy):
            self._unfilled[before.offer_type].pop(key, None)
        if isinstance(after, Vacancy) and after.live and after.designation is None:
            self._unfilled[after.offer_type][key] = after

    def _note_stay(self, key: str, before: Message | None, after: Message | None) -> None:
        if isinstance(before, Stay) and before.live:
            self._living.pop(before.place, None)
        if isinstance(after, Stay) and after.live:
            self._living[after.place] = key
