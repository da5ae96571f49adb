"""What the commission brought about (`siao.designations`): règlement, contingents, agendas, opinions, minutes."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.codes import OfferType
from contracts.commission import Opinion
from contracts.commission_codes import ItemOutcome
from contracts.decisions import Criterion
from contracts.event import Fact
from contracts.fields import Id, Instant, LocalId, PartnerId, SiaoCode


class CommissionInForce(Fact):
    """The commission's règlement in force from now on."""

    type: ClassVar[str] = "commission.in_force.v1"

    siao: SiaoCode
    version: int
    offer_types: tuple[OfferType, ...] = Field(description="Types of offer governed; none: all are designated at once.")
    members: tuple[PartnerId, ...]
    quorum: int
    reference: str | None
    at: Instant


class SessionConvened(Fact):
    """A session was convened, or its days have changed."""

    type: ClassVar[str] = "session.convened.v1"

    siao: SiaoCode
    session: LocalId
    held_on: date
    freeze_on: date
    at: Instant


class QuotaInForce(Fact):
    """A contingent in force from now on."""

    type: ClassVar[str] = "quota.in_force.v1"

    siao: SiaoCode
    structure: Id
    holder: PartnerId
    places: int
    at: Instant


class AgendaItem(Fact):
    """A vacancy of a frozen agenda with the household proposed; `request` null: nobody, and `passed_over` says why."""

    vacancy: Id
    structure: Id
    offer_type: OfferType
    rules_version: int = Field(description="Version of the projet d'établissement.")
    request: Id | None
    rank: int
    considered: int = Field(description="Households waiting for this type of offer.")
    passed_over: dict[str, int] = Field(
        description="Households before it, by the first rule that excluded them; placed_elsewhere: given another place."
    )
    following: tuple[Id, ...] = Field(description="Requests that may have it and were placed nowhere, in order.")


class AgendaFrozen(Fact):
    """The agenda of a session: the whole allocation that no other beats in the order of the criteria.

    Taking the log up to `seen`, the same vacancies give the same allocation.
    """

    type: ClassVar[str] = "agenda.frozen.v1"

    siao: SiaoCode
    session: LocalId
    held_on: date
    criteria_version: int = Field(description="Criteria in force.")
    criteria: tuple[Criterion, ...]
    seen: dict[str, int] = Field(description="Last offset seen of each input, by topic-partition.")
    items: tuple[AgendaItem, ...]
    left_out: int = Field(description="Vacancies above the bound of a session.")
    without_place: int = Field(description="Households for whom no place of the agenda is suitable.")
    all_held: int = Field(description="Households whose suitable places are all held by households before them.")
    at: Instant


class OpinionRecorded(Fact):
    """A member's opinion on an item."""

    type: ClassVar[str] = "opinion.recorded.v1"

    siao: SiaoCode
    session: LocalId
    vacancy: Id
    offer_type: OfferType
    member: PartnerId
    opinion: Opinion
    argument_reference: Id | None = Field(description="Where those who decide can read the argument.")
    at: Instant


class ItemSettled(Fact):
    """What became of an item with the minutes of its session."""

    type: ClassVar[str] = "agenda_item.settled.v1"

    siao: SiaoCode
    session: LocalId
    vacancy: Id
    structure: Id
    offer_type: OfferType
    outcome: ItemOutcome
    designation: Id | None
    persons: int = Field(description="Size of the household designated; 0 when none is.")
    departs: bool = Field(description="The operator has departed from the proposal.")
    holder: PartnerId | None = Field(description="On whose contingent, if on any.")
    opinions: dict[str, int] = Field(description="How many opinions of each kind.")
    at: Instant


class AgendaMinuted(Fact):
    """The minutes of a session."""

    type: ClassVar[str] = "agenda.minuted.v1"

    siao: SiaoCode
    session: LocalId
    held_on: date
    present: tuple[PartnerId, ...]
    outcomes: dict[str, int] = Field(description="How many items of each outcome.")
    opinions: int = Field(description="Opinions given.")
    at: Instant
