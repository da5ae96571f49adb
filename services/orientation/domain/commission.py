"""The states of the commission: its règlement, contingents, sessions, and the items of their agendas."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from contracts.codes import Composition, OfferType
from contracts.commission import Opinion
from contracts.decisions import Criterion
from contracts.rule_codes import OutOfOrderReason
from services.chassis.kept import Kept


class Commission(Kept):
    """The règlement in force. Key: the SIAO."""

    siao: str
    live: bool = True
    version: int
    offer_types: tuple[OfferType, ...]
    members: tuple[str, ...]
    quorum: int


class Quota(Kept):
    """A contingent: how many places of a structure one holder may dispose of. Key: structure and holder."""

    siao: str
    live: bool = True
    structure: str
    holder: str
    places: int


class Session(Kept):
    """A session of the commission. Key: SIAO and session; live until it is minuted.

    vacancies: the items of its agenda, once it is frozen; they are kept one by one.
    """

    siao: str
    live: bool = True
    session: str
    held_on: date
    freeze_on: date
    state: Literal["convened", "frozen", "minuted"] = "convened"
    criteria_version: int = 0
    criteria: tuple[Criterion, ...] = ()
    vacancies: tuple[str, ...] = ()


class Decision(Kept):
    """What the operator has decided of an item; `request` None: adjourned. argument: where it is kept."""

    request: str | None
    holder: str | None = None
    reason: OutOfOrderReason | None = None
    argument: str | None = None


class Item(Kept):
    """A vacancy on a frozen agenda. Key: session and vacancy. opinions: by member. landlord: of a sublet dwelling."""

    siao: str
    live: bool = True
    session: str
    vacancy: str
    structure: str
    partner: str
    offer_type: OfferType
    capacity: int
    rules_version: int
    request: str | None
    persons: int | None
    composition: Composition | None
    rank: int
    considered: int
    passed_over: dict[str, int]
    following: tuple[str, ...]
    landlord: str | None = None
    opinions: Mapping[str, Opinion] = Field(default_factory=dict)
    decision: Decision | None = None

    @property
    def departs(self) -> bool:
        """Whether the operator has departed from the proposal."""
        return self.decision is not None and self.decision.request != self.request

    @property
    def outcome_request(self) -> str | None:
        """Who is to be designated: as decided, else as proposed."""
        return self.request if self.decision is None else self.decision.request


def session_key(siao: str, session: str) -> str:
    """Under which a session is kept."""
    return f"{siao}/{session}"


def item_key(siao: str, session: str, vacancy: str) -> str:
    """Under which an item is kept."""
    return f"{siao}/{session}/{vacancy}"


def quota_key(structure: str, holder: str) -> str:
    """Under which a contingent is kept."""
    return f"{structure}:{holder}"


def opinions_of(item: Item) -> dict[str, int]:
    """How many opinions of each kind."""
    given = list(item.opinions.values())
    return {kind: given.count(kind) for kind in ("favourable", "reserved", "unfavourable") if kind in given}
