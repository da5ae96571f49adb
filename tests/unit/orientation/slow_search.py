"""The choice for a vacancy as anybody can check it: a plain loop, the rules and the order written a second time."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts.decisions import Criterion
from contracts.households import HouseholdFacts
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
from services.orientation.domain.model import Vacancy, Waiting
from services.orientation.domain.waiting_lists import Choice

Lines = Mapping[str, Waiting]


def reasons(request: str, household: Waiting, vacancy: Vacancy, rules: Sequence[Rule]) -> Iterator[str]:
    """Why this household may not have this vacancy: every reason, the place's before the structure's."""
    facts, beds_left = household.facts, vacancy.capacity - household.facts.persons
    if request in vacancy.barred:
        yield "barred"
    for hold in household.holds:
        if hold.reason == "suspended" and (hold.offer_types == () or vacancy.offer_type in hold.offer_types):
            yield "suspended"
    for hold in household.holds:
        day = hold.since.astimezone(ZoneInfo("Europe/Paris")).date()
        evaluated_since = household.evaluated_on is not None and household.evaluated_on > day
        if hold.reason == "cooling_off" and hold.structure == vacancy.structure and not evaluated_since:
            yield "cooling_off"
    if len(household.communes) > 0 and vacancy.commune not in household.communes:
        yield "commune_not_wished"
    if beds_left < 0:
        yield "capacity"
    if vacancy.capacity >= 3 and beds_left >= 2:
        yield "under_occupation"
    if not vacancy.accessible and facts.accessibility in ("yes", "unknown"):
        yield "accessibility"
    if vacancy.public != "anyone" and not _all_are(facts, str(vacancy.public)):
        yield "public"
    for rule in rules:
        if not _satisfies(rule, facts):
            yield rule.kind


def _all_are(facts: HouseholdFacts, publics: str) -> bool:
    who = {"women": "woman", "men": "man"}[publics]
    return facts.adult_genders is not None and [g for g in facts.adult_genders if g != who] == []


def _within(value: int | None, low: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return value is not None and not ((low is not None and value < low) or (high is not None and value > high))


_KNOWN: Final[Mapping[type, tuple[str, str]]] = {
    NoPetsRule: ("pets", "no"),
    ResourcesRule: ("resources", "yes"),
    ResidenceRightRule: ("residence_right", "yes"),
}


def _satisfies(rule: Rule, facts: HouseholdFacts) -> bool:
    if isinstance(rule, AgeRule):
        said = _within(facts.lead_age, rule.minimum, rule.maximum)
    elif isinstance(rule, SizeRule):
        said = _within(facts.persons, rule.minimum, rule.maximum)
    elif isinstance(rule, ChildrenRule):
        of_age = _within(facts.youngest_minor, rule.youngest, None) and _within(facts.oldest_minor, None, rule.oldest)
        said = _within(facts.minors, rule.minimum, rule.maximum) and (facts.minors == 0 or of_age)
    elif isinstance(rule, AdultsRule):
        said = _all_are(facts, rule.only)
    elif isinstance(rule, SupportRule):
        said = any(facts.support == level for level in rule.allowed)
    elif isinstance(rule, CompositionRule):
        said = any(facts.composition == allowed for allowed in rule.allowed)
    else:
        fact, wanted = _KNOWN[type(rule)]
        said = getattr(facts, fact) == wanted
    return said


STREETS: Final = ("street", "emergency_or_hotel", "with_others", "threatened_home")


def sort_key(criteria: Sequence[Criterion], request: str, household: Waiting) -> list[Any]:
    """The order that the commission adopted; ties by seniority, then by the id of the request."""
    place, clock = household.facts.situation.value, household.legal_clock
    values: dict[str, Callable[[], Any]] = {
        "legal_clock": lambda: clock.due_on if clock else date.max,
        "danger": lambda: 0 if household.facts.in_danger == "yes" else 1,
        "situation": lambda: STREETS.index(place) if place in STREETS else 99,
        "seniority": lambda: household.since,
    }
    return [*(values[name]() for name in criteria), household.since, request]


def in_order(lines: Lines, vacancy: Vacancy, criteria: Sequence[Criterion]) -> list[str]:
    """Those who wait for this type of offer, the first first."""
    waiting = [request for request, household in lines.items() if vacancy.offer_type in household.qualified]
    return sorted(waiting, key=lambda request: sort_key(criteria, request, lines[request]))


def choice(
    lines: Lines, vacancy: Vacancy, rules: Sequence[Rule], criteria: Sequence[Criterion], shortlist: int = 0
) -> Choice:
    """What the engine must answer."""
    ordered, passed = in_order(lines, vacancy, criteria), Counter[str]()
    first = {request: next(reasons(request, lines[request], vacancy, rules), None) for request in ordered}
    for number, request in enumerate(ordered):
        if (reason := first[request]) is None:
            following = [other for other in ordered[number + 1 :] if first[other] is None][:shortlist]
            return Choice(request, number + 1, len(ordered), dict(passed), tuple(following))
        passed[reason] += 1
    return Choice(None, 0, len(ordered), dict(passed))


def standing(
    request: str, lines: Lines, vacancy: Vacancy, rules: Sequence[Rule], criteria: Sequence[Criterion]
) -> Choice:
    """Where one household stands: all before it are passed over, those without a reason out of order."""
    ordered = in_order(lines, vacancy, criteria)
    before = ordered[: ordered.index(request)]
    passed = Counter(next(reasons(other, lines[other], vacancy, rules), "out_of_order") for other in before)
    return Choice(request, len(before) + 1, len(ordered), dict(passed))
