"""What households ask: a right is recognised, they wait, they wait no more."""

from contracts.codes import DesignationOutcome, Party
from contracts.households import (
    HouseholdWaiting,
    LegalClock,
    RequestClosed,
    RequestRegistered,
    RequestSetAside,
    RightRecognised,
)
from services.chassis.fold import Effects, Heard, Key, Put
from services.chassis.fold import no_keys as none
from services.orientation.domain.becoming import set_aside_of, waiting_of
from services.orientation.domain.model import LegalFile
from services.orientation.handlers import legal, refreshes
from services.orientation.handlers.designating import end, fill, find_place
from services.orientation.handlers.folds import CORE
from services.orientation.store import DESIGNATIONS, LEGAL_FILES, WAITING
from services.orientation.territory import Territory

Told = HouseholdWaiting | RequestRegistered | RightRecognised


def named_request(heard: Heard[Told]) -> list[Key]:
    """The request, even when it is archived: who was admitted does not wait again by an amendment; and its right."""
    return [(WAITING, heard.event.request), (LEGAL_FILES, heard.event.request)]


@CORE.on(RequestRegistered, keys=named_request)
def register(heard: Heard[RequestRegistered], territory: Territory) -> Effects:
    """A request that is not complete does not wait, but the law's clock runs. A complete one says it as it waits."""
    event = heard.event
    waiting = territory.get(WAITING, event.request)
    if not event.missing or (waiting is not None and not waiting.to_update):
        return
    file = _file(event, event.facts.persons, event.legal_clock)
    yield from legal.watch(heard, territory, event.request, file, None)


def _file(event: Told, persons: int, clock: LegalClock | None) -> LegalFile | None:
    if clock is None:
        return None
    return LegalFile(siao=event.siao, household=event.household, persons=persons, clock=clock)


@CORE.on(HouseholdWaiting, keys=named_request)
def wait(heard: Heard[HouseholdWaiting], territory: Territory) -> Effects:
    """A household waits, or its request was amended; a vacancy nobody was found for may suit it."""
    event = heard.event
    known = territory.get(WAITING, event.request)
    waiting = waiting_of(event, known)
    if waiting is None:
        return
    yield Put(WAITING, event.request, waiting)
    yield from refreshes.watch(heard, event.request, waiting)
    file = _file(event, event.facts.persons, event.legal_clock)
    yield from legal.watch(heard, territory, event.request, file, known.designation if known else None)
    yield from find_place(heard, territory, event.request)


@CORE.on(RequestSetAside, keys=none)
def set_aside(heard: Heard[RequestSetAside], territory: Territory) -> Effects:
    """Off the lists until it is sent again. Designated meanwhile, that stands: intake has not heard of it yet."""
    waiting = set_aside_of(territory.get(WAITING, heard.event.request))
    if waiting is not None:
        yield Put(WAITING, heard.event.request, waiting)
        yield from refreshes.forget(heard.event.request)


@CORE.on(RightRecognised, keys=named_request)
def recognise(heard: Heard[RightRecognised], territory: Territory) -> Effects:
    """The law's clock is this one, whether the household waits or not; a designation under way may be the offer."""
    event = heard.event
    waiting = territory.get(WAITING, event.request)
    if waiting is not None and not (waiting.live or waiting.to_update):
        return
    if waiting is not None:
        yield Put(WAITING, event.request, waiting.model_copy(update={"legal_clock": event.legal_clock}))
    file = _file(event, event.persons, event.legal_clock)
    yield from legal.watch(heard, territory, event.request, file, waiting.designation if waiting else None)


@CORE.on(RequestClosed, keys=none)
def stop_waiting(heard: Heard[RequestClosed], territory: Territory) -> Effects:
    """The household asks no more; a designation under way ends with it and the place is designated anew."""
    request = heard.event.request
    yield from legal.close(territory, request)
    waiting = territory.get(WAITING, request)
    if waiting is None or not waiting.live:
        return
    yield Put(WAITING, request, waiting.model_copy(update={"live": False}))
    yield from refreshes.forget(request)
    if waiting.designation is not None:
        yield from _end(heard, territory, waiting.designation)


def _end(heard: Heard[RequestClosed], territory: Territory, designation_id: str) -> Effects:
    admitted = heard.event.reason == "admitted"
    outcome, party = (
        (DesignationOutcome.SUPERSEDED, Party.STRUCTURE)
        if admitted
        else (DesignationOutcome.CANCELLED, Party.PRESCRIBER)
    )
    yield from end(heard, territory, designation_id, outcome, party)
    designation = territory.get(DESIGNATIONS, designation_id)
    if designation is not None:
        yield from fill(heard, territory, designation.vacancy)
