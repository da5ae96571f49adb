"""The days of the département: who does what when, from the take-over of what exists to the last day."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from contracts.topics import Role
from deploy.demo import draws
from deploy.demo.agenda import Act
from deploy.demo.authorities import BailleurSoftware, OperatorSoftware, PrefectureSoftware
from deploy.demo.department import Department, Dossier, Hosted
from deploy.demo.dossiers import at_office
from deploy.demo.misbehaviour import MISDEEDS, Misdeed, Scene
from deploy.demo.prescribers import PrescriberSoftware
from deploy.demo.settlement import MONTH_DAYS, readiness_of
from deploy.demo.software import Software, World
from deploy.demo.structures import StructureSoftware

# A: one exit in two from the SIAO's places goes through the list of ready households, the others are told as left.
LEFT_SHARE: Final = 0.5
# A: in a month, of ready households, so many are taken off the list by their structure or would leave by themselves.
UNREADY_PER_MONTH: Final = 0.15
# A: two bailleurs want the same household at the same moment.
RIVAL_SHARE: Final = 0.1
YEAR: Final = 365


@dataclass
class Cast:
    """Everyone's software, by partner."""

    structures: dict[str, StructureSoftware]
    prescribers: dict[str, PrescriberSoftware]
    bailleurs: list[BailleurSoftware]
    prefecture: PrefectureSoftware
    operator: OperatorSoftware

    def everyone(self) -> list[Software]:
        """All of them."""
        return [
            *self.structures.values(), *self.prescribers.values(), *self.bailleurs, self.prefecture, self.operator,
        ]  # fmt: skip


def cast_of(department: Department, world: World) -> Cast:
    """The software of everyone of this département, not yet connected."""
    partners = {partner.id: partner for partner in department.partners()}
    profile = department.profile
    prefecture, operator = department.authorities
    return Cast(
        structures={
            s.partner: StructureSoftware(partners[s.partner], world, structure=s, profile=profile)
            for s in department.structures
        },
        prescribers={
            p.partner: PrescriberSoftware(partners[p.partner], world, start=department.day, profile=profile)
            for p in department.prescribers
        },
        bailleurs=[BailleurSoftware(partner, world) for partner in department.bailleurs],
        prefecture=PrefectureSoftware(prefecture, world),
        operator=OperatorSoftware(operator, world),
    )


async def describe_structures(cast: Cast, department: Department) -> None:
    """Each structure describes itself."""
    await asyncio.gather(*(software.describe(department.day) for software in cast.structures.values()))


async def tell_what_exists(cast: Cast, department: Department) -> None:
    """Structures tell who lives there, prescribers who waits."""
    acts: dict[str, list[Act]] = defaultdict(list)
    for hosted in department.hosted:
        software = cast.structures[hosted.structure.partner]
        acts[software.partner.id].append(partial(software.tell_hosted, hosted))
    for dossier in department.waiting:
        asking = cast.prescribers[dossier.prescriber.partner]
        acts[asking.partner.id].append(partial(asking.submit, dossier))
    await _each_at_its_pace(acts)


async def tell_who_is_ready(cast: Cast, department: Department) -> None:
    """Structures tell who is ready for ordinary housing."""
    acts: dict[str, list[Act]] = defaultdict(list)
    for hosted in department.hosted:
        software = cast.structures[hosted.structure.partner]
        if hosted.ready is not None:
            acts[software.partner.id].append(partial(software.declare_ready, hosted.place.place_id, hosted.ready))
    await _each_at_its_pace(acts)


async def _each_at_its_pace(acts: dict[str, list[Act]]) -> None:
    """All partners at once, each one act after the other."""

    async def one_after_the_other(own: list[Act]) -> None:
        for act in own:
            await act()

    await asyncio.gather(*(one_after_the_other(own) for own in acts.values()))


class Calendar:
    """Puts on the agenda what each day brings; `first` is the business instant at which day 1 begins."""

    def __init__(self, cast: Cast, department: Department, world: World, first: datetime) -> None:
        self._cast, self._department, self._world, self._first = cast, department, world, first
        self._settings = department.settings

    def plan(self) -> None:
        """Everything that does not depend on what the SIAO decides."""
        for opening in self._department.openings:
            software = self._cast.structures[opening.structure.partner]
            rng = draws.stream(self._settings.seed, "opening", opening.structure.partner, opening.place.place_id)
            self._on(at_office(rng, opening.day), partial(software.publish, opening.place.place_id))
        for day, dossier in self._department.arriving:
            self._on(day, partial(self._cast.prescribers[dossier.prescriber.partner].submit, dossier))
            if dossier.told_after is not None and dossier.mediation is not None:
                told = partial(self._cast.prefecture.recognise, dossier, dossier.mediation)
                self._on(day + dossier.told_after, told)
        self._cancellations()
        for hosted in self._department.hosted:
            self._leaving(hosted)
        self._becoming_ready()
        self._rehousing()
        self._misdeeds()

    def _on(self, day: float, act: Act) -> None:
        if day < self._settings.days:
            self._world.agenda.at(self._first + timedelta(days=day), act)

    def _cancellations(self) -> None:
        assumed = self._department.profile.assumed
        per_day = assumed.closures_per_year / assumed.waiting / YEAR
        begun = [(0.0, dossier) for dossier in self._department.waiting] + list(self._department.arriving)
        for since, dossier in begun:
            rng = draws.stream(self._settings.seed, "closure", dossier.request_id)
            day = since + 1 + rng.expovariate(per_day)
            software = self._cast.prescribers[dossier.prescriber.partner]
            self._on(at_office(rng, day), partial(software.cancel, dossier.request_id))

    def _leaving(self, hosted: Hosted) -> None:
        rng = draws.stream(self._settings.seed, "leaving", hosted.structure.partner, hosted.place.place_id)
        profile = self._department.profile
        software = self._cast.structures[hosted.structure.partner]
        supply = next(s for s in profile.supply if s.offer_type is hosted.structure.offer_type)
        per_day = LEFT_SHARE / (supply.stay_months * MONTH_DAYS)
        if hosted.ready is not None:
            per_day = UNREADY_PER_MONTH / MONTH_DAYS
            withdrawn = at_office(rng, rng.expovariate(per_day))
            self._on(withdrawn, partial(software.withdraw_readiness, hosted.place.place_id))
        destination = draws.pick(rng, profile.exits[hosted.structure.offer_type])
        self._on(at_office(rng, rng.expovariate(per_day)), partial(software.empty, hosted.place.place_id, destination))

    def _flow_of_rehousings(self) -> float:
        """Per day: the published flow, in proportion of the ready households that this SIAO knows."""
        profile = self._department.profile
        ready = sum(hosted.ready is not None for hosted in self._department.hosted)
        return profile.rehoused_per_year * ready / profile.ready_stock / YEAR

    def _becoming_ready(self) -> None:
        """As many become ready as are rehoused: the list keeps its length."""
        rng = draws.stream(self._settings.seed, "becoming ready")
        others = [hosted for hosted in self._department.hosted if hosted.ready is None]
        rng.shuffle(others)
        for day, hosted in zip(
            draws.arrivals(rng, self._flow_of_rehousings(), self._settings.days), others, strict=False
        ):
            software = self._cast.structures[hosted.structure.partner]
            readiness = readiness_of(rng, self._department.profile, hosted.household)
            self._on(at_office(rng, day), partial(software.declare_ready, hosted.place.place_id, readiness))

    def _rehousing(self) -> None:
        rng = draws.stream(self._settings.seed, "rehousing")
        for day in draws.arrivals(rng, self._flow_of_rehousings(), self._settings.days):
            first, second = rng.sample(self._cast.bailleurs, 2)
            rival = second if rng.random() < RIVAL_SHARE else None
            self._on(at_office(rng, day), partial(_rehouse, first, rival))

    def _misdeeds(self) -> None:
        rng = draws.stream(self._settings.seed, "misdeeds")
        for number, dossier in enumerate(self._department.spare):
            misdeed = MISDEEDS[number % len(MISDEEDS)]
            self._on(rng.uniform(0.2, self._settings.days - 0.5), partial(self._misbehave, misdeed, dossier, number))

    async def _misbehave(self, misdeed: Misdeed, dossier: Dossier, number: int) -> None:
        rng = draws.stream(self._settings.seed, "misdeed", number)
        culprits: dict[Role, list[Software]] = {
            Role.PRESCRIBER: [self._cast.prescribers[dossier.prescriber.partner]],
            Role.STRUCTURE: [*self._cast.structures.values()],
            Role.BAILLEUR: [*self._cast.bailleurs],
        }
        culprit = rng.choice(culprits[misdeed.role])
        foreign = [
            identity
            for software in self._cast.structures.values()
            if software is not culprit
            for identity in software.cases
        ]
        today = self._world.clock.now().date()
        scene = Scene(dossier, today, self._department.day, rng.choice(foreign) if foreign else None)
        await misdeed.act(culprit, scene)


async def _rehouse(first: BailleurSoftware, rival: BailleurSoftware | None) -> None:
    household = first.candidate()
    if household is None:
        return
    await first.house(household)
    if rival is not None and rival.has(household):
        await rival.house(household)
