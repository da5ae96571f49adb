"""Draws a département: its structures and their places, its partners, who lives there, who waits, who will come."""

import random
from datetime import date, timedelta
from typing import Final

from contracts.codes import OfferType, PrescriberKind
from contracts.partners import PartnerRegistered
from contracts.topics import Role
from deploy.demo import draws, projets
from deploy.demo.calibration import Commune, Profile, Supply, load
from deploy.demo.department import (
    LABELS,
    Department,
    Hosted,
    Opening,
    Place,
    Prescriber,
    Readiness,
    Settings,
    Structure,
)
from deploy.demo.dossiers import Desk
from deploy.demo.misbehaviour import MISDEEDS
from deploy.demo.people import Census, Household

# Day the SIAO starts, on its business clock. The take-over goes on for some days of that clock before day 1.
START: Final = date(2026, 10, 5)

# A: of the households that live in the SIAO's share of places, four in five are told to it at take-over; the places
# of the others are published when they get vacant, as in a SIAO whose partners join one after the other.
KNOWN_SHARE: Final = 0.8
# A: the places vacant at take-over are published over the first days.
OPENING_DAYS: Final = 3
ACCESSIBLE_SHARE: Final = 0.08
MONTH_DAYS: Final = 365 / 12
BAILLEURS: Final = 6
LARGEST_STRUCTURE: Final = 400
# A: about one message in twenty is wrong; each kind of misdeed happens at least once.
MISDEEDS_PER_DAY: Final = 6
# A: months of stay of the residents of résidences sociales are a mixture.
_LONG_STAY: Final = {OfferType.RESIDENCE_SOCIALE: ((0.55, 24.0), (0.45, 98.0))}


def draw(settings: Settings) -> Department:
    """The département of these settings; the same settings give the same one. Raises ValueError: unknown profile."""
    profile = load(settings.profile)
    census = Census(profile.compositions, profile.ages, START)
    structures = tuple(_structures(settings, profile))
    prescribers = tuple(_prescribers(settings, profile))
    numbers = _Numbers()
    hosted, openings = _occupants(settings, profile, census, structures, numbers)
    desk = Desk(settings.seed, profile, census, prescribers, START)
    waiting = desk.waiting(round(profile.assumed.waiting * settings.size), numbers.take)
    arriving = desk.arriving(profile.requests_per_year * settings.size, settings.days, numbers.take)
    misdeeds = max(len(MISDEEDS), round(MISDEEDS_PER_DAY * settings.days * settings.size))
    return Department(
        settings=settings,
        profile=profile,
        day=START,
        structures=structures,
        prescribers=prescribers,
        bailleurs=tuple(_bailleurs(settings, profile)),
        authorities=_authorities(profile),
        hosted=hosted,
        openings=openings,
        waiting=waiting,
        arriving=arriving,
        spare=desk.spare(misdeeds, numbers.take),
    )


class _Numbers:
    """One number for each household of the département."""

    def __init__(self) -> None:
        self._next = 0

    def take(self) -> int:
        self._next += 1
        return self._next


def commune_of(rng: random.Random, communes: tuple[Commune, ...]) -> Commune:
    """A commune, the likelier the more people live there."""
    return rng.choices(communes, [commune.population for commune in communes])[0]


def _structures(settings: Settings, profile: Profile) -> list[Structure]:
    found = []
    for supply in profile.supply:
        count = max(1, round(supply.structures * settings.size))
        rng = draws.stream(settings.seed, "structures", supply.offer_type)
        units = round(supply.places * settings.size / supply.persons_per_household)
        sizes = draws.shares(units, [draws.around(rng, 1, 0.35) for _ in range(count)])
        found += [_structure(settings, profile, supply, i + 1, size) for i, size in enumerate(sizes)]
    return found


def _structure(settings: Settings, profile: Profile, supply: Supply, number: int, units: int) -> Structure:
    offer = supply.offer_type
    rng = draws.stream(settings.seed, "structure", offer, number)
    capacities = draws.tilted(_capacities(offer), supply.persons_per_household)
    places = tuple(
        Place(f"p{i + 1}", draws.pick(rng, capacities), rng.random() < ACCESSIBLE_SHARE)
        for i in range(min(units, LARGEST_STRUCTURE))
    )
    commune = commune_of(rng, profile.communes)
    slug = offer.value.replace("_", "-")
    return Structure(
        partner=f"{slug}-{number}",
        structure_id=f"{slug}-{number}-s",
        name=f"{offer.label} n° {number}, {commune.name}",
        offer_type=offer,
        commune=commune.code,
        places=places,
        rules=projets.rules_of(rng, offer, max(place.capacity for place in places)),
    )


def _capacities(offer: OfferType) -> range:
    if offer is OfferType.IML_SOUS_LOCATION:
        return range(2, 7)
    return range(1, 2 if offer is OfferType.FTM else 6)


def _prescribers(settings: Settings, profile: Profile) -> list[Prescriber]:
    kinds = profile.prescriber_kinds
    count = max(len(kinds), round(profile.assumed.prescribers * settings.size))
    numbers = draws.shares(count, list(kinds.values()))
    rng = draws.stream(settings.seed, "prescribers")
    return [
        Prescriber(f"prescripteur-{kind.value.replace('_', '-')}-{i + 1}", kind, _prescriber_name(rng, profile, kind))
        for kind, number in zip(kinds, numbers, strict=True)
        for i in range(number)
    ]


def _prescriber_name(rng: random.Random, profile: Profile, kind: PrescriberKind) -> str:
    return f"{LABELS[kind]}, {commune_of(rng, profile.communes).name}"


def _bailleurs(settings: Settings, profile: Profile) -> list[PartnerRegistered]:
    """Two work in the whole département, the others in some of its communes."""
    found = []
    for number in range(1, BAILLEURS + 1):
        rng = draws.stream(settings.seed, "bailleur", number)
        some = {commune_of(rng, profile.communes).code for _ in range(2 + len(profile.communes) // 4)}
        found.append(
            PartnerRegistered(
                id=f"bailleur-{number}",
                role=Role.BAILLEUR,
                siao=profile.assumed.siao,
                name=f"Bailleur social n° {number}",
                communes=() if number <= 2 else tuple(sorted(some)),
            )
        )
    return found


def _authorities(profile: Profile) -> tuple[PartnerRegistered, ...]:
    siao = profile.assumed.siao
    return (
        PartnerRegistered(id=f"prefecture-{siao}", role=Role.PREFECTURE, siao=siao, name="Préfecture, SIAO et DALO"),
        PartnerRegistered(id=f"operateur-{siao}", role=Role.OPERATOR, siao=siao, name="Opérateur du SIAO"),
    )


def _occupants(
    settings: Settings, profile: Profile, census: Census, structures: tuple[Structure, ...], numbers: _Numbers
) -> tuple[tuple[Hosted, ...], tuple[Opening, ...]]:
    supplies = {supply.offer_type: supply for supply in profile.supply}
    hosted: list[Hosted] = []
    openings: list[Opening] = []
    for structure in structures:
        supply = supplies[structure.offer_type]
        rng = draws.stream(settings.seed, "occupants", structure.partner)
        share = draws.whole(rng, len(structure.places) * supply.siao_share)
        for place in structure.places[:share]:
            if rng.random() > supply.occupancy:
                openings.append(Opening(structure, place, rng.uniform(0, OPENING_DAYS)))
            elif rng.random() < KNOWN_SHARE:
                household = _occupant(rng, census, structure, place, numbers.take())
                hosted.append(_hosted(rng, profile, structure, place, household))
            else:
                leaves = draws.arrivals(rng, 1 / (stay_months(rng, supply) * MONTH_DAYS), settings.days)
                openings += [Opening(structure, place, leaves[0])] if leaves else []
    return tuple(hosted), tuple(sorted(openings, key=lambda o: (o.day, o.structure.partner, o.place.place_id)))


def stay_months(rng: random.Random, supply: Supply) -> float:
    """Mean stay, in months, of the kind of resident that one draws."""
    mixture = _LONG_STAY.get(supply.offer_type)
    return draws.pick(rng, {months: share for share, months in mixture}) if mixture else supply.stay_months


def _hosted(rng: random.Random, profile: Profile, structure: Structure, place: Place, household: Household) -> Hosted:
    months = next(s.stay_months for s in profile.supply if s.offer_type is structure.offer_type)
    ready = rng.random() < profile.ready_share
    return Hosted(
        structure=structure,
        place=place,
        stay_id=f"sejour-{place.place_id}",
        household=household,
        entered_on=START - timedelta(days=1 + int(rng.expovariate(1 / (months * MONTH_DAYS)))),
        ready=readiness_of(rng, profile, household) if ready else None,
    )


def _occupant(rng: random.Random, census: Census, structure: Structure, place: Place, number: int) -> Household:
    """Someone the structure takes in, as numerous as the place allows; after fifty tries anyone of that size."""
    for _ in range(50):
        fewer = place.capacity >= 3 and rng.random() < 0.2
        household = census.household_of(rng, number, place.capacity - fewer)
        if projets.could_live(household, structure.rules):
            break
    return household


def readiness_of(rng: random.Random, profile: Profile, household: Household) -> Readiness:
    """What a household ready for ordinary housing waits for. Half would live anywhere in the département (A)."""
    some = {commune_of(rng, profile.communes).code for _ in range(rng.randint(1, 4))}
    return Readiness(
        number=f"{profile.assumed.siao}{rng.randrange(10**12):012d}",
        communes=() if rng.random() < 0.5 else tuple(sorted(some)),
        rooms=min(6, max(1, household.minors + 1 + (household.persons - household.minors) // 2)),
    )
