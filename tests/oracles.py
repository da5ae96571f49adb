"""What must be true of any SIAO's log, whoever wrote it and whatever happened; each oracle reads the facts alone.

They are asked of the log of every platform of stories after its last one (`the_log_is_sound`), and of the lives that
property tests make up. They know nothing of how services decide; `every_proof_is_found_again` alone decides again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from contracts.codes import DesignationState, MediationKind
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    HouseholdRefusalSettled,
    StayEnded,
    StayStarted,
)
from contracts.households import HouseholdWaiting, RequestRegistered
from contracts.topics import DESIGNATIONS, HOUSEHOLDS, OFFERS, Topic
from deploy.siao.log import read
from services.orientation.replaying import INPUTS, Logged, replay
from tests.builders import CANARY

Facts = Sequence[Any]
# Where the préfet has six months for a DALO household (CCH art. R441-16-1).
SIX_MONTHS: Final = ("75", "77", "78", "91", "92", "93", "94", "95", "971", "972", "973", "974", "976")
SAID: Final = frozenset(topic.name for topic in (OFFERS, HOUSEHOLDS, DESIGNATIONS))


def nothing_is_designated_twice(facts: Facts) -> None:
    """At each moment: one live designation a place and a household, one accepted a household."""
    live_at: dict[str, dict[str, str]] = defaultdict(dict)
    accepted: dict[str, str] = {}
    made = Counter[str]()
    for fact in facts:
        if isinstance(fact, DesignationMade):
            made[fact.designation] += 1
            for what, key in (("place", fact.place), ("household", fact.household)):
                assert key not in live_at[what], f"{what} designated twice"
                live_at[what][key] = fact.designation
        elif isinstance(fact, DesignationEnded):
            assert live_at["place"].pop(fact.place) == live_at["household"].pop(fact.household) == fact.designation
            accepted.pop(fact.household, None)
        elif isinstance(fact, DesignationProgressed) and fact.state is DesignationState.ACCEPTED:
            assert accepted.setdefault(fact.household, fact.designation) == fact.designation
    assert set(made.values()) <= {1}


def nobody_lives_twice_and_no_place_holds_two(facts: Facts) -> None:
    """Entries less exits are those who live somewhere: one household a place, one place a household."""
    homes: dict[str, str] = {}
    entries = exits = 0
    for fact in facts:
        if isinstance(fact, StayStarted):
            entries += 1
            assert fact.household not in homes, "a household lives in two places"
            assert fact.place not in homes.values(), "a place holds two households"
            homes[fact.household] = fact.place
        elif isinstance(fact, StayEnded):
            exits += 1
            assert homes.pop(fact.household) == fact.place
    assert entries - exits == len(homes)


def seniority_moves_by_an_inadmissible_refusal_only(facts: Facts) -> None:
    """A request keeps the instant of its first transmission, unless its household refused without good reason."""
    registered: dict[str, Any] = {}
    restarts = Counter(
        fact.request
        for fact in facts
        if isinstance(fact, HouseholdRefusalSettled) and fact.consequence != "none" and fact.verdict == "inadmissible"
    )
    for fact in facts:
        if isinstance(fact, RequestRegistered):
            first = registered.setdefault(fact.request, fact.first_transmitted_at)
            assert fact.first_transmitted_at == first
        elif isinstance(fact, HouseholdWaiting):
            assert fact.restarts <= restarts[fact.request]
            assert fact.since == registered[fact.request] or fact.restarts > 0


def legal_days_are_those_of_the_law(facts: Facts) -> None:
    """The préfet's delay, counted here apart: six weeks, or three months, or six where a département has six."""
    for fact in facts:
        clock = fact.legal_clock if isinstance(fact, HouseholdWaiting | RequestRegistered) else None
        if clock is None:
            continue
        dalo = clock.kind is MediationKind.DALO
        if not dalo and (clock.unrestricted or clock.kind is MediationKind.DAHO_HEBERGEMENT):
            assert clock.due_on == clock.decided_on + timedelta(weeks=6)
        else:
            months = 6 if dalo and fact.siao in SIX_MONTHS else 3
            assert clock.due_on == _same_day(clock.decided_on, months)


def _same_day(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is too short."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first + timedelta(days=32)).replace(day=1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


def nobody_is_named(facts: Facts) -> None:
    """No fact of a core topic carries a name, a date of birth or a text about somebody: each of ours begins alike."""
    assert [type(fact).__name__ for fact in facts if CANARY in fact.model_dump_json()] == []


ORACLES: Final[tuple[Callable[[Facts], None], ...]] = (
    nothing_is_designated_twice,
    nobody_lives_twice_and_no_place_holds_two,
    seniority_moves_by_an_inadmissible_refusal_only,
    legal_days_are_those_of_the_law,
    nobody_is_named,
)


def every_proof_is_found_again(inputs: Iterable[Logged], decided: Iterable[Logged]) -> int:
    """Each designation, decided again on what it had seen, comes out the same; how many there were."""
    again = list(replay(inputs, decided))
    assert [(one.made.designation, one.differences) for one in again if one.differences] == []
    return len(again)


def siao_of(item: Logged) -> str:
    """The SIAO that a fact is about."""
    fact: Any = item.fact
    return str(fact.siao)


def the_log_is_sound(settings: Mapping[str, Any]) -> int:
    """Every oracle holds of the log of this broker, SIAO by SIAO; how many designations there were."""

    def logged(topics: Iterable[Topic]) -> list[Logged]:
        # A relay that was killed may have written a fact twice; readers deduplicate, and so do we.
        return list({(item.place, item.id): item for item in read({**settings, "log_level": 0}, topics)}.values())

    # First what was decided: all that it had seen is then in the log.
    decided = logged((DESIGNATIONS,))
    inputs = logged(INPUTS)
    of_siao: dict[str, list[Any]] = defaultdict(list)
    for item in (*inputs, *decided):
        if item.place.rpartition("-")[0] in SAID:
            of_siao[siao_of(item)].append(item.fact)
    for facts in of_siao.values():
        for oracle in ORACLES:
            oracle(facts)
    return every_proof_is_found_again(inputs, decided)
