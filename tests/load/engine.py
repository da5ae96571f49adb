"""S6: the engine alone: one vacancy among 100,000 households that wait, with its proof; changes; a start.

In this process, on one core; every choice is compared with the plain scan's where both are made.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeVar

from contracts.codes import Composition, Known, MediationKind, OfferType, Situation, SupportLevel
from contracts.households import HouseholdFacts, LegalClock
from contracts.rules import (
    AgeRule,
    CompositionRule,
    NoPetsRule,
    ResidenceRightRule,
    ResourcesRule,
    Rule,
    SupportRule,
)
from services.chassis.database import engine_of, transaction
from services.chassis.states import Whole
from services.chassis.store import Store
from services.chassis.vault import Vault
from services.orientation.domain.agenda import propose
from services.orientation.domain.explaining import Place
from services.orientation.domain.model import CRITERIA_BEFORE_ADOPTION, Vacancy, Waiting
from services.orientation.domain.waiting_lists import WaitingLists
from services.orientation.store import METADATA, TERRITORY_TABLES, WAITING
from services.orientation.territory import Territory
from tests.load.arena import Arena
from tests.load.baselines.plain_scan import PlainScan

T = TypeVar("T")
SIAO: Final = "92"
NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
COMMUNES: Final = tuple(f"920{number:02}" for number in range(36))
COMPOSITIONS: Final = tuple(Composition)[:8]
# As measured in the calibration of the simulated département, rounded.
SHARES: Final = (40, 20, 8, 12, 3, 3, 4, 10)
STRUCTURES: Final = 60
CHUNK: Final = 5_000
# Vacancies of one session of the commission.
ITEMS: Final = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """Microseconds of each act, and seconds of those that are done once."""

    choices: list[float]
    scans: list[float]
    arrivals: list[float]
    departures: list[float]
    returns: list[float]
    agenda: float
    reorder: float
    rebuild: float
    rebuild_cpu: float


def household(chance: random.Random, number: int) -> Waiting:
    """A household that waits for a CHRS, and sometimes for something else too."""
    composition = chance.choices(COMPOSITIONS, SHARES)[0]
    alone = composition in (Composition.SINGLE_MAN, Composition.SINGLE_WOMAN)
    persons = 1 if alone else chance.choice((2, 2, 3, 3, 4, 5, 6))

    def known(yes: int, no: int, unknown: int) -> Known:
        return chance.choices((Known.YES, Known.NO, Known.UNKNOWN), (yes, no, unknown))[0]

    facts = HouseholdFacts(
        composition=composition,
        persons=persons,
        minors=max(0, persons - 2),
        lead_age=chance.randint(18, 80),
        situation=chance.choice(tuple(Situation)),
        in_danger=known(10, 60, 30),
        accessibility=known(4, 90, 6),
        pets=known(5, 85, 10),
        support=chance.choice(tuple(SupportLevel)),
        resources=known(55, 35, 10),
        residence_right=known(70, 20, 10),
    )
    due = date(2026, 12, 1) + timedelta(days=chance.randint(0, 60))
    return Waiting(
        siao=SIAO,
        household=f"household-{number}",
        prescriber="prescriber",
        facts=facts,
        qualified=chance.choice(((OfferType.CHRS,), (OfferType.CHRS, OfferType.INSERTION))),
        communes=tuple(chance.sample(COMMUNES, chance.choice((0, 0, 0, 3, 6)))),
        since=NOW - timedelta(minutes=chance.randint(0, 500_000)),
        legal_clock=LegalClock(kind=MediationKind.DALO, decided_on=date(2026, 9, 1), due_on=due)
        if chance.random() < 0.04
        else None,
    )


def places(chance: random.Random) -> Iterator[tuple[Vacancy, tuple[Rule, ...]]]:
    """Vacancies of sixty structures, each with its projet d'établissement; without end."""
    projets = [_projet(chance) for _ in range(STRUCTURES)]
    communes = [chance.choice(COMMUNES) for _ in range(STRUCTURES)]
    while True:
        number = chance.randrange(STRUCTURES)
        vacancy = Vacancy(
            siao=SIAO,
            place=f"structure-{number}/place",
            structure=f"structure-{number}",
            partner="partner",
            offer_type=OfferType.CHRS,
            commune=communes[number],
            capacity=chance.choice((1, 1, 1, 1, 2, 3, 4, 6)),
            accessible=chance.random() < 0.2,
            opened_at=NOW,
        )
        yield vacancy, projets[number]


def _projet(chance: random.Random) -> tuple[Rule, ...]:
    ages = chance.choice(((18, 25), (18, None), (25, None), (60, None), (18, 30), (None, 65)))
    others: tuple[Rule, ...] = (NoPetsRule(article="4"), ResourcesRule(article="5"), ResidenceRightRule(article="6"))
    return (
        CompositionRule(article="1", allowed=tuple(chance.sample(COMPOSITIONS, chance.randint(1, 5)))),
        AgeRule(article="2", minimum=ages[0], maximum=ages[1]),
        SupportRule(article="3", allowed=tuple(chance.sample(tuple(SupportLevel), chance.randint(1, 3)))),
        *chance.sample(others, chance.randint(0, 2)),
    )


def timed(act: Callable[[], T]) -> tuple[T, float]:
    """What it returned, and microseconds."""
    began = time.perf_counter_ns()
    result = act()
    return result, (time.perf_counter_ns() - began) / 1000


def measure(arena: Arena, waiting: int, vacancies: int, scanned: int) -> Measured:
    """Everything once. AssertionError when the engine and the plain scan do not choose the same."""
    chance = random.Random(6)
    households = {f"prescriber/{number}": household(chance, number) for number in range(waiting)}
    lists, scan = WaitingLists(CRITERIA_BEFORE_ADOPTION), PlainScan(CRITERIA_BEFORE_ADOPTION)
    lists.learn(households)
    for request, each in households.items():
        scan.add(request, each)
    asked = [place for place, _ in zip(places(chance), range(vacancies), strict=False)]
    agenda = timed(lambda: propose(lists, [Place(str(n), *place) for n, place in enumerate(asked[:ITEMS])]))[1]
    scans = []
    for vacancy, rules in asked[:scanned]:
        found, microseconds = timed(lambda v=vacancy, r=rules: scan.choose(v, r))  # type: ignore[misc]
        assert found == lists.choose(vacancy, rules)
        scans.append(microseconds)
    for vacancy, rules in asked:
        lists.choose(vacancy, rules)
    choices = [timed(lambda v=vacancy, r=rules: lists.choose(v, r))[1] for vacancy, rules in asked]  # type: ignore[misc]
    departures, returns, arrivals = _changes(chance, lists, households)
    _, reorder = timed(lambda: lists.reorder(("seniority",)))
    rebuild, cpu = asyncio.run(_rebuilt(arena, households))
    return Measured(choices, scans, arrivals, departures, returns, agenda / 1e6, reorder / 1e6, rebuild, cpu)


def _changes(
    chance: random.Random, lists: WaitingLists, households: dict[str, Waiting]
) -> tuple[list[float], list[float], list[float]]:
    """A household is designated and comes back; another arrives."""
    departures, returns, arrivals = [], [], []
    for number, request in enumerate(chance.sample(sorted(households), 1_000)):
        departures.append(timed(lambda r=request: lists.remove(r))[1])  # type: ignore[misc]
        returns.append(timed(lambda r=request: lists.add(r, households[r]))[1])  # type: ignore[misc]
        new = household(chance, -number).model_copy(update={"since": NOW + timedelta(minutes=number)})
        arrivals.append(timed(lambda n=number, w=new: lists.add(f"new/{n}", w))[1])  # type: ignore[misc]
    return departures, returns, arrivals


async def _rebuilt(arena: Arena, households: dict[str, Waiting]) -> tuple[float, float]:
    """Seconds from the tables of a territory to its lists in order in memory, and this process's CPU for it."""
    place = arena.place("territory")
    engine, vault = engine_of(place.dsn.replace("postgresql", "postgresql+asyncpg")), Vault(bytes(32))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(METADATA.create_all)
        items = list(households.items())
        async with transaction(engine) as raw:
            for first in range(0, len(items), CHUNK):
                await Store(raw, vault).save(WAITING, {key: (w, 0) for key, w in items[first : first + CHUNK]})
        holder = Whole({}, vault, Territory, TERRITORY_TABLES)
        began, cpu = time.perf_counter(), time.process_time()
        async with transaction(engine) as raw:
            territory = await holder.load(raw, SIAO)
        seconds = time.perf_counter() - began, time.process_time() - cpu
        assert isinstance(territory, Territory)
        assert len(territory.lists) == len(items)
        return seconds
    finally:
        await engine.dispose()
