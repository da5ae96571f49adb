"""The software of the operator, which judges refusals, of the préfecture, which tells of rights, and of bailleurs."""

from dataclasses import dataclass, field

from contracts.answers import HouseholdRehoused
from contracts.decisions import RefusalJudged
from contracts.event import Message
from contracts.notices import LegalClockAlert, RefusalToJudge
from contracts.requests import Mediation, MediationDecided
from contracts.topics import DECISIONS, PARTNER_ANSWERS, REQUESTS
from deploy.demo import draws
from deploy.demo.department import Dossier
from deploy.demo.plans import Fate, fate_of, verdict
from deploy.demo.software import DEPENDS, Software


@dataclass
class AuthoritySoftware(Software):
    """Préfecture and operator: both read the alerts."""

    alerts: set[str] = field(default_factory=set)

    async def on(self, message: Message) -> None:
        """A legal day went by."""
        if isinstance(message, LegalClockAlert):
            self.alerts.add(message.household)


@dataclass
class PrefectureSoftware(AuthoritySoftware):
    """The préfecture: it tells which rights the commission de médiation has recognised."""

    async def recognise(self, dossier: Dossier, mediation: Mediation) -> None:
        """Say that this household has a right; its request may have been closed meanwhile."""
        request = f"{dossier.prescriber.partner}/{dossier.request_id}"
        await self.say(REQUESTS, MediationDecided(request=request, mediation=mediation), expected=DEPENDS)


@dataclass
class OperatorSoftware(AuthoritySoftware):
    """The operator: judges each refusal after some days."""

    asked: dict[str, int] = field(default_factory=dict)

    async def on(self, message: Message) -> None:
        """A refusal to judge, or an alert."""
        await super().on(message)
        if not isinstance(message, RefusalToJudge):
            return
        times = self.asked[message.designation] = self.asked.get(message.designation, 0) + 1
        rng = draws.stream(self.world.seed, "verdict", message.designation, times)
        days, judgement = verdict(rng, again=times > 1)
        decision = RefusalJudged(designation=message.designation, verdict=judgement)
        self.world.later(days, lambda: self._judge(decision))

    async def _judge(self, decision: RefusalJudged) -> None:
        await self.say(DECISIONS, decision, expected=DEPENDS)


@dataclass
class BailleurSoftware(Software):
    """A bailleur: houses households of its own copy of the list, those who wait longest first."""

    taken: set[str] = field(default_factory=set)

    def candidate(self) -> str | None:
        """The household that it would house now, by its own copy; None when it has none."""
        waiting = [
            record
            for household, record in self.world.ledger.copies[self.partner.id].items()
            if household not in self.taken and fate_of(self.world.seed, household) is Fate.REHOUSED
        ]
        return min(waiting, key=lambda r: (r.ready_since, r.household)).household if waiting else None

    def has(self, household: str) -> bool:
        """Whether its own copy has this household."""
        return household in self.world.ledger.copies[self.partner.id]

    async def house(self, household: str) -> None:
        """Say that a household of the list signs its lease."""
        self.taken.add(household)
        today = self.world.clock.now().date()
        await self.say(PARTNER_ANSWERS, HouseholdRehoused(household=household, lease_from=today), expected=DEPENDS)
