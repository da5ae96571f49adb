"""Whether anybody can satisfy some rules in some places: a projet d'établissement that nobody can is refused."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from contracts.codes import Composition, Gender, SupportLevel
from contracts.place_codes import PlacePublic
from contracts.rules import AdultsRule, AgeRule, ChildrenRule, CompositionRule, Rule, SizeRule, SupportRule

ADULT_AGE: Final = 18
OLDEST: Final = 120
# Members of a request (contract).
MOST: Final = 20


class Span(NamedTuple):
    """Whole numbers from `low` to `high`; none when high is below low."""

    low: int
    high: int

    def within(self, low: int | None, high: int | None) -> "Span":
        """Those that are also between two bounds, either of which may be missing."""
        return Span(
            self.low if low is None else max(self.low, low), self.high if high is None else min(self.high, high)
        )

    @property
    def empty(self) -> bool:
        """Whether there is none."""
        return self.low > self.high


class Shape(NamedTuple):
    """What a composition says: how many adults and minors, and what its adults can be (of one adult, always that).

    A composition of one woman is also that of one adult of another gender: it is never derived as a man's.
    """

    adults: Span
    minors: Span
    genders: frozenset[Gender]


_ONE: Final = Span(1, 1)
_NONE: Final = Span(0, 0)
_SOME: Final = Span(1, MOST)
_ANY: Final = frozenset(Gender)
_HER: Final = frozenset({Gender.WOMAN, Gender.OTHER})
_HIM: Final = frozenset({Gender.MAN})
# As intake derives a composition from the members.
SHAPES: Final[dict[Composition, Shape]] = {
    Composition.SINGLE_MAN: Shape(_ONE, _NONE, _HIM),
    Composition.SINGLE_WOMAN: Shape(_ONE, _NONE, _HER),
    Composition.COUPLE: Shape(Span(2, 2), _NONE, _ANY),
    Composition.WOMAN_WITH_CHILDREN: Shape(_ONE, _SOME, _HER),
    Composition.MAN_WITH_CHILDREN: Shape(_ONE, _SOME, _HIM),
    Composition.GROUP_WITH_CHILDREN: Shape(Span(2, MOST), _SOME, _ANY),
    Composition.ADULT_GROUP: Shape(Span(2, MOST), _NONE, _ANY),
    Composition.LONE_MINOR: Shape(_NONE, _ONE, _ANY),
    Composition.MINOR_GROUP: Shape(_NONE, Span(2, MOST), _ANY),
    Composition.COUPLE_WITH_CHILDREN: Shape(Span(2, 2), _SOME, _ANY),
}
_GENDERS: Final[dict[str, Gender]] = {PlacePublic.WOMEN: Gender.WOMAN, PlacePublic.MEN: Gender.MAN}


def unsatisfiable(rules: Sequence[Rule], places: Iterable[tuple[int, PlacePublic]]) -> int | None:
    """Where the rules stop leaving anybody: the index of the first that, with those before it, nobody satisfies.

    places: (capacity in personnes, whom it is kept for) of the structure's places; each household needs one of them.
    """
    kinds = set(places)
    for index in range(len(rules)):
        asked = rules[: index + 1]
        if not any(_somebody(composition, asked, *kind) for composition in SHAPES for kind in kinds):
            return index
    return None


def _somebody(composition: Composition, rules: Sequence[Rule], capacity: int, public: PlacePublic) -> bool:
    """Whether a household of this composition satisfies all these rules and this place."""
    shape = SHAPES[composition]
    persons, minors, lead, children = Span(1, min(capacity, MOST)), shape.minors, _lead(shape), Span(0, ADULT_AGE - 1)
    genders = shape.genders if public is PlacePublic.ANYONE else shape.genders & {_GENDERS[public]}
    supports = set(SupportLevel)
    for rule in rules:
        match rule:
            case CompositionRule():
                if composition not in rule.allowed:
                    return False
            case AgeRule():
                lead = lead.within(rule.minimum, rule.maximum)
            case AdultsRule():
                genders &= {_GENDERS[rule.only]}
            case SizeRule():
                persons = persons.within(rule.minimum, rule.maximum)
            case ChildrenRule():
                minors = minors.within(rule.minimum, rule.maximum)
                children = children.within(rule.youngest, rule.oldest)
            case SupportRule():
                supports &= set(rule.allowed)
            case _:
                # One fact each (animals, resources, right of residence), which any household may have.
                pass
    sizes = persons.within(shape.adults.low + minors.low, shape.adults.high + minors.high)
    if minors.empty or lead.empty or sizes.empty or not genders or not supports:
        return False
    return _of_age(shape, minors, lead, children)


def _lead(shape: Shape) -> Span:
    """The ages that a lead applicant can have: of a household without minors an adult's, without adults a minor's."""
    if shape.minors.high == 0:
        return Span(ADULT_AGE, OLDEST)
    return Span(0, ADULT_AGE - 1) if shape.adults.high == 0 else Span(0, OLDEST)


def _of_age(shape: Shape, minors: Span, lead: Span, children: Span) -> bool:
    """Whether the ages of lead and children go together: a lead who is no adult is one of the children."""
    if minors.high == 0:
        return True
    adult_lead = shape.adults.high > 0 and lead.high >= ADULT_AGE
    return not children.empty and (adult_lead or not lead.within(children.low, children.high).empty)
