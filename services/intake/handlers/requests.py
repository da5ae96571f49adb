"""Requests: registered once, completed or amended by revision, cancelled; and stays told by structures."""

from typing import Literal

from contracts.event import Message, Refusal
from contracts.households import HouseholdWaiting, RequestClosed, RequestRegistered, StayRecorded
from contracts.notices import RequestUpdated
from contracts.requests import HouseholdHosted, RequestCancelled, RequestSubmitted
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from services.chassis.fold import Effects, Heard, Key, Put, State, accept, notify, publish
from services.intake.domain import (
    Household,
    Request,
    amendable,
    facts_of,
    household_of_request,
    household_of_stay,
    lead_of,
    legal_clock,
    missing_sections,
    request_key,
    types_asked,
)
from services.intake.handlers.folds import PARTNERS
from services.intake.store import HOUSEHOLDS, REQUESTS


def own_request(heard: Heard[RequestSubmitted | RequestCancelled]) -> list[Key]:
    """The sender's request and its household."""
    key = request_key(heard.sender.id, heard.event.request_id)
    return [(REQUESTS, key), (HOUSEHOLDS, household_of_request(key))]


@PARTNERS.on(RequestSubmitted, keys=own_request)
def submit(heard: Heard[RequestSubmitted], state: State) -> Effects:
    """Register a request, or complete or amend it; when complete, the household waits."""
    event, sender = heard.event, heard.sender
    key = request_key(sender.id, event.request_id)
    known = state.get(REQUESTS, key)
    amendable(known, event.revision)
    if not event.evaluation.applicant_agrees:
        raise Refusal("applicant-disagrees", "$.evaluation.applicant_agrees")
    asked, missing = types_asked(event), missing_sections(event)
    facts = facts_of(event, heard.now.date())
    household = household_of_request(key)
    status: Literal["incomplete", "waiting"] = "incomplete" if missing else "waiting"
    request = Request(
        siao=sender.siao,
        prescriber=sender.id,
        request_id=event.request_id,
        revision=event.revision,
        household=household,
        persons=facts.persons,
        status="designated" if known is not None and known.status == "designated" else status,
        first_transmitted_at=known.first_transmitted_at if known else heard.now,
        first_received_on=known.first_received_on if known else event.first_received_on,
    )
    yield Put(REQUESTS, key, request)
    yield Put(HOUSEHOLDS, household, _household(event, sender.siao, state.get(HOUSEHOLDS, household)))
    yield publish(
        HOUSEHOLDS_TOPIC,
        sender.siao,
        RequestRegistered(
            siao=sender.siao,
            request=key,
            household=household,
            prescriber=sender.id,
            prescriber_kind=event.prescriber_kind,
            revision=event.revision,
            first_received_on=request.first_received_on,
            reason=event.reason,
            facts=facts,
            recommended=asked,
            missing=missing,
            first_transmitted_at=request.first_transmitted_at,
        ),
    )
    yield accept(heard, ("request", key), ("household", household))
    yield notify(
        sender.id,
        RequestUpdated(request_id=event.request_id, household=household, status=status, missing=missing, at=heard.now),
    )
    if not missing:
        yield publish(
            HOUSEHOLDS_TOPIC,
            sender.siao,
            HouseholdWaiting(
                siao=sender.siao,
                request=key,
                household=household,
                prescriber=sender.id,
                facts=facts,
                qualified=asked,
                qualified_by="standing_rule",
                communes=event.communes,
                since=request.first_transmitted_at,
                legal_clock=legal_clock(event.mediation, sender.siao),
            ),
        )


def _household(event: RequestSubmitted, siao: str, known: Household | None) -> Household:
    identity = {"members": event.members, "phone": event.phone, "needs": event.needs}
    if known is not None:
        return known.model_copy(update=identity)
    return Household(siao=siao, members=event.members, phone=event.phone, needs=event.needs)


@PARTNERS.on(RequestCancelled, keys=own_request)
def cancel(heard: Heard[RequestCancelled], state: State) -> Effects:
    """The household does not ask any more."""
    sender = heard.sender
    key = request_key(sender.id, heard.event.request_id)
    known = state.get(REQUESTS, key)
    if known is None:
        raise Refusal("request-unknown", "$.request_id")
    if known.status in ("admitted", "cancelled"):
        raise Refusal("request-closed", "$.request_id")
    yield Put(REQUESTS, key, known.model_copy(update={"status": "cancelled"}))
    yield publish(HOUSEHOLDS_TOPIC, known.siao, closed(key, known, "cancelled", heard))
    yield accept(heard, ("request", key))


def closed(key: str, request: Request, reason: str, heard: Heard[Message]) -> RequestClosed:
    """The request has left the register."""
    return RequestClosed(
        siao=request.siao,
        request=key,
        household=request.household,
        persons=request.persons,
        reason="admitted" if reason == "admitted" else "cancelled",
        closed_at=heard.now,
    )


def stay_household(heard: Heard[HouseholdHosted]) -> list[Key]:
    """The household of the stay that the sender tells of."""
    return [(HOUSEHOLDS, household_of_stay(heard.sender.id, heard.event.stay_id))]


@PARTNERS.on(HouseholdHosted, keys=stay_household)
def host(heard: Heard[HouseholdHosted], state: State) -> Effects:
    """A household already lives in a place: identities stay here, the stay is for orientation to accept and answer."""
    event, sender = heard.event, heard.sender
    household = household_of_stay(sender.id, event.stay_id)
    if state.get(HOUSEHOLDS, household) is not None:
        raise Refusal("stay-already-known", "$.stay_id")
    lead_of(event.members)
    yield Put(HOUSEHOLDS, household, Household(siao=sender.siao, members=event.members, phone=event.phone))
    structure = f"{sender.id}/{event.structure_id}"
    origin = heard.origin
    if origin is None:
        raise LookupError("a stay is always told by a partner")
    yield publish(
        HOUSEHOLDS_TOPIC,
        sender.siao,
        StayRecorded(
            siao=sender.siao,
            household=household,
            partner=sender.id,
            structure=structure,
            place=f"{structure}/{event.place_id}",
            persons=len(event.members),
            entered_on=event.entered_on,
            origin=origin,
        ),
    )
