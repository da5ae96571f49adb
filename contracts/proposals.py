"""Dwellings proposed to ready households: what is told of them to partners, and what the services know."""

from typing import ClassVar

from pydantic import Field

from contracts.dwelling_codes import CaleolDecision, CaleolReason
from contracts.event import Fact
from contracts.fields import Commune, Id, Instant, LocalId, PartnerId, SiaoCode


class ReadyHouseholdProposed(Fact):
    """A dwelling is proposed: to the structure where the household lives, and to the landlord whose CALEOL decides."""

    type: ClassVar[str] = "ready_household.proposed.v1"

    proposal: Id = Field(description="The proposal.")
    household: Id = Field(description="The household, as on the list of ready households.")
    proposed_by: PartnerId = Field(description="The bailleur or réservataire that proposes.")
    landlord: PartnerId = Field(description="Whose CALEOL decides, by its partner id.")
    dwelling: LocalId = Field(description="The dwelling, by the proposer's own id.")
    commune: Commune = Field(description="Commune of the dwelling.")
    rooms: int = Field(description="Rooms of the dwelling (typologie: T1 to T9).")
    at: Instant = Field(description="When it was proposed.")


class ReadyHouseholdDecided(Fact):
    """To the structure, and to a réservataire that proposed: what the CALEOL decided."""

    type: ClassVar[str] = "ready_household.decided.v1"

    proposal: Id = Field(description="The proposal.")
    household: Id = Field(description="The household, as on the list of ready households.")
    landlord: PartnerId = Field(description="Whose CALEOL decided, by its partner id.")
    dwelling: LocalId = Field(description="The dwelling, by the proposer's own id.")
    decision: CaleolDecision = Field(description="What the CALEOL decided.")
    reason: CaleolReason | None = Field(default=None, description="Why it does not attribute, if it does not.")
    at: Instant = Field(description="When the SIAO heard of it.")


class ProposalClosed(Fact):
    """To who proposed, and its landlord: another dwelling was attributed to the household; this proposal is over."""

    type: ClassVar[str] = "proposal.closed.v1"

    proposal: Id = Field(description="The proposal that is over.")
    household: Id = Field(description="The household, as on the list of ready households.")
    dwelling: LocalId = Field(description="The dwelling, by the proposer's own id.")
    at: Instant = Field(description="When it ended.")


class ProposalRecorded(Fact):
    """A dwelling was proposed to a ready household."""

    type: ClassVar[str] = "proposal.recorded.v1"

    siao: SiaoCode
    proposal: Id
    household: Id
    persons: int
    partner: PartnerId = Field(description="The bailleur or réservataire that proposes.")
    landlord: PartnerId = Field(description="Whose CALEOL decides, by its partner id.")
    commune: Commune
    rooms: int
    proposed_at: Instant


class ProposalDecided(Fact):
    """A landlord's CALEOL decided on a proposal; said again, the last decision stands."""

    type: ClassVar[str] = "proposal.decided.v1"

    siao: SiaoCode
    proposal: Id
    household: Id
    persons: int
    landlord: PartnerId = Field(description="Whose CALEOL decided, by its partner id.")
    decision: CaleolDecision
    reason: CaleolReason | None = None
    decided_at: Instant
