"""What could be otherwise, one thing at a time: the facts of a household, the place, a rule of the structure.

It makes the cases; whether one changes the answer is asked of the rules that decide.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple

from contracts.codes import Known, MediationKind, Situation, SupportLevel
from contracts.households import LegalClock
from contracts.place_codes import PlacePublic
from contracts.rules import Rule
from services.chassis.clock import day_of
from services.orientation.domain.model import Vacancy, Waiting
from services.orientation.domain.rules import condition_of, conditions, excludes

KNOWN: Final = (Known.YES, Known.NO)


class Change(NamedTuple):
    """What would be otherwise: whose fact, which, its value; the article for a rule that would not be there."""

    of: Literal["household", "place", "rule"]
    fact: str
    value: Any
    article: str | None = None


def of_household(waiting: Waiting, vacancy: Vacancy, rules: tuple[Rule, ...]) -> Iterator[tuple[Change, Waiting]]:
    """The household with one fact changed: to each value that a list of codes has, or to what the place asks."""
    for fact, values in _VALUES.items():
        for value in values:
            if getattr(waiting.facts, fact) != value:
                yield Change("household", fact, value), _with_facts(waiting, **{fact: value})
    for condition in dict.fromkeys(conditions(vacancy, rules)):
        if excludes(condition, waiting):
            yield from _to_what_is_asked(waiting, condition.rule, condition.fact, condition.wanted)
    if waiting.legal_clock is None:
        day = day_of(waiting.since)
        clock = LegalClock(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=day, due_on=day)
        yield Change("household", "legal_clock", "recognised"), waiting.model_copy(update={"legal_clock": clock})


_VALUES: Final[dict[str, tuple[Any, ...]]] = {
    "accessibility": KNOWN,
    "pets": KNOWN,
    "resources": KNOWN,
    "residence_right": KNOWN,
    "support": tuple(SupportLevel),
    "in_danger": KNOWN,
    "situation": tuple(Situation),
}


def _with_facts(waiting: Waiting, **facts: Any) -> Waiting:
    return waiting.model_copy(update={"facts": waiting.facts.model_copy(update=facts)})


def _to_what_is_asked(waiting: Waiting, rule: str, fact: str, wanted: Any) -> Iterator[tuple[Change, Waiting]]:
    """The household with the fact as this place asks for it."""
    if rule == "commune_not_wished":
        communes = (*waiting.communes, wanted)
        yield Change("household", "communes", communes), waiting.model_copy(update={"communes": communes})
    elif rule in ("suspended", "cooling_off"):
        left = tuple(hold for hold in waiting.holds if hold.reason != rule)
        yield Change("household", rule, "over"), waiting.model_copy(update={"holds": left})
        if rule == "cooling_off":
            day = day_of(max(hold.since for hold in waiting.holds)) + timedelta(days=1)
            yield Change("household", "evaluated_on", "later"), waiting.model_copy(update={"evaluated_on": day})
    elif rule in ("capacity", "under_occupation"):
        yield Change("household", "persons", wanted), _with_facts(waiting, persons=wanted)
    elif rule in ("age", "size"):
        for bound in (bound for bound in wanted if bound is not None):
            yield Change("household", fact, bound), _with_facts(waiting, **{fact: bound})
    elif rule == "composition":
        for value in wanted:
            yield Change("household", fact, value), _with_facts(waiting, **{fact: value})


def of_place(vacancy: Vacancy, rules: tuple[Rule, ...]) -> Iterator[tuple[Change, Vacancy, tuple[Rule, ...]]]:
    """The place with one property changed; the structure without one of its rules."""
    if not vacancy.accessible:
        yield Change("place", "accessible", True), vacancy.model_copy(update={"accessible": True}), rules
    for capacity in (vacancy.capacity - 1, vacancy.capacity + 1):
        if capacity:
            yield Change("place", "capacity", capacity), vacancy.model_copy(update={"capacity": capacity}), rules
    if vacancy.public is not PlacePublic.ANYONE:
        yield (
            Change("place", "public", PlacePublic.ANYONE),
            vacancy.model_copy(update={"public": PlacePublic.ANYONE}),
            rules,
        )
    for number, rule in enumerate(rules):
        others = (*rules[:number], *rules[number + 1 :])
        yield Change("rule", condition_of(rule).rule, None, rule.article), vacancy, others
