"""What a structure tells the SIAO of its offer: itself, its rules, its vacancies (`partners.<id>.vacancies`)."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from contracts.codes import OfferType, Regime
from contracts.event import Message
from contracts.fields import Commune, Day, LocalId, Name, PartnerId, Revision
from contracts.place_codes import PlaceCategory, PlacePublic, Sharing, Spread, UnavailabilityReason
from contracts.rules import Rule

# How many of the equal places of a group a message is about.
Count: TypeAlias = Annotated[int, Field(ge=1, le=1000)]


class Place(Message):
    """A place: a bed, a room or a whole dwelling that takes one household; or, by `count`, several that are equal.

    The places of a group are named `<place_id>.1` to `<place_id>.<count>`: numbers, not doors. A message may name one
    of them, or the group.
    """

    place_id: LocalId = Field(description="The structure's own id of the place, or of the group of equal places.")
    capacity: int = Field(ge=1, le=20, description="Persons it can take, in personnes; of each place of a group.")
    accessible: bool = Field(default=False, description="Usable in a wheelchair.")
    count: Count = Field(default=1, description="How many equal places; more than one: a group.")
    category: PlaceCategory | None = Field(default=None, description="What it is: bed, room, whole dwelling.")
    spread: Spread | None = Field(default=None, description="Diffus or regroupé.")
    sharing: Sharing | None = Field(default=None, description="Individuel or collectif.")
    public: PlacePublic = Field(default=PlacePublic.ANYONE, description="Whom it is kept for, by gender.")
    landlord: PartnerId | None = Field(
        default=None, description="The bailleur that lets the dwelling to the structure, if it is a partner."
    )


class ProjetEtablissement(Message):
    """The rules a structure works under, as adopted. The SIAO designates in respect of them (circulaire 2010)."""

    version: Revision = Field(description="Number of this version, growing.")
    effective_from: Day = Field(
        description="First day on which the rules apply. Until then the version before does; the first version of all"
        " applies at once."
    )
    rules: tuple[Rule, ...] = Field(default=(), max_length=40, description="Who may be taken in.")


class StructureDescribed(Message):
    """A structure describes itself, whole: sent again, with a higher revision, it replaces what was known."""

    type: ClassVar[str] = "structure.described.v1"

    structure_id: LocalId = Field(description="The partner's own id of the structure (FINESS or its own).")
    revision: Revision = Field(description="Grows with each description; a lower or equal one is refused.")
    name: Name = Field(description="Name of the structure.")
    offer_type: OfferType = Field(description="Type of offer.")
    regime: Regime | None = Field(
        default=None, description="For ALT only, which is of either mission: hebergement (by default) or logement."
    )
    commune: Commune = Field(description="INSEE code of the commune.")
    places: tuple[Place, ...] = Field(min_length=1, max_length=400, description="All its places.")
    projet: ProjetEtablissement = Field(description="Projet d'établissement in force, or to come.")


class _OfPlace(Message):
    """What is said of a place, or of some places of a group.

    The SIAO takes places of a group in this order: vacant ones that nobody is designated to before others.
    """

    structure_id: LocalId = Field(description="The structure.")
    place_id: LocalId = Field(description="The place, or the group of equal places.")
    count: Count = Field(default=1, description="Of a group: how many of its places.")
    sequence: Revision | None = Field(
        default=None,
        description="Grows with each message about this place; a lower or equal one is refused. Not obliged.",
    )


class VacancyAnnounced(_OfPlace):
    """A place will soon be vacant (CASF L345-2-7): the SIAO knows it, and designates nobody before it is published.

    Said again of a place, its day changes; `vacancy.withdrawn.v1` takes it back.
    """

    type: ClassVar[str] = "vacancy.announced.v1"

    expected_on: Day = Field(description="Day on which the place is expected to be free.")


class VacancyPublished(_OfPlace):
    """A place is vacant and can take a household now (real-time offer, circulaire of 8 April 2010)."""

    type: ClassVar[str] = "vacancy.published.v1"

    available_on: Day = Field(description="First day on which a household can enter.")


class VacancyWithdrawn(_OfPlace):
    """A vacancy, or the announcement of one, is taken back: the place cannot take a household after all."""

    type: ClassVar[str] = "vacancy.withdrawn.v1"


class PlaceUnavailable(_OfPlace):
    """A place cannot be filled for a while. A vacancy of it closes, and a designation to it ends.

    Of a place that is lived in, it counts from the departure. Said again, its reason and day change.
    """

    type: ClassVar[str] = "place.unavailable.v1"

    reason: UnavailabilityReason = Field(description="Why.")
    until: Day | None = Field(
        default=None, description="Until when, as foreseen. The place is back by `place.available.v1` only."
    )


class PlaceAvailable(_OfPlace):
    """A place can be filled again: vacant at once if it was so when it became unavailable, or has been left since."""

    type: ClassVar[str] = "place.available.v1"

    available_on: Day | None = Field(default=None, description="First day on which a household can enter; null: today.")
