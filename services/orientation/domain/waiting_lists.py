"""The waiting lists, one for each type of offer, always in the order of the criteria; and the choice for a vacancy."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from contracts.codes import Known, OfferType, Situation
from contracts.decisions import Criterion
from contracts.rules import Rule
from services.orientation.domain.lines import Found, Line, Rank, Stretch
from services.orientation.domain.model import Vacancy, Waiting
from services.orientation.domain.rules import Condition, conditions, first_objection, place_of

NO_CLOCK: Final = 10**9
SITUATIONS: Final = {
    Situation.STREET: 0,
    Situation.EMERGENCY_OR_HOTEL: 1,
    Situation.WITH_OTHERS: 2,
    Situation.THREATENED_HOME: 3,
}
# In a proof: households before the one designated that could have had the place too; only the operator passes them.
OUT_OF_ORDER: Final = "out_of_order"

_CRITERIA: Final[dict[Criterion, Callable[[Waiting], Any]]] = {
    "legal_clock": lambda waiting: waiting.legal_clock.due_on.toordinal() if waiting.legal_clock else NO_CLOCK,
    "danger": lambda waiting: waiting.facts.in_danger is not Known.YES,
    "situation": lambda waiting: SITUATIONS.get(waiting.facts.situation, len(SITUATIONS)),
    # Seconds, exact to the microsecond for centuries: they compare several times as fast as instants do.
    "seniority": lambda waiting: waiting.since.timestamp(),
}


def rank_of(request: str, waiting: Waiting, criteria: tuple[Criterion, ...]) -> Rank:
    """The household's place in the order: the criteria one after the other, then seniority, then the request's id."""
    return (*[_CRITERIA[criterion](waiting) for criterion in criteria], waiting.since.timestamp(), request)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a search found. `request` None: nobody could be designated. `passed_over`: by first rule that excluded.

    shortlist: who would be designated next, in order, as far as was asked.
    """

    request: str | None
    rank: int
    considered: int
    passed_over: dict[str, int]
    shortlist: tuple[str, ...] = ()


class WaitingLists:
    """Households that wait and have no designation under way, by type of offer, in order."""

    def __init__(self, criteria: tuple[Criterion, ...]) -> None:
        self._criteria = criteria
        self._lines: dict[OfferType, Line] = {kind: Line() for kind in OfferType}
        self._waiting: dict[str, Waiting] = {}
        # What each kind of place asks, with the very rules it was worked out from.
        self._known: dict[Any, tuple[tuple[Rule, ...], tuple[Condition, ...]]] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def get(self, request: str) -> Waiting | None:
        """A household on the lists."""
        return self._waiting.get(request)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The order in force."""
        return self._criteria

    def rank(self, request: str, waiting: Waiting) -> Rank:
        """The place that a household has, or would have, in the order in force."""
        return rank_of(request, waiting, self._criteria)

    def ranks(self, offer_type: OfferType) -> list[Rank]:
        """The order of a list; the last part of a rank is the request."""
        return self._lines[offer_type].ranks()

    def learn(self, households: Mapping[str, Waiting]) -> None:
        """Many households that wait, at once."""
        self._waiting.update(households)
        self.reorder(self._criteria)

    def add(self, request: str, waiting: Waiting) -> None:
        """A household begins to wait, or waits again."""
        self._waiting[request] = waiting
        rank = self.rank(request, waiting)
        for offer_type in waiting.qualified:
            self._lines[offer_type].add(rank, waiting)

    def remove(self, request: str) -> None:
        """A household does not wait any more, or is designated."""
        waiting = self._waiting.pop(request, None)
        if waiting is None:
            return
        rank = self.rank(request, waiting)
        for offer_type in waiting.qualified:
            self._lines[offer_type].remove(rank)

    def reorder(self, criteria: tuple[Criterion, ...]) -> None:
        """Other criteria are in force."""
        self._criteria = criteria
        households: dict[OfferType, list[tuple[Rank, Waiting]]] = {kind: [] for kind in OfferType}
        for request, waiting in self._waiting.items():
            rank = self.rank(request, waiting)
            for offer_type in waiting.qualified:
                households[offer_type].append((rank, waiting))
        self._lines = {kind: Line.of(ranked) for kind, ranked in households.items()}

    def choose(self, vacancy: Vacancy, rules: tuple[Rule, ...], shortlist: int = 0) -> Choice:
        """The first household in order that may live there, and why those before it may not."""
        line, asked = self._lines[vacancy.offer_type], self._asked(vacancy, rules)
        passed_over: dict[str, int] = {}
        barred = self._barred(line, vacancy)
        for number, stretch in enumerate(line.stretches):
            here = barred.get(number, 0)
            why = None if here else stretch.barren(asked)
            if why is None:
                left, found = stretch.look(asked, here)
                if left:
                    place = (left & -left).bit_length() - 1
                    _count(passed_over, found, (1 << place) - 1)
                    others = self._following(line, asked, barred, number, left ^ (1 << place))
                    rank = 1 + sum(passed_over.values())
                    return Choice(
                        stretch.ranks[place][-1], rank, line.count, passed_over, tuple(islice(others, shortlist))
                    )
                why = {}
                _count(why, found, -1)
                if not here:
                    stretch.is_barren(asked, why)
            for rule, count in why.items():
                passed_over[rule] = passed_over.get(rule, 0) + count
        return Choice(None, 0, line.count, passed_over)

    def _following(
        self, line: Line, asked: tuple[Condition, ...], barred: dict[int, int], number: int, left: int
    ) -> Iterator[str]:
        """Who may live there after the first, in order."""
        while True:
            yield from _requests(line.stretches[number], left)
            number += 1
            if number == len(line.stretches):
                return
            left, _ = line.stretches[number].look(asked, barred.get(number, 0))

    def standing(self, request: str, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Choice:
        """Where one household stands for a vacancy, whether it may live there or not.

        `passed_over`: all those before it, by first rule that excludes, or `out_of_order` where none does. Raises
        LookupError when it does not wait for this type of offer.
        """
        waiting = self._waiting.get(request)
        if waiting is None or vacancy.offer_type not in waiting.qualified:
            raise LookupError("this household does not wait for this type of offer")
        passed_over = self.passed_before(self.rank(request, waiting), vacancy, rules)
        return Choice(request, 1 + sum(passed_over.values()), self._lines[vacancy.offer_type].count, passed_over)

    def passed_before(self, rank: Rank | None, vacancy: Vacancy, rules: tuple[Rule, ...]) -> dict[str, int]:
        """All those before a rank, by the first rule that excludes them, or `out_of_order` where none does.

        None: all those on the list.
        """
        line, asked = self._lines[vacancy.offer_type], self._asked(vacancy, rules)
        passed_over: dict[str, int] = {}
        if not line.stretches:
            return passed_over
        last, place = line.place_of(rank) if rank is not None else (len(line.stretches), 0)
        barred = self._barred(line, vacancy)
        for number, stretch in enumerate(line.stretches[: last + 1]):
            left, found = stretch.look(asked, barred.get(number, 0))
            _count(passed_over, [*found, (OUT_OF_ORDER, left)], (1 << place) - 1 if number == last else -1)
        return passed_over

    def suits(self, request: str, vacancy: Vacancy, rules: tuple[Rule, ...]) -> bool:
        """Whether a household that waits may have this vacancy, whoever stands before it."""
        waiting = self._waiting.get(request)
        if waiting is None or vacancy.offer_type not in waiting.qualified:
            return False
        return first_objection(request, waiting, vacancy, rules) is None

    def considered(self, offer_type: OfferType) -> int:
        """How many wait for this type of offer."""
        return self._lines[offer_type].count

    def suited(self, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Iterator[str]:
        """All who may live there, in order; looked for as they are asked for."""
        line = self._lines[vacancy.offer_type]
        for stretch, bits in zip(line.stretches, self._suited_bits(vacancy, rules), strict=True):
            yield from _requests(stretch, bits)

    def suited_ranks(self, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Iterator[Rank]:
        """The ranks of all who may live there, in order; looked for as they are asked for."""
        line = self._lines[vacancy.offer_type]
        for stretch, bits in zip(line.stretches, self._suited_bits(vacancy, rules), strict=True):
            yield from _ranks(stretch, bits)

    def suited_by_any(self, places: Iterable[tuple[Vacancy, tuple[Rule, ...]]]) -> set[str]:
        """All who may live in one of these places at least."""
        return {
            request
            for offer_type, of_line in self._suited_anywhere(places).items()
            for stretch, suited in zip(self._lines[offer_type].stretches, of_line, strict=True)
            for request in _all_requests(stretch, suited)
        }

    def on_lists(self, offer_types: Iterable[OfferType]) -> set[str]:
        """All who wait for one of these types of offer at least."""
        lines = (self._lines[offer_type] for offer_type in offer_types)
        return {request for line in lines for stretch in line.stretches for request in _present(stretch)}

    def count_suited(self, vacancy: Vacancy, rules: tuple[Rule, ...]) -> int:
        """How many may live there."""
        return sum(bits.bit_count() for bits in self._suited_bits(vacancy, rules))

    def count_only_here(
        self, vacancy: Vacancy, rules: tuple[Rule, ...], others: Iterable[tuple[Vacancy, tuple[Rule, ...]]]
    ) -> int:
        """How many may live there and at none of the others."""
        elsewhere = self._suited_anywhere(others)
        here, line = list(self._suited_bits(vacancy, rules)), self._lines[vacancy.offer_type]
        taken = elsewhere.pop(vacancy.offer_type, [0] * len(here))
        left = {
            request
            for stretch, bits, other_bits in zip(line.stretches, here, taken, strict=True)
            for request in _all_requests(stretch, bits & ~other_bits)
        }
        for offer_type, of_line in elsewhere.items():
            for stretch, suited in zip(self._lines[offer_type].stretches, of_line, strict=True):
                left.difference_update(_all_requests(stretch, suited))
        return len(left)

    def _suited_anywhere(self, places: Iterable[tuple[Vacancy, tuple[Rule, ...]]]) -> dict[OfferType, list[int]]:
        """Who may live in one of these places at least, by list and stretch, as bits."""
        found: dict[OfferType, list[int]] = {}
        for vacancy, rules in places:
            bits, known = self._suited_bits(vacancy, rules), found.get(vacancy.offer_type)
            found[vacancy.offer_type] = [a | b for a, b in zip(known, bits, strict=True)] if known else list(bits)
        return found

    def _suited_bits(self, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Iterator[int]:
        """Who may live there, stretch by stretch, as bits."""
        line, asked = self._lines[vacancy.offer_type], self._asked(vacancy, rules)
        barred = self._barred(line, vacancy)
        for number, stretch in enumerate(line.stretches):
            yield stretch.look(asked, barred.get(number, 0))[0]

    def _asked(self, vacancy: Vacancy, rules: tuple[Rule, ...]) -> tuple[Condition, ...]:
        """The conditions of a vacancy: as last time, while its structure's rules are the same object."""
        kind = place_of(vacancy)
        known = self._known.get(kind)
        if known is None or known[0] is not rules:
            known = self._known[kind] = (rules, conditions(vacancy, rules))
        return known[1]

    def _barred(self, line: Line, vacancy: Vacancy) -> dict[int, int]:
        """Those barred from a vacancy, by stretch, as bits."""
        found: dict[int, int] = {}
        for request in vacancy.barred:
            waiting = self._waiting.get(request)
            if waiting is not None and vacancy.offer_type in waiting.qualified:
                number, place = line.place_of(self.rank(request, waiting))
                found[number] = found.get(number, 0) | 1 << place
        return found


def _count(counted: dict[str, int], found: Found, before: int) -> None:
    """Add how many were found for each rule, among those that `before` has the bits of."""
    for rule, bits in found:
        count = (bits & before).bit_count()
        if count:
            counted[rule] = counted.get(rule, 0) + count


def _ranks(stretch: Stretch, bits: int) -> Iterator[Rank]:
    """One after the other: of many, the first few cost no more than they are."""
    while bits:
        lowest = bits & -bits
        yield stretch.ranks[lowest.bit_length() - 1]
        bits ^= lowest


def _requests(stretch: Stretch, bits: int) -> Iterator[str]:
    return (rank[-1] for rank in _ranks(stretch, bits))


def _present(stretch: Stretch) -> Iterator[str]:
    return _all_requests(stretch, stretch.present)


def _all_requests(stretch: Stretch, bits: int) -> Iterator[str]:
    """Of many, all at once."""
    return (rank[-1] for rank in stretch.ranks_of(bits))
