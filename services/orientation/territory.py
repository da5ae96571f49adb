"""One SIAO in memory: its live states, and the indexes that make a designation immediate."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeGuard

from contracts.codes import OfferType
from contracts.event import Message
from contracts.topics import Role
from services.chassis import states
from services.chassis.states import Register
from services.chassis.store import Stored
from services.chassis.tables import StateTable
from services.orientation.domain.commission import Commission, Item, Session, item_key
from services.orientation.domain.model import (
    CRITERIA_BEFORE_ADOPTION,
    Criteria,
    Designation,
    Stay,
    Vacancy,
    Waiting,
)
from services.orientation.domain.waiting_lists import WaitingLists
from services.orientation.store import (
    COMMISSIONS,
    CRITERIA,
    DESIGNATIONS,
    ITEMS,
    SESSIONS,
    STAYS,
    STRUCTURES,
    VACANCIES,
    WAITING,
)


class Territory(states.Territory):
    """The waiting lists, the vacancies nobody was found for, who lives where; kept true by every change."""

    def __init__(self, register: Register) -> None:
        super().__init__(register)
        self.lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
        self.criteria = Criteria(siao="", version=0, criteria=CRITERIA_BEFORE_ADOPTION)
        self._unfilled: dict[OfferType, dict[str, Vacancy]] = defaultdict(dict)
        self._of_structure: dict[str, dict[str, Vacancy]] = defaultdict(dict)
        self._living: dict[str, str] = {}
        self.commission: Commission | None = None

    def unfilled(self, offer_types: tuple[OfferType, ...]) -> list[str]:
        """Vacancies without a designation, the oldest first."""
        found = [item for kind in offer_types for item in self._unfilled[kind].items()]
        return [vacancy for vacancy, _ in sorted(found, key=lambda item: (item[1].opened_at, item[0]))]

    def unfilled_of(self, structure: str) -> list[str]:
        """Vacancies of one structure without a designation, the oldest first."""
        found = [item for line in self._unfilled.values() for item in line.items() if item[1].structure == structure]
        return [vacancy for vacancy, _ in sorted(found, key=lambda item: (item[1].opened_at, item[0]))]

    def open_vacancies(self) -> list[str]:
        """All live vacancies but those announced, the oldest first."""
        found = [item for of in self._of_structure.values() for item in of.items() if item[1].expected_on is None]
        return [vacancy for vacancy, _ in sorted(found, key=lambda item: (item[1].opened_at, item[0]))]

    def request_of(self, household: str) -> str | None:
        """The live request of this id, or of this household."""
        known = self._stored[WAITING]
        if household in known:
            return household
        return next((key for key, (w, _) in known.items() if isinstance(w, Waiting) and w.household == household), None)

    def vacancies_of(self, structure: str) -> list[str]:
        """All live vacancies of one structure, announced and designated ones too, the oldest first."""
        found = self._of_structure[structure].items()
        return [vacancy for vacancy, _ in sorted(found, key=lambda item: (item[1].opened_at, item[0]))]

    def governs(self, offer_type: OfferType) -> bool:
        """Whether vacancies of this type wait for a session of the commission."""
        return self.commission is not None and offer_type in self.commission.offer_types

    def sessions(self) -> list[Session]:
        """The sessions that are convened or frozen, the next first."""
        live = (value for value, _ in self._stored[SESSIONS].values() if isinstance(value, Session) and value.live)
        return sorted(live, key=lambda session: (session.held_on, session.session))

    def items_of(self, session: Session) -> list[Item]:
        """The items of its agenda, in order."""
        keys = (item_key(session.siao, session.session, vacancy) for vacancy in session.vacancies)
        return [item for key in keys if (item := self.get(ITEMS, key)) is not None]

    def held_places(self, structure: str, holder: str) -> int:
        """How many places of a structure are in use on a contingent: designations under way, and stays."""
        known = (*self._stored[DESIGNATIONS].values(), *self._stored[STAYS].values())
        using = (v for v, _ in known if isinstance(v, Designation | Stay) and v.live and v.holder == holder)
        return sum(value.structure == structure for value in using)

    def household_at(self, place: str) -> str | None:
        """Who lives in a place."""
        return self._living.get(place)

    def landlord_of(self, place: str) -> str | None:
        """The active bailleur that lets a place to its structure, if one is known."""
        key, _, place_id = place.rpartition("/")
        structure = self.get(STRUCTURES, key)
        landlord = self.register.get(structure.landlords.get(place_id, "")) if structure is not None else None
        return landlord.id if landlord is not None and landlord.status == "active" else None

    def partners_with(self, siao: str, *roles: Role) -> list[str]:
        """The active partners of a SIAO that have one of these roles: one that is suspended is told nothing."""
        partners = self.register.values()
        return sorted(p.id for p in partners if p.siao == siao and p.role in roles and p.status == "active")

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
        elif table is COMMISSIONS:
            self.commission = after if isinstance(after, Commission) else None

    def learn(self, table: StateTable[Any], found: Mapping[str, Stored]) -> None:
        """Add what was read: a whole waiting list is put in order once, not household by household."""
        if table is not WAITING:
            super().learn(table, found)
            return
        states.Rows.learn(self, table, found)
        self.lists.learn({key: value for key, (value, _) in found.items() if _is_on_the_lists(value)})

    def _note_waiting(self, key: str, before: Message | None, after: Message | None) -> None:
        if _is_on_the_lists(before):
            self.lists.remove(key)
        if _is_on_the_lists(after):
            self.lists.add(key, after)

    def _note_vacancy(self, key: str, before: Message | None, after: Message | None) -> None:
        if isinstance(before, Vacancy):
            self._unfilled[before.offer_type].pop(key, None)
            self._of_structure[before.structure].pop(key, None)
        if isinstance(after, Vacancy) and after.live:
            self._of_structure[after.structure][key] = after
        if isinstance(after, Vacancy) and after.live and after.designation is None and after.expected_on is None:
            self._unfilled[after.offer_type][key] = after

    def _note_stay(self, key: str, before: Message | None, after: Message | None) -> None:
        if isinstance(before, Stay) and before.live:
            self._living.pop(before.place, None)
        if isinstance(after, Stay) and after.live:
            self._living[after.place] = key


def _is_on_the_lists(state: Message | None) -> TypeGuard[Waiting]:
    """Whether a household waits and has no designation under way."""
    return isinstance(state, Waiting) and state.live and state.designation is None
