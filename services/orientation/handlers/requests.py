"""What households bring: they wait, they stop waiting, they already live somewhere, they are rehoused."""

from datetime import date

from contracts.codes import DesignationOutcome, ExitDestination, Party
from contracts.designations import StayEnded, StayStarted
from contracts.event import Message, Refusal
from contracts.households import HouseholdWaiting, LegalClock, ReadinessEnded, RequestClosed, StayRecorded
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from services.chassis.clock import day_of, end_of
from services.chassis.fold import Effects, Forget, Heard, Key, Put, accept, no_keys, publish
from services.orientation.domain.model import Stay, Waiting
from services.orientation.handlers.designating import end, fill, find_place, later
from services.orientation.handlers.folds import CORE
from services.orientation.store import DESIGNATIONS, STAYS, STRUCTURES, WAITING
from services.orientation.territory import Territory


def named_request(heard: Heard[HouseholdWaiting]) -> list[Key]:
    """The request, even when it is archived: who was admitted does not wait again by an amendment."""
    return [(WAITING, heard.event.request)]


@CORE.on(HouseholdWaiting, keys=named_request)
def wait(heard: Heard[HouseholdWaiting], territory: Territory) -> Effects:
    """A household waits, or its request was amended; a vacancy nobody was found for may suit it."""
    event = heard.event
    known = territory.get(WAITING, event.request)
    if known is not None and not known.live:
        return
    yield Put(
        WAITING,
        event.request,
        Waiting(
            siao=event.siao,
            household=event.household,
            prescriber=event.prescriber,
            facts=event.facts,
            qualified=event.qualified,
            communes=event.communes,
            since=event.since,
            legal_clock=event.legal_clock,
            designation=known.designation if known else None,
        ),
    )
    yield from _watch_legal_day(event, known.legal_clock if known else None)
    yield from find_place(heard, territory, event.request)


def _watch_legal_day(event: HouseholdWaiting, known: LegalClock | None) -> Effects:
    """Set, move or forget the legal deadline. An amendment that leaves it as it was does not raise an alert again."""
    if event.legal_clock == known:
        return
    if event.legal_clock is None:
        yield Forget(f"legal:{event.request}")
        return
    yield later("legal", event.request, event.siao, end_of(event.legal_clock.due_on))


@CORE.on(RequestClosed, keys=no_keys)
def stop_waiting(heard: Heard[RequestClosed], territory: Territory) -> Effects:
    """The household asks no more; a designation under way ends with it and the place is designated anew."""
    request = heard.event.request
    waiting = territory.get(WAITING, request)
    if waiting is None or not waiting.live:
        return
    yield Forget(f"legal:{request}")
    yield Put(WAITING, request, waiting.model_copy(update={"live": False}))
    if waiting.designation is not None:
        yield from end(heard, territory, waiting.designation, DesignationOutcome.CANCELLED, Party.PRESCRIBER)
        designation = territory.get(DESIGNATIONS, waiting.designation)
        if designation is not None:
            yield from fill(heard, territory, designation.vacancy)


def stay_told(heard: Heard[StayRecorded]) -> list[Key]:
    """The household's stay, even when it ended long ago: it is not told again under its id."""
    return [(STAYS, heard.event.household)]


@CORE.on(StayRecorded, keys=stay_told)
def record_stay(heard: Heard[StayRecorded], territory: Territory) -> Effects:
    """A household already lives in a place, by the structure's own admission: counted apart, and answered here."""
    event = heard.event
    structure = territory.get(STRUCTURES, event.structure)
    if structure is None:
        raise Refusal("structure-unknown", "$.structure_id")
    if event.place.rpartition("/")[2] not in structure.place_ids:
        raise Refusal("place-unknown", "$.place_id")
    if territory.household_at(event.place) is not None or territory.get(STAYS, event.household) is not None:
        raise Refusal("stay-already-known", "$.place_id")
    stay = Stay(
        siao=event.siao,
        place=event.place,
        structure=event.structure,
        partner=event.partner,
        offer_type=structure.offer_type,
        persons=event.persons,
        entered_on=event.entered_on,
    )
    yield from start_stay(heard, event.household, stay, None, None)
    yield accept(heard, ("household", event.household))


def start_stay(
    heard: Heard[Message], household: str, stay: Stay, designation: str | None, request: str | None
) -> Effects:
    """A household lives in a place from now on."""
    yield Put(STAYS, household, stay)
    fact = StayStarted(
        siao=stay.siao,
        designation=designation,
        place=stay.place,
        structure=stay.structure,
        partner=stay.partner,
        offer_type=stay.offer_type,
        household=household,
        request=request,
        persons=stay.persons,
        entered_on=stay.entered_on,
        at=heard.now,
    )
    yield publish(DESIGNATIONS_TOPIC, stay.siao, fact)


@CORE.on(ReadinessEnded, keys=no_keys)
def rehouse(heard: Heard[ReadinessEnded], territory: Territory) -> Effects:
    """A household that was rehoused has left its place."""
    event = heard.event
    stay = territory.get(STAYS, event.household)
    if event.reason == "rehoused" and stay is not None and stay.live:
        yield from end_stay(heard, event.household, stay, ExitDestination.SOCIAL_HOUSING, day_of(heard.now))


def end_stay(heard: Heard[Message], household: str, stay: Stay, destination: ExitDestination, left_on: date) -> Effects:
    """A household lives there no more."""
    yield Put(STAYS, household, stay.model_copy(update={"live": False}))
    fact = StayEnded(
        siao=stay.siao,
        place=stay.place,
        structure=stay.structure,
        partner=stay.partner,
        offer_type=stay.offer_type,
        household=household,
        persons=stay.persons,
        left_on=left_on,
        destination=destination,
        at=heard.now,
    )
    yield publish(DESIGNATIONS_TOPIC, stay.siao, fact)
