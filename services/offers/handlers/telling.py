"""What is published of a change: the difference between a place before and after it, and a structure as it now is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

from contracts.event import Fact
from contracts.offers import (
    PlaceBackInService,
    PlaceOutOfService,
    PlaceRegistered,
    StructureRegistered,
    VacancyClosed,
    VacancyExpected,
    VacancyOpened,
)
from contracts.rules import of_the_first_kinds
from contracts.topics import OFFERS
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Put, Send, publish
from services.offers.domain.places import Place
from services.offers.domain.projets import UNAPPROVED_APPLIES
from services.offers.domain.structures import Described, Structure
from services.offers.store import PLACES

Change = tuple[Place, Place]
# Of a place that is not described nothing is said, and its capacity is never looked at.
_UNKNOWN: Final = Described(capacity=0, accessible=False)


@dataclass(frozen=True, slots=True)
class Days:
    """Of a vacancy that opens: the first day of entry, and since when it could have been known."""

    available_on: date
    freed_on: date


def change(
    heard: Heard[Any], structure: Structure, changes: Sequence[Change], days: Days | None = None, sequence: int = 0
) -> Effects:
    """Keep places as they now are, and say what that means. `days`: where a vacancy may open."""
    for before, after in changes:
        numbered = after.but(sequence=max(after.sequence, sequence))
        if numbered != before:
            yield Put(PLACES, after.key, numbered)
        for fact in _facts(heard.now, structure, before, after, days):
            yield publish(OFFERS, structure.siao, fact)


def _facts(now: datetime, structure: Structure, before: Place, after: Place, days: Days | None) -> Iterator[Fact]:
    """What has ended is said before what begins: a place is never said to be two things at once."""
    named: dict[str, Any] = {"siao": structure.siao, "place": after.key, "structure": structure.key}
    place = structure.described(after.place_id) or _UNKNOWN
    told = named | {"offer_type": structure.offer_type, "capacity": place.capacity}
    whole = told | {
        "partner": structure.partner,
        "commune": structure.commune,
        "accessible": place.accessible,
        "public": place.public,
    }
    if before.announced not in (None, after.announced, after.vacancy):
        yield VacancyExpected(**whole, vacancy=str(before.announced), expected_on=None, at=now)
    if before.vacancy not in (None, after.vacancy):
        yield VacancyClosed(**told, vacancy=str(before.vacancy), closed_at=now, reason=_reason(after))
    if before.out_of_service and not after.out_of_service:
        yield PlaceBackInService(**told, at=now)
    out = after.out_of_service
    if out is not None and _told_of(out) != _told_of(before.out_of_service):
        yield PlaceOutOfService(**told, reason=out.reason, until=out.until, at=now)
    if after.announced and (after.announced, after.expected_on) != (before.announced, before.expected_on):
        yield VacancyExpected(**whole, vacancy=after.announced, expected_on=after.expected_on, at=now)
    if after.vacancy not in (None, before.vacancy):
        if days is None:
            raise LookupError("a vacancy that opens has its days")
        yield VacancyOpened(
            **whole,
            vacancy=str(after.vacancy),
            available_on=days.available_on,
            opened_at=now,
            cause=_cause(before),
            freed_on=days.freed_on,
        )


def _told_of(unavailability: Any) -> tuple[Any, ...]:
    return () if unavailability is None else (unavailability.reason, unavailability.until)


def _reason(after: Place) -> Literal["withdrawn", "filled", "unavailable"]:
    if after.household is not None:
        return "filled"
    return "withdrawn" if after.unavailable is None else "unavailable"


def _cause(before: Place) -> Literal["published", "departure", "available"]:
    if before.household is not None:
        return "departure"
    return "published" if before.unavailable is None else "available"


def registered(structure: Structure, now: datetime) -> Send:
    """The structure as it is now known, with the rules in force today and those to come."""
    versions = structure.versions(day_of(now), UNAPPROVED_APPLIES.of(structure.siao))
    present = versions.in_force
    units = structure.units
    fact = StructureRegistered(
        siao=structure.siao,
        structure=structure.key,
        partner=structure.partner,
        offer_type=structure.offer_type,
        commune=structure.commune,
        place_ids=tuple(units),
        capacity=sum(place.capacity for place in units.values()),
        rules_version=present.version,
        rules=of_the_first_kinds(present.rules),
        regime=structure.regime,
        places=tuple(_place(structure, unit, place) for unit, place in units.items()),
        projet=present.registered,
        to_come=tuple(projet.registered for projet in versions.to_come),
    )
    return publish(OFFERS, structure.siao, fact)


def _place(structure: Structure, unit: str, place: Described) -> PlaceRegistered:
    return PlaceRegistered(
        place_id=unit,
        capacity=place.capacity,
        accessible=place.accessible,
        public=place.public,
        category=place.category,
        spread=place.spread,
        sharing=place.sharing,
        group=structure.group_of(unit),
        landlord=place.landlord,
    )
