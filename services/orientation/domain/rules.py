"""Hard rules: may this household live in this place? Three-valued: what is not known is never taken for yes.

A rule is a condition on one fact of the household. The same conditions decide, are proved and are explained; no other
code says who may live where.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from operator import attrgetter
from typing import Any, Final, NamedTuple

from contracts.codes import Gender, Known
from contracts.households import HouseholdFacts
from contracts.place_codes import PlacePublic
from contracts.rules import (
    AdultsRule,
    AgeRule,
    ChildrenRule,
    CompositionRule,
    NoPetsRule,
    ResidenceRightRule,
    ResourcesRule,
    Rule,
    SizeRule,
    SupportRule,
)
from services.chassis.clock import day_of
from services.orientation.domain.model import Hold, Vacancy, Waiting

# A place for three persons or more is not given to a household that would leave more than one bed empty: the large
# ones are scarce. The value is an assumption (no source), to be adopted or changed by each SIAO.
EMPTY_BEDS_ALLOWED: Final = 1
SMALL_PLACE: Final = 2

# Whoever said or heard no for a vacancy; it is looked at before any condition, for it concerns that vacancy alone.
BARRED: Final = "barred"


class Condition(NamedTuple):
    """One hard rule on one fact. `rule`: its stable name; `fact`: what is looked at; `wanted`: what the place asks."""

    rule: str
    fact: str
    wanted: Hashable


class Ground(NamedTuple):
    """A condition, and the article it rests on: None for what follows from the place or from the household's wish."""

    condition: Condition
    article: str | None


def grounds(vacancy: Vacancy, rules: tuple[Rule, ...]) -> Iterator[Ground]:
    """All conditions of a place, in the order in which they are looked at: the first that excludes is the reason."""
    yield Ground(Condition("suspended", "holds", vacancy.offer_type), None)
    yield Ground(Condition("cooling_off", "holds", vacancy.structure), None)
    yield Ground(Condition("commune_not_wished", "communes", vacancy.commune), None)
    yield Ground(Condition("capacity", "persons", vacancy.capacity), None)
    if vacancy.capacity > SMALL_PLACE:
        yield Ground(Condition("under_occupation", "persons", vacancy.capacity - EMPTY_BEDS_ALLOWED), None)
    if not vacancy.accessible:
        yield Ground(Condition("accessibility", "accessibility", Known.NO), None)
    if vacancy.public is not PlacePublic.ANYONE:
        yield Ground(Condition("public", "adult_genders", _GENDERS[vacancy.public]), None)
    for rule in rules:
        yield Ground(condition_of(rule), rule.article)


def place_of(vacancy: Vacancy) -> tuple[Hashable, ...]:
    """All that `grounds` looks at in a vacancy: two that are equal here ask the same, under the same rules."""
    return (
        vacancy.structure,
        vacancy.offer_type,
        vacancy.commune,
        vacancy.capacity,
        vacancy.accessible,
        vacancy.public,
    )


def conditions(vacancy: Vacancy, rules: tuple[Rule, ...]) -> tuple[Condition, ...]:
    """The conditions of a place, without their articles."""
    return tuple(ground.condition for ground in grounds(vacancy, rules))


def condition_of(rule: Rule) -> Condition:
    """The condition that a rule of the projet d'établissement sets."""
    fact: str
    wanted: Hashable
    match rule:
        case CompositionRule():
            fact, wanted = "composition", rule.allowed
        case AgeRule():
            fact, wanted = "lead_age", (rule.minimum, rule.maximum)
        case AdultsRule():
            fact, wanted = "adult_genders", _GENDERS[rule.only]
        case SizeRule():
            fact, wanted = "persons", (rule.minimum, rule.maximum)
        case ChildrenRule():
            fact, wanted = "children", (rule.minimum, rule.maximum, rule.youngest, rule.oldest)
        case SupportRule():
            fact, wanted = "support", rule.allowed
        case NoPetsRule():
            fact, wanted = "pets", Known.NO
        case ResourcesRule():
            fact, wanted = "resources", Known.YES
        case ResidenceRightRule():
            fact, wanted = "residence_right", Known.YES
    return Condition(rule.kind, fact, wanted)


def excludes(condition: Condition, waiting: Waiting) -> bool:
    """Whether a condition keeps a household out."""
    return _EXCLUDES[condition.rule](FACTS[condition.fact](waiting), condition.wanted)


def excludes_value(condition: Condition, value: Any) -> bool:
    """Whether a condition keeps out those whose fact has this value."""
    return _EXCLUDES[condition.rule](value, condition.wanted)


def first_objection(request: str, waiting: Waiting, vacancy: Vacancy, rules: tuple[Rule, ...]) -> str | None:
    """The name of the first rule that excludes the household, None when it may live there."""
    return next((ground.condition.rule for ground in objections(request, waiting, vacancy, rules)), None)


def objections(request: str, waiting: Waiting, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Iterator[Ground]:
    """Everything that excludes the household, in the order in which it is looked at."""
    if request in vacancy.barred:
        yield Ground(Condition(BARRED, "request", None), None)
    for ground in grounds(vacancy, rules):
        if excludes(ground.condition, waiting):
            yield ground


def no_longer_fits(waiting: Waiting, vacancy: Vacancy) -> bool:
    """Whether a household that was designated cannot live in a place as it is now described.

    What the place itself excludes, and nothing else: other rules count for the next designation, and a larger place
    than needed is no reason to take it back.
    """
    kept = {"under_occupation", "suspended", "cooling_off"}
    asked = [condition for condition in conditions(vacancy, ()) if condition.rule not in kept]
    return vacancy.offer_type not in waiting.qualified or any(excludes(condition, waiting) for condition in asked)


def holds_in_force(waiting: Waiting) -> tuple[Hold, ...]:
    """The holds that an evaluation made since has not ended."""
    if not waiting.holds:
        return ()
    evaluated = waiting.evaluated_on
    return tuple(
        hold
        for hold in waiting.holds
        if hold.reason == "suspended" or evaluated is None or evaluated <= day_of(hold.since)
    )


_GENDERS: Final[Mapping[str, Gender]] = {PlacePublic.WOMEN: Gender.WOMAN, PlacePublic.MEN: Gender.MAN}


def _of_household(fact: str) -> Callable[[Waiting], Any]:
    return attrgetter(f"facts.{fact}")


# What a condition can look at.
FACTS: Final[Mapping[str, Callable[[Waiting], Any]]] = {
    "holds": holds_in_force,
    "communes": attrgetter("communes"),
    "children": attrgetter("facts.minors", "facts.youngest_minor", "facts.oldest_minor"),
    **{fact: _of_household(fact) for fact in HouseholdFacts.model_fields},
}


def _suspended(holds: tuple[Hold, ...], offer_type: str) -> bool:
    return any(h.reason == "suspended" and (not h.offer_types or offer_type in h.offer_types) for h in holds)


def _cooling_off(holds: tuple[Hold, ...], structure: str) -> bool:
    return any(hold.reason == "cooling_off" and hold.structure == structure for hold in holds)


def _out_of_bounds(value: int, bounds: tuple[int | None, int | None]) -> bool:
    minimum, maximum = bounds
    return (minimum is not None and value < minimum) or (maximum is not None and value > maximum)


def _not_all(genders: tuple[Gender, ...] | None, wanted: Gender) -> bool:
    return genders is None or any(gender is not wanted for gender in genders)


def _other_children(children: tuple[int, int | None, int | None], bounds: tuple[int | None, ...]) -> bool:
    """By their number, then by their ages: those of a child whose age is not known are not known to be right."""
    minors, youngest, oldest = children
    fewest, most, least, greatest = bounds
    if _out_of_bounds(minors, (fewest, most)):
        return True
    too_young = least is not None and (youngest is None or youngest < least)
    too_old = greatest is not None and (oldest is None or oldest > greatest)
    return minors > 0 and (too_young or too_old)


def _not_among(value: str, allowed: tuple[str, ...]) -> bool:
    return value not in allowed


def _not_known_as(value: Known, wanted: Known) -> bool:
    return value is not wanted


_EXCLUDES: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "suspended": _suspended,
    "cooling_off": _cooling_off,
    "commune_not_wished": lambda wished, commune: bool(wished) and commune not in wished,
    "capacity": lambda persons, capacity: persons > capacity,
    "under_occupation": lambda persons, fewest: persons < fewest,
    "accessibility": _not_known_as,
    "composition": _not_among,
    "public": _not_all,
    "age": _out_of_bounds,
    "adults": _not_all,
    "size": _out_of_bounds,
    "children": _other_children,
    "support": _not_among,
    "no_pets": _not_known_as,
    "resources": _not_known_as,
    "residence_right": _not_known_as,
}
