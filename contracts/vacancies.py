"""What a structure tells the SIAO of its offer: itself, its rules, its vacancies (`partners.<id>.vacancies`)."""

from typing import ClassVar

from pydantic import Field

from contracts.codes import OfferType
from contracts.event import Message
from contracts.fields import Commune, Day, LocalId, Name, Revision
from contracts.rules import Rule


class Place(Message):
    """A place: a bed, a room or a whole dwelling that takes one household."""

    place_id: LocalId = Field(description="The structure's own id of the place.")
    capacity: int = Field(ge=1, le=20, description="Persons it can take, in personnes.")
    accessible: bool = Field(default=False, description="Usable in a wheelchair.")


class ProjetEtablissement(Message):
    """The rules a structure works under, as adopted. The SIAO designates in respect of them (circulaire 2010)."""

    version: Revision = Field(description="Number of this version, growing.")
    effective_from: Day = Field(description="First day on which the rules apply.")
    rules: tuple[Rule, ...] = Field(default=(), max_length=40, description="Who may be taken in.")


class StructureDescribed(Message):
    """A structure describes itself, whole: sent again, with a higher revision, it replaces what was known."""

    type: ClassVar[str] = "structure.described.v1"

    structure_id: LocalId = Field(description="The partner's own id of the structure (FINESS or its own).")
    revision: Revision = Field(description="Grows with each description; a lower or equal one is refused.")
    name: Name = Field(description="Name of the structure.")
    offer_type: OfferType = Field(description="Type of offer.")
    commune: Commune = Field(description="INSEE code of the commune.")
    places: tuple[Place, ...] = Field(min_length=1, max_length=400, description="All its places.")
    projet: ProjetEtablissement = Field(description="Projet d'établissement in force.")


class VacancyPublished(Message):
    """A place is vacant and can take a household now (real-time offer, circulaire of 8 April 2010)."""

    type: ClassVar[str] = "vacancy.published.v1"

    structure_id: LocalId = Field(description="The structure.")
    place_id: LocalId = Field(description="The place.")
    available_on: Day = Field(description="First day on which a household can enter.")


class VacancyWithdrawn(Message):
    """A vacancy is taken back: the place cannot take a household after all."""

    type: ClassVar[str] = "vacancy.withdrawn.v1"

    structure_id: LocalId = Field(description="The structure.")
    place_id: LocalId = Field(description="The place.")
