"""The software of a structure: describes it, publishes vacancies, answers designations, tells who leaves."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from contracts.answers import (
    DesignationAccepted,
    DesignationAcknowledged,
    DesignationRefused,
    HouseholdAdmitted,
    HouseholdDeclined,
    HouseholdLeft,
    HouseholdNoShow,
)
from contracts.codes import ExitDestination
from contracts.event import Message
from contracts.notices import (
    DesignationClosed,
    HouseholdDesignated,
    MessageAccepted,
    RefusalOverruled,
)
from contracts.requests import HouseholdDeclaredReady, HouseholdHosted, ReadinessWithdrawn
from contracts.topics import PARTNER_ANSWERS, REQUESTS, VACANCIES
from contracts.vacancies import Place, ProjetEtablissement, StructureDescribed, VacancyPublished, VacancyWithdrawn
from deploy.demo import draws
from deploy.demo.calibration import Profile
from deploy.demo.clock import stopwatch
from deploy.demo.department import Hosted, Readiness, Structure
from deploy.demo.plans import DEADLINE_DAYS, Fate, Intent, Plan, fate_of, plan_of
from deploy.demo.software import DEPENDS, Answer, Software, Then

# Days between learning that one may stay on and telling it, and between two of these steps: a structure's own pace.
REPUBLISH_DAYS = 2.0


@dataclass(slots=True)
class Case:
    """A designation as the structure follows it; `open` until it is told that it is closed; `state` for the board."""

    told: HouseholdDesignated
    plan: Plan
    open: bool = True
    state: str = "notified"

    def close(self, outcome: str) -> None:
        """It has ended: nothing more is to be done."""
        self.open, self.state = False, outcome


@dataclass
class StructureSoftware(Software):
    """Follows its own places. `stays`: household by place; `vacant`: places for the SIAO to fill.

    published: when it published a vacancy, on the simulator's stopwatch, until its first designation.
    """

    structure: Structure = field(kw_only=True)
    profile: Profile = field(kw_only=True)
    cases: dict[str, Case] = field(default_factory=dict)
    closed: dict[str, str] = field(default_factory=dict)
    stays: dict[str, str] = field(default_factory=dict)
    ready: set[str] = field(default_factory=set)
    vacant: set[str] = field(default_factory=set)
    published: dict[str, float] = field(default_factory=dict)
    latencies: list[tuple[str, float]] = field(default_factory=list)
    _rounds: dict[str, int] = field(default_factory=dict)

    async def describe(self, today: date) -> None:
        """Say what the structure is."""
        structure = self.structure
        await self.say(
            VACANCIES,
            StructureDescribed(
                structure_id=structure.structure_id,
                revision=1,
                name=structure.name,
                offer_type=structure.offer_type,
                commune=structure.commune,
                places=tuple(
                    Place(place_id=p.place_id, capacity=p.capacity, accessible=p.accessible) for p in structure.places
                ),
                projet=ProjetEtablissement(version=1, effective_from=today, rules=structure.rules),
            ),
        )

    async def tell_hosted(self, hosted: Hosted) -> None:
        """Say who lives there already."""

        async def known(answer: Answer) -> None:
            household = _caused(answer, "household")
            if household:
                self.stays[hosted.place.place_id] = household

        stay = HouseholdHosted(
            stay_id=hosted.stay_id,
            structure_id=hosted.structure.structure_id,
            place_id=hosted.place.place_id,
            entered_on=hosted.entered_on,
            members=hosted.household.members,
            phone=hosted.household.phone,
        )
        await self.say(REQUESTS, stay, known)

    async def declare_ready(self, place_id: str, readiness: Readiness) -> None:
        """Say that the household of this place is ready for ordinary housing, unless it left or was said to be."""
        household = self.stays.get(place_id)
        if household is None or household in self.ready:
            return
        self.ready.add(household)
        declaration = HouseholdDeclaredReady(
            household=household,
            social_housing_number=readiness.number,
            communes=readiness.communes,
            rooms=readiness.rooms,
        )
        await self.say(REQUESTS, declaration)

    async def publish(self, place_id: str) -> None:
        """Say that a place is vacant, unless the structure knows that it is not."""
        if place_id in self.stays or place_id in self.vacant:
            return
        self.vacant.add(place_id)
        today = self.world.clock.now().date()
        message = VacancyPublished(structure_id=self.structure.structure_id, place_id=place_id, available_on=today)
        self.published[place_id] = stopwatch()
        await self.say(VACANCIES, message)

    async def empty(self, place_id: str, destination: ExitDestination) -> None:
        """Say that the household of this place has left, if it lives there still and nobody is about to rehouse it."""
        household = self.stays.get(place_id)
        if household is None or (household in self.ready and fate_of(self.world.seed, household) is not Fate.LEFT):
            return
        del self.stays[place_id]
        self.ready.discard(household)
        self.vacant.add(place_id)
        today = self.world.clock.now().date()
        message = HouseholdLeft(household=household, left_on=today, destination=destination)
        await self.say(PARTNER_ANSWERS, message)

    async def withdraw_readiness(self, place_id: str) -> None:
        """Say that the household of this place is not ready any more, if it was and nobody is about to rehouse it."""
        household = self.stays.get(place_id)
        if household is not None and household in self.ready and fate_of(self.world.seed, household) is Fate.WITHDRAWN:
            self.ready.discard(household)
            await self.say(REQUESTS, ReadinessWithdrawn(household=household))

    async def on(self, message: Message) -> None:
        """Designations, and what becomes of them."""
        match message:
            case HouseholdDesignated():
                self._designated(message)
            case DesignationClosed():
                # The SIAO's services tell a beginning and an end: the end may come first, and is remembered.
                self.closed[message.designation] = message.outcome.value
                if message.designation in self.cases:
                    self.cases[message.designation].close(message.outcome.value)
            case RefusalOverruled() if message.designation in self.cases:
                case_ = self.cases[message.designation]
                case_.state = "acknowledged"
                days = min(case_.plan.answer_days or 1.0, DEADLINE_DAYS - 1) / 2
                self.world.later(days, lambda: self._accept_or_insist(case_))

    def _designated(self, told: HouseholdDesignated) -> None:
        published = self.published.pop(told.place_id, None)
        if published is not None:
            self.latencies.append((f"{self.partner.id}/{told.structure_id}/{told.place_id}", stopwatch() - published))
        # Someone it did not see leave was rehoused: the place is the SIAO's to fill.
        self.stays.pop(told.place_id, None)
        self.vacant.add(told.place_id)
        nth = self._rounds[told.place_id] = self._rounds.get(told.place_id, 0) + 1
        rng = draws.stream(self.world.seed, "designation", self.partner.id, told.place_id, nth)
        case_ = Case(told, plan_of(rng, self.profile, self.structure.offer_type, self.structure.rules))
        self.cases[told.designation] = case_
        if told.designation in self.closed:
            case_.close(self.closed[told.designation])
            return
        if case_.plan.acknowledge_days is not None:
            self.world.later(case_.plan.acknowledge_days, lambda: self._acknowledge(case_))
        if case_.plan.answer_days is not None:
            self.world.later(case_.plan.answer_days, lambda: self._answer(case_))

    async def _acknowledge(self, case_: Case) -> None:
        async def known(answer: Answer) -> None:
            case_.state = "acknowledged" if isinstance(answer, MessageAccepted) else case_.state

        if case_.open:
            await self._reply(DesignationAcknowledged(designation=case_.told.designation), known)

    async def _answer(self, case_: Case) -> None:
        """Answer as planned; one who is late answers without having looked whether it is still time."""
        late = case_.plan.answer_days is not None and case_.plan.answer_days > DEADLINE_DAYS
        if not case_.open and not late:
            return
        identity = case_.told.designation
        match case_.plan.intent:
            case Intent.ADMIT | Intent.MISS_ENTRY:
                await self._accept(case_)
            case Intent.REFUSE:
                await self._refuse(case_)
            case Intent.DECLINE:
                await self._reply(HouseholdDeclined(designation=identity, reason=case_.plan.household_refusal))
            case Intent.MISS_INTERVIEW:
                await self._reply(HouseholdNoShow(designation=identity))
            case Intent.WITHDRAW if case_.open:
                await self._take_back(case_.told.place_id)

    async def _accept(self, case_: Case) -> None:
        async def agreed(answer: Answer) -> None:
            if isinstance(answer, MessageAccepted):
                case_.state = "accepted"
                self.world.later(case_.plan.entry_days, lambda: self._enter(case_))

        day = self.world.clock.now().date() + timedelta(days=round(case_.plan.entry_days))
        await self._reply(DesignationAccepted(designation=case_.told.designation, entry_on=day), agreed)

    async def _enter(self, case_: Case) -> None:
        if not case_.open:
            return
        identity, place = case_.told.designation, case_.told.place_id
        if case_.plan.intent is Intent.MISS_ENTRY:
            await self._reply(HouseholdNoShow(designation=identity))
            return

        async def entered(answer: Answer) -> None:
            if isinstance(answer, MessageAccepted):
                case_.open, case_.state = False, "admitted"
                self.stays[place] = case_.told.household
                self.vacant.discard(place)

        today = self.world.clock.now().date()
        await self._reply(HouseholdAdmitted(designation=identity, entered_on=today), entered)

    async def _refuse(self, case_: Case) -> None:
        plan = case_.plan
        if plan.wrong_article_first:
            wrong = self._refusal(case_, "art. 99.9")
            codes = frozenset({"article-unknown", "designation-not-expecting"})
            await self.say(PARTNER_ANSWERS, wrong, expected=codes)
        await self._reply(self._refusal(case_, plan.article))

    def _refusal(self, case_: Case, article: str | None) -> DesignationRefused:
        lead = case_.told.members[0].family_name
        argument = f"La situation de la famille {lead} ne correspond pas à notre projet."
        return DesignationRefused(
            designation=case_.told.designation, reason=case_.plan.refusal, argument=argument, article=article
        )

    async def _accept_or_insist(self, case_: Case) -> None:
        """Overruled: most take the household in, one in ten refuses again."""
        if not case_.open:
            return
        rng = draws.stream(self.world.seed, "insist", self.partner.id, case_.told.place_id, case_.told.household)
        if rng.random() < 0.1:
            await self._reply(self._refusal(case_, case_.plan.article))
        else:
            await self._accept(case_)

    async def _take_back(self, place_id: str) -> None:
        """Works, a leak: the vacancy is taken back, and published again some days later."""
        self.vacant.discard(place_id)
        self.published.pop(place_id, None)
        message = VacancyWithdrawn(structure_id=self.structure.structure_id, place_id=place_id)
        await self.say(VACANCIES, message)
        self.world.later(REPUBLISH_DAYS, lambda: self.publish(place_id))

    async def _reply(self, message: Message, then: Then | None = None) -> None:
        await self.say(PARTNER_ANSWERS, message, then, expected=DEPENDS)


def _caused(answer: Answer, kind: str) -> str | None:
    if isinstance(answer, MessageAccepted):
        return next((thing.id for thing in answer.caused if thing.kind == kind), None)
    return None
