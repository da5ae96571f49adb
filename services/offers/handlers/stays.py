"""What the SIAO decided that changes a place: a household is designated, enters, leaves."""

from contracts.designations import DesignationEnded, DesignationMade, StayEnded, StayStarted
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Key, Put, State
from services.offers.domain.places import Place, entered, left, slid
from services.offers.handlers.folds import CORE
from services.offers.handlers.telling import Days, change
from services.offers.store import PLACES, STRUCTURES


def place_of_stay(heard: Heard[StayStarted | StayEnded]) -> list[Key]:
    """The structure and the place of a stay."""
    return [(STRUCTURES, heard.event.structure), (PLACES, heard.event.place)]


def place_of_designation(heard: Heard[DesignationMade | DesignationEnded]) -> list[Key]:
    """The place of a designation."""
    return [(PLACES, heard.event.place)]


@CORE.on(DesignationMade, keys=place_of_designation)
def reserve(heard: Heard[DesignationMade], state: State) -> Effects:
    """A household is designated to the vacancy, if it is still that one."""
    place = state.get(PLACES, heard.event.place)
    if place is not None and place.vacancy == heard.event.vacancy:
        yield Put(PLACES, place.key, place.but(designation=heard.event.designation))


@CORE.on(DesignationEnded, keys=place_of_designation)
def release(heard: Heard[DesignationEnded], state: State) -> Effects:
    """The vacancy waits for another household; after an admission, the entry that follows closes it."""
    place = state.get(PLACES, heard.event.place)
    if place is not None and place.designation == heard.event.designation:
        yield Put(PLACES, place.key, place.but(designation=None))


@CORE.on(StayStarted, keys=place_of_stay)
def fill(heard: Heard[StayStarted], state: State) -> Effects:
    """A household has entered: the place waits no longer."""
    event = heard.event
    structure, place = state.get(STRUCTURES, event.structure), state.get(PLACES, event.place)
    if structure is None:
        return
    if place is None:
        unit = event.place.rpartition("/")[2]
        place = Place(siao=structure.siao, structure=structure.key, place_id=unit, described=False)
    yield from change(heard, structure, [(place, entered(place, event.household))])


@CORE.on(StayEnded, keys=place_of_stay)
def empty(heard: Heard[StayEnded], state: State) -> Effects:
    """A household has left: the place is vacant again, without a word from the structure, unless it is unavailable.

    One whose lease has slid stays there: the place is offered no more.
    """
    event = heard.event
    structure, place = state.get(STRUCTURES, event.structure), state.get(PLACES, event.place)
    if structure is None or place is None or place.household != event.household:
        return
    if event.slid:
        yield from change(heard, structure, [(place, slid(place))])
        return
    days = Days(event.left_on, min(event.left_on, day_of(heard.now)))
    yield from change(heard, structure, [(place, left(place, heard.envelope.id))], days)
