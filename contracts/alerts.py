"""What authorities and structures are warned of (`partners.<id>.notices`): judgements, admissions, legal days."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import HouseholdRefusal, MediationKind
from contracts.decision_codes import AdmissionOutcome, PublicCategory, StayDuty
from contracts.event import Fact
from contracts.fields import Id, Instant, LocalId
from contracts.notices import Identity


class JudgementOverdue(Fact):
    """To the one who must judge: a refusal still waits for its judgement."""

    type: ClassVar[str] = "judgement.overdue.v1"

    designation: Id = Field(description="The designation: name it in the judgement.")
    what: Literal["structure_refusal", "escalated_refusal", "household_refusal"] = Field(description="What to judge.")
    at: Instant = Field(description="When the SIAO reminded.")


class EmergencyAdmissionTold(Fact):
    """To the operator: a structure has taken a household in, in an emergency, without a designation."""

    type: ClassVar[str] = "emergency_admission.told.v1"

    household: Id = Field(description="The household.")
    place: Id = Field(description="Place: <partner>/<structure_id>/<place_id>.")
    persons: int = Field(description="Size, in personnes.")
    entered_on: date = Field(description="Day of entry.")
    request: Id | None = Field(description="The request that it fulfils, if the structure named it.")
    at: Instant = Field(description="When the structure said so.")


class AdmissionToAnswer(Fact):
    """To the préfecture: a CHRS's decision to admit, or its request to extend a stay (CASF R345-4), with identity.

    Silence until the end of `answer_due_on` accepts.
    """

    type: ClassVar[str] = "admission.to_answer.v1"

    admission: Id = Field(description="Name it in the answer.")
    kind: Literal["admission", "extension"] = Field(description="What is decided.")
    household: Id = Field(description="The household.")
    members: tuple[Identity, ...] = Field(description="All its members.")
    structure: Id = Field(description="The CHRS: <partner>/<structure_id>.")
    decided_on: date = Field(description="Day of the director's decision.")
    term_months: int | None = Field(description="Of an admission: its fixed term, in months.")
    public: PublicCategory | None = Field(description="Of an admission: the category of public.")
    until: date | None = Field(description="Of an extension: the last day asked for.")
    late: bool = Field(description="An extension asked later than a month before the end.")
    sent_at: Instant = Field(description="The certain date from which the month is counted.")
    answer_due_on: date = Field(description="Last day to answer.")


class AdmissionAnswered(Fact):
    """To the CHRS and the operator: the préfet has answered, or its silence has accepted."""

    type: ClassVar[str] = "admission.answered.v1"

    admission: Id = Field(description="The admission or extension.")
    kind: Literal["admission", "extension"] = Field(description="What was decided.")
    designation: Id | None = Field(description="The designation, if it is an admission.")
    household: Id = Field(description="The household.")
    outcome: AdmissionOutcome = Field(description="The answer.")
    at: Instant = Field(description="When it was answered, or deemed so.")


class StayDutyDue(Fact):
    """To the structure (and to the operator once overdue): a bilan to make, an extension to ask (CASF R345-4).

    Of a sub-letting whose lease is to slide, to the landlord too: a review to make, or a term that comes.
    """

    type: ClassVar[str] = "stay.duty_due.v1"

    household: Id = Field(description="The household.")
    place: Id = Field(description="Place: <partner>/<structure_id>/<place_id>.")
    duty: StayDuty = Field(description="What is to be done.")
    due_on: date = Field(description="Last day to do it.")
    overdue: bool = Field(description="Whether that day has passed.")
    at: Instant = Field(description="When the SIAO reminded.")


class RequestRefreshDue(Fact):
    """To the prescriber: ask the household whether it still asks, and refresh its request, or send it again.

    After that day it is off the lists, with its seniority, until one of both is done.
    """

    type: ClassVar[str] = "request.refresh_due.v1"

    request_id: LocalId = Field(description="The prescriber's own id of the request.")
    household: Id = Field(description="The household.")
    due_on: date = Field(description="Last day to do it.")
    at: Instant = Field(description="When the SIAO reminded.")


class RightTold(Fact):
    """To the prescriber: the préfecture has said which right the household has (CCH L441-2-3), and its legal day."""

    type: ClassVar[str] = "right.told.v1"

    request_id: LocalId = Field(description="The prescriber's own id of the request.")
    household: Id = Field(description="The household.")
    kind: MediationKind = Field(description="The right that was recognised.")
    decided_on: date = Field(description="Day of the decision.")
    due_on: date = Field(description="The legal day.")
    requalified: bool = Field(description="Another right was known.")
    at: Instant = Field(description="When the préfecture said so.")


class LegalClockApproaching(Fact):
    """To the préfecture and the operator: a household's legal day is near and it has no offer."""

    type: ClassVar[str] = "legal_clock.approaching.v1"

    household: Id = Field(description="The household.")
    request: Id = Field(description="Request: <prescriber>/<request_id>.")
    kind: MediationKind = Field(description="The right that was recognised.")
    due_on: date = Field(description="The legal day.")
    days_left: int = Field(description="Days until it.")


class LegalOfferMade(Fact):
    """To the préfecture and the operator: a designation is the offer that a décision de médiation calls for."""

    type: ClassVar[str] = "legal_clock.offer_made.v1"

    household: Id = Field(description="The household.")
    request: Id = Field(description="Request: <prescriber>/<request_id>.")
    kind: MediationKind = Field(description="The right that was recognised.")
    due_on: date = Field(description="The legal day.")
    designation: Id = Field(description="The designation, its proof.")
    in_time: bool = Field(description="Made by the legal day.")
    made_at: Instant = Field(description="When it was made.")


class LegalBenefitAtRisk(Fact):
    """To the préfecture and the operator: a household with a recognised right declined a place without good reason.

    What becomes of its right is the State's to decide (CCH R441-18-2): the SIAO takes nothing away.
    """

    type: ClassVar[str] = "legal.benefit_at_risk.v1"

    household: Id = Field(description="The household.")
    request: Id = Field(description="Request: <prescriber>/<request_id>.")
    kind: MediationKind = Field(description="The right that was recognised.")
    designation: Id = Field(description="The designation declined.")
    reason: HouseholdRefusal = Field(description="The household's reason.")
    at: Instant = Field(description="When the operator judged.")
