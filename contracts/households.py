"""What the services know of households (`siao.households`): opaque ids and the facts that decide; no identity."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import (
    Composition,
    EvaluationSection,
    Gender,
    Known,
    MediationKind,
    OfferType,
    PrescriberKind,
    RequestReason,
    Situation,
    SupportLevel,
)
from contracts.dwelling_codes import ReadinessPause
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
    adult_genders: tuple[Gender, ...] | None = Field(
        default=None, description="Genders of its adults, or of its members without one, once each; null: not known."
    )
    youngest_minor: int | None = Field(default=None, description="Least age of its members under 18; null: not known.")
    oldest_minor: int | None = Field(default=None, description="Their greatest age; null: not known.")


class LegalClock(Fact):
    """The day by which the préfet must have made an offer (CCH R441-16-1, R441-18), and the days to go to court."""

    kind: MediationKind
    decided_on: date
    due_on: date
    unrestricted: bool = Field(default=False, description="A DAHO decision that names no type of structure.")
    court_opens_on: date | None = None
    court_closes_on: date | None = None


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
    legal_clock: LegalClock | None = Field(default=None, description="It runs whether the request is complete or not.")


class HouseholdWaiting(Fact):
    """A complete request is on the waiting lists of the types of offer it is qualified for (orientation retenue)."""

    type: ClassVar[str] = "household.waiting.v1"

    siao: SiaoCode
    request: Id
    household: Id
    prescriber: PartnerId
    facts: HouseholdFacts
    qualified: tuple[OfferType, ...] = Field(description="Orientation retenue: never the same field as recommended.")
    qualified_by: Literal["standing_rule", "operator"] = Field(
        description="Who qualified; `standing_rule`: the operator's rule that follows the prescriber's préconisation."
    )
    communes: tuple[Commune, ...]
    since: Instant = Field(description="Seniority.")
    legal_clock: LegalClock | None
    restarts: int = Field(default=0, description="How often its seniority has started again, by inadmissible refusals.")
    evaluated_on: date | None = Field(default=None, description="Day of its last evaluation.")
    confirmed_on: date | None = Field(default=None, description="Day on which it was last sent or refreshed.")


class RequestSetAside(Fact):
    """A request is off the lists, with its seniority: adjourned by the operator, or not refreshed in time."""

    type: ClassVar[str] = "request.set_aside.v1"

    siao: SiaoCode
    request: Id
    household: Id
    persons: int
    missing: tuple[EvaluationSection, ...] = Field(description="Headings of the evaluation that are to be completed.")
    at: Instant
    reason: Literal["adjourned", "not_refreshed"] = "adjourned"


class RightRecognised(Fact):
    """The préfecture has said which right a household has; `requalified`: another one was known."""

    type: ClassVar[str] = "right.recognised.v1"

    siao: SiaoCode
    request: Id
    household: Id
    persons: int
    legal_clock: LegalClock
    requalified: bool
    at: Instant


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
    """A structure told of a household that lives there without a designation: before it joined, or in an emergency."""

    type: ClassVar[str] = "stay.recorded.v1"

    siao: SiaoCode
    household: Id
    partner: PartnerId
    structure: Id
    place: Id
    persons: int
    entered_on: date
    origin: Origin = Field(description="The structure's message: whoever accepts the stay answers it.")
    request: Id | None = Field(default=None, description="The request that it fulfils, when the structure named it.")
    emergency: bool = Field(default=False, description="The structure's own admission, in an emergency.")


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
    """A household left the list: rehoused, withdrawn or suspended by its structure, or gone."""

    type: ClassVar[str] = "readiness.ended.v1"

    siao: SiaoCode
    household: Id
    persons: int
    reason: Literal["rehoused", "withdrawn", "left", "suspended"]
    ended_at: Instant
    suspension: ReadinessPause | None = Field(default=None, description="Why its structure suspended it, if it did.")
