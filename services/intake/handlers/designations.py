"""What intake does with decisions: tell the structure who comes, tell the prescriber, follow the stays."""

from contracts.codes import DesignationOutcome, SupportLevel
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    HouseholdRefusalSettled,
    StayEnded,
    StayStarted,
)
from contracts.notices import (
    DesignationClosed,
    DesignationReminded,
    HouseholdDesignated,
    InterviewSet,
    RefusalEscalated,
    RefusalOverruled,
)
from contracts.requests import Needs
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from services.chassis.fold import Effects, Heard, Key, Put, State, no_keys, notify, publish
from services.intake.handlers.folds import CORE
from services.intake.handlers.readiness import disclosed, identity_of, unlisted
from services.intake.handlers.requests import Status, closed, updated
from services.intake.store import HOUSEHOLDS, REQUESTS


def household_and_request(heard: Heard[DesignationMade | DesignationEnded | StayStarted]) -> list[Key]:
    """The household and its request, if it has one."""
    keys: list[Key] = [(HOUSEHOLDS, heard.event.household)]
    if heard.event.request is not None:
        keys.append((REQUESTS, heard.event.request))
    return keys


@CORE.on(DesignationMade, keys=household_and_request)
def present(heard: Heard[DesignationMade], state: State) -> Effects:
    """The structure alone learns who is designated to it; the register of disclosures keeps it."""
    event = heard.event
    household = state.get(HOUSEHOLDS, event.household)
    if household is None:
        raise LookupError("a designated household is always known here")
    _, structure_id, place_id = event.place.split("/")
    yield notify(
        event.partner,
        HouseholdDesignated(
            designation=event.designation,
            structure_id=structure_id,
            place_id=place_id,
            household=event.household,
            members=tuple(identity_of(member) for member in household.members),
            phone=household.phone,
            needs=household.needs or Needs(support=SupportLevel.NONE),
            made_at=event.made_at,
            answer_due_at=event.answer_due_at,
            proof=event.proof,
        ),
    )
    yield disclosed(
        heard, household, event.household, event.partner, "designation: identity, phone, needs", "admission"
    )
    yield from _advance(heard, state, event.request, "designated")


@CORE.on(DesignationEnded, keys=household_and_request)
def release(heard: Heard[DesignationEnded], state: State) -> Effects:
    """Without an admission the structure is told that it is over, and the household waits again."""
    event = heard.event
    if event.outcome is DesignationOutcome.ADMITTED:
        return
    yield notify(
        event.partner,
        DesignationClosed(
            designation=event.designation,
            outcome=event.outcome,
            party=event.party,
            at=event.at,
            cancel_reason=event.cancel_reason,
            withdrawal=event.withdrawal,
        ),
    )
    yield from _advance(heard, state, event.request, "waiting_again")


@CORE.on(DesignationProgressed, keys=no_keys)
def tell_step(heard: Heard[DesignationProgressed], _state: State) -> Effects:
    """The structure is reminded, or told what became of its refusal; the prescriber, when the household is received."""
    event, designation, at = heard.event, heard.event.designation, heard.event.at
    due = event.answer_due_at
    match event.step:
        case "reminded":
            yield notify(event.partner, DesignationReminded(designation=designation, at=at, answer_due_at=due))
        case "refusal_overruled":
            yield notify(event.partner, RefusalOverruled(designation=designation, at=at, answer_due_at=due))
        case "refusal_escalated":
            yield notify(event.partner, RefusalEscalated(designation=designation, at=at))
        case "interview_set":
            yield notify(event.prescriber, _invitation(event))


def _invitation(event: DesignationProgressed) -> InterviewSet:
    return InterviewSet.model_validate(
        {
            "request_id": (event.request or "").partition("/")[2],
            "designation": event.designation,
            "on": event.interview_on,
            "awaits": event.awaits,
            "answer_due_at": event.answer_due_at,
            "at": event.at,
        }
    )


def request_refused(heard: Heard[HouseholdRefusalSettled]) -> list[Key]:
    """The request of the household that had declined."""
    return [(REQUESTS, heard.event.request)]


@CORE.on(HouseholdRefusalSettled, keys=request_refused)
def restart(heard: Heard[HouseholdRefusalSettled], state: State) -> Effects:
    """An inadmissible refusal: the request is to be sent again, and its seniority starts anew (SIAO 95)."""
    event = heard.event
    request = state.get(REQUESTS, event.request)
    if request is None or event.consequence == "none" or request.status in ("cancelled", "admitted"):
        return
    restarted = request.model_copy(update={"restarts": event.restarts, "since": event.at})
    if event.consequence == "to_update":
        restarted = restarted.model_copy(update={"status": "to_update"})
        yield updated(heard, request, "to_update")
    yield Put(REQUESTS, event.request, restarted)


@CORE.on(StayStarted, keys=household_and_request)
def admit(heard: Heard[StayStarted], state: State) -> Effects:
    """The household lives there; its request is closed."""
    event = heard.event
    household = state.get(HOUSEHOLDS, event.household)
    if household is None:
        raise LookupError("a household that enters is always known here")
    yield Put(HOUSEHOLDS, event.household, household.model_copy(update={"host": event.partner, "stayed": True}))
    if event.request is not None:
        yield from _advance(heard, state, event.request, "admitted")


def _advance(
    heard: Heard[DesignationMade | DesignationEnded | StayStarted], state: State, key: str, status: Status
) -> Effects:
    """The request takes its next status and its prescriber is told; a request that was cancelled stays so."""
    request = state.get(REQUESTS, key)
    if request is None or request.status in ("cancelled", "admitted"):
        return
    yield Put(REQUESTS, key, request.model_copy(update={"status": "waiting" if status == "waiting_again" else status}))
    yield updated(heard, request, status)
    if request.status in ("adjourned", "lapsed") and status == "designated" and request.waits is not None:
        # Its being set aside crossed the designation, which stands: everybody is to know that it waits after all.
        yield publish(HOUSEHOLDS_TOPIC, request.siao, request.waits)
    if status == "admitted":
        yield publish(HOUSEHOLDS_TOPIC, request.siao, closed(key, request, "admitted", heard))


def household_that_left(heard: Heard[StayEnded]) -> list[Key]:
    """The household of the stay."""
    return [(HOUSEHOLDS, heard.event.household)]


@CORE.on(StayEnded, keys=household_that_left)
def leave(heard: Heard[StayEnded], state: State) -> Effects:
    """The household is hosted no more, and leaves the list of ready households if it was on it."""
    household = state.get(HOUSEHOLDS, heard.event.household)
    if household is not None and household.host == heard.event.partner:
        gone = household.model_copy(update={"host": None})
        yield from unlisted(heard, heard.event.household, gone, "rehoused" if heard.event.slid else "left")
