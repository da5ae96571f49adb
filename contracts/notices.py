"""What the SIAO tells one partner (`partners.<id>.notices`, `partners.<id>.ready-households`)."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import (
    Composition,
    DesignationOutcome,
    EvaluationSection,
    Gender,
    HouseholdRefusal,
    MediationKind,
    OfferType,
    Party,
    Relation,
    StructureRefusal,
)
from contracts.decision_codes import CancelReason
from contracts.designations import Proof
from contracts.event import Fact
from contracts.fields import PRIVATE, Commune, Id, Instant, LocalId
from contracts.place_codes import Withdrawal
from contracts.requests import Needs


class Caused(Fact):
    """Something that a message brought about."""

    kind: str = Field(description="What it is: request, household, vacancy, structure, designation ...")
    id: Id = Field(description="Its id, as later messages will name it.")


class MessageAccepted(Fact):
    """The answer to a message that the SIAO took: one answer for each message."""

    type: ClassVar[str] = "message.accepted.v1"

    message_id: str = Field(description="ce_id of the message answered.")
    message_type: str = Field(description="ce_type of the message answered.")
    caused: tuple[Caused, ...] = Field(default=(), description="What it brought about.")
    duplicate: bool = Field(
        default=False, description="True when this id had already been taken: nothing was done again."
    )


class MessageRejected(Fact):
    """The answer to a message that the SIAO did not take: why, where, what to do."""

    type: ClassVar[str] = "message.rejected.v1"

    message_id: str | None = Field(description="ce_id of the message answered; null when it could not be read.")
    message_type: str | None = Field(description="ce_type of the message answered; null when it could not be read.")
    topic: str = Field(description="Topic of the message answered.")
    partition: int = Field(description="Partition of the message answered.")
    offset: int = Field(description="Offset of the message answered: finds it even when its id cannot be read.")
    code: str = Field(description="Stable code; the catalogue lists them all.")
    path: str = Field(description="JSON path of the fault.")
    detail: str = Field(description="For machines: kind of fault.")
    text_fr: str = Field(description="Ce qui s'est passé et que faire.")
    text_en: str = Field(description="What happened and what to do.")


class Identity(Fact):
    """A person, as the structure or the bailleur needs to know them."""

    family_name: str = Field(description="Family name.", json_schema_extra=PRIVATE)
    given_name: str = Field(description="Given name.", json_schema_extra=PRIVATE)
    birth_date: date = Field(description="Date of birth.", json_schema_extra=PRIVATE)
    gender: Gender = Field(description="Gender, as the person states it.")
    relation: Relation = Field(description="What the person is to the lead applicant.")


class HouseholdDesignated(Fact):
    """The SIAO designates this household to a place of the structure (désignation, with identity and proof)."""

    type: ClassVar[str] = "household.designated.v1"

    designation: Id = Field(description="The designation: name it in your answers.")
    structure_id: LocalId = Field(description="The structure, by its own id.")
    place_id: LocalId = Field(description="The place, by the structure's own id.")
    household: Id = Field(description="The household: name it when it leaves, or is ready for ordinary housing.")
    members: tuple[Identity, ...] = Field(description="All its members.")
    phone: str | None = Field(description="How to reach the household, if known.", json_schema_extra=PRIVATE)
    needs: Needs = Field(description="What the place must offer.")
    made_at: Instant = Field(description="When the SIAO decided.")
    answer_due_at: Instant = Field(description="Without an answer by then, the designation expires.")
    proof: Proof = Field(description="Why this household and not another.")


class DesignationReminded(Fact):
    """The structure has not answered a designation yet, or not said that the household has entered."""

    type: ClassVar[str] = "designation.reminded.v1"

    designation: Id = Field(description="The designation that waits for an answer.")
    at: Instant = Field(description="When the SIAO reminded.")
    answer_due_at: Instant | None = Field(default=None, description="When it expires without an answer.")


class RefusalOverruled(Fact):
    """The operator, or the préfecture, did not uphold the structure's refusal: the designation stands."""

    type: ClassVar[str] = "refusal.overruled.v1"

    designation: Id = Field(description="The designation, which waits for an answer again.")
    at: Instant = Field(description="When it was judged.")
    answer_due_at: Instant | None = Field(default=None, description="Without an answer by then, it expires.")


class RefusalEscalated(Fact):
    """To the structure: the operator passes its refusal on to the préfecture, which will judge it."""

    type: ClassVar[str] = "refusal.escalated.v1"

    designation: Id = Field(description="The designation refused.")
    at: Instant = Field(description="When the operator passed it on.")


class EscalationJudged(Fact):
    """To the operator: the préfecture has judged a refusal passed on to it."""

    type: ClassVar[str] = "escalation.judged.v1"

    designation: Id = Field(description="The designation refused.")
    verdict: Literal["upheld", "overruled"] = Field(description="The judgement.")
    at: Instant = Field(description="When the préfecture judged.")


class InterviewSet(Fact):
    """To the prescriber: the structure will receive the household; make sure that it knows."""

    type: ClassVar[str] = "interview.set.v1"

    request_id: LocalId = Field(description="The prescriber's own id of the request.")
    designation: Id = Field(description="The designation.")
    on: date = Field(description="Day of the interview.")
    awaits: Party = Field(description="Who must act for it to take place.")
    answer_due_at: Instant = Field(description="If nothing more is said by then, the designation expires.")
    at: Instant = Field(description="When the structure said so.")


class DesignationClosed(Fact):
    """A designation ended."""

    type: ClassVar[str] = "designation.closed.v1"

    designation: Id = Field(description="The designation that ended.")
    outcome: DesignationOutcome = Field(description="How it ended.")
    party: Party = Field(description="Whose act, or whose silence, ended it.")
    at: Instant = Field(description="When it ended.")
    cancel_reason: CancelReason | None = Field(default=None, description="Why the operator cancelled it, if it did.")
    withdrawal: Withdrawal | None = Field(default=None, description="What became of its place, if that ended it.")


class RefusalToJudge(Fact):
    """To the operator, or to the préfecture once escalated: a structure's refusal waits for a judgement."""

    type: ClassVar[str] = "refusal.to_judge.v1"

    designation: Id = Field(description="The designation refused: name it in the judgement.")
    reason: StructureRefusal = Field(description="The structure's reason.")
    article: str | None = Field(description="Article of the projet d'établissement that it cites, if any.")
    argument_reference: Id | None = Field(description="Where those who judge can read the argument.")
    at: Instant = Field(description="When the structure refused.")


class HouseholdRefusalToJudge(Fact):
    """To the operator: a household declined a place, which is free again; was it entitled to decline?"""

    type: ClassVar[str] = "household_refusal.to_judge.v1"

    designation: Id = Field(description="The designation declined: name it in the judgement.")
    household: Id = Field(description="The household.")
    request: Id = Field(description="Request: <prescriber>/<request_id>.")
    reason: HouseholdRefusal = Field(description="The household's reason.")
    at: Instant = Field(description="When it declined.")


class LegalClockAlert(Fact):
    """To the préfecture and the operator: a household's legal day went by without a designation under way."""

    type: ClassVar[str] = "legal_clock.alert.v1"

    household: Id = Field(description="The household.")
    request: Id = Field(description="Request: <prescriber>/<request_id>.")
    kind: MediationKind = Field(description="The right that was recognised.")
    due_on: date = Field(description="The legal day, now past.")
    court_opens_on: date | None = Field(default=None, description="First day on which the household may go to court.")
    court_closes_on: date | None = Field(default=None, description="Last day on which it may.")


class RequestUpdated(Fact):
    """To the prescriber: where its request stands."""

    type: ClassVar[str] = "request.updated.v1"

    request_id: LocalId = Field(description="The prescriber's own id of the request.")
    household: Id = Field(description="The household, as the SIAO names it.")
    status: Literal["incomplete", "waiting", "designated", "waiting_again", "to_update", "admitted"] = Field(
        description="Where the request stands; waiting_again: a designation ended without an admission."
    )
    missing: tuple[EvaluationSection, ...] = Field(
        default=(), description="Headings that the evaluation lacks: send the request again with them."
    )
    at: Instant = Field(description="Since when.")
    qualified: tuple[OfferType, ...] = Field(
        default=(), description="Types of offer that the operator qualified it for, if it decided so itself."
    )


class ReadyHousehold(Fact):
    """One household of the live list (`ready-households`, key: household); a tombstone removes it."""

    type: ClassVar[str] = "ready_household.listed.v1"

    household: Id = Field(description="The household: name it when it is rehoused.")
    members: tuple[Identity, ...] = Field(description="All its members.")
    composition: Composition = Field(description="Composition, derived from its members.")
    persons: int = Field(description="Size, in personnes.")
    phone: str | None = Field(description="How to reach the household, if known.", json_schema_extra=PRIVATE)
    social_housing_number: str = Field(
        description="Numéro unique of its housing application.", json_schema_extra=PRIVATE
    )
    communes: tuple[Commune, ...] = Field(description="Communes wished; empty: anywhere.")
    rooms: int = Field(description="Rooms needed (typologie: T1 to T9).")
    ready_since: Instant = Field(description="When its structure declared it ready.")
    proposed_by_another: bool = Field(
        default=False, description="Another bailleur or réservataire has proposed a dwelling that is not decided yet."
    )
