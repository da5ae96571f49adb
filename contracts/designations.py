"""What the SIAO decided (`siao.designations`): designations with their proof, their answers, stays; no identity."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import (
    DesignationOutcome,
    DesignationState,
    ExitDestination,
    HouseholdRefusal,
    MediationKind,
    OfferType,
    Party,
    StructureRefusal,
)
from contracts.decisions import Criterion
from contracts.event import Fact
from contracts.fields import Id, Instant, PartnerId, SiaoCode


class Proof(Fact):
    """Why this household and not another; replaying the log up to `seen` gives the same answer."""

    criteria_version: int = Field(description="Criteria in force.")
    criteria: tuple[Criterion, ...] = Field(description="Their order.")
    rules_version: int = Field(description="Version of the projet d'établissement.")
    rank: int = Field(description="Rank of the household on the list of this type of offer; 1 is first.")
    considered: int = Field(description="Households waiting for this type of offer.")
    passed_over: dict[str, int] = Field(description="Households before it that could not be taken, by rule.")
    seen: dict[str, int] = Field(description="Last offset seen of each input, by topic-partition.")


class DesignationMade(Fact):
    """The SIAO designates a household to a structure's place."""

    type: ClassVar[str] = "designation.made.v1"

    siao: SiaoCode
    designation: Id
    vacancy: Id
    place: Id
    structure: Id
    partner: PartnerId = Field(description="The partner that runs the structure.")
    offer_type: OfferType
    household: Id
    request: Id
    prescriber: PartnerId
    persons: int
    made_at: Instant
    answer_due_at: Instant
    proof: Proof


class VacancyUnmatched(Fact):
    """No waiting household can be designated to a vacancy, and why, rule by rule."""

    type: ClassVar[str] = "vacancy.unmatched.v1"

    siao: SiaoCode
    vacancy: Id
    structure: Id
    offer_type: OfferType
    considered: int = Field(description="Households waiting for this type of offer.")
    passed_over: dict[str, int] = Field(description="Why none: households by the first rule that excluded them.")
    at: Instant


class DesignationProgressed(Fact):
    """A designation changed state without ending."""

    type: ClassVar[str] = "designation.progressed.v1"

    siao: SiaoCode
    designation: Id
    structure: Id
    offer_type: OfferType
    household: Id
    persons: int
    partner: PartnerId
    prescriber: PartnerId
    state: DesignationState
    step: Literal["acknowledged", "accepted", "refusal_submitted", "refusal_overruled", "reminded"]
    refusal_reason: StructureRefusal | None = None
    article: str | None = None
    argument_reference: Id | None = Field(default=None, description="Where those who judge can read the argument.")
    at: Instant


class DesignationEnded(Fact):
    """A designation ended, and by whose act or silence."""

    type: ClassVar[str] = "designation.ended.v1"

    siao: SiaoCode
    designation: Id
    vacancy: Id
    place: Id
    structure: Id
    partner: PartnerId
    offer_type: OfferType
    household: Id
    request: Id
    prescriber: PartnerId
    persons: int
    outcome: DesignationOutcome
    party: Party
    structure_reason: StructureRefusal | None = None
    household_reason: HouseholdRefusal | None = None
    at: Instant


class StayStarted(Fact):
    """A household lives in a place, by designation or (designation null) by the structure's own admission."""

    type: ClassVar[str] = "stay.started.v1"

    siao: SiaoCode
    designation: Id | None
    place: Id
    structure: Id
    partner: PartnerId
    offer_type: OfferType
    household: Id
    request: Id | None
    persons: int
    entered_on: date
    at: Instant


class StayEnded(Fact):
    """A household has left its place."""

    type: ClassVar[str] = "stay.ended.v1"

    siao: SiaoCode
    place: Id
    structure: Id
    partner: PartnerId
    offer_type: OfferType
    household: Id
    persons: int
    left_on: date
    destination: ExitDestination
    at: Instant


class LegalClockMissed(Fact):
    """The legal day went by and the household has no designation under way."""

    type: ClassVar[str] = "legal_clock.missed.v1"

    siao: SiaoCode
    request: Id
    household: Id
    persons: int
    kind: MediationKind
    due_on: date
    at: Instant


class CriteriaInForce(Fact):
    """Criteria adopted by the commission, in force from now on."""

    type: ClassVar[str] = "criteria.in_force.v1"

    siao: SiaoCode
    version: int
    criteria: tuple[Criterion, ...]
    at: Instant
