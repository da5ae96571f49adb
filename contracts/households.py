"""What the services know of households (`siao.households`): opaque ids and the facts that decide; no identity."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import (
    Composition,
    EvaluationSection,
    Known,
    MediationKind,
    OfferType,
    PrescriberKind,
    RequestReason,
    Situation,
    SupportLevel,
)
from contracts.event import Fact
from contracts.fields import Commune, Id, Instant, PartnerId, SiaoCode
from contracts.origin import Origin


class HouseholdFacts(Fact):
    """What rules and criteria look at. Ages are whole years on the day of the request."""

    composition: Composition
    persons: int = Field(description="Size, in personnes.")
    minors: int = Field(description="Members under 18.")
    lead_age: int = Field(description="Age of the lead applicant, in years.")
    situation: Situation
    in_danger: Known
    accessibility: Known
    pets: Known
    support: SupportLevel
    resources: Known
    residence_right: Known


class LegalClock(Fact):
    """The day by which the préfet must have made an offer (CCH R441-16-1, R441-18)."""

    kind: MediationKind
    decided_on: date
    due_on: date


class RequestRegistered(Fact):
    """A request is in the single desk's register; `missing` lists the headings that the evaluation lacks."""

    type: ClassVar[str] = "request.registered.v1"

    siao: SiaoCode
    request: Id = Field(description="Request: <prescriber>/<request_id>.")
    household: Id
    prescriber: PartnerId
    prescriber_kind: PrescriberKind
    revision: int
    first_received_on: date | None = Field(description="Day it first reached anyone, if not the SIAO.")
    reason: RequestReason
    facts: HouseholdFacts
    recommended: tuple[OfferType, ...] = Field(description="The prescriber's préconisation.")
    missing: tuple[EvaluationSection, ...] = Field(description="Empty when the request is complete.")
    first_transmitted_at: Instant = Field(description="Start of seniority: never moved by an amendment.")


class HouseholdWaiting(Fact):
    """A complete request is on the waiting lists of the types of offer it is qualified for (orientation retenue)."""

    type: ClassVar[str] = "household.waiting.v1"

    siao: SiaoCode
    request: Id
    household: Id
    prescriber: PartnerId
    facts: HouseholdFacts
    qualified: tuple[OfferType, ...] = Field(description="Orientation retenue: never the same field as recommended.")
    qualified_by: Literal["standing_rule"] = Field(
        description="Who qualified; `standing_rule`: the operator's rule that follows the prescriber's préconisation."
    )
    communes: tuple[Commune, ...]
    since: Instant = Field(description="Seniority.")
    legal_clock: LegalClock | None


class RequestClosed(Fact):
    """A request left the register."""

    type: ClassVar[str] = "request.closed.v1"

    siao: SiaoCode
    request: Id
    household: Id
    persons: int
    reason: Literal["cancelled", "admitted"]
    closed_at: Instant


class StayRecorded(Fact):
    """A structure told of a household that already lives there, without a designation."""

    type: ClassVar[str] = "stay.recorded.v1"

    siao: SiaoCode
    household: Id
    partner: PartnerId
    structure: Id
    place: Id
    persons: int
    entered_on: date
    origin: Origin = Field(description="The structure's message: whoever accepts the stay answers it.")


class ReadinessDeclared(Fact):
    """A household is on the list of those ready for ordinary housing."""

    type: ClassVar[str] = "readiness.declared.v1"

    siao: SiaoCode
    household: Id
    persons: int
    rooms: int
    communes: tuple[Commune, ...]
    declared_at: Instant


class ReadinessEnded(Fact):
    """A household left the list: rehoused, withdrawn by its structure, or gone."""

    type: ClassVar[str] = "readiness.ended.v1"

    siao: SiaoCode
    household: Id
    persons: int
    reason: Literal["rehoused", "withdrawn", "left"]
    ended_at: Instant
