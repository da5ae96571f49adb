"""What the law asks of a stay in a CHRS (`siao.designations`; CASF R345-4): the préfet's answer, bilans, extensions."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import OfferType
from contracts.decision_codes import AdmissionOutcome, PublicCategory, StayDuty
from contracts.event import Fact
from contracts.fields import Id, Instant, PartnerId, SiaoCode


class AdmissionSentToPrefet(Fact):
    """A CHRS's decision, or its request to extend a stay, is before the préfet from this instant on (CASF R345-4)."""

    type: ClassVar[str] = "admission.sent_to_prefet.v1"

    siao: SiaoCode
    admission: Id
    kind: Literal["admission", "extension"]
    designation: Id | None
    household: Id
    persons: int
    structure: Id
    partner: PartnerId
    offer_type: OfferType
    decided_on: date
    term_months: int | None
    public: PublicCategory | None
    until: date | None = Field(description="Of an extension: the last day asked for.")
    late: bool = Field(description="An extension asked later than the law says.")
    sent_at: Instant = Field(description="The certain date.")
    answer_due_on: date = Field(description="Silence until the end of this day accepts.")


class AdmissionSettled(Fact):
    """The préfet has answered an admission or an extension, or its silence has."""

    type: ClassVar[str] = "admission.settled.v1"

    siao: SiaoCode
    admission: Id
    kind: Literal["admission", "extension"]
    designation: Id | None
    household: Id
    persons: int
    structure: Id
    partner: PartnerId
    offer_type: OfferType
    outcome: AdmissionOutcome
    at: Instant


class StayReviewRecorded(Fact):
    """The bilan of a stay was made."""

    type: ClassVar[str] = "stay.review_recorded.v1"

    siao: SiaoCode
    household: Id
    place: Id
    offer_type: OfferType
    persons: int
    reviewed_on: date
    next_due_on: date
    at: Instant


class StayExtended(Fact):
    """A stay goes on until a later day: the préfet, or its silence, has accepted."""

    type: ClassVar[str] = "stay.extended.v1"

    siao: SiaoCode
    household: Id
    place: Id
    offer_type: OfferType
    persons: int
    until: date
    at: Instant


class StayDutyOverdue(Fact):
    """A bilan was not made, an extension not asked, or a lease has not slid, by its day."""

    type: ClassVar[str] = "stay.duty_overdue.v1"

    siao: SiaoCode
    household: Id
    place: Id
    structure: Id
    partner: PartnerId
    offer_type: OfferType
    persons: int
    duty: StayDuty
    due_on: date
    at: Instant
