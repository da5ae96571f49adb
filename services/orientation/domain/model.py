"""The states of orientation: structures, vacancies, waiting households, designations, stays, criteria."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from contracts.codes import DesignationState, HouseholdRefusal, OfferType, Party, StructureRefusal
from contracts.decisions import Criterion
from contracts.households import HouseholdFacts, LegalClock
from contracts.offers import ProjetRegistered
from contracts.place_codes import PlacePublic
from contracts.rules import Rule
from services.chassis.kept import Kept

# Until the commission adopts criteria, this order applies; it is an assumption, published as version 0.
CRITERIA_BEFORE_ADOPTION: tuple[Criterion, ...] = ("legal_clock", "danger", "situation", "seniority")


class Structure(Kept):
    """A structure and the rules of its projet d'établissement in force.

    approved: whether this version is, None when it was not said; to_come: versions that will apply, the next first.
    landlords: of places that a partner lets to the structure, by place id.
    """

    siao: str
    live: bool = True
    partner: str
    offer_type: OfferType
    commune: str
    place_ids: tuple[str, ...]
    rules_version: int
    rules: tuple[Rule, ...]
    approved: bool | None = None
    to_come: tuple[ProjetRegistered, ...] = ()
    landlords: Mapping[str, str] = Field(default_factory=dict)


class Vacancy(Kept):
    """A place that waits for a household. `barred`: requests that have said or heard no for this vacancy.

    expected_on: it will be vacant, and is not yet: nobody is designated to it. session: of the commission, which has
    seen it: from then on it is designated directly.
    """

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
    public: PlacePublic = PlacePublic.ANYONE
    expected_on: date | None = None
    designation: str | None = None
    barred: tuple[str, ...] = ()
    session: str | None = None


class Hold(Kept):
    """For a time, a household is not designated to a structure (cooling_off), or to some types of offer (suspended).

    Every hold has its reason, which is the name of the rule that excludes, and its end: none hides a household for
    ever. An evaluation made on a later day than `since` ends a cooling-off. `structure`: of a cooling-off;
    `offer_types`: of a suspension, all types when empty.
    """

    reason: Literal["cooling_off", "suspended"]
    since: datetime
    until: datetime
    structure: str | None = None
    offer_types: tuple[OfferType, ...] = ()


class Waiting(Kept):
    """A household on the waiting lists of the types it is qualified for. `designation`: the one under way.

    restarts: how often its seniority has started again; to_update: off the lists until its prescriber sends it again;
    evaluated_on: the day of its last evaluation, where it is known; refresh_due_on: the day by which it is refreshed.
    """

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
    restarts: int = 0
    to_update: bool = False
    evaluated_on: date | None = None
    refresh_due_on: date | None = None
    holds: tuple[Hold, ...] = ()


class Designation(Kept):
    """A household designated to a place, until it is admitted or not.

    answer_due_at: when silence ends it, and `awaits`: whose silence that is. overruled: how often a refusal of it was.
    declined: the household's reason, until and after its judgement. admission: the director's decision, of a CHRS.
    holder: on whose contingent it was made, if on any.
    """

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
    remind_at: datetime | None = None
    awaits: Party = Party.STRUCTURE
    interview_on: date | None = None
    refusal_reason: StructureRefusal | None = None
    article: str | None = None
    argument: str | None = None
    overruled: int = 0
    declined: HouseholdRefusal | None = None
    admission: str | None = None
    term_months: int | None = None
    holder: str | None = None


class Stay(Kept):
    """A household living in a place. Key: the household.

    Of a CHRS, and where the lease is to slide: `ends_on`, the last day of its term where that is known;
    `review_due_on`, the last day for the next review. `extension`: a CHRS's request to extend it that is before the
    préfet. `holder`: on whose contingent, if on any.
    """

    siao: str
    live: bool = True
    place: str
    structure: str
    partner: str
    offer_type: OfferType
    persons: int
    entered_on: date
    ends_on: date | None = None
    review_due_on: date | None = None
    extension: str | None = None
    holder: str | None = None


class Admission(Kept):
    """A CHRS's decision to admit, or its request to extend a stay, before the préfet; live until it is answered."""

    siao: str
    live: bool = True
    kind: Literal["admission", "extension"]
    designation: str | None
    household: str
    persons: int
    structure: str
    partner: str
    offer_type: OfferType
    term_months: int | None
    until: date | None
    answer_due_on: date


class LegalFile(Kept):
    """A right that a commission de médiation recognised, and what became of it. Key: the request; live until it closes.

    running: no offer yet; met: the designation `offer` was made in time; late: it was made after the legal day;
    overdue: that day went by without one; lost: an offer was refused without good reason. missed_told: alert given.
    """

    siao: str
    live: bool = True
    household: str
    persons: int
    clock: LegalClock
    state: Literal["running", "met", "late", "overdue", "lost"] = "running"
    offer: str | None = None
    missed_told: bool = False


class Criteria(Kept):
    """The common criteria in force. Key: the SIAO."""

    siao: str
    live: bool = True
    version: int
    criteria: tuple[Criterion, ...]


class Argument(Kept):
    """The text of a refusal, an opinion, or a decision out of order, kept sealed: it may speak of a person."""

    siao: str
    designation: str | None
    vacancy: str | None = None
    partner: str
    text: str
    received_at: datetime
