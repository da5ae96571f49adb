"""Sub-letting on the way to a lease (bail glissant): what a landlord is told of its dwellings, and what is known."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import OfferType
from contracts.dwelling_codes import LeaseOutcome
from contracts.event import Fact
from contracts.fields import Id, Instant, SiaoCode


class SubletDwellingUpdated(Fact):
    """To the bailleur: what becomes of a dwelling that it lets to an association. Who lives there is not named."""

    type: ClassVar[str] = "sublet_dwelling.updated.v1"

    place: Id = Field(description="Place: <partner>/<structure_id>/<place_id>.")
    offer_type: OfferType = Field(description="Type of offer.")
    household: Id = Field(description="The household: name it when its lease has slid.")
    persons: int = Field(description="Size, in personnes.")
    step: Literal["begun", "reviewed", "slid", "ended"] = Field(description="What has happened.")
    on: date = Field(description="On which day.")
    outcome: LeaseOutcome | None = Field(default=None, description="Of a review: what was concluded.")
    term_on: date | None = Field(
        default=None, description="Last day foreseen of a sub-letting whose lease is to slide."
    )
    at: Instant = Field(description="When the SIAO learned of it.")


class LeaseReviewRecorded(Fact):
    """A sub-letting whose lease is to slide was reviewed. `until`: it was extended until then."""

    type: ClassVar[str] = "lease.review_recorded.v1"

    siao: SiaoCode
    household: Id
    place: Id
    offer_type: OfferType
    persons: int
    reviewed_on: date
    outcome: LeaseOutcome
    next_due_on: date
    until: date | None
    at: Instant
