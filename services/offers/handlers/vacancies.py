"""What structures say of their places: soon vacant, vacant, not vacant after all, unavailable, available again."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeAlias

from contracts.event import Refusal
from contracts.vacancies import (
    PlaceAvailable,
    PlaceUnavailable,
    VacancyAnnounced,
    VacancyPublished,
    VacancyWithdrawn,
)
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Key, State, accept
from services.offers.domain.places import (
    Place,
    announced,
    made_available,
    made_unavailable,
    numbered,
    published,
    several,
    withdrawn,
)
from services.offers.domain.structures import Structure, place_key, structure_key
from services.offers.handlers.folds import PARTNERS
from services.offers.handlers.telling import Change, Days, change
from services.offers.store import PLACES, STRUCTURES

OfPlace: TypeAlias = VacancyAnnounced | VacancyPublished | VacancyWithdrawn | PlaceUnavailable | PlaceAvailable


def named_place(heard: Heard[OfPlace]) -> list[Key]:
    """The sender's structure, and the place that it names: it can name no other's."""
    key = structure_key(heard.sender.id, heard.event.structure_id)
    return [(STRUCTURES, key), (PLACES, place_key(key, heard.event.place_id))]


def places_of_group(heard: Heard[OfPlace], state: State) -> list[Key]:
    """The places of the group, if what it names is one."""
    key = structure_key(heard.sender.id, heard.event.structure_id)
    structure = state.get(STRUCTURES, key)
    if structure is None or heard.event.place_id not in structure.places:
        return []
    return [(PLACES, place_key(key, unit)) for unit in structure.named(heard.event.place_id)]


@PARTNERS.on(VacancyAnnounced, keys=named_place, also=places_of_group)
def announce_vacancy(heard: Heard[VacancyAnnounced], state: State) -> Effects:
    """A place will soon be vacant: shown, not designated. Of a group, those lived in come first."""
    structure, changes = _changes(
        heard,
        state,
        lambda place: announced(place, heard.envelope.id, heard.event.expected_on),
        lambda place: (place.announced is not None, place.household is None),
    )
    yield from change(heard, structure, changes, sequence=heard.event.sequence or 0)
    yield accept(heard, *(("vacancy", str(after.announced)) for _, after in changes))


@PARTNERS.on(VacancyPublished, keys=named_place, also=places_of_group)
def publish_vacancy(heard: Heard[VacancyPublished], state: State) -> Effects:
    """A place is vacant: the SIAO knows it at once. Of a group, those announced come first."""
    structure, changes = _changes(
        heard, state, lambda place: published(place, heard.envelope.id), lambda place: place.announced is None
    )
    days = _days(heard, heard.event.available_on)
    yield from change(heard, structure, changes, days, heard.event.sequence or 0)
    yield accept(heard, *(("vacancy", str(after.vacancy)) for _, after in changes))


@PARTNERS.on(VacancyWithdrawn, keys=named_place, also=places_of_group)
def withdraw_vacancy(heard: Heard[VacancyWithdrawn], state: State) -> Effects:
    """A vacancy is taken back. Of a group, open ones that nobody is designated to come first, then those announced."""
    structure, changes = _changes(
        heard, state, withdrawn, lambda place: (place.designation is not None, place.vacancy is None)
    )
    yield from change(heard, structure, changes, sequence=heard.event.sequence or 0)
    yield accept(heard, *(("vacancy", str(before.vacancy or before.announced)) for before, _ in changes))


@PARTNERS.on(PlaceUnavailable, keys=named_place, also=places_of_group)
def make_unavailable(heard: Heard[PlaceUnavailable], state: State) -> Effects:
    """A place cannot be filled. Of a group, those out of sight come first, then vacant, designated, lived-in ones."""
    structure, changes = _changes(
        heard,
        state,
        lambda place: made_unavailable(place, heard.event.reason, heard.event.until),
        lambda place: (
            place.unavailable is not None,
            place.household is not None,
            place.designation is not None,
            place.vacancy is not None,
        ),
    )
    yield from change(heard, structure, changes, sequence=heard.event.sequence or 0)
    yield accept(heard, *(("place", after.key) for _, after in changes))


@PARTNERS.on(PlaceAvailable, keys=named_place, also=places_of_group)
def make_available(heard: Heard[PlaceAvailable], state: State) -> Effects:
    """A place can be filled again. Of a group, those that will be vacant come first."""
    structure, changes = _changes(
        heard,
        state,
        lambda place: made_available(place, heard.envelope.id),
        lambda place: not (place.unavailable and place.unavailable.owed),
    )
    days = _days(heard, heard.event.available_on or day_of(heard.now))
    yield from change(heard, structure, changes, days, heard.event.sequence or 0)
    vacancies = [("vacancy", after.vacancy) for _, after in changes if after.vacancy is not None]
    yield accept(heard, *(("place", after.key) for _, after in changes), *vacancies)


def _changes(
    heard: Heard[Any], state: State, step: Callable[[Place], Place], first: Callable[[Place], Any]
) -> tuple[Structure, list[Change]]:
    """The places that a message is about, before and after it.

    Raises Refusal: structure-unknown, place-unknown, sequence-stale, places-not-enough, and the step's own.
    """
    event = heard.event
    key = structure_key(heard.sender.id, event.structure_id)
    structure = state.get(STRUCTURES, key)
    if structure is None:
        raise Refusal("structure-unknown", "$.structure_id")
    places = [_place(state, key, unit) for unit in structure.named(event.place_id)]
    numbered(places, event.sequence)
    return structure, several(places, event.count, step, first)


def _place(state: State, structure: str, unit: str) -> Place:
    place = state.get(PLACES, place_key(structure, unit))
    if place is None:
        raise LookupError("a place that is described is always known")
    return place


def _days(heard: Heard[Any], available_on: date) -> Days:
    """It could have been known since its first day of entry, or today if that is to come."""
    return Days(available_on, min(available_on, day_of(heard.now)))
