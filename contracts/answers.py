"""What partners answer (`partners.<id>.answers`): designations, admissions, departures, rehousings."""

from typing import ClassVar

from pydantic import Field

from contracts.codes import ExitDestination, HouseholdRefusal, StructureRefusal
from contracts.event import Message
from contracts.fields import Article, Day, Id, PrivateText


class DesignationAcknowledged(Message):
    """The structure has read the designation."""

    type: ClassVar[str] = "designation.acknowledged.v1"

    designation: Id = Field(description="The designation.")


class DesignationAccepted(Message):
    """The structure will take the household in (CHRS: the director's decision on the SIAO's proposal)."""

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


class HouseholdDeclined(Message):
    """The household does not want this place."""

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


class HouseholdRehoused(Message):
    """A bailleur or réservataire has housed a ready household: it signs its own lease."""

    type: ClassVar[str] = "household.rehoused.v1"

    household: Id = Field(description="The household, as on the list of ready households.")
    lease_from: Day = Field(description="First day of the lease.")
