"""What partners answer (`partners.<id>.answers`): designations, admissions, stays, departures, rehousings."""

from typing import ClassVar, Literal

from pydantic import Field

from contracts.codes import ExitDestination, HouseholdRefusal, StructureRefusal
from contracts.decision_codes import PublicCategory
from contracts.dwelling_codes import CaleolDecision, CaleolReason, LeaseOutcome
from contracts.event import Message
from contracts.fields import Article, Commune, Day, Id, LocalId, PartnerId, PrivateText


class DesignationAcknowledged(Message):
    """The structure has read the designation."""

    type: ClassVar[str] = "designation.acknowledged.v1"

    designation: Id = Field(description="The designation.")


class DesignationInterviewSet(Message):
    """An interview is set: silence counts from its day, within a bound. Said again, its day changes."""

    type: ClassVar[str] = "designation.interview_set.v1"

    designation: Id = Field(description="The designation.")
    on: Day = Field(description="Day of the interview.")
    awaits: Literal["structure", "household", "prescriber"] = Field(
        default="structure",
        description="Who must act for it to take place: if nothing more is said, the silence is theirs.",
    )


class DesignationInterviewHeld(Message):
    """The interview has taken place: the structure's answer is awaited."""

    type: ClassVar[str] = "designation.interview_held.v1"

    designation: Id = Field(description="The designation.")
    held_on: Day = Field(description="Day on which it took place.")


class DesignationAccepted(Message):
    """The structure will take the household in. A CHRS may say it with its director's decision instead."""

    type: ClassVar[str] = "designation.accepted.v1"

    designation: Id = Field(description="The designation.")
    entry_on: Day = Field(description="Day agreed for the entry.")


class DesignationRefused(Message):
    """The structure refuses, with a reason, an argument and an article: the operator will judge it."""

    type: ClassVar[str] = "designation.refused.v1"

    designation: Id = Field(description="The designation.")
    reason: StructureRefusal = Field(description="Reason.")
    argument: PrivateText = Field(
        description="The argument: kept encrypted, read by those who judge, never on a core topic."
    )
    article: Article | None = Field(
        default=None, description="Article of the projet d'établissement it rests on; required by some reasons."
    )


class AdmissionDecided(Message):
    """A CHRS's director decides on the SIAO's proposal (CASF R345-4); it accepts the designation if that is not done.

    The SIAO sends the decision to the préfet at once; silence of a month accepts. The household may enter before.
    """

    type: ClassVar[str] = "admission.decided.v1"

    designation: Id = Field(description="The designation.")
    decided_on: Day = Field(description="Day of the decision.")
    entry_on: Day = Field(description="Day agreed for the entry.")
    term_months: int = Field(ge=1, le=60, description="The fixed term for which it is made, in months.")
    public: PublicCategory = Field(description="Category of public under which the household is admitted.")


class HouseholdDeclined(Message):
    """The household does not want this place: the place is free at once, and the operator will judge the refusal."""

    type: ClassVar[str] = "household.declined.v1"

    designation: Id = Field(description="The designation.")
    reason: HouseholdRefusal = Field(description="Reason.")


class HouseholdNoShow(Message):
    """The household did not come to the interview, or on the day of entry."""

    type: ClassVar[str] = "household.no_show.v1"

    designation: Id = Field(description="The designation.")


class HouseholdAdmitted(Message):
    """The household has entered the place."""

    type: ClassVar[str] = "household.admitted.v1"

    designation: Id = Field(description="The designation.")
    entered_on: Day = Field(description="Day of entry.")


class HouseholdLeft(Message):
    """A household has left its place."""

    type: ClassVar[str] = "household.left.v1"

    household: Id = Field(description="The household.")
    left_on: Day = Field(description="Day of departure.")
    destination: ExitDestination = Field(description="Where to.")


class StayReviewed(Message):
    """The bilan of a household's situation has been made (CASF R345-4: at least every six months)."""

    type: ClassVar[str] = "stay.reviewed.v1"

    household: Id = Field(description="The household.")
    reviewed_on: Day = Field(description="Day of the bilan.")


class StayExtensionAsked(Message):
    """A CHRS asks the préfet to extend a stay (CASF R345-4: at the latest a month before its end)."""

    type: ClassVar[str] = "stay.extension_asked.v1"

    household: Id = Field(description="The household.")
    until: Day = Field(description="Last day asked for.")


class LeaseReviewed(Message):
    """Association, landlord and household have reviewed a sub-letting whose lease is to slide (bail glissant).

    Usually every six months; support beyond twenty-four months is the exception (ANIL 2010).
    """

    type: ClassVar[str] = "lease.reviewed.v1"

    household: Id = Field(description="The household.")
    reviewed_on: Day = Field(description="Day of the review.")
    outcome: LeaseOutcome = Field(description="What they conclude.")
    until: Day | None = Field(
        default=None, description="If the sub-letting is extended beyond its term: the last day agreed."
    )


class LeaseSlid(Message):
    """The lease has slid: the household is tenant of its dwelling, which the association sublets no more.

    Sent by the association, or by the landlord that the place was described with.
    """

    type: ClassVar[str] = "lease.slid.v1"

    household: Id = Field(description="The household.")
    lease_from: Day = Field(description="First day of its own lease: today, or earlier.")
    social: bool = Field(default=True, description="Whether the landlord is a social one (bailleur social).")


class DwellingProposed(Message):
    """A bailleur or réservataire proposes a dwelling to a household of its list; several may be proposed at once."""

    type: ClassVar[str] = "dwelling.proposed.v1"

    household: Id = Field(description="The household, as on the list of ready households.")
    dwelling: LocalId = Field(description="Your own id of the dwelling.")
    commune: Commune = Field(description="Commune of the dwelling.")
    rooms: int = Field(ge=1, le=9, description="Rooms of the dwelling (typologie: T1 to T9).")
    landlord: PartnerId | None = Field(
        default=None, description="The bailleur whose CALEOL decides, when a réservataire proposes; else yourself."
    )


class CaleolDecided(Message):
    """A bailleur's CALEOL has decided on a household that was proposed a dwelling (CCH R441-3).

    Attributed ends the other proposals; by rank or under condition, they stand. Said again, the last one stands.
    """

    type: ClassVar[str] = "caleol.decided.v1"

    household: Id = Field(description="The household, as on the list of ready households.")
    dwelling: LocalId = Field(description="The dwelling, as in the proposal.")
    decision: CaleolDecision = Field(description="What the CALEOL decided.")
    reason: CaleolReason | None = Field(default=None, description="Why it does not attribute: required then.")


class HouseholdRehoused(Message):
    """A bailleur or réservataire has housed a ready household: it signs its own lease."""

    type: ClassVar[str] = "household.rehoused.v1"

    household: Id = Field(description="The household, as on the list of ready households.")
    lease_from: Day = Field(description="First day of the lease.")
