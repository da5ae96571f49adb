"""Who lives where: stays begin by a designation, or are told of by their structure, and end."""

from datetime import date

from contracts.alerts import EmergencyAdmissionTold
from contracts.answers import HouseholdLeft
from contracts.codes import DesignationOutcome, ExitDestination, Party
from contracts.decision_codes import AdmissionOutcome
from contracts.designations import StayEnded, StayStarted
from contracts.event import Message, Refusal
from contracts.households import ReadinessEnded, StayRecorded
from contracts.law import LEASE_REVIEW_PERIOD, LEASE_TERM, REVIEW_PERIOD, SLIDING, UNDER_R345_4, months_after
from contracts.received import AnswerReceived
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from contracts.topics import Role
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Key, Put, accept, no_keys, publish
from services.orientation.domain.model import Designation, Stay
from services.orientation.handlers import admissions, legal, refreshes
from services.orientation.handlers.designating import end, fill
from services.orientation.handlers.duties import forget_duties, own_stay, watch_duties
from services.orientation.handlers.folds import CORE
from services.orientation.handlers.landlords import tell_landlord
from services.orientation.handlers.timing import tell
from services.orientation.store import DESIGNATIONS, STAYS, STRUCTURES, WAITING
from services.orientation.territory import Territory


def stay_told(heard: Heard[StayRecorded]) -> list[Key]:
    """The household's stay, even when it ended long ago: it is not told again under its id; and its request."""
    request = heard.event.request
    return [(STAYS, heard.event.household), *([(WAITING, request)] if request is not None else [])]


@CORE.on(StayRecorded, keys=stay_told)
def record_stay(heard: Heard[StayRecorded], territory: Territory) -> Effects:
    """A household lives in a place by the structure's own admission: counted apart, and answered here."""
    event = heard.event
    structure = territory.get(STRUCTURES, event.structure)
    if structure is None:
        raise Refusal("structure-unknown", "$.structure_id")
    if event.place.rpartition("/")[2] not in structure.place_ids:
        raise Refusal("place-unknown", "$.place_id")
    known = territory.get(STAYS, event.household)
    # A household of a request may have lived somewhere before; one known by its stay only is told of once.
    told_before = known is not None and (known.live or event.request is None)
    if territory.household_at(event.place) is not None or told_before:
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
    yield from start_stay(heard, territory, event.household, stay, None, event.request, emergency=event.emergency)
    yield accept(heard, ("household", event.household))
    if event.emergency:
        yield from _told_emergency(heard, territory)
    if event.request is not None:
        yield from _fulfil(heard, territory, event.request)


def _told_emergency(heard: Heard[StayRecorded], territory: Territory) -> Effects:
    event = heard.event
    notice = EmergencyAdmissionTold(
        household=event.household,
        place=event.place,
        persons=event.persons,
        entered_on=event.entered_on,
        request=event.request,
        at=heard.now,
    )
    yield from tell(territory, event.siao, notice, Role.OPERATOR)


def _fulfil(heard: Heard[StayRecorded], territory: Territory, request: str) -> Effects:
    """The household asks no more: a designation of it under way is superseded, and that place goes to another."""
    waiting = territory.get(WAITING, request)
    yield from legal.close(territory, request)
    if waiting is None or not (waiting.live or waiting.to_update):
        return
    designation = territory.get(DESIGNATIONS, waiting.designation) if waiting.designation else None
    if waiting.designation is not None:
        yield from end(heard, territory, waiting.designation, DesignationOutcome.SUPERSEDED, Party.STRUCTURE)
    yield Put(WAITING, request, waiting.model_copy(update={"live": False, "to_update": False, "designation": None}))
    yield from refreshes.forget(request)
    if designation is not None:
        yield from fill(heard, territory, designation.vacancy)


def stay_of(designation: Designation, entered_on: date) -> Stay:
    """The stay that a designation becomes; of a CHRS whose director has decided, its term is known."""
    term = designation.term_months
    return Stay(
        siao=designation.siao,
        place=designation.place,
        structure=designation.structure,
        partner=designation.partner,
        offer_type=designation.offer_type,
        persons=designation.persons,
        entered_on=entered_on,
        ends_on=months_after(entered_on, term) if term is not None else None,
        holder=designation.holder,
    )


def start_stay(
    heard: Heard[Message],
    territory: Territory,
    household: str,
    stay: Stay,
    designation: str | None,
    request: str | None,
    *,
    emergency: bool = False,
) -> Effects:
    """A household lives in a place from now on; its landlord is told."""
    stay = _with_reviews(heard, stay, designation)
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
        emergency=emergency,
    )
    yield publish(DESIGNATIONS_TOPIC, stay.siao, fact)
    yield from watch_duties(heard, household, stay)
    yield from tell_landlord(heard, territory, household, stay, "begun", stay.entered_on)


def _with_reviews(heard: Heard[Message], stay: Stay, designation: str | None) -> Stay:
    """In a CHRS and where a lease is to slide, reviews are due from the entry on, or since the stay was told of."""
    start = stay.entered_on if designation is not None else max(stay.entered_on, day_of(heard.now))
    if stay.offer_type in UNDER_R345_4:
        return stay.model_copy(update={"review_due_on": REVIEW_PERIOD.after(start, stay.siao)})
    if stay.offer_type in SLIDING:
        due = {
            "review_due_on": LEASE_REVIEW_PERIOD.after(start, stay.siao),
            "ends_on": LEASE_TERM.after(stay.entered_on, stay.siao),
        }
        return stay.model_copy(update=due)
    return stay


def end_stay(
    heard: Heard[Message],
    territory: Territory,
    household: str,
    stay: Stay,
    destination: ExitDestination,
    left_on: date,
    *,
    slid: bool = False,
) -> Effects:
    """A household lives there no more, or lives there as tenant (`slid`); nothing more is due of its stay."""
    yield Put(STAYS, household, stay.model_copy(update={"live": False, "extension": None}))
    yield from forget_duties(household, stay)
    if stay.extension is not None:
        yield from admissions.settle(heard, territory, stay.extension, AdmissionOutcome.WITHDRAWN)
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
        slid=slid,
    )
    yield publish(DESIGNATIONS_TOPIC, stay.siao, fact)
    yield from tell_landlord(heard, territory, household, stay, "slid" if slid else "ended", left_on)


def leave(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdLeft) -> Effects:
    """A household has left its place, which is vacant again."""
    stay = own_stay(heard, territory, event.household)
    yield from end_stay(heard, territory, event.household, stay, event.destination, event.left_on)
    yield accept(heard, ("household", event.household))


@CORE.on(ReadinessEnded, keys=no_keys)
def rehouse(heard: Heard[ReadinessEnded], territory: Territory) -> Effects:
    """A household that was rehoused has left its place."""
    event = heard.event
    stay = territory.get(STAYS, event.household)
    if event.reason == "rehoused" and stay is not None and stay.live:
        today = day_of(heard.now)
        yield from end_stay(heard, territory, event.household, stay, ExitDestination.SOCIAL_HOUSING, today)
