"""Whatever the commission does, in whatever order: nothing is designated twice, no place waits in vain, all replays."""

import random
from datetime import timedelta
from typing import Any, Final

from contracts.answers import DesignationAccepted, HouseholdAdmitted, HouseholdDeclined
from contracts.codes import HouseholdRefusal
from contracts.commission import CommissionMinuted, OpinionGiven, PreAllocationDecided
from contracts.designations import DesignationMade
from contracts.notices import HouseholdDesignated, MessageAccepted
from contracts.requests import RequestCancelled
from contracts.rule_codes import OutOfOrderReason
from contracts.sessions import AgendaFrozen, ItemSettled
from services.chassis.clock import day_of
from services.orientation.store import STRUCTURES, VACANCIES
from services.orientation.territory import Territory
from tests.builders import (
    ARGUMENT,
    CCAS,
    COURBEVOIE,
    NANTERRE,
    OPERATOR,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_request,
    a_structure,
    a_vacancy,
    a_withdrawal,
)
from tests.oracles import ORACLES
from tests.unit.driving import Siao
from tests.unit.orientation.sittings import FEDERATION, PENSION, SOCIALE, a_regulation, convened, governed
from tests.unit.orientation.test_any_designation import replayed

TYPES: Final = ((PENSION,), (SOCIALE,), (PENSION, SOCIALE))
ACTS: Final = (
    "ask",
    "ask",
    "publish",
    "publish",
    "convene",
    "convene",
    "decide",
    "decide",
    "opine",
    "minute",
    "minute",
)
ACTS_BESIDE: Final = ("answer", "answer", "withdraw", "cancel", "wait", "regulate")


class Sittings:
    """A SIAO with a commission to which things happen by chance."""

    def __init__(self, seed: int, *, crossing: bool) -> None:
        self.chance = random.Random(seed)
        self.siao = governed("A", "B", "C")
        places = (a_place("R"), a_place("S", 2), a_place("T", 3))
        self.siao.send(OTHER_STRUCTURE, a_structure(*places, offer_type=SOCIALE, revision=2))
        self.sent: list[str] = []
        self.sessions = self.version = 1
        if crossing:
            self.siao.pick = self.chance.choice
            self.siao._batch = lambda: self.chance.randint(1, 4)

    def live(self, length: int) -> Siao:
        for _ in range(length):
            getattr(self, f"_{self.chance.choice(ACTS + ACTS_BESIDE)}")()
            if self.chance.random() < 0.6:
                self.siao.run()
        self.siao.run()
        return self.siao

    def _post(self, partner: str, message: Any) -> None:
        self.sent.append(self.siao.post(partner, message))

    def _ask(self) -> None:
        number = self.chance.randint(0, 8)
        communes: tuple[str, ...] = self.chance.choice(((), (NANTERRE,), (COURBEVOIE,)))
        members = (a_member(), *(a_child() for _ in range(number % 3)))
        facts = {"recommended": TYPES[number % 3], "members": members, "communes": communes}
        self._post(CCAS, a_request(f"r{number}", revision=len(self.sent) + 1, **facts))

    def _cancel(self) -> None:
        self._post(CCAS, RequestCancelled(request_id=f"r{self.chance.randint(0, 8)}"))

    def _publish(self) -> None:
        partner, places = self.chance.choice(((STRUCTURE, "ABC"), (OTHER_STRUCTURE, "RST")))
        self._post(partner, a_vacancy(self.chance.choice(places)))

    def _withdraw(self) -> None:
        partner, places = self.chance.choice(((STRUCTURE, "ABC"), (OTHER_STRUCTURE, "RST")))
        self._post(partner, a_withdrawal(self.chance.choice(places)))

    def _wait(self) -> None:
        self.siao.wait(timedelta(days=self.chance.randint(0, 9), minutes=1))

    def _convene(self) -> None:
        self.sessions += 1
        held_on = day_of(self.siao.now) + timedelta(days=self.chance.choice((0, 0, 0, 9)))
        convened(self.siao, f"s{self.sessions}", held_on=held_on)

    def _agenda(self) -> AgendaFrozen | None:
        known = self.siao.facts(AgendaFrozen)[-2:]
        return self.chance.choice(known) if known else None

    def _decide(self) -> None:
        agenda = self._agenda()
        if agenda is not None and agenda.items:
            item = self.chance.choice(agenda.items)
            request = self.chance.choice((item.request, None, f"{CCAS}/r{self.chance.randint(0, 8)}"))
            explained = {"reason": OutOfOrderReason.SWAP, "argument": ARGUMENT}
            told = {"session": agenda.session, "vacancy": item.vacancy, "request": request, **explained}
            self._post(OPERATOR, PreAllocationDecided.model_validate(told))

    def _opine(self) -> None:
        agenda = self._agenda()
        if agenda is not None and agenda.items:
            vacancy = self.chance.choice(agenda.items).vacancy
            self._post(FEDERATION, OpinionGiven(session=agenda.session, vacancy=vacancy, opinion="reserved"))

    def _minute(self) -> None:
        agenda = self._agenda()
        if agenda is not None:
            self._post(OPERATOR, CommissionMinuted(session=agenda.session, present=(FEDERATION,)))

    def _answer(self) -> None:
        partner = self.chance.choice((STRUCTURE, OTHER_STRUCTURE))
        known = self.siao.notices(partner, HouseholdDesignated)[-3:]
        if known:
            designation = self.chance.choice(known).designation
            message = self.chance.choice(
                (
                    HouseholdDeclined(designation=designation, reason=HouseholdRefusal.OTHER),
                    DesignationAccepted(designation=designation, entry_on=TODAY),
                    HouseholdAdmitted(designation=designation, entered_on=TODAY),
                )
            )
            self._post(partner, message)

    def _regulate(self) -> None:
        self.version += 1
        types = self.chance.choice(((PENSION, SOCIALE), (SOCIALE,), (PENSION, SOCIALE)))
        self._post(OPERATOR, a_regulation(*types, version=self.version))


def no_place_waits_in_vain(siao: Siao) -> None:
    """A vacancy that may be designated directly has nobody on its list who could have it."""
    territory: Territory = siao.territory
    for vacancy_id in territory.unfilled((PENSION, SOCIALE)):
        vacancy = territory.get(VACANCIES, vacancy_id)
        assert vacancy is not None
        structure = territory.get(STRUCTURES, vacancy.structure)
        if territory.governs(vacancy.offer_type) and vacancy.session is None:
            continue
        assert structure is not None
        assert territory.lists.choose(vacancy, structure.rules).request is None


def test_in_any_life_of_a_commission_every_promise_holds() -> None:
    designated = settled = 0
    for seed in range(80):
        sittings = Sittings(seed, crossing=seed % 2 == 1)
        siao = sittings.live(120)
        again = replayed(siao)
        assert [one.differences for one in again if one.differences] == []
        assert len(again) == len(siao.facts(DesignationMade))
        no_place_waits_in_vain(siao)
        for oracle in ORACLES:
            oracle([item.value for item in siao.log if item.topic.startswith("siao.") and "answers" not in item.topic])
        answered = [fact.message_id for fact in siao.facts(MessageAccepted)]
        assert all((answered.count(identity) == 1) != (identity in siao.refusals) for identity in sittings.sent)
        designated += sum(fact.proof.session is not None for fact in siao.facts(DesignationMade))
        settled += len(siao.facts(ItemSettled))
    assert min(designated, settled) > 60
