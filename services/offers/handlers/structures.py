"""Structures describe themselves, whole: places appear and go, rules change, vacancies follow."""

from itertools import islice

from contracts.event import Refusal
from contracts.partners import PartnerRegistered
from contracts.topics import Role
from contracts.vacancies import StructureDescribed
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Key, Put, State, accept
from services.offers.domain.places import Place, dropped
from services.offers.domain.projets import UNAPPROVED_APPLIES
from services.offers.domain.structures import (
    MOST_PLACES,
    Structure,
    after_description,
    place_key,
    structure_key,
    units_of,
)
from services.offers.handlers.folds import PARTNERS
from services.offers.handlers.telling import change, registered
from services.offers.store import PLACES, STRUCTURES


def described_places(heard: Heard[StructureDescribed]) -> list[Key]:
    """The sender's structure and the places that it now describes."""
    key = structure_key(heard.sender.id, heard.event.structure_id)
    units = (unit for place in heard.event.places for unit in units_of(place.place_id, place.count))
    # More are refused: nothing need be known of them.
    return [(STRUCTURES, key), *((PLACES, place_key(key, unit)) for unit in islice(units, MOST_PLACES))]


def known_places(heard: Heard[StructureDescribed], state: State) -> list[Key]:
    """The places that it described before."""
    key = structure_key(heard.sender.id, heard.event.structure_id)
    known = state.get(STRUCTURES, key)
    return [(PLACES, place_key(key, unit)) for unit in known.units] if known else []


@PARTNERS.on(StructureDescribed, keys=described_places, also=known_places)
def describe(heard: Heard[StructureDescribed], state: State) -> Effects:
    """A structure describes itself; what was said of places that are no more ends.

    Open vacancies follow what is said of their places now: see `structure.registered.v1`.
    """
    sender = heard.sender
    key = structure_key(sender.id, heard.event.structure_id)
    known = state.get(STRUCTURES, key)
    _landlords_known(heard, state)
    applies = UNAPPROVED_APPLIES.of(sender.siao)
    structure = after_description(known, heard.event, sender.id, sender.siao, day_of(heard.now), applies)
    yield Put(STRUCTURES, key, structure)
    # First, so that the new rules designate nobody to a place that is no more.
    if known is not None:
        yield from _dropped(heard, state, known, structure)
    for unit in structure.units:
        place = state.get(PLACES, place_key(key, unit))
        if place is None:
            yield Put(PLACES, place_key(key, unit), Place(siao=sender.siao, structure=key, place_id=unit))
        elif not place.described:
            yield Put(PLACES, place.key, place.but(described=True))
    yield registered(structure, heard.now)
    yield accept(heard, ("structure", key))


def _landlords_known(heard: Heard[StructureDescribed], state: State) -> None:
    """A landlord reads what becomes of its dwellings: it must be one of this SIAO. Raises place-landlord-unknown."""
    for index, place in enumerate(heard.event.places):
        if place.landlord is not None and not _lets(state.register.get(place.landlord), heard.sender.siao):
            raise Refusal("place-landlord-unknown", f"$.places[{index}].landlord")


def _lets(partner: PartnerRegistered | None, siao: str) -> bool:
    if partner is None or partner.role is not Role.BAILLEUR:
        return False
    return partner.siao == siao and partner.status == "active"


def _dropped(heard: Heard[StructureDescribed], state: State, known: Structure, structure: Structure) -> Effects:
    """The end of what was said of places that are described no more, of what they were."""
    here = structure.units
    for unit in known.units:
        place = state.get(PLACES, place_key(known.key, unit)) if unit not in here else None
        if place is not None:
            yield from change(heard, known, [(place, dropped(place))])
