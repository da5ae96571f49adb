"""What the SIAO knows of the offer (`siao.offers`): structures, rules, vacancies; no word about a person."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import OfferType, Regime
from contracts.event import Fact
from contracts.fields import Commune, Id, Instant, LocalId, PartnerId, SiaoCode
from contracts.place_codes import PlaceCategory, PlacePublic, Sharing, Spread, UnavailabilityReason
from contracts.rules import FirstRule, Rule


class PlaceRegistered(Fact):
    """A place as its structure describes it.

    group: the group of equal places that it is one of. landlord: the bailleur that lets the dwelling to the structure.
    """

    place_id: LocalId
    capacity: int = Field(description="Persons it can take.")
    accessible: bool
    public: PlacePublic = PlacePublic.ANYONE
    category: PlaceCategory | None = None
    spread: Spread | None = None
    sharing: Sharing | None = None
    group: LocalId | None = None
    landlord: PartnerId | None = None


class ProjetRegistered(Fact):
    """A version of a projet d'établissement. `approved_by`: the operator or préfecture, null before its approval."""

    version: int
    effective_from: date = Field(description="First day on which it applies.")
    rules: tuple[Rule, ...]
    approved_by: PartnerId | None = None


class StructureRegistered(Fact):
    """A structure, its places, its capacity and its rules, as now known: open vacancies are of places as they are here.

    `rules_version` and `rules` say the version in force in the first contract's kinds of rule; `projet`, where it is
    given, says it whole.
    """

    type: ClassVar[str] = "structure.registered.v1"

    siao: SiaoCode
    structure: Id = Field(description="Structure: <partner>/<structure_id>.")
    partner: PartnerId = Field(description="The partner that runs it.")
    offer_type: OfferType
    commune: Commune
    place_ids: tuple[LocalId, ...] = Field(description="Its places, by the structure's own ids.")
    capacity: int = Field(description="Capacity, in personnes.")
    rules_version: int = Field(description="Version of the projet d'établissement.")
    rules: tuple[FirstRule, ...] = Field(description="Its rules.")
    regime: Regime | None = Field(default=None, description="The mission it belongs to.")
    places: tuple[PlaceRegistered, ...] = Field(default=(), description="Its places.")
    projet: ProjetRegistered | None = Field(default=None, description="The version in force.")
    to_come: tuple[ProjetRegistered, ...] = Field(default=(), description="Versions that will apply, the next first.")


class VacancyExpected(Fact):
    """A place will soon be vacant: shown, not designated. `expected_on` null: this is not expected any more."""

    type: ClassVar[str] = "vacancy.expected.v1"

    siao: SiaoCode
    vacancy: Id = Field(description="The vacancy, under the id that it keeps when it opens.")
    place: Id
    structure: Id
    partner: PartnerId
    offer_type: OfferType
    commune: Commune
    capacity: int = Field(description="Persons it can take.")
    accessible: bool
    public: PlacePublic = PlacePublic.ANYONE
    expected_on: date | None
    at: Instant


class VacancyOpened(Fact):
    """A place waits for a household."""

    type: ClassVar[str] = "vacancy.opened.v1"

    siao: SiaoCode
    vacancy: Id = Field(description="The vacancy: one per time that the place is vacant.")
    place: Id = Field(description="Place: <partner>/<structure_id>/<place_id>.")
    structure: Id
    partner: PartnerId
    offer_type: OfferType
    commune: Commune
    capacity: int = Field(description="Persons it can take.")
    accessible: bool
    available_on: date
    opened_at: Instant = Field(description="When the SIAO learned of it (business time).")
    cause: Literal["published", "departure", "available"] = Field(
        description="Published by the structure, freed by a departure, or available again."
    )
    public: PlacePublic = PlacePublic.ANYONE
    freed_on: date | None = Field(
        default=None, description="Since when it could have been known: the departure, or the first day of entry."
    )


class VacancyClosed(Fact):
    """A place waits no longer."""

    type: ClassVar[str] = "vacancy.closed.v1"

    siao: SiaoCode
    vacancy: Id
    place: Id
    structure: Id
    offer_type: OfferType
    capacity: int = Field(description="Persons it could take.")
    closed_at: Instant
    reason: Literal["withdrawn", "filled", "unavailable"]


class PlaceOutOfService(Fact):
    """A place where nobody lives cannot be filled; said again when the reason or the day changes."""

    type: ClassVar[str] = "place.out_of_service.v1"

    siao: SiaoCode
    place: Id
    structure: Id
    offer_type: OfferType
    capacity: int = Field(description="Persons it could take.")
    reason: UnavailabilityReason
    until: date | None
    at: Instant


class PlaceBackInService(Fact):
    """A place that could not be filled can be, or is: made available, entered, or described no more."""

    type: ClassVar[str] = "place.back_in_service.v1"

    siao: SiaoCode
    place: Id
    structure: Id
    offer_type: OfferType
    capacity: int
    at: Instant
