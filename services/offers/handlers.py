"""What `offers` does with each message: structures describe themselves, places become vacant, are filled, empty."""

from datetime import date
from typing import Any, Final, Literal

from contracts.designations import StayEnded, StayStarted
from contracts.event import Refusal
from contracts.offers import StructureRegistered, VacancyClosed, VacancyOpened
from contracts.topics import OFFERS
from contracts.vacancies import StructureDescribed, VacancyPublished, VacancyWithdrawn
from services.chassis.fold import Effects, Folds, Heard, Key, Put, Send, State, accept, publish
from services.offers.domain import (
    PlaceState,
    Structure,
    described,
    find_place,
    place_key,
    split_place,
    structure_key,
    vacancy_id,
)
from services.offers.store import STRUCTURES

PARTNERS: Final = Folds()
CORE: Final = Folds()


def own_structure(heard: Heard[StructureDescribed | VacancyPublished | VacancyWithdrawn]) -> list[Key]:
    """The sender's structure: it can name no other."""
    return [(STRUCTURES, structure_key(heard.sender.id, heard.event.structure_id))]


def structure_of_stay(heard: Heard[StayStarted | StayEnded]) -> list[Key]:
    """The structure of a stay."""
    return [(STRUCTURES, heard.event.structure)]


@PARTNERS.on(StructureDescribed, keys=own_structure)
def describe(heard: Heard[StructureDescribed], state: State) -> Effects:
    """A structure describes itself; vacancies of places that are no more are closed."""
    event, sender = heard.event, heard.sender
    key = structure_key(sender.id, event.structure_id)
    known = state.get(STRUCTURES, key)
    structure = described(known, event, sender.id, sender.siao)
    yield Put(STRUCTURES, key, structure)
    # First, so that the new rules designate nobody to a place that is no more.
    for place_id, place in known.places.items() if known else ():
        if place_id not in structure.places and place.vacancy is not None:
            yield _closed(heard, structure, place_id, place, "withdrawn")
    yield publish(
        OFFERS,
        sender.siao,
        StructureRegistered(
            siao=sender.siao,
            structure=key,
            partner=sender.id,
            offer_type=structure.offer_type,
            commune=structure.commune,
            place_ids=tuple(structure.places),
            capacity=sum(place.capacity for place in structure.places.values()),
            rules_version=structure.rules_version,
            rules=structure.rules,
        ),
    )
    yield accept(heard, ("structure", key))


@PARTNERS.on(VacancyPublished, keys=own_structure)
def publish_vacancy(heard: Heard[VacancyPublished], state: State) -> Effects:
    """A place is vacant: the SIAO knows it at once."""
    event = heard.event
    structure, place = _own_place(heard, state)
    if place.household is not None:
        raise Refusal("place-occupied", "$.place_id")
    if place.vacancy is not None:
        raise Refusal("vacancy-already-open", "$.place_id")
    opened = _opened(heard, structure, event.place_id, place, event.available_on, "published")
    yield from _change(structure, event.place_id, place, vacancy=opened.vacancy)
    yield publish(OFFERS, structure.siao, opened)
    yield accept(heard, ("vacancy", opened.vacancy))


@PARTNERS.on(VacancyWithdrawn, keys=own_structure)
def withdraw_vacancy(heard: Heard[VacancyWithdrawn], state: State) -> Effects:
    """A vacancy is taken back."""
    structure, place = _own_place(heard, state)
    if place.vacancy is None:
        raise Refusal("vacancy-not-open", "$.place_id")
    yield _closed(heard, structure, heard.event.place_id, place, "withdrawn")
    yield from _change(structure, heard.event.place_id, place, vacancy=None)
    yield accept(heard, ("vacancy", place.vacancy))


@CORE.on(StayStarted, keys=structure_of_stay)
def fill(heard: Heard[StayStarted], state: State) -> Effects:
    """A household has entered: the place waits no longer."""
    structure, place_id, place = _place_of_stay(heard, state)
    if structure is None:
        return
    if place is None:
        yield Put(STRUCTURES, structure.key, structure.with_left_out(place_id, heard.event.household))
        return
    if place.vacancy is not None:
        yield _closed(heard, structure, place_id, place, "filled")
    yield from _change(structure, place_id, place, vacancy=None, household=heard.event.household)


@CORE.on(StayEnded, keys=structure_of_stay)
def empty(heard: Heard[StayEnded], state: State) -> Effects:
    """A household has left: the place is vacant again, without a word from the structure."""
    event = heard.event
    structure, place_id, place = _place_of_stay(heard, state)
    if structure is None:
        return
    if place is None:
        if structure.left_out.get(place_id) == event.household:
            yield Put(STRUCTURES, structure.key, structure.with_left_out(place_id, None))
        return
    if place.household != event.household:
        return
    opened = _opened(heard, structure, place_id, place, event.left_on, "departure")
    yield from _change(structure, place_id, place, vacancy=opened.vacancy, household=None)
    yield publish(OFFERS, structure.siao, opened)


def _own_place(heard: Heard[Any], state: State) -> tuple[Structure, PlaceState]:
    key = structure_key(heard.sender.id, heard.event.structure_id)
    return find_place(state.get(STRUCTURES, key), heard.event.place_id)


def _place_of_stay(heard: Heard[Any], state: State) -> tuple[Structure | None, str, PlaceState | None]:
    """The place of a stay; None when the structure no longer describes it."""
    structure_id, place_id = split_place(heard.event.place)
    structure = state.get(STRUCTURES, structure_id)
    return structure, place_id, structure.places.get(place_id) if structure else None


def _change(structure: Structure, place_id: str, place: PlaceState, **changes: str | None) -> Effects:
    yield Put(STRUCTURES, structure.key, structure.with_place(place_id, place.model_copy(update=changes)))


def _opened(
    heard: Heard[Any],
    structure: Structure,
    place_id: str,
    place: PlaceState,
    available_on: date,
    cause: Literal["published", "departure"],
) -> VacancyOpened:
    key = place_key(structure.key, place_id)
    return VacancyOpened(
        siao=structure.siao,
        vacancy=vacancy_id(key, heard.envelope.id),
        place=key,
        structure=structure.key,
        partner=structure.partner,
        offer_type=structure.offer_type,
        commune=structure.commune,
        capacity=place.capacity,
        accessible=place.accessible,
        available_on=available_on,
        opened_at=heard.now,
        cause=cause,
    )


def _closed(
    heard: Heard[Any], structure: Structure, place_id: str, place: PlaceState, reason: Literal["withdrawn", "filled"]
) -> Send:
    return publish(
        OFFERS,
        structure.siao,
        VacancyClosed(
            siao=structure.siao,
            vacancy=str(place.vacancy),
            place=place_key(structure.key, place_id),
            structure=structure.key,
            offer_type=structure.offer_type,
            capacity=place.capacity,
            closed_at=heard.now,
            reason=reason,
        ),
    )
