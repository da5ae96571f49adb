"""Every designation of the log taken again, in one pass; says of each whether it comes out the same.

Reads what it is handed, once each; knows neither broker nor database.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from contracts.designations import DesignationMade
from contracts.event import Message
from contracts.sessions import AgendaFrozen
from contracts.topics import ANSWERS, HOUSEHOLDS, OFFERS
from services.orientation.past import Difference, Past

# What orientation hears; what it said itself is read beside them, in its order.
INPUTS: Final = (OFFERS, HOUSEHOLDS, ANSWERS)


class Logged(NamedTuple):
    """A core fact in the log. `place`: topic-partition, as proofs write it; `id`: its ce_id."""

    place: str
    offset: int
    id: str
    fact: Message


class Replayed(NamedTuple):
    """A designation taken again; `differences`: none when it came out the same."""

    made: DesignationMade
    differences: list[Difference]


def replay(inputs: Iterable[Logged], decided: Iterable[Logged]) -> Iterator[Replayed]:
    """Each designation, in the order of the log. `inputs`: OFFERS, HOUSEHOLDS, ANSWERS; `decided`: DESIGNATIONS.

    Facts of one topic-partition come in their order; one that is there twice, as a relay may write it, is heard once.
    """
    waiting: dict[str, dict[str, deque[Logged]]] = defaultdict(lambda: defaultdict(deque))
    for logged in _once(inputs):
        waiting[_siao_of(logged)][logged.place].append(logged)
    pasts: dict[str, Past] = defaultdict(Past)
    for logged in _once(decided):
        siao, fact = _siao_of(logged), logged.fact
        past = pasts[siao]
        if isinstance(fact, DesignationMade):
            _hear(past, waiting[siao], fact.proof.seen)
            yield Replayed(fact, past.decide_again(fact))
        elif isinstance(fact, AgendaFrozen):
            _hear(past, waiting[siao], fact.seen)
            past.freeze_again(fact)
        past.hear(fact)


def _hear(past: Past, waiting: Mapping[str, deque[Logged]], seen: Mapping[str, int]) -> None:
    """What was seen of each input, and no more; deadlines last, for they end what was known before."""
    for place, last in sorted(seen.items(), key=lambda item: item[0].startswith(ANSWERS.name)):
        queue = waiting[place]
        while queue and queue[0].offset <= last:
            past.hear(queue.popleft().fact)


def _once(log: Iterable[Logged]) -> Iterator[Logged]:
    known = set[tuple[str, str]]()
    for logged in log:
        key = (logged.place, logged.id)
        if key not in known:
            known.add(key)
            yield logged


def _siao_of(logged: Logged) -> str:
    return str(getattr(logged.fact, "siao"))  # noqa: B009  (every core fact has one)
