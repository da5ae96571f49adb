"""What is told to the SIAO of households (`partners.<id>.requests`): the only way by which names come in."""

from typing import ClassVar

from pydantic import Field

from contracts.codes import (
    EvaluationSection,
    Gender,
    Known,
    MediationKind,
    OfferType,
    OutOfScope,
    PrescriberKind,
    Relation,
    RequestReason,
    Situation,
    SupportLevel,
)
from contracts.dwelling_codes import ReadinessPause
from contracts.event import Message
from contracts.fields import (
    PRIVATE,
    Commune,
    Day,
    Id,
    LocalId,
    PersonName,
    PrivateNumber,
    PrivateText,
    Revision,
)


class Member(Message):
    """A person of the household."""

    family_name: PersonName = Field(description="Family name.")
    given_name: PersonName = Field(description="Given name.")
    birth_date: Day = Field(description="Date of birth.", json_schema_extra=PRIVATE)
    gender: Gender = Field(description="Gender, as the person states it.")
    relation: Relation = Field(description="What the person is to the lead applicant.")


class Needs(Message):
    """What a place must offer this household; what is not known is `unknown`, never guessed."""

    accessibility: Known = Field(default=Known.UNKNOWN, description="Needs a place usable in a wheelchair.")
    pets: Known = Field(default=Known.UNKNOWN, description="Comes with an animal.")
    support: SupportLevel = Field(description="Need of social support, as evaluated.")
    resources: Known = Field(default=Known.UNKNOWN, description="Has resources that allow a redevance.")
    residence_right: Known = Field(default=Known.UNKNOWN, description="Has a right of residence.")


class Evaluation(Message):
    """The social evaluation, made with the applicant on the standard grid (circulaire of 8 April 2010)."""

    grid_version: int = Field(ge=1, le=1, description="Version of the operator's grid.")
    evaluated_on: Day = Field(description="Day of the evaluation.")
    evaluators: tuple[PrivateText, ...] = Field(min_length=1, max_length=8, description="Social workers who made it.")
    applicant_agrees: bool = Field(description="The applicant took part and agrees to the request.")
    sections: dict[EvaluationSection, PrivateText] = Field(
        description="The evaluation, heading by heading; a missing heading makes the request incomplete."
    )


class Mediation(Message):
    """A decision of the commission de médiation (CCH L441-2-3)."""

    kind: MediationKind = Field(description="The right that was recognised.")
    decided_on: Day = Field(description="Day of the decision.")
    notified_on: Day | None = Field(default=None, description="Day on which the household was told, if known.")
    unrestricted: bool = Field(
        default=False, description="DAHO: the decision does not say in which types of structure (any of them will do)."
    )


class RequestSubmitted(Message):
    """A request for accommodation with its evaluation. Sent again with a higher revision, it completes or amends."""

    type: ClassVar[str] = "request.submitted.v1"

    request_id: LocalId = Field(description="The prescriber's own id of the request.")
    revision: Revision = Field(description="Grows with each version; a lower or equal one is refused.")
    prescriber_kind: PrescriberKind = Field(description="Kind of organisation that evaluated.")
    first_received_on: Day | None = Field(
        default=None, description="Day it first reached anyone, when it was first addressed to another than the SIAO."
    )
    reason: RequestReason = Field(description="Main reason.")
    situation: Situation = Field(description="Where the household sleeps now.")
    in_danger: Known = Field(default=Known.UNKNOWN, description="In danger where it is (violence, health, newborn).")
    recommended: tuple[OfferType | OutOfScope, ...] = Field(
        min_length=1,
        max_length=4,
        description="Types of offer the prescriber recommends, by preference (préconisation).",
    )
    communes: tuple[Commune, ...] = Field(default=(), max_length=60, description="Communes wished; empty: anywhere.")
    members: tuple[Member, ...] = Field(min_length=1, max_length=20, description="All its members.")
    phone: PrivateNumber | None = Field(default=None, description="How to reach the household.")
    needs: Needs = Field(description="What a place must offer.")
    evaluation: Evaluation = Field(description="The social evaluation.")
    mediation: Mediation | None = Field(default=None, description="Opposable right, if recognised.")


class RequestCancelled(Message):
    """The household does not ask any more."""

    type: ClassVar[str] = "request.cancelled.v1"

    request_id: LocalId = Field(description="The prescriber's own id of the request.")


class RequestRefreshed(Message):
    """Actualisation: the household was asked, and still asks for the same. Its request stays on its lists, or is back.

    What has changed is sent as the request again, with a higher revision, which refreshes it too.
    """

    type: ClassVar[str] = "request.refreshed.v1"

    request_id: LocalId = Field(description="The prescriber's own id of the request.")
    confirmed_on: Day = Field(description="Day on which the household was asked.")


class MediationDecided(Message):
    """The préfecture says which right the commission de médiation has recognised, or now recognises (requalification).

    It prevails over what the prescriber says; a DALO requalified as DAHO is said again, with the new decision.
    """

    type: ClassVar[str] = "mediation.decided.v1"

    request: Id = Field(description="The request, <prescriber>/<request_id>.")
    mediation: Mediation = Field(description="The decision.")


class HouseholdHosted(Message):
    """A household already lives in a place: told when a structure joins. For an emergency, see the next message."""

    type: ClassVar[str] = "household.hosted.v1"

    stay_id: LocalId = Field(description="The structure's own id of the stay.")
    structure_id: LocalId = Field(description="The structure.")
    place_id: LocalId = Field(description="The place.")
    entered_on: Day = Field(description="Day of entry.")
    members: tuple[Member, ...] = Field(min_length=1, max_length=20, description="All its members.")
    phone: PrivateNumber | None = Field(default=None, description="How to reach the household.")
    request: Id | None = Field(
        default=None, description="Its request, <prescriber>/<request_id>, if it told you: it is then fulfilled."
    )


class HouseholdAdmittedDirectly(Message):
    """A structure has taken a household in by itself, in an emergency, and informs the SIAO (CASF L345-2-7, R345-4).

    Counted apart. Any designation of the household under way ends: it is known here by the request that you name.
    """

    type: ClassVar[str] = "household.admitted_directly.v1"

    stay_id: LocalId = Field(description="The structure's own id of the stay.")
    structure_id: LocalId = Field(description="The structure.")
    place_id: LocalId = Field(description="The place.")
    entered_on: Day = Field(description="Day of entry.")
    members: tuple[Member, ...] = Field(min_length=1, max_length=20, description="All its members.")
    phone: PrivateNumber | None = Field(default=None, description="How to reach the household.")
    request: Id | None = Field(
        default=None, description="Its request, <prescriber>/<request_id>, if it told you: it is then fulfilled."
    )


class HouseholdDeclaredReady(Message):
    """A hosted household is ready for ordinary housing and waits for it (third mission of the SIAO)."""

    type: ClassVar[str] = "household.declared_ready.v1"

    household: Id = Field(description="Household, as named in the designation.")
    social_housing_number: PrivateNumber = Field(description="Numéro unique of its housing application.")
    communes: tuple[Commune, ...] = Field(default=(), max_length=60, description="Communes wished; empty: anywhere.")
    rooms: int = Field(ge=1, le=9, description="Rooms needed (typologie: T1 to T9).")


class ReadinessSuspended(Message):
    """A household is off every list until its structure declares it ready again; its day of readiness is kept."""

    type: ClassVar[str] = "readiness.suspended.v1"

    household: Id = Field(description="Household, as named in the designation.")
    reason: ReadinessPause = Field(description="Reason.")


class ReadinessWithdrawn(Message):
    """A household is not ready, or not waiting, any more."""

    type: ClassVar[str] = "readiness.withdrawn.v1"

    household: Id = Field(description="Household, as named in the designation.")
