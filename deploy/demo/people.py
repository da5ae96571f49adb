"""Invented people: each family name carries a canary word, found again by scanning wherever a name should not be."""

import json
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contracts.codes import Composition, Gender, Relation
from contracts.requests import Member
from deploy.demo.calibration import DATA
from deploy.demo.draws import pick

# Two letters that no identifier, number or word of ours has side by side, then six that count the households.
CANARY: Final = re.compile(r"Qz[a-z]{6}")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_NAMES: Final[dict[str, list[str]]] = json.loads((DATA / "names.json").read_text(encoding="utf-8"))


# Children beside one adult and beside two: means 1.65 and 2.05, so that sizes are 2.65 and 4.05 (A).
_CHILDREN_OF_ONE: Final = {1: 50.0, 2: 35.0, 3: 15.0}
_CHILDREN_OF_TWO: Final = {1: 35.0, 2: 35.0, 3: 20.0, 4: 10.0}
_ADULTS_IN_GROUP: Final = {2: 60.0, 3: 30.0, 4: 10.0}


@dataclass(frozen=True, slots=True)
class Household:
    """People who ask, or live, together. `canary`: the word that every family name of theirs carries."""

    canary: str
    composition: Composition
    lead_age: int
    members: tuple[Member, ...]
    phone: str

    @property
    def persons(self) -> int:
        """Size, in personnes."""
        return len(self.members)

    @property
    def minors(self) -> int:
        """Members under 18: in this département they are the children."""
        return sum(member.relation is Relation.CHILD for member in self.members)

    @property
    def name(self) -> str:
        """The lead's family name, canary and all."""
        return self.members[0].family_name


def canary(number: int) -> str:
    """The canary word of the household of this number, from 0 to 26**6 - 1."""
    letters = ""
    for _ in range(6):
        number, letter = divmod(number, 26)
        letters = _LETTERS[letter] + letters
    return f"Qz{letters}"


@dataclass(frozen=True, slots=True)
class Census:
    """How households are drawn: compositions and ages by weight, on a given day; numbers them from 0."""

    compositions: dict[Composition, float]
    ages: dict[tuple[int, int], float]
    day: date

    def household(self, rng: random.Random, number: int) -> Household:
        """A household at random; the same stream and number give the same one."""
        return self._of(rng, number, pick(rng, self.compositions))

    def household_of(self, rng: random.Random, number: int, persons: int) -> Household:
        """A household of exactly this many persons, 1 to 6."""
        likely = {
            composition: weight * _chance(composition, persons) for composition, weight in self.compositions.items()
        }
        return self._of(rng, number, pick(rng, likely), persons)

    def _of(self, rng: random.Random, number: int, composition: Composition, persons: int | None = None) -> Household:
        adults, children = _sizes(rng, composition, persons)
        low, high = pick(rng, self.ages)
        if children:
            low = min(max(low, 20), 45)
            high = min(max(high, low + 4), 54)
        lead_age = rng.randint(low, high)
        mark = canary(number)
        family = rng.choice(_NAMES["families"])
        members = [self._member(rng, f"{family} {mark}", _lead_gender(composition), Relation.LEAD, lead_age)]
        for _ in range(adults - 1):
            couple = composition in (Composition.COUPLE, Composition.COUPLE_WITH_CHILDREN)
            name = f"{rng.choice(_NAMES['families'])} {mark}"
            gender = Gender.WOMAN if couple else rng.choice((Gender.WOMAN, Gender.MAN))
            age = max(18, lead_age + rng.randint(-6, 6))
            members.append(self._member(rng, name, gender, Relation.PARTNER if couple else Relation.OTHER, age))
        for _ in range(children):
            gender = rng.choice((Gender.WOMAN, Gender.MAN))
            age = rng.randint(0, min(16, lead_age - 18))
            members.append(self._member(rng, f"{family} {mark}", gender, Relation.CHILD, age))
        # 06 39 98 is a range that ARCEP keeps for fiction.
        return Household(
            mark, composition, lead_age, tuple(members), f"06 39 98 {number // 100 % 100:02d} {number % 100:02d}"
        )

    def _member(self, rng: random.Random, family: str, gender: Gender, relation: Relation, age: int) -> Member:
        given = rng.choice(_NAMES["women" if gender is Gender.WOMAN else "men"])
        # No birthday during the demo: an age is the same on every day of it.
        birth = date(self.day.year - age, self.day.month, 1) - timedelta(days=rng.randint(40, 180))
        return Member(family_name=family, given_name=given, birth_date=birth, gender=gender, relation=relation)


def _lead_gender(composition: Composition) -> Gender:
    women = (Composition.SINGLE_WOMAN, Composition.WOMAN_WITH_CHILDREN)
    return Gender.WOMAN if composition in women else Gender.MAN


def _groups(composition: Composition) -> tuple[int, dict[int, float]]:
    """Fixed part of the size, and weights of the part that varies."""
    if composition in (Composition.WOMAN_WITH_CHILDREN, Composition.MAN_WITH_CHILDREN):
        return 1, _CHILDREN_OF_ONE
    if composition is Composition.COUPLE_WITH_CHILDREN:
        return 2, _CHILDREN_OF_TWO
    if composition is Composition.ADULT_GROUP:
        return 0, _ADULTS_IN_GROUP
    return (2 if composition is Composition.COUPLE else 1), {0: 1.0}


def _sizes(rng: random.Random, composition: Composition, persons: int | None) -> tuple[int, int]:
    """(adults, children)."""
    fixed, varying = _groups(composition)
    more = pick(rng, varying) if persons is None else persons - fixed
    return (more, 0) if composition is Composition.ADULT_GROUP else (fixed, more)


def _chance(composition: Composition, persons: int) -> float:
    fixed, varying = _groups(composition)
    return varying.get(persons - fixed, 0.0) / sum(varying.values())
