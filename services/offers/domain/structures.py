"""A structure as its partner describes it; refuses an older description, a place twice, rules that nobody satisfies."""

from datetime import date
from typing import Final

from contracts.codes import OfferType, Regime
from contracts.event import Refusal
from contracts.place_codes import PlaceCategory, PlacePublic, Sharing, Spread
from contracts.vacancies import Place, StructureDescribed
from services.chassis.kept import Kept
from services.offers.domain.projets import Projet, Versions, with_version
from services.offers.domain.satisfiable import unsatisfiable

# A fact about a whole structure stays far below the broker's largest record (1 MB).
MOST_PLACES: Final = 1000
# Longest id of a place (contract, `LocalId`).
LONGEST_ID: Final = 64


class Described(Kept):
    """A place, or `count` equal ones, as described."""

    capacity: int
    accessible: bool
    count: int = 1
    public: PlacePublic = PlacePublic.ANYONE
    category: PlaceCategory | None = None
    spread: Spread | None = None
    sharing: Sharing | None = None
    landlord: str | None = None


class Structure(Kept):
    """A structure as its partner last described it. `places`: by the structure's own ids, groups as one entry."""

    siao: str
    partner: str
    structure_id: str
    revision: int
    name: str
    offer_type: OfferType
    regime: Regime | None = None
    commune: str
    places: dict[str, Described]
    projets: tuple[Projet, ...]

    @property
    def key(self) -> str:
        """<partner>/<structure_id>."""
        return structure_key(self.partner, self.structure_id)

    @property
    def units(self) -> dict[str, Described]:
        """Every place that takes one household, groups told apart, in the order of the description."""
        return {unit: place for name, place in self.places.items() for unit in units_of(name, place.count)}

    def named(self, place_id: str) -> tuple[str, ...]:
        """The places that a name means: one, or all of a group. Raises Refusal place-unknown."""
        place = self.places.get(place_id)
        if place is not None:
            return units_of(place_id, place.count)
        if self.described(place_id) is None:
            raise Refusal("place-unknown", "$.place_id")
        return (place_id,)

    def described(self, unit: str) -> Described | None:
        """What is said of one place; None when it is not described."""
        place = self.places.get(unit)
        if place is not None:
            return place if place.count == 1 else None
        name, _, number = unit.rpartition(".")
        group = self.places.get(name)
        if group is None or not number.isdecimal() or str(int(number)) != number:
            return None
        return group if 1 <= int(number) <= group.count and group.count > 1 else None

    def group_of(self, unit: str) -> str | None:
        """The group that a place is one of."""
        return None if unit in self.places else unit.rpartition(".")[0]

    def versions(self, today: date, applies: bool) -> Versions:
        """The versions of its projet as they stand on a day."""
        return Versions(self.projets, today, applies)


def structure_key(partner: str, structure_id: str) -> str:
    """The key of a structure: a partner can only name its own."""
    return f"{partner}/{structure_id}"


def place_key(structure: str, place_id: str) -> str:
    """The key of a place."""
    return f"{structure}/{place_id}"


def units_of(place_id: str, count: int) -> tuple[str, ...]:
    """The places of an entry: itself, or those of a group, numbered from 1."""
    return (place_id,) if count == 1 else tuple(f"{place_id}.{number}" for number in range(1, count + 1))


def after_description(
    known: Structure | None, event: StructureDescribed, partner: str, siao: str, today: date, applies: bool
) -> Structure:
    """The structure after a description.

    Raises Refusal: revision-stale, place-repeated, places-too-many, regime-not-of-type, rule-unsatisfiable.
    """
    if known is not None and event.revision <= known.revision:
        raise Refusal("revision-stale", "$.revision", f"known={known.revision}")
    _told_apart(event.places)
    if event.regime not in (None, event.offer_type.regime) and event.offer_type is not OfferType.ALT:
        raise Refusal("regime-not-of-type", "$.regime")
    index = unsatisfiable(event.projet.rules, ((place.capacity, place.public) for place in event.places))
    if index is not None:
        raise Refusal("rule-unsatisfiable", f"$.projet.rules[{index}]")
    projets = with_version(known.projets if known else (), event.projet)
    return Structure(
        siao=siao,
        partner=partner,
        structure_id=event.structure_id,
        revision=event.revision,
        name=event.name,
        offer_type=event.offer_type,
        regime=event.regime or event.offer_type.regime,
        commune=event.commune,
        places={place.place_id: _described(place) for place in event.places},
        projets=Versions(projets, today, applies).kept,
    )


def _told_apart(places: tuple[Place, ...]) -> None:
    if sum(place.count for place in places) > MOST_PLACES:
        raise Refusal("places-too-many", "$.places", f"most={MOST_PLACES}")
    seen: set[str] = set()
    for index, place in enumerate(places):
        units = units_of(place.place_id, place.count)
        if not seen.isdisjoint((place.place_id, *units)):
            raise Refusal("place-repeated", f"$.places[{index}].place_id")
        seen.update((place.place_id, *units))
        if len(units[-1]) > LONGEST_ID:
            raise Refusal("places-too-many", f"$.places[{index}].place_id", f"longest={LONGEST_ID}")


def _described(place: Place) -> Described:
    return Described.model_validate(place.model_dump(exclude={"place_id"}))
