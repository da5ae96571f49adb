"""What the SIAO's operator and the préfecture decide (`partners.<id>.decisions`)."""

from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import EvaluationSection, OfferType
from contracts.decision_codes import CancelReason
from contracts.event import Message
from contracts.fields import Article, Day, Id, PrivateText, Revision
from contracts.rule_codes import HardRule, OutOfOrderReason, SuspensionReason

Criterion = Literal["legal_clock", "danger", "situation", "seniority"]


class RefusalJudged(Message):
    """A structure's refusal is judged: upheld (the place is designated anew), overruled, or escalated.

    The operator judges; once it has escalated, the préfecture does, and cannot escalate.
    """

    type: ClassVar[str] = "refusal.judged.v1"

    designation: Id = Field(description="The designation that was refused.")
    verdict: Literal["upheld", "overruled", "escalated"] = Field(description="The judgement.")


class HouseholdRefusalJudged(Message):
    """The operator judges a household's refusal: admissible (its rank is kept) or inadmissible.

    Inadmissible: its seniority starts again, its request is to be updated, and the préfecture is told if a right was
    recognised. The place did not wait for this.
    """

    type: ClassVar[str] = "household_refusal.judged.v1"

    designation: Id = Field(description="The designation that the household declined.")
    verdict: Literal["admissible", "inadmissible"] = Field(description="The judgement.")


class DesignationCancelled(Message):
    """The operator cancels a designation, with a reason: the place is designated anew, the household keeps its rank."""

    type: ClassVar[str] = "designation.cancelled.v1"

    designation: Id = Field(description="The designation.")
    reason: CancelReason = Field(description="Reason.")


class AdmissionJudged(Message):
    """The préfecture answers a CHRS's admission or extension before its silence does (CASF R345-4)."""

    type: ClassVar[str] = "admission.judged.v1"

    admission: Id = Field(description="The admission or extension, as named in the notice.")
    verdict: Literal["accepted", "refused"] = Field(description="The answer.")


class DesignationOutOfOrder(Message):
    """The operator designates a household to a place before its turn, with a reason: the proof says who was passed.

    A designation to that place that awaits its answer is cancelled; hard rules apply, but those you override by name.
    """

    type: ClassVar[str] = "designation.out_of_order.v1"

    vacancy: Id = Field(description="The vacancy.")
    request: Id = Field(description="The request of the household, <prescriber>/<request_id>.")
    reason: OutOfOrderReason = Field(description="Reason.")
    argument: PrivateText = Field(
        description="The argument: kept encrypted, read by those who control, never on a core topic."
    )
    article: Article | None = Field(default=None, description="The text or decision it rests on.")
    overrides: tuple[HardRule, ...] = Field(
        default=(), max_length=20, description="Rules that exclude the household and that this decision sets aside."
    )


class RequestQualified(Message):
    """The operator decides for which types of offer a request is qualified (orientation retenue), first wish first.

    It waits for those and no others, also when its prescriber amends it, until the operator decides again; a
    designation under way stands.
    """

    type: ClassVar[str] = "request.qualified.v1"

    request: Id = Field(description="The request, <prescriber>/<request_id>.")
    offer_types: tuple[OfferType, ...] = Field(min_length=1, max_length=20, description="Types of offer, at least one.")


class RequestAdjourned(Message):
    """The operator adjourns a request: off the lists, with its seniority, until its prescriber sends it again."""

    type: ClassVar[str] = "request.adjourned.v1"

    request: Id = Field(description="The request, <prescriber>/<request_id>.")
    missing: tuple[EvaluationSection, ...] = Field(
        min_length=1, max_length=20, description="Headings of the evaluation that are to be completed."
    )


class RequestSuspended(Message):
    """The operator suspends a request for some types of offer, until a day; a designation under way stands.

    Said again for the same types, its day changes; a day gone by ends it.
    """

    type: ClassVar[str] = "request.suspended.v1"

    request: Id = Field(description="The request, <prescriber>/<request_id>.")
    offer_types: tuple[OfferType, ...] = Field(
        default=(), max_length=20, description="For which types of offer; all when empty."
    )
    until: Day = Field(description="Last day of the suspension.")
    reason: SuspensionReason = Field(description="Reason.")


class CriteriaAdopted(Message):
    """The commission's common criteria: the order in which households are designated, first criterion first."""

    type: ClassVar[str] = "criteria.adopted.v1"

    version: Revision = Field(description="Version, growing.")
    criteria: tuple[Criterion, ...] = Field(
        min_length=1, max_length=4, description="Compared lexicographically; ties go by seniority, then by id."
    )


class ProjetApproved(Message):
    """The operator, or the préfecture for the State, approves a version of a structure's projet d'établissement.

    A version that is not approved applies too, and proofs say that it is not (see `offers`).
    """

    type: ClassVar[str] = "projet.approved.v1"

    structure: Id = Field(description="Structure: <partner>/<structure_id>.")
    version: Revision = Field(description="The version approved.")
    approved_on: Day = Field(description="Day of the decision.")
    reference: Article | None = Field(default=None, description="The decision: number of the arrêté or of the minutes.")
