"""A place and its vacancy: announced, published, reserved, filled, unavailable; refuses what its state does not allow.

Each function gives the place after something happened to it; what is published follows from the difference.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from contracts.event import Refusal, derived_id
from contracts.place_codes import UnavailabilityReason
from services.chassis.kept import Kept


class Status(StrEnum):
    """Where a place stands."""

    OUT_OF_SIGHT = "out_of_sight"
    OCCUPIED = "occupied"
    ANNOUNCED = "announced"
    PUBLISHED = "published"
    RESERVED = "reserved"
    UNAVAILABLE = "unavailable"


class Unavailability(Kept):
    """Why a place cannot be filled, and until when as foreseen. `owed`: it is vacant once it is available again."""

    reason: UnavailabilityReason
    until: date | None
    owed: bool = False


class Place(Kept):
    """A place that takes one household. Key: <structure>/<place_id>.

    described: whether its structure still describes it; a description moves nobody out. household: who lives there.
    announced: the vacancy that is expected, on `expected_on`. vacancy: the one that is open; designation: to it.
    sequence: number of the last message about it, where its structure gives them.
    """

    siao: str
    structure: str
    place_id: str
    described: bool = True
    household: str | None = None
    announced: str | None = None
    expected_on: date | None = None
    vacancy: str | None = None
    designation: str | None = None
    unavailable: Unavailability | None = None
    sequence: int = 0

    @property
    def key(self) -> str:
        """<structure>/<place_id>."""
        return f"{self.structure}/{self.place_id}"

    @property
    def out_of_service(self) -> Unavailability | None:
        """Its unavailability, if nobody lives there: until the departure it is only foreseen."""
        return self.unavailable if self.household is None else None

    @property
    def status(self) -> Status:
        """Where it stands; a place that is lived in may be announced, or foreseen as unavailable, besides."""
        if self.vacancy is not None:
            return Status.PUBLISHED if self.designation is None else Status.RESERVED
        if self.household is not None:
            return Status.OCCUPIED
        if self.unavailable is not None:
            return Status.UNAVAILABLE
        return Status.OUT_OF_SIGHT if self.announced is None else Status.ANNOUNCED

    def but(self, **changes: Any) -> "Place":
        """The same place with something changed."""
        return self.model_copy(update=changes)

    def without_vacancy(self, **changes: Any) -> "Place":
        """Neither vacant nor soon to be."""
        return self.but(**{"announced": None, "expected_on": None, "vacancy": None, "designation": None, **changes})

    def vacant(self, cause: str, **changes: Any) -> "Place":
        """Vacant, under the id of the vacancy that was announced, or of a new one that `cause` brings about."""
        return self.without_vacancy(vacancy=self.announced or vacancy_id(self.key, cause), **changes)


def vacancy_id(place: str, cause: str) -> str:
    """The id of the vacancy that a message brings about: one per time that the place is vacant."""
    return derived_id("vacancy", place, cause)


def announced(place: Place, cause: str, expected_on: date) -> Place:
    """It will be vacant. Raises Refusal: vacancy-already-open, place-unavailable."""
    _not_vacant(place)
    _available(place)
    return place.but(announced=place.announced or vacancy_id(place.key, cause), expected_on=expected_on)


def published(place: Place, cause: str) -> Place:
    """It is vacant. Raises Refusal: place-occupied, vacancy-already-open, place-unavailable."""
    if place.household is not None:
        raise Refusal("place-occupied", "$.place_id")
    _not_vacant(place)
    _available(place)
    return place.vacant(cause)


def withdrawn(place: Place) -> Place:
    """It is not vacant, or will not be, after all. Raises Refusal vacancy-not-open."""
    if place.vacancy is None and place.announced is None:
        raise Refusal("vacancy-not-open", "$.place_id")
    return place.without_vacancy()


def made_unavailable(place: Place, reason: UnavailabilityReason, until: date | None) -> Place:
    """It cannot be filled; once lived in, from the departure on. Said again, reason and day change."""
    owed = place.unavailable.owed if place.unavailable else place.vacancy is not None
    return place.without_vacancy(unavailable=Unavailability(reason=reason, until=until, owed=owed))


def made_available(place: Place, cause: str) -> Place:
    """It can be filled again, and is vacant if it was or has been left since. Raises Refusal place-not-unavailable."""
    if place.unavailable is None:
        raise Refusal("place-not-unavailable", "$.place_id")
    owed = place.unavailable.owed and place.household is None
    return place.vacant(cause, unavailable=None) if owed else place.but(unavailable=None)


def entered(place: Place, household: str) -> Place:
    """A household lives there, whatever was said of the place."""
    return place.without_vacancy(household=household, unavailable=None)


def left(place: Place, cause: str) -> Place:
    """Nobody lives there any more: vacant at once, unless it is unavailable or not described."""
    if place.unavailable is not None:
        return place.but(household=None, unavailable=place.unavailable.model_copy(update={"owed": True}))
    return place.vacant(cause, household=None) if place.described else place.but(household=None)


def slid(place: Place) -> Place:
    """Its household has become tenant of it: it is offered no more, until its structure says that it has it again."""
    unavailable = Unavailability(reason=UnavailabilityReason.LEASE_SLID, until=None)
    return place.without_vacancy(household=None, unavailable=unavailable)


def dropped(place: Place) -> Place:
    """Its structure describes it no more; who lives there is remembered."""
    return place.without_vacancy(described=False, unavailable=None)


def several(
    places: Sequence[Place], count: int, step: Callable[[Place], Place], first: Callable[[Place], Any]
) -> list[tuple[Place, Place]]:
    """`count` of these places before and after a step, those that come `first` before others; all of them, or none.

    Raises the step's own Refusal for a place alone, places-not-enough for a group that has not so many.
    """
    changed, refusals = list[tuple[Place, Place]](), list[Refusal]()
    for place in sorted(places, key=first):
        if len(changed) == count:
            break
        try:
            changed.append((place, step(place)))
        except Refusal as refusal:
            refusals.append(refusal)
    if len(changed) == count:
        return changed
    if len(places) == 1 and count == 1:
        raise refusals[0]
    raise Refusal("places-not-enough", "$.count", f"possible={len(changed)}")


def numbered(places: Iterable[Place], sequence: int | None) -> None:
    """Raises Refusal sequence-stale when a message about these places with as high a number is known."""
    known = max(place.sequence for place in places)
    if sequence is not None and sequence <= known:
        raise Refusal("sequence-stale", "$.sequence", f"known={known}")


def _not_vacant(place: Place) -> None:
    if place.vacancy is not None:
        raise Refusal("vacancy-already-open", "$.place_id")


def _available(place: Place) -> None:
    if place.unavailable is not None:
        raise Refusal("place-unavailable", "$.place_id")
