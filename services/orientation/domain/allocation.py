"""Who is placed when many places are given at once: the best set of households, in the order of the criteria.

The sets of households that can be placed together are those of a transversal matroid. So going down the order, and
placing each household that can be placed without putting out one placed before, gives the set that no other beats in
that order, and none is larger. A household that cannot be placed has reached a closed set of kinds of place: all full,
held by households that have no place elsewhere either. That set is the proof, and nobody will enter it any more.
It works on kinds of equal places, and asks for households only as it needs them.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Final, NamedTuple

from services.orientation.domain.lines import Rank


class Kind(NamedTuple):
    """Places that ask the same. `suited`: the ranks of those who may live there, in order."""

    places: int
    suited: Callable[[], Iterator[Rank]]


@dataclass(frozen=True, slots=True)
class Allocation:
    """Of each kind, the ranks of the households placed there, in order; and the closed sets that were met."""

    placed: tuple[tuple[Rank, ...], ...]
    closed: tuple[frozenset[int], ...]


_RANK: Final = itemgetter(0)


def allocate(kinds: Sequence[Kind]) -> Allocation:
    """Place as many as can be, the first in order first."""
    matching = _Matching([kind.places for kind in kinds])
    offered = heapq.merge(*(matching.asking(number, kind) for number, kind in enumerate(kinds)))
    for rank, offers in groupby(offered, key=_RANK):
        reach = tuple(number for _, number in offers if number not in matching.full_for_ever)
        if reach:
            matching.place(rank, reach)
    return Allocation(tuple(tuple(sorted(held)) for held in matching.holders), tuple(matching.closed))


@dataclass
class _Matching:
    """Who holds which kind of place now, and where else each could be."""

    places: Sequence[int]
    closed: list[frozenset[int]] = field(default_factory=list)
    full_for_ever: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.holders: list[set[Rank]] = [set() for _ in self.places]
        self._reach: dict[Rank, tuple[int, ...]] = {}

    def asking(self, number: int, kind: Kind) -> Iterator[tuple[Rank, int]]:
        """Those who may live in a kind of place, as long as anybody may still enter it."""
        for rank in kind.suited():
            if number in self.full_for_ever:
                return
            yield rank, number

    def place(self, rank: Rank, reach: tuple[int, ...]) -> None:
        """Give the household a place, others moving among theirs if need be; or close the set that it reached."""
        self._reach[rank] = reach
        # Who would move into a kind of place, and from which.
        moves: dict[int, tuple[Rank, int | None]] = dict.fromkeys(reach, (rank, None))
        queue = deque(reach)
        while queue:
            number = queue.popleft()
            if len(self.holders[number]) < self.places[number]:
                self._move(number, moves)
                return
            for holder in sorted(self.holders[number]):
                for other in self._reach[holder]:
                    if other not in moves and other not in self.full_for_ever:
                        moves[other] = (holder, number)
                        queue.append(other)
        self.closed.append(frozenset(moves))
        self.full_for_ever.update(moves)

    def _move(self, number: int, moves: dict[int, tuple[Rank, int | None]]) -> None:
        """Everybody on the way moves by one."""
        where: int | None = number
        while where is not None:
            mover, origin = moves[where]
            self.holders[where].add(mover)
            if origin is not None:
                self.holders[origin].remove(mover)
            where = origin
