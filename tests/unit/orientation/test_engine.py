"""Thousands of small cases, whatever came and went before: the engine answers as a plain loop does, proof and all."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar

import pytest

from contracts.codes import Composition, Gender, Known, MediationKind, OfferType, Situation, SupportLevel
from contracts.decisions import Criterion
from contracts.households import LegalClock
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
from services.orientation.domain import lines
from services.orientation.domain.model import CRITERIA_BEFORE_ADOPTION, Hold, Vacancy, Waiting
from services.orientation.domain.waiting_lists import WaitingLists
from tests.builders import COURBEVOIE, NANTERRE, NOW, SIAO, household_facts
from tests.unit.orientation import slow_search

T = TypeVar("T")
CHRS, STABILISATION = OfferType.CHRS, OfferType.STABILISATION
RULES: Final[Sequence[Rule]] = (
    AgeRule(article="1", minimum=18, maximum=25),
    AgeRule(article="1", minimum=21),
    NoPetsRule(article="2"),
    ResourcesRule(article="3"),
    ResidenceRightRule(article="4"),
    SupportRule(article="5", allowed=(SupportLevel.LIGHT, SupportLevel.REGULAR)),
    CompositionRule(article="6", allowed=(Composition.SINGLE_WOMAN, Composition.WOMAN_WITH_CHILDREN)),
    AdultsRule(article="7", only="women"),
    SizeRule(article="8", minimum=2),
    ChildrenRule(article="9", maximum=1, oldest=10),
)
HOLDS: Final = (
    Hold(reason="suspended", since=NOW, until=NOW, offer_types=(CHRS,)),
    Hold(reason="suspended", since=NOW, until=NOW),
    Hold(reason="cooling_off", since=NOW, until=NOW, structure="p/s"),
    Hold(reason="cooling_off", since=NOW, until=NOW, structure="p/other"),
)
CLOCKS: Final = tuple(
    LegalClock(kind=MediationKind.DALO, decided_on=date(2026, 9, 1), due_on=date(2026, 12, day)) for day in (1, 2)
)


@dataclass
class Case:
    """A waiting list that lives, in the engine and in plain sight."""

    chance: random.Random
    lists: WaitingLists = field(default_factory=lambda: WaitingLists(CRITERIA_BEFORE_ADOPTION))
    plain: dict[str, Waiting] = field(default_factory=dict)
    gone: dict[str, Waiting] = field(default_factory=dict)
    criteria: tuple[Criterion, ...] = CRITERIA_BEFORE_ADOPTION

    def draw(self, *choices: T) -> T:
        return self.chance.choice(choices)

    def known(self) -> Known:
        return self.draw(Known.YES, Known.NO, Known.NO, Known.UNKNOWN)

    def household(self) -> Waiting:
        minors = self.draw(0, 0, 1, 2)
        ages: dict[str, Any] = {"youngest_minor": self.draw(3, None), "oldest_minor": self.draw(9, 15, None)}
        facts = household_facts(
            composition=self.draw(*tuple(Composition)[:4]),
            persons=minors + self.draw(1, 1, 2),
            minors=minors,
            lead_age=self.draw(17, 18, 25, 26),
            situation=self.chance.choice(list(Situation)),
            in_danger=self.known(),
            accessibility=self.known(),
            pets=self.known(),
            resources=self.known(),
            residence_right=self.known(),
            support=self.chance.choice(list(SupportLevel)),
            adult_genders=self.draw((Gender.WOMAN,), (Gender.MAN,), (Gender.WOMAN, Gender.MAN), None),
            **(ages if minors else {}),
        )
        return Waiting(
            siao=SIAO,
            household=f"household-{self.chance.random()}",
            prescriber="ccas",
            facts=facts,
            qualified=self.draw((CHRS,), (STABILISATION,), (CHRS, STABILISATION)),
            communes=self.draw((), (), (NANTERRE,), (COURBEVOIE,)),
            since=NOW + timedelta(minutes=self.chance.randint(0, 3)),
            legal_clock=self.draw(None, None, *CLOCKS),
            evaluated_on=self.draw(None, NOW.date(), NOW.date() + timedelta(days=1)),
            holds=tuple(self.chance.sample(HOLDS, self.draw(0, 0, 0, 1, 2))),
        )

    def arrive(self) -> None:
        request = f"request-{len(self.plain) + len(self.gone)}"
        self.plain[request] = household = self.household()
        self.lists.add(request, household)

    def leave(self) -> None:
        if self.plain:
            request = self.chance.choice(list(self.plain))
            self.gone[request] = self.plain.pop(request)
            self.lists.remove(request)

    def come_back(self) -> None:
        """As it was, or with other facts and the same rank, or a new household altogether."""
        if not self.gone:
            return
        request = self.chance.choice(list(self.gone))
        known = self.gone.pop(request)
        amended = known.model_copy(
            update={"facts": known.facts.model_copy(update={"pets": self.known()}), "holds": (), "communes": ()}
        )
        self.plain[request] = household = self.draw(known, amended, self.household())
        self.lists.add(request, household)

    def adopt(self) -> None:
        self.criteria = tuple(self.chance.sample(CRITERIA_BEFORE_ADOPTION, self.chance.randint(1, 4)))
        self.lists.reorder(self.criteria)

    def place(self) -> tuple[Vacancy, tuple[Rule, ...]]:
        barred = tuple(self.chance.sample(sorted(self.plain), min(len(self.plain), self.draw(0, 0, 1, 2))))
        vacancy = Vacancy(
            siao=SIAO,
            place="p/s/A",
            structure="p/s",
            partner="p",
            offer_type=self.draw(CHRS, CHRS, STABILISATION),
            commune=NANTERRE,
            capacity=self.draw(1, 2, 3, 4),
            accessible=self.draw(True, False),
            opened_at=NOW,
            public=self.draw(PlacePublic.ANYONE, PlacePublic.ANYONE, PlacePublic.WOMEN),
            barred=(*barred, "request-elsewhere"),
        )
        return vacancy, tuple(self.chance.sample(RULES, self.draw(0, 1, 2, 3)))

    def live(self) -> None:
        acts: Sequence[Callable[[], None]] = (self.arrive, self.arrive, self.arrive, self.leave, self.come_back)
        for _ in range(self.chance.randint(0, 9)):
            self.chance.choice(acts)()
        if self.chance.random() < 0.2:
            self.adopt()

    def check(self) -> tuple[str | None, ...]:
        """One search, one standing, one glance; returns what kinds of answer there were."""
        vacancy, rules = self.place()
        found = self.lists.choose(vacancy, rules, 2)
        assert found == slow_search.choice(self.plain, vacancy, rules, self.criteria, 2)
        waiting = slow_search.in_order(self.plain, vacancy, self.criteria)
        possible = [r for r in waiting if not list(slow_search.reasons(r, self.plain[r], vacancy, rules))]
        assert list(self.lists.suited(vacancy, rules)) == possible
        assert self.lists.count_suited(vacancy, rules) == len(possible)
        assert self.lists.considered(vacancy.offer_type) == len(waiting)
        self.check_only_here(vacancy, rules, possible)
        assert [rank[-1] for rank in self.lists.ranks(vacancy.offer_type)] == waiting
        for request in self.chance.sample(waiting, min(2, len(waiting))):
            assert self.lists.suits(request, vacancy, rules) == (request in possible)
            expected = slow_search.standing(request, self.plain, vacancy, rules, self.criteria)
            assert self.lists.standing(request, vacancy, rules) == expected
        return (*found.passed_over, "found" if found.request else "nobody", *("more" for _ in found.shortlist))

    def check_only_here(self, vacancy: Vacancy, rules: tuple[Rule, ...], possible: list[str]) -> None:
        others = [self.place() for _ in range(self.draw(0, 1, 3))]
        elsewhere = {
            request
            for other, its_rules in others
            for request in slow_search.in_order(self.plain, other, self.criteria)
            if not list(slow_search.reasons(request, self.plain[request], other, its_rules))
        }
        expected = len(set(possible) - elsewhere)
        assert self.lists.count_only_here(vacancy, rules, others) == expected


def test_in_thousands_of_cases_the_engine_answers_as_a_plain_loop_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of four households, so that they are cut, emptied and made anew all the time."""
    monkeypatch.setattr(lines, "LONGEST", 4)
    monkeypatch.setattr(lines, "GONE_ALLOWED", 1)
    monkeypatch.setattr(lines, "MOST_CONDITIONS", 12)
    seen: set[str | None] = set()
    for seed in range(250):
        case = Case(random.Random(seed))
        for _ in range(8):
            case.live()
            seen.update(case.check())
    names = {rule.kind for rule in RULES} | {"suspended", "cooling_off", "commune_not_wished", "barred", "public"}
    assert seen == names | {"capacity", "under_occupation", "accessibility", "found", "nobody", "more"}


def test_a_household_that_does_not_wait_for_a_type_has_no_standing() -> None:
    lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
    case = Case(random.Random(1))
    lists.add("here", case.household().model_copy(update={"qualified": (STABILISATION,)}))
    vacancy = case.place()[0].model_copy(update={"offer_type": CHRS})
    for request in ("here", "nobody"):
        with pytest.raises(LookupError):
            lists.standing(request, vacancy, ())
