"""Households, requests, readiness: what a request must hold, what may be said of it without a name."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, Literal

from contracts.codes import Composition, EvaluationSection, Gender, OfferType, OutOfScope, Relation
from contracts.dwelling_codes import CaleolDecision
from contracts.event import Refusal, derived_id
from contracts.households import HouseholdFacts, HouseholdWaiting, LegalClock
from contracts.law import court_closes, court_opens, offer_limit
from contracts.partners import PartnerRegistered
from contracts.requests import Mediation, Member, Needs, RequestSubmitted
from contracts.topics import Role
from services.chassis.kept import Kept

ADULT_AGE: Final = 18


class Request(Kept):
    """A request in the register. It keeps no word about persons: those are in the household.

    since: where its seniority starts again, after an inadmissible refusal; restarts: how often it has; adjourned: the
    operator waits for what is missing; lapsed: it was not refreshed in time. retained: the types that the operator
    qualified it for; right: recognised by a mediation, `right_told` by the préfecture itself; confirmed_on: when it was
    last sent or refreshed; told: what was last said of it as it waits, without identity.
    """

    siao: str
    prescriber: str
    request_id: str
    revision: int
    household: str
    persons: int
    status: Literal["incomplete", "waiting", "designated", "to_update", "adjourned", "lapsed", "admitted", "cancelled"]
    first_transmitted_at: datetime
    first_received_on: date | None = None
    since: datetime | None = None
    restarts: int = 0
    retained: tuple[OfferType, ...] | None = None
    right: LegalClock | None = None
    right_told: bool = False
    confirmed_on: date | None = None
    told: HouseholdWaiting | None = None

    @property
    def waits(self) -> HouseholdWaiting | None:
        """What is to be said of it as it waits: as it was last told, with its seniority of now."""
        return self.told and self.told.model_copy(update={"since": self.seniority, "restarts": self.restarts})

    @property
    def seniority(self) -> datetime:
        """The first transmission, which no amendment moves, unless an inadmissible refusal made it start again."""
        return self.since or self.first_transmitted_at


class Proposal(Kept):
    """A dwelling proposed to a ready household, until a CALEOL refuses it or attributes another.

    dwelling: named by who proposes it (`by`); landlord: whose CALEOL decides.
    """

    id: str
    dwelling: str
    by: str
    landlord: str
    decision: CaleolDecision | None = None

    def of(self, partner: str) -> bool:
        """Whether this partner has a part in it."""
        return partner in (self.by, self.landlord)


class Readiness(Kept):
    """What a bailleur must know of a household ready for ordinary housing."""

    social_housing_number: str
    communes: tuple[str, ...]
    rooms: int
    since: datetime
    feeds: tuple[str, ...]
    proposals: tuple[Proposal, ...] = ()

    def proposed_by_another(self, partner: str) -> bool:
        """Whether a dwelling is proposed in which this partner has no part."""
        return any(not proposal.of(partner) for proposal in self.proposals)


class Household(Kept):
    """Who they are. `host`: the partner in whose structure they live; `stayed`: a stay of theirs was accepted.

    ready_before: since when it was ready, when its structure suspended that.
    """

    siao: str
    members: tuple[Member, ...]
    phone: str | None = None
    needs: Needs | None = None
    host: str | None = None
    stayed: bool = False
    readiness: Readiness | None = None
    ready_before: datetime | None = None


class Disclosure(Kept):
    """A line of the register of disclosures: who was told what of which household, when, why, on which event."""

    siao: str
    household: str
    recipient: str
    what: str
    purpose: str
    event: str
    at: datetime


def request_key(prescriber: str, request_id: str) -> str:
    """The key of a request: a prescriber can only name its own."""
    return f"{prescriber}/{request_id}"


def household_of_request(request: str) -> str:
    """The household of a request."""
    return derived_id("household", "request", request)


def household_of_stay(partner: str, stay_id: str) -> str:
    """The household of a stay that its structure told us of."""
    return derived_id("household", "stay", partner, stay_id)


def age_on(birth: date, day: date) -> int:
    """Whole years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def composition_of(members: Iterable[Member], day: date) -> Composition:
    """The composition, always derived from the members (SI SIAO `compositions`)."""
    people = list(members)
    adults = [person for person in people if age_on(person.birth_date, day) >= ADULT_AGE]
    minors = len(people) - len(adults)
    if not adults:
        return Composition.LONE_MINOR if minors == 1 else Composition.MINOR_GROUP
    if len(adults) == 1:
        man = adults[0].gender is Gender.MAN
        if minors:
            return Composition.MAN_WITH_CHILDREN if man else Composition.WOMAN_WITH_CHILDREN
        return Composition.SINGLE_MAN if man else Composition.SINGLE_WOMAN
    couple = len(adults) == 2 and any(person.relation is Relation.PARTNER for person in adults)
    if couple:
        return Composition.COUPLE_WITH_CHILDREN if minors else Composition.COUPLE
    return Composition.GROUP_WITH_CHILDREN if minors else Composition.ADULT_GROUP


def lead_of(members: Iterable[Member]) -> Member:
    """The lead applicant. Raises Refusal lead-applicant-not-one."""
    leads = [member for member in members if member.relation is Relation.LEAD]
    if len(leads) != 1:
        raise Refusal("lead-applicant-not-one", "$.members", f"found={len(leads)}")
    return leads[0]


def facts_of(event: RequestSubmitted, day: date) -> HouseholdFacts:
    """What rules and criteria may look at. Raises Refusal lead-applicant-not-one."""
    ages = [age_on(member.birth_date, day) for member in event.members]
    minors = [age for age in ages if age < ADULT_AGE]
    adults = [member for member, age in zip(event.members, ages, strict=True) if age >= ADULT_AGE]
    return HouseholdFacts(
        composition=composition_of(event.members, day),
        persons=len(event.members),
        minors=len(minors),
        lead_age=age_on(lead_of(event.members).birth_date, day),
        situation=event.situation,
        in_danger=event.in_danger,
        accessibility=event.needs.accessibility,
        pets=event.needs.pets,
        support=event.needs.support,
        resources=event.needs.resources,
        residence_right=event.needs.residence_right,
        adult_genders=tuple(sorted({member.gender for member in adults or event.members})),
        youngest_minor=min(minors, default=None),
        oldest_minor=max(minors, default=None),
    )


def missing_sections(event: RequestSubmitted) -> tuple[EvaluationSection, ...]:
    """The headings of the grid that the evaluation lacks."""
    return tuple(section for section in EvaluationSection if section not in event.evaluation.sections)


def types_asked(event: RequestSubmitted) -> tuple[OfferType, ...]:
    """The types recommended, once each. Raises Refusal out-of-scope-emergency, out-of-scope-asylum: the right door."""
    for index, kind in enumerate(event.recommended):
        if isinstance(kind, OutOfScope):
            door = "out-of-scope-asylum" if kind.asylum else "out-of-scope-emergency"
            raise Refusal(door, f"$.recommended[{index}]")
    return tuple(dict.fromkeys(kind for kind in event.recommended if isinstance(kind, OfferType)))


def amendable(known: Request | None, revision: int) -> None:
    """Raises Refusal: revision-stale, request-closed."""
    if known is None:
        return
    if known.status in ("admitted", "cancelled"):
        raise Refusal("request-closed", "$.request_id")
    if revision <= known.revision:
        raise Refusal("revision-stale", "$.revision", f"known={known.revision}")


def standing(
    known: Request | None, missing: tuple[EvaluationSection, ...]
) -> Literal["incomplete", "waiting", "designated"]:
    """Where an open request stands after a version of it.

    Once complete, an amendment never takes it off its lists; one that was to be updated is looked at anew.
    """
    if known is not None and known.status == "designated":
        return "designated"
    if known is not None and known.status == "waiting":
        return "waiting"
    return "incomplete" if missing else "waiting"


def legal_clock(mediation: Mediation, siao: str) -> LegalClock:
    """The day by which the préfet must have made an offer, and the days on which the household may go to court."""
    kind, unrestricted = mediation.kind, mediation.unrestricted
    due_on = offer_limit(kind, unrestricted=unrestricted).after(mediation.decided_on, siao)
    return LegalClock(
        kind=kind,
        decided_on=mediation.decided_on,
        due_on=due_on,
        unrestricted=unrestricted,
        court_opens_on=court_opens(due_on),
        court_closes_on=court_closes(
            kind, mediation.decided_on, mediation.notified_on, siao, unrestricted=unrestricted
        ),
    )


def same_lead(told: Iterable[Member], known: Iterable[Member]) -> bool:
    """Whether two households have the same lead applicant. Raises Refusal lead-applicant-not-one."""
    one, other = lead_of(told), lead_of(known)
    return one.birth_date == other.birth_date and one.family_name.casefold() == other.family_name.casefold()


def active(register: Mapping[str, PartnerRegistered], siao: str, *roles: Role) -> list[str]:
    """The partners of a SIAO that have one of these roles: one that is suspended is told nothing."""
    partners = register.values()
    return sorted(p.id for p in partners if p.siao == siao and p.role in roles and p.status == "active")


def entitled(register: Mapping[str, PartnerRegistered], siao: str, communes: tuple[str, ...]) -> tuple[str, ...]:
    """Who may house a ready household: those of its SIAO whose communes meet its wishes (an empty list: all)."""
    roles = (Role.BAILLEUR, Role.RESERVATAIRE, Role.PREFECTURE)
    return tuple(
        sorted(
            partner.id
            for partner in register.values()
            if partner.siao == siao
            and partner.role in roles
            and partner.status == "active"
            and (not communes or not partner.communes or not set(communes).isdisjoint(partner.communes))
        )
    )
