"""One waiting list in order, cut in stretches; which of its households a rule excludes is kept as bits of an integer.

A hundred thousand households are looked at in microseconds: a rule's verdicts on a stretch are worked out once, by the
rule itself, and kept true by every change; a search is then a few operations on integers. It decides nothing that
`rules.py` does not say.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import compress
from typing import Any, Final, TypeAlias

from services.orientation.domain.model import Waiting
from services.orientation.domain.rules import FACTS, Condition, excludes, excludes_value

# Comparable from first to last, lower first; its last two parts are seniority and the request, so it is never equal.
Rank: TypeAlias = tuple[Any, ...]
Found: TypeAlias = list[tuple[str, int]]

# Households of one stretch: a change costs about as much as the stretch is long, a search as the line is.
LONGEST: Final = 8192
# Conditions whose verdicts a stretch keeps; more come only when many projets d'établissement have changed.
MOST_CONDITIONS: Final = 512
# Places of those who left that a stretch keeps, beside one for each household that is there.
GONE_ALLOWED: Final = 64


class Stretch:
    """Households that follow each other. Bit n of each integer is about the household at place n.

    Who leaves keeps its place, without its bit in `present`: coming back, as after a refusal, then costs nothing.
    """

    __slots__ = ("_barren", "_excluded", "_values", "count", "households", "present", "ranks")

    def __init__(self, ranks: list[Rank], households: list[Waiting]) -> None:
        self.ranks, self.households = ranks, households
        self.count = len(ranks)
        self.present = (1 << self.count) - 1
        self._excluded: dict[Condition, int] = {}
        # The values of a fact, side by side: fetching them from a hundred thousand households is what takes time.
        self._values: dict[str, list[Any]] = {}
        # Conditions under which nobody here may be chosen, and why: true until somebody comes or goes.
        self._barren: dict[tuple[Condition, ...], dict[str, int]] = {}

    def add(self, rank: Rank, household: Waiting) -> None:
        """A household comes to its place, or back to it."""
        self._barren.clear()
        place = bisect_left(self.ranks, rank)
        if place < len(self.ranks) and self.ranks[place] == rank:
            self._come_back(place, household)
        else:
            self._come(place, rank, household)
        self.count += 1

    def _come(self, place: int, rank: Rank, household: Waiting) -> None:
        last, bit = place == len(self.ranks), 1 << place
        self.ranks.insert(place, rank)
        self.households.insert(place, household)
        self.present = _opened(self.present, place) | bit
        for fact, values in self._values.items():
            values.insert(place, FACTS[fact](household))
        for condition, excluded in self._excluded.items():
            others = excluded if last else _opened(excluded, place)
            self._excluded[condition] = others | bit if excludes(condition, household) else others

    def _come_back(self, place: int, household: Waiting) -> None:
        known, self.households[place] = self.households[place], household
        bit = 1 << place
        self.present |= bit
        if _alike(known, household):
            return
        for fact, values in self._values.items():
            values[place] = FACTS[fact](household)
        for condition, excluded in self._excluded.items():
            self._excluded[condition] = excluded | bit if excludes(condition, household) else excluded & ~bit

    def remove(self, rank: Rank) -> None:
        """The household of this rank is not here any more. Raises LookupError when it was not."""
        place = bisect_left(self.ranks, rank)
        if place == len(self.ranks) or self.ranks[place] != rank or not self.present >> place & 1:
            raise LookupError("no household of this rank waits here")
        self._barren.clear()
        self.present ^= 1 << place
        self.count -= 1

    def look(self, conditions: tuple[Condition, ...], barred: int) -> tuple[int, Found]:
        """Who may be chosen, as bits; and who may not, by the first rule that excludes, as bits."""
        left, found = self.present, Found()
        if barred:
            found.append(("barred", left & barred))
            left &= ~barred
        for condition in conditions:
            hit = left & self.excluded(condition)
            if hit:
                found.append((condition.rule, hit))
                left ^= hit
        return left, found

    def barren(self, conditions: tuple[Condition, ...]) -> dict[str, int] | None:
        """Why nobody here may be chosen, if that is known: households by first rule that excludes."""
        return self._barren.get(conditions)

    def is_barren(self, conditions: tuple[Condition, ...], why: dict[str, int]) -> None:
        """Nobody here may be chosen, until something changes."""
        self._barren[conditions] = why

    def excluded(self, condition: Condition) -> int:
        """Whom a condition excludes, as bits."""
        known = self._excluded.get(condition)
        if known is None:
            if len(self._excluded) >= MOST_CONDITIONS:
                self._excluded.clear()
            known = self._excluded[condition] = self._verdicts(condition)
        return known

    def _verdicts(self, condition: Condition) -> int:
        values = self._values.get(condition.fact)
        if values is None:
            values = self._values[condition.fact] = list(map(FACTS[condition.fact], self.households))
        return int("".join(map(_Verdicts(condition).__getitem__, reversed(values))), 2)

    def cut(self, place: int) -> "Stretch":
        """Keep those before `place`; the others, as a stretch of their own."""
        rest = Stretch(self.ranks[place:], self.households[place:])
        before = (1 << place) - 1
        rest.present, self.present = self.present >> place, self.present & before
        rest.count, self.count = rest.present.bit_count(), self.present.bit_count()
        rest._excluded = {condition: excluded >> place for condition, excluded in self._excluded.items()}
        self._excluded = {condition: excluded & before for condition, excluded in self._excluded.items()}
        rest._values = {fact: values[place:] for fact, values in self._values.items()}
        self._values = {fact: values[:place] for fact, values in self._values.items()}
        del self.ranks[place:], self.households[place:]
        self._barren.clear()
        return rest

    def ranks_of(self, bits: int) -> Iterator[Rank]:
        """The ranks of some of those who are here, in order."""
        return compress(self.ranks, (digit == "1" for digit in _digits(bits, len(self.ranks))))

    def without_the_gone(self) -> "Stretch":
        """The same households, without the places of those who left."""
        here = [digit == "1" for digit in _digits(self.present, len(self.ranks))]
        stretch = Stretch(list(compress(self.ranks, here)), list(compress(self.households, here)))
        stretch._values = {fact: list(compress(values, here)) for fact, values in self._values.items()}
        for condition, excluded in self._excluded.items():
            kept = compress(_digits(excluded, len(here)), here)
            stretch._excluded[condition] = int("".join(kept)[::-1], 2)
        return stretch


class _Verdicts(dict[Any, str]):
    """What a condition says of a value, asked once for each: "1" when it excludes."""

    def __init__(self, condition: Condition) -> None:
        super().__init__()
        self._condition = condition

    def __missing__(self, value: Any) -> str:
        self[value] = verdict = "1" if excludes_value(self._condition, value) else "0"
        return verdict


def _digits(bits: int, length: int) -> str:
    """The bits as digits, that of place 0 first."""
    return f"{bits:0{length}b}"[::-1]


def _opened(bits: int, place: int) -> int:
    """The bits with room for one more at a place; those from there on move up."""
    before = (1 << place) - 1
    return (bits & before) | (bits & ~before) << 1


def _alike(one: Waiting, other: Waiting) -> bool:
    """Whether no rule can tell one from the other."""
    return (
        one.facts == other.facts
        and one.communes == other.communes
        and (not (one.holds or other.holds) or (one.holds == other.holds and one.evaluated_on == other.evaluated_on))
    )


class Line:
    """The waiting list of one type of offer."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self._starts: list[Rank] = []
        self.count = 0

    @classmethod
    def of(cls, households: list[tuple[Rank, Waiting]]) -> "Line":
        """A line of these households; sorts them."""
        households.sort(key=lambda pair: pair[0])
        line = cls()
        for first in range(0, len(households), LONGEST):
            ranks, waiting = zip(*households[first : first + LONGEST], strict=True)
            line.stretches.append(Stretch(list(ranks), list(waiting)))
        line._starts = [stretch.ranks[0] for stretch in line.stretches]
        line.count = len(households)
        return line

    def add(self, rank: Rank, household: Waiting) -> None:
        """A household comes to its place in the order."""
        self.count += 1
        if not self.stretches:
            self.stretches, self._starts = [Stretch([rank], [household])], [rank]
            return
        number = self.number_of(rank)
        stretch = self.stretches[number]
        if len(stretch.ranks) >= LONGEST:
            self._divide(number, stretch, rank)
            number = self.number_of(rank)
            stretch = self.stretches[number]
        stretch.add(rank, household)
        self._starts[number] = min(rank, self._starts[number])

    def _divide(self, number: int, stretch: Stretch, rank: Rank) -> None:
        """Cut a full stretch where the newcomer belongs: who arrives after it comes last in its own, at no cost."""
        place = bisect_left(stretch.ranks, rank)
        if place in (0, len(stretch.ranks)):
            place = len(stretch.ranks) // 2
        rest = stretch.cut(place)
        self.stretches.insert(number + 1, rest)
        self._starts.insert(number + 1, rest.ranks[0])

    def remove(self, rank: Rank) -> None:
        """The household of this rank waits no more on this line."""
        number = self.number_of(rank)
        stretch = self.stretches[number]
        stretch.remove(rank)
        self.count -= 1
        if not stretch.count:
            del self.stretches[number], self._starts[number]
        elif len(stretch.ranks) > 2 * stretch.count + GONE_ALLOWED:
            self.stretches[number] = stretch.without_the_gone()

    def number_of(self, rank: Rank) -> int:
        """Which stretch this rank belongs to."""
        return max(0, bisect_right(self._starts, rank) - 1)

    def place_of(self, rank: Rank) -> tuple[int, int]:
        """The stretch of a rank and its place there."""
        number = self.number_of(rank)
        return number, bisect_left(self.stretches[number].ranks, rank)

    def ranks(self) -> list[Rank]:
        """The ranks of those who wait, in order."""
        return [rank for stretch in self.stretches for rank in stretch.ranks_of(stretch.present)]
