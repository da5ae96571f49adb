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
from contracts.decision_codes import CancelReason
from contracts.decisions import Criterion
from contracts.event import Fact
from contracts.fields import Id, Instant, LocalId, PartnerId, SiaoCode
from contracts.place_codes import Withdrawal
from contracts.rule_codes import HardRule, OutOfOrderReason, SuspensionReason


class Proof(Fact):
    """Why this household and not another; replaying the log up to `seen` gives the same answer."""

    criteria_version: int = Field(description="Criteria in force.")
    criteria: tuple[Criterion, ...] = Field(description="Their order.")
    rules_version: int = Field(description="Version of the projet d'établissement.")
    rank: int = Field(description="Rank of the household on the list of this type of offer; 1 is first.")
    considered: int = Field(description="Households waiting for this type of offer.")
    passed_over: dict[str, int] = Field(
        description="Households before it, by the rule that kept them out; out_of_order: passed by decision;"
        " placed_elsewhere: given another place by the same session."
    )
    seen: dict[str, int] = Field(description="Last offset seen of each input, by topic-partition.")
    rules_approved: bool | None = Field(
        default=None, description="That version was approved by the operator or the préfecture; null: not known."
    )
    overridden: tuple[HardRule, ...] = Field(
        default=(), description="Rules that exclude this household, set aside by the operator's decision."
    )
    session: LocalId | None = Field(
        default=None, description="The commission's session that decided; its agenda says what was seen and proposed."
    )


class OutOfOrder(Fact):
    """The operator's decision to designate a household before its turn."""

    reason: OutOfOrderReason
    article: str | None
    argument_reference: Id = Field(description="Where those who control can read the argument.")


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
    shortlist: tuple[Id, ...] = Field(
        default=(), description="Households designated next if this one is not admitted, in order, as known now."
    )
    out_of_order: OutOfOrder | None = None
    holder: PartnerId | None = Field(default=None, description="On whose contingent, if on any.")


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
    step: Literal[
        "acknowledged",
        "interview_set",
        "interview_held",
        "accepted",
        "refusal_submitted",
        "refusal_overruled",
        "refusal_escalated",
        "reminded",
    ]
    refusal_reason: StructureRefusal | None = None
    article: str | None = None
    argument_reference: Id | None = Field(default=None, description="Where those who judge can read the argument.")
    at: Instant
    request: Id | None = None
    answer_due_at: Instant | None = Field(default=None, description="When silence ends it, from this step on.")
    awaits: Party | None = Field(default=None, description="Whose silence that would be.")
    interview_on: date | None = None


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
    cancel_reason: CancelReason | None = None
    withdrawal: Withdrawal | None = Field(default=None, description="Of one withdrawn: what became of its place.")


class HouseholdRefusalSettled(Fact):
    """The operator has judged a household's refusal of a place, and what follows for its request.

    `to_update`: off the lists until it is sent again, its seniority starts then; `seniority_restarts`: another
    designation is under way, which stands, its seniority starts now; `none`: it keeps its rank, or asks no more.
    `restarts`: how often the request's seniority has started again, this time included.
    """

    type: ClassVar[str] = "household_refusal.settled.v1"

    siao: SiaoCode
    designation: Id
    offer_type: OfferType
    household: Id
    request: Id
    prescriber: PartnerId
    persons: int
    verdict: Literal["admissible", "inadmissible"]
    reason: HouseholdRefusal
    consequence: Literal["none", "to_update", "seniority_restarts"]
    restarts: int
    legal_kind: MediationKind | None = Field(description="The right whose benefit is at risk, if one was recognised.")
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
    emergency: bool = Field(default=False, description="The structure's own admission, in an emergency.")


class StayEnded(Fact):
    """A household has left its place, or has become tenant of it."""

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
    slid: bool = Field(default=False, description="Its lease has slid: it stays there as tenant.")


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


class RequestHeld(Fact):
    """A request is suspended for some types of offer (all when none is named) until an instant, or is no more."""

    type: ClassVar[str] = "request.held.v1"

    siao: SiaoCode
    request: Id
    household: Id
    persons: int
    offer_types: tuple[OfferType, ...]
    until: Instant = Field(description="End of the suspension: gone by, it ends one.")
    reason: SuspensionReason
    at: Instant


class RequestRefreshOverdue(Fact):
    """A request that waits was not refreshed by its day: intake takes it off the lists, unless it was meanwhile."""

    type: ClassVar[str] = "request.refresh_overdue.v1"

    siao: SiaoCode
    request: Id
    household: Id
    persons: int
    due_on: date
    at: Instant
