"""Requests: registered once, completed or amended by revision, cancelled."""

from typing import Literal

from contracts.event import Message, Refusal
from contracts.households import HouseholdWaiting, LegalClock, RequestClosed, RequestRegistered
from contracts.notices import RequestUpdated
from contracts.requests import RequestCancelled, RequestRefreshed, RequestSubmitted
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Key, Put, Send, State, accept, notify, publish
from services.intake.domain import (
    Household,
    Request,
    amendable,
    facts_of,
    household_of_request,
    legal_clock,
    missing_sections,
    request_key,
    standing,
    types_asked,
)
from services.intake.handlers.folds import PARTNERS
from services.intake.store import HOUSEHOLDS, REQUESTS

Status = Literal["waiting", "designated", "waiting_again", "to_update", "admitted"]


def own_request(heard: Heard[RequestSubmitted | RequestRefreshed | RequestCancelled]) -> list[Key]:
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
    request, registered = _registered(heard, key, known)
    household = request.household
    if request.status != "incomplete":
        request = request.model_copy(update={"told": _waiting(event, request, registered)})
    yield Put(REQUESTS, key, request)
    yield Put(HOUSEHOLDS, household, _household(event, sender.siao, state.get(HOUSEHOLDS, household)))
    yield publish(HOUSEHOLDS_TOPIC, sender.siao, registered)
    yield accept(heard, ("request", key), ("household", household))
    updated = RequestUpdated(
        request_id=event.request_id,
        household=household,
        status=standing(known, registered.missing),
        missing=registered.missing,
        at=heard.now,
        qualified=request.retained or (),
    )
    yield notify(sender.id, updated)
    if request.told is not None:
        yield publish(HOUSEHOLDS_TOPIC, sender.siao, request.told)


def _registered(heard: Heard[RequestSubmitted], key: str, known: Request | None) -> tuple[Request, RequestRegistered]:
    """The request in the register, and what is said of it. Raises Refusal: see `types_asked`, `facts_of`."""
    event, sender = heard.event, heard.sender
    today = day_of(heard.now)
    asked, missing, facts = types_asked(event), missing_sections(event), facts_of(event, today)
    request = Request(
        siao=sender.siao,
        prescriber=sender.id,
        request_id=event.request_id,
        revision=event.revision,
        household=household_of_request(key),
        persons=facts.persons,
        status=standing(known, missing),
        first_transmitted_at=known.first_transmitted_at if known else heard.now,
        first_received_on=known.first_received_on if known else event.first_received_on,
        since=heard.now if known is not None and known.status == "to_update" else known.since if known else None,
        restarts=known.restarts if known else 0,
        retained=known.retained if known else None,
        right=_right(event, sender.siao, known),
        right_told=known is not None and known.right_told,
        confirmed_on=today,
    )
    fact = RequestRegistered(
        siao=sender.siao,
        request=key,
        household=request.household,
        prescriber=sender.id,
        prescriber_kind=event.prescriber_kind,
        revision=event.revision,
        first_received_on=request.first_received_on,
        reason=event.reason,
        facts=facts,
        recommended=asked,
        missing=missing,
        first_transmitted_at=request.first_transmitted_at,
        legal_clock=request.right,
    )
    return request, fact


def _right(event: RequestSubmitted, siao: str, known: Request | None) -> LegalClock | None:
    """The right recognised: as the préfecture has told it, else as the prescriber does."""
    if known is not None and known.right_told:
        return known.right
    return None if event.mediation is None else legal_clock(event.mediation, siao)


def _waiting(event: RequestSubmitted, request: Request, registered: RequestRegistered) -> HouseholdWaiting:
    """The household on its lists: qualified by the operator, else by its standing rule for what is recommended."""
    return HouseholdWaiting(
        siao=registered.siao,
        request=registered.request,
        household=registered.household,
        prescriber=registered.prescriber,
        facts=registered.facts,
        qualified=request.retained or registered.recommended,
        qualified_by="operator" if request.retained else "standing_rule",
        communes=event.communes,
        since=request.seniority,
        legal_clock=registered.legal_clock,
        restarts=request.restarts,
        evaluated_on=event.evaluation.evaluated_on,
        confirmed_on=request.confirmed_on,
    )


def _household(event: RequestSubmitted, siao: str, known: Household | None) -> Household:
    identity = {"members": event.members, "phone": event.phone, "needs": event.needs}
    if known is not None:
        return known.model_copy(update=identity)
    return Household(siao=siao, members=event.members, phone=event.phone, needs=event.needs)


def open_request(state: State, siao: str, key: str, path: str) -> Request:
    """A request of this SIAO that is asked still. Raises Refusal: request-unknown, request-closed."""
    request = state.get(REQUESTS, key)
    if request is None or request.siao != siao:
        raise Refusal("request-unknown", path)
    if request.status in ("admitted", "cancelled"):
        raise Refusal("request-closed", path)
    return request


@PARTNERS.on(RequestCancelled, keys=own_request)
def cancel(heard: Heard[RequestCancelled], state: State) -> Effects:
    """The household does not ask any more."""
    key = request_key(heard.sender.id, heard.event.request_id)
    known = open_request(state, heard.sender.siao, key, "$.request_id")
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


def updated(heard: Heard[Message], request: Request, status: Status) -> Send:
    """The prescriber is told where its request stands."""
    return notify(
        request.prescriber,
        RequestUpdated(request_id=request.request_id, household=request.household, status=status, at=heard.now),
    )
