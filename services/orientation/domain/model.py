"""The states of orientation: structures, vacancies, waiting households, designations, stays, criteria."""

from datetime import date, datetime
from typing import Literal

from contracts.codes import DesignationState, OfferType, StructureRefusal
from contracts.decisions import Criterion
from contracts.households import HouseholdFacts, LegalClock
from contracts.rules import Rule
from services.chassis.kept import Kept

# Until the commission adopts criteria, this order applies; it is an assumption, published as version 0.
CRITERIA_BEFORE_ADOPTION: tuple[Criterion, ...] = ("legal_clock", "danger", "situation", "seniority")


class Structure(Kept):
    """A structure and the rules of its projet d'établissement."""

    siao: str
    live: bool = True
    partner: str
    offer_type: OfferType
    commune: str
    place_ids: tuple[str, ...]
    rules_version: int
    rules: tuple[Rule, ...]


class Vacancy(Kept):
    """A place that waits for a household. `barred`: requests that have said or heard no for this vacancy."""

    siao: str
    live: bool = True
    place: str
    structure: str
    partner: str
    offer_type: OfferType
    commune: str
    capacity: int
    accessible: bool
    opened_at: datetime
    designation: str | None = None
    barred: tuple[str, ...] = ()


class Waiting(Kept):
    """A household on the waiting lists of the types it is qualified for. `designation`: the one under way."""

    siao: str
    live: bool = True
    household: str
    prescriber: str
    facts: HouseholdFacts
    qualified: tuple[OfferType, ...]
    communes: tuple[str, ...]
    since: datetime
    legal_clock: LegalClock | None = None
    designation: str | None = None


class Designation(Kept):
    """A household designated to a place, until it is admitted or not."""

    siao: str
    live: bool = True
    vacancy: str
    place: str
    structure: str
    partner: str
    offer_type: OfferType
    household: str
    request: str
    prescriber: str
    persons: int
    state: DesignationState
    made_at: datetime
    answer_due_at: datetime
    refusal_reason: StructureRefusal | None = None
    article: str | None = None
    argument: str | None = None


class Stay(Kept):
    """A household living in a place. Key: the household."""

    siao: str
    live: bool = True
    place: str
    structure: str
    partner: str
    offer_type: OfferType
    persons: int
    entered_on: date


class Criteria(Kept):
    """The common criteria in force. Key: the SIAO."""

    siao: str
    live: bool = True
    version: int
    criteria: tuple[Criterion, ...]


class Argument(Kept):
    """The text of a refusal, kept sealed and apart: it may speak of a person."""

    siao: str
    designation: str
    partner: str
    text: str
    received_at: datetime


DeadlineKind = Literal["remind", "expire", "legal"]
