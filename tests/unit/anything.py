"""Anything that partners may do, in any order: acts that are drawn, and how a SIAO is made to live through them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st

from contracts.answers import (
    CaleolDecided,
    DesignationAccepted,
    DesignationAcknowledged,
    DwellingProposed,
    HouseholdAdmitted,
    HouseholdDeclined,
    HouseholdLeft,
    HouseholdNoShow,
    HouseholdRehoused,
)
from contracts.codes import (
    EvaluationSection,
    ExitDestination,
    HouseholdRefusal,
    Known,
    MediationKind,
    OfferType,
    Situation,
)
from contracts.decisions import CriteriaAdopted, Criterion, RefusalJudged, RequestAdjourned, RequestQualified
from contracts.designations import StayStarted
from contracts.dwelling_codes import CaleolDecision, CaleolReason, ReadinessPause
from contracts.event import Message
from contracts.households import ReadinessDeclared
from contracts.notices import HouseholdDesignated
from contracts.place_codes import UnavailabilityReason
from contracts.requests import Mediation, ReadinessSuspended, ReadinessWithdrawn, RequestCancelled
from contracts.rules import NoPetsRule, ResourcesRule, Rule
from contracts.vacancies import PlaceAvailable, PlaceUnavailable, VacancyAnnounced
from tests.builders import (
    BAILLEUR,
    BAILLEUR_ELSEWHERE,
    CCAS,
    COURBEVOIE,
    HOSPITAL,
    NANTERRE,
    OPERATOR,
    OTHER_STRUCTURE,
    RESERVATAIRE,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_request,
    a_stay,
    a_structure,
    a_vacancy,
    a_withdrawal,
    needs,
    of_place,
    ready,
)
from tests.unit.driving import Siao
from tests.unit.law_acts import LAW_ACTS
from tests.unit.lease_acts import LEASE_ACTS, sublet
from tests.unit.situations import a_refusal

# An act: its name, and numbers that choose who, which and how.
Act = tuple[str, int, int]
PLACES: Final = ("A", "B", "C")
# Besides, three equal rooms: a message names one place, the group, or one of it; a stay names one place.
GROUP: Final = a_place("G", count=3)
NAMED: Final = (*PLACES, "G", "G", "G.2")
UNITS: Final = (*PLACES, "G.1", "G.2", "G.3")
RULES: Final[tuple[tuple[Rule, ...], ...]] = ((), (NoPetsRule(article="1"),), (ResourcesRule(article="2"),))
CRITERIA: Final[tuple[tuple[Criterion, ...], ...]] = (("seniority",), ("danger", "situation"), ("legal_clock",))
ANSWERS: Final[tuple[Callable[[str], Message], ...]] = (
    lambda d: DesignationAcknowledged(designation=d),
    lambda d: DesignationAccepted(designation=d, entry_on=TODAY),
    lambda d: DesignationAccepted(designation=d, entry_on=TODAY),
    lambda d: HouseholdAdmitted(designation=d, entered_on=TODAY),
    lambda d: HouseholdAdmitted(designation=d, entered_on=TODAY),
    a_refusal,
    lambda d: a_refusal(d, "1"),
    lambda d: HouseholdDeclined(designation=d, reason=HouseholdRefusal.OTHER),
    lambda d: HouseholdNoShow(designation=d),
)
MORE_ACTS: Final = LAW_ACTS | LEASE_ACTS
NAMES: Final = (
    *("request", "request", "amend", "cancel", "publish", "publish", "withdraw", "answer", "answer", "answer"),
    *("publish", "announce", "suspend", "restore"),
    *("answer", "judge", "stay", "left", "left", "ready", "ready", "unready", "rehoused", "wait", "rules", "criteria"),
    *("qualify", "adjourn"),
    *("pause", *["propose"] * 4, "caleol", "caleol"),
    *MORE_ACTS,
    *("request", "request", "publish", "publish", "answer", "answer", "escalate", "escalate"),
)
ACTS: Final = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 5), st.integers(0, 11)), max_size=30)


@dataclass
class Life:
    """A SIAO to which things happen. The same acts and seed give the same life; `at_once`: nothing crosses."""

    seed: int
    at_once: bool = False
    siao: Siao = field(default_factory=Siao)
    messages: list[str] = field(default_factory=list)
    _revisions: dict[Any, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chance = random.Random(self.seed)
        if not self.at_once:
            self.siao.pick = chance.choice
            self.siao._batch = lambda: chance.randint(1, 4)
        self._runs_now: Callable[[], bool] = lambda: self.at_once or chance.random() < 0.5
        for partner in (STRUCTURE, OTHER_STRUCTURE):
            self._describe(partner, ())
        self._post(STRUCTURE, sublet())
        self.siao.run()

    def live(self, acts: Sequence[Act]) -> Siao:
        """Do all that, and let everything be heard."""
        for name, who, how in acts:
            if name in MORE_ACTS:
                MORE_ACTS[name](self, who, how)
            else:
                getattr(self, f"_{name}")(who, how)
            if self._runs_now():
                self.siao.run()
        self.siao.run()
        return self.siao

    def _post(self, partner: str, message: Message) -> None:
        self.messages.append(self.siao.post(partner, message))

    def _next(self, of: Any) -> int:
        self._revisions[of] = self._revisions.get(of, 0) + 1
        return self._revisions[of]

    def _describe(self, partner: str, rules: tuple[Rule, ...], without: str = "", more: int = 0) -> None:
        places = [
            a_place(place_id, capacity, accessible=place_id == "B")
            for capacity, place_id in enumerate(PLACES, 1 + more)
            if place_id != without
        ]
        self._post(partner, a_structure(*places, GROUP, rules=rules, revision=self._next(partner)))

    def _request(self, who: int, how: int) -> None:
        prescriber = (CCAS, HOSPITAL)[who % 2]
        decided = TODAY - timedelta(days=(26, 38)[who % 2] + how)
        facts = {
            "revision": self._next((prescriber, who)),
            "members": (a_member(), *(a_child() for _ in range(how % 3))),
            "situation": (Situation.STREET, Situation.WITH_OTHERS)[how % 2],
            "recommended": ((OfferType.CHRS,), (OfferType.CHRS, OfferType.IML_BAIL_GLISSANT))[who % 2],
            "communes": ((), (NANTERRE,), (COURBEVOIE, NANTERRE), (COURBEVOIE,))[how % 4],
            "needs": needs(pets=list(Known)[how % 3], accessibility=list(Known)[who % 3]),
            "mediation": Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=decided) if how > 8 else None,
        }
        self._post(prescriber, a_request(f"r{who}", **facts))

    _amend = _request

    def _cancel(self, who: int, _how: int) -> None:
        self._post((CCAS, HOSPITAL)[who % 2], RequestCancelled(request_id=f"r{who}"))

    def _publish(self, who: int, how: int) -> None:
        self._post((STRUCTURE, OTHER_STRUCTURE)[who % 2], a_vacancy(NAMED[how % 6]))

    def _withdraw(self, who: int, how: int) -> None:
        self._post((STRUCTURE, OTHER_STRUCTURE)[who % 2], a_withdrawal(NAMED[how % 6]))

    def _announce(self, who: int, how: int) -> None:
        day = TODAY + timedelta(days=how)
        self._post((STRUCTURE, OTHER_STRUCTURE)[who % 2], of_place(VacancyAnnounced, NAMED[how % 6], expected_on=day))

    def _suspend(self, who: int, how: int) -> None:
        reason = list(UnavailabilityReason)[how % 8]
        self._post((STRUCTURE, OTHER_STRUCTURE)[who % 2], of_place(PlaceUnavailable, NAMED[how % 6], reason=reason))

    def _restore(self, who: int, how: int) -> None:
        self._post((STRUCTURE, OTHER_STRUCTURE)[who % 2], of_place(PlaceAvailable, NAMED[how % 6]))

    def _designations(self, partner: str) -> list[HouseholdDesignated]:
        return self.siao.notices(partner, HouseholdDesignated)[::-1]

    def _answer(self, who: int, how: int) -> None:
        partner = (STRUCTURE, OTHER_STRUCTURE)[who % 2]
        known = self._designations(partner)
        if known:
            self._post(partner, ANSWERS[how % len(ANSWERS)](known[min(who // 2, len(known) - 1)].designation))

    def _judge(self, who: int, how: int) -> None:
        known = self._designations((STRUCTURE, OTHER_STRUCTURE)[who % 2])
        if known:
            verdict = "upheld" if how % 2 else "overruled"
            self._post(
                OPERATOR, RefusalJudged.model_validate({"designation": known[0].designation, "verdict": verdict})
            )

    def _stay(self, who: int, how: int) -> None:
        self._post((STRUCTURE, OTHER_STRUCTURE)[who % 2], a_stay(f"s{who}", UNITS[how % 6]))

    def _somebody(self, partner: str, how: int) -> str:
        known = [fact.household for fact in self.siao.facts(StayStarted) if fact.partner == partner][::-1]
        return known[how % min(len(known), 3)] if known else "nobody"

    def _left(self, who: int, how: int) -> None:
        partner = (STRUCTURE, OTHER_STRUCTURE)[who % 2]
        household = self._somebody(partner, how)
        self._post(partner, HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.DEATH))

    def _ready(self, who: int, how: int) -> None:
        partner = (STRUCTURE, OTHER_STRUCTURE)[who % 2]
        self._post(partner, ready(self._somebody(partner, how), *((), (NANTERRE,))[who % 2]))

    def _unready(self, who: int, how: int) -> None:
        partner = (STRUCTURE, OTHER_STRUCTURE)[who % 2]
        self._post(partner, ReadinessWithdrawn(household=self._somebody(partner, how)))

    def _qualify(self, who: int, how: int) -> None:
        types = ((OfferType.CHRS,), (OfferType.STABILISATION,), (OfferType.STABILISATION, OfferType.CHRS))[how % 3]
        self._post(OPERATOR, RequestQualified(request=f"{CCAS}/r{who}", offer_types=types))

    def _adjourn(self, who: int, how: int) -> None:
        missing = (list(EvaluationSection)[how % 8],)
        self._post(OPERATOR, RequestAdjourned(request=f"{CCAS}/r{who}", missing=missing))

    def _pause(self, who: int, how: int) -> None:
        partner = (STRUCTURE, OTHER_STRUCTURE)[who % 2]
        self._post(partner, ReadinessSuspended(household=self._somebody(partner, how), reason=ReadinessPause.OTHER))

    def _declared(self, who: int) -> str:
        known = [fact.household for fact in self.siao.facts(ReadinessDeclared)][::-1]
        return known[who % min(len(known), 2)] if known else "nobody"

    def _propose(self, who: int, how: int) -> None:
        household = self._declared(who)
        named = {"household": household, "dwelling": "d", "commune": NANTERRE, "rooms": 2}
        by, landlord = ((BAILLEUR, None), (BAILLEUR_ELSEWHERE, None), (RESERVATAIRE, BAILLEUR))[how % 3]
        self._post(by, DwellingProposed.model_validate({**named, "landlord": landlord}))

    def _caleol(self, who: int, how: int) -> None:
        household = self._declared(who)
        decision = list(CaleolDecision)[how % 5]
        reason = CaleolReason.OTHER if decision.refuses else None
        named = {"household": household, "dwelling": "d", "decision": decision, "reason": reason}
        self._post((BAILLEUR, BAILLEUR_ELSEWHERE)[how % 2], CaleolDecided.model_validate(named))

    def _rehoused(self, who: int, how: int) -> None:
        household = self._somebody((STRUCTURE, OTHER_STRUCTURE)[who % 2], how)
        self._post(BAILLEUR, HouseholdRehoused(household=household, lease_from=TODAY))

    def _wait(self, who: int, how: int) -> None:
        self.siao.wait(timedelta(days=who, hours=how))

    def _rules(self, who: int, how: int) -> None:
        self._describe((STRUCTURE, OTHER_STRUCTURE)[who % 2], RULES[how % 3], (*PLACES, "")[how % 4], who // 3)

    def _criteria(self, _who: int, how: int) -> None:
        adopted = CriteriaAdopted(version=self._next("criteria"), criteria=CRITERIA[how % 3])
        self._post(OPERATOR, adopted)
