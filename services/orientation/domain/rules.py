"""Hard rules: may this household live in this place? Three-valued: what is not known is never taken for yes."""

from typing import Final

from contracts.codes import Known
from contracts.households import HouseholdFacts
from contracts.rules import (
    AgeRule,
    CompositionRule,
    NoPetsRule,
    ResidenceRightRule,
    ResourcesRule,
    Rule,
    SupportRule,
)
from services.orientation.domain.model import Vacancy

# A place for three persons or more is not given to a household that would leave more than one bed empty: the large
# ones are scarce. The value is an assumption (no source), to be adopted or changed by each SIAO.
EMPTY_BEDS_ALLOWED: Final = 1
SMALL_PLACE: Final = 2


def first_objection(facts: HouseholdFacts, vacancy: Vacancy, rules: tuple[Rule, ...]) -> str | None:
    """The name of the first rule that excludes the household, None when it may live there."""
    if facts.persons > vacancy.capacity:
        return "capacity"
    if vacancy.capacity > SMALL_PLACE and facts.persons < vacancy.capacity - EMPTY_BEDS_ALLOWED:
        return "under_occupation"
    if not vacancy.accessible and facts.accessibility is not Known.NO:
        return "accessibility"
    for rule in rules:
        if not satisfied(rule, facts):
            return rule.kind
    return None


def satisfied(rule: Rule, facts: HouseholdFacts) -> bool:
    """Whether the household is known to satisfy a rule of the projet d'établissement."""
    match rule:
        case CompositionRule():
            return facts.composition in rule.allowed
        case AgeRule():
            return (rule.minimum is None or facts.lead_age >= rule.minimum) and (
                rule.maximum is None or facts.lead_age <= rule.maximum
            )
        case SupportRule():
            return facts.support in rule.allowed
        case NoPetsRule():
            return facts.pets is Known.NO
        case ResourcesRule():
            return facts.resources is Known.YES
        case ResidenceRightRule():
            return facts.residence_right is Known.YES
