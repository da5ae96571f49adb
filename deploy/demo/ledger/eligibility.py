"""The hard rules, written again: may this household be designated to this place? Shares no code with the SIAO."""

from datetime import date

from contracts.codes import Composition, Gender, Known, Relation
from contracts.place_codes import PlacePublic
from contracts.requests import Member, RequestSubmitted
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
from contracts.vacancies import Place, StructureDescribed

EMPTY_BEDS = 1
SMALL_PLACE = 2


def broken_rules(
    request: RequestSubmitted, structure: StructureDescribed, place: Place, days: tuple[date, ...]
) -> list[str]:
    """Names of the rules that forbid it; empty when it is allowed. `days`: those on which ages may be counted."""
    persons = len(request.members)
    broken = []
    if structure.offer_type not in request.recommended:
        broken.append("offer_type")
    if request.communes and structure.commune not in request.communes:
        broken.append("commune")
    if persons > place.capacity:
        broken.append("capacity")
    if place.capacity > SMALL_PLACE and persons < place.capacity - EMPTY_BEDS:
        broken.append("empty_beds")
    if request.needs.accessibility is not Known.NO and not place.accessible:
        broken.append("accessibility")
    if place.public is not PlacePublic.ANYONE and not all_are(request.members, place.public.value, days[0]):
        broken.append("public")
    return broken + [rule.kind for rule in structure.projet.rules if not _allows(rule, request, days)]


def _allows(rule: Rule, request: RequestSubmitted, days: tuple[date, ...]) -> bool:
    needs = request.needs
    match rule:
        case SupportRule():
            return needs.support in rule.allowed
        case NoPetsRule():
            return needs.pets is Known.NO
        case ResourcesRule():
            return needs.resources is Known.YES
        case ResidenceRightRule():
            return needs.residence_right is Known.YES
        case _:
            return _allows_people(rule, request.members, days)


def _allows_people(
    rule: CompositionRule | AgeRule | AdultsRule | SizeRule | ChildrenRule,
    members: tuple[Member, ...],
    days: tuple[date, ...],
) -> bool:
    match rule:
        case CompositionRule():
            return composition(members, days[0]) in rule.allowed
        case AgeRule():
            lead = next(member for member in members if member.relation is Relation.LEAD)
            ages = [age(lead.birth_date, day) for day in days]
            return any((rule.minimum or 0) <= years <= (rule.maximum or 200) for years in ages)
        case AdultsRule():
            return all_are(members, rule.only, days[0])
        case SizeRule():
            return (rule.minimum or 0) <= len(members) <= (rule.maximum or 99)
        case ChildrenRule():
            minors = [years for member in members if (years := age(member.birth_date, days[0])) < 18]
            fewest, most = rule.minimum or 0, 99 if rule.maximum is None else rule.maximum
            least, greatest = rule.youngest or 0, 17 if rule.oldest is None else rule.oldest
            return fewest <= len(minors) <= most and all(least <= years <= greatest for years in minors)


def age(birth: date, day: date) -> int:
    """Whole years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def all_are(members: tuple[Member, ...], only: str, day: date) -> bool:
    """Whether all adults, or all members where there is no adult, are women (`women`) or men (`men`)."""
    wanted = {"women": Gender.WOMAN, "men": Gender.MAN}[only]
    adults = [member for member in members if age(member.birth_date, day) >= 18]
    return all(member.gender is wanted for member in adults or members)


def composition(members: tuple[Member, ...], day: date) -> Composition:
    """The composition that these people make."""
    adults = [member for member in members if age(member.birth_date, day) >= 18]
    minors = len(members) - len(adults)
    couple = len(adults) == 2 and any(member.relation is Relation.PARTNER for member in adults)
    if not adults:
        return Composition.LONE_MINOR if minors == 1 else Composition.MINOR_GROUP
    if couple:
        return Composition.COUPLE_WITH_CHILDREN if minors else Composition.COUPLE
    if len(adults) > 1:
        return Composition.GROUP_WITH_CHILDREN if minors else Composition.ADULT_GROUP
    woman = adults[0].gender is Gender.WOMAN
    if minors:
        return Composition.WOMAN_WITH_CHILDREN if woman else Composition.MAN_WITH_CHILDREN
    return Composition.SINGLE_WOMAN if woman else Composition.SINGLE_MAN
