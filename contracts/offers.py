"""What the SIAO knows of the offer (`siao.offers`): structures, rules, vacancies; no word about a person."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import OfferType
from contracts.event import Fact
from contracts.fields import Commune, Id, Instant, LocalId, PartnerId, SiaoCode
from contracts.rules import Rule


class StructureRegistered(Fact):
    """A structure, its capacity and its rules, as now known."""

    type: ClassVar[str] = "structure.registered.v1"

    siao: SiaoCode
    structure: Id = Field(description="Structure: <partner>/<structure_id>.")
    partner: PartnerId = Field(description="The partner that runs it.")
    offer_type: OfferType
    commune: Commune
    place_ids: tuple[LocalId, ...] = Field(description="Its places, by the structure's own ids.")
    capacity: int = Field(description="Capacity, in personnes.")
    rules_version: int = Field(description="Version of the projet d'établissement.")
    rules: tuple[Rule, ...] = Field(description="Its rules.")


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
    cause: Literal["published", "departure"] = Field(description="Published by the structure, or freed by a departure.")


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
    reason: Literal["withdrawn", "filled"]
