"""The commission that allocates places together: what operator and members say, and what the SIAO tells them of it.

Its règlement names the types of offer that it governs: their vacancies wait for a session. On the day of the freeze the
whole allocation is proposed; members give opinions; the operator decides; with the minutes, designations follow.
"""

from datetime import date
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from contracts.codes import Composition, OfferType
from contracts.commission_codes import ItemOutcome
from contracts.event import Fact, Message
from contracts.fields import Article, Day, Id, Instant, LocalId, PartnerId, PrivateText, Revision
from contracts.rule_codes import OutOfOrderReason

# How many items one session looks at; the vacancies above, the most recent ones, wait for the next.
MOST_ITEMS = 500

Opinion: TypeAlias = Literal["favourable", "reserved", "unfavourable"]


class CommissionInstituted(Message):
    """The commission's règlement: which types of offer it governs, who its members are, and its quorum.

    Vacancies of a governed type are designated after a session has seen them; without any type, all are designated at
    once again, those that waited too.
    """

    type: ClassVar[str] = "commission.instituted.v1"

    version: Revision = Field(description="Version of the règlement, growing.")
    offer_types: tuple[OfferType, ...] = Field(
        max_length=20, description="Types governed: logement de transition only."
    )
    members: tuple[PartnerId, ...] = Field(max_length=100, description="Its members: active partners of the SIAO.")
    quorum: int = Field(ge=0, le=100, description="Members who must be present for a session's minutes.")
    reference: Article | None = Field(default=None, description="The decision that adopts it.")


class CommissionConvened(Message):
    """A session is convened. Said again before its freeze, its days change."""

    type: ClassVar[str] = "commission.convened.v1"

    session: LocalId = Field(description="Your own id of the session.")
    held_on: Day = Field(description="Day of the session.")
    freeze_on: Day | None = Field(
        default=None, description="Day on which the agenda is frozen; null: some days before, see the deadlines."
    )


class QuotaSet(Message):
    """A contingent: how many places of a structure one holder may dispose of, those in use included. 0 ends it."""

    type: ClassVar[str] = "quota.set.v1"

    structure: Id = Field(description="Structure: <partner>/<structure_id>.")
    holder: PartnerId = Field(description="A réservataire, bailleur, collectivité or préfecture of this SIAO.")
    places: int = Field(ge=0, le=1000, description="How many places.")


class OpinionGiven(Message):
    """A member's opinion on an item of a frozen agenda; given again before the minutes, it replaces."""

    type: ClassVar[str] = "opinion.given.v1"

    session: LocalId = Field(description="The session.")
    vacancy: Id = Field(description="The vacancy: one item of the agenda.")
    opinion: Opinion = Field(description="The opinion.")
    argument: PrivateText | None = Field(
        default=None, description="The argument: kept encrypted, read by those who decide, never on a core topic."
    )


class PreAllocationDecided(Message):
    """The operator decides an item of a frozen agenda; decided again before the minutes, it replaces.

    What is not decided follows the proposal. Another household than the one proposed takes a reason and an argument;
    hard rules hold.
    """

    type: ClassVar[str] = "pre_allocation.decided.v1"

    session: LocalId = Field(description="The session.")
    vacancy: Id = Field(description="The vacancy: one item of the agenda.")
    request: Id | None = Field(description="The request to designate; null: adjourned, it waits for another session.")
    holder: PartnerId | None = Field(default=None, description="On whose contingent, if on any.")
    reason: OutOfOrderReason | None = Field(default=None, description="Reason, when it departs from the proposal.")
    argument: PrivateText | None = Field(
        default=None, description="The argument: kept encrypted, read by those who control, never on a core topic."
    )


class CommissionMinuted(Message):
    """The session was held: its decisions are designated, what was not decided follows the proposal."""

    type: ClassVar[str] = "commission.minuted.v1"

    session: LocalId = Field(description="The session.")
    present: tuple[PartnerId, ...] = Field(max_length=100, description="The members who were present.")


class AgendaLine(Fact):
    """An item of an agenda, as the operator and the members read it."""

    vacancy: Id = Field(description="The vacancy: name it in your opinion or decision.")
    structure: Id = Field(description="Structure: <partner>/<structure_id>.")
    offer_type: OfferType = Field(description="Its type of offer.")
    capacity: int = Field(description="Persons it can house.")
    persons: int | None = Field(description="Size of the household proposed; null when none is.")
    composition: Composition | None = Field(description="Its composition.")
    rank: int = Field(description="Its rank on the list of this type of offer; 0 when none is proposed.")
    considered: int = Field(description="Households waiting for this type of offer.")
    request: Id | None = Field(default=None, description="To the operator: the request proposed.")
    following: tuple[Id, ...] = Field(
        default=(), description="To the operator: requests that may have the place and are proposed none, in order."
    )


class CommissionAgenda(Fact):
    """To the operator and each member: the agenda is frozen, with the allocation proposed; nobody is named.

    A structure reads its own items, a bailleur those of the structures where it holds a contingent.
    """

    type: ClassVar[str] = "commission.agenda.v1"

    session: LocalId = Field(description="The session.")
    held_on: date = Field(description="Day of the session.")
    criteria_version: int = Field(description="Criteria in force.")
    lines: tuple[AgendaLine, ...] = Field(description="The items that you may read.")
    left_out: int = Field(description="Vacancies above the bound of a session: they wait for the next.")
    without_place: int = Field(description="Households for whom no place on the agenda is suitable.")
    all_held: int = Field(description="Households whose suitable places are all held by households before them.")
    at: Instant = Field(description="When it was frozen.")


class MinutesLine(Fact):
    """What became of an item of an agenda."""

    vacancy: Id = Field(description="The vacancy.")
    structure: Id = Field(description="Structure: <partner>/<structure_id>.")
    offer_type: OfferType = Field(description="Its type of offer.")
    outcome: ItemOutcome = Field(description="What became of it.")
    departs: bool = Field(description="The operator has departed from the proposal.")
    favourable: int = Field(description="Favourable opinions.")
    reserved: int = Field(description="Opinions with reserves.")
    unfavourable: int = Field(description="Unfavourable opinions.")


class CommissionMinutes(Fact):
    """To the operator and each member: the session's minutes, on the same items as its agenda."""

    type: ClassVar[str] = "commission.minutes.v1"

    session: LocalId = Field(description="The session.")
    held_on: date = Field(description="Day of the session.")
    present: int = Field(description="Members who were present.")
    lines: tuple[MinutesLine, ...] = Field(description="The items that you may read.")
    at: Instant = Field(description="When it was minuted.")
