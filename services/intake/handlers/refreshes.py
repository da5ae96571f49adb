"""Actualisation: a request that is not refreshed in time leaves the lists with its seniority, and is back by a word."""

from contracts.designations import RequestRefreshOverdue
from contracts.event import Refusal
from contracts.households import RequestSetAside
from contracts.law import REFRESH_PERIOD
from contracts.requests import RequestRefreshed
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Key, Put, State, accept, publish
from services.intake.domain import request_key
from services.intake.handlers.folds import CORE, PARTNERS
from services.intake.handlers.requests import open_request, own_request, updated
from services.intake.store import REQUESTS


@PARTNERS.on(RequestRefreshed, keys=own_request)
def refresh(heard: Heard[RequestRefreshed], state: State) -> Effects:
    """The household still asks for the same. A day before the last one that is known moves nothing back."""
    key = request_key(heard.sender.id, heard.event.request_id)
    request = open_request(state, heard.sender.siao, key, "$.request_id")
    if request.waits is None or request.status not in ("waiting", "designated", "lapsed"):
        raise Refusal("request-not-waiting", "$.request_id", f"status={request.status}")
    if heard.event.confirmed_on > day_of(heard.now):
        raise Refusal("day-to-come", "$.confirmed_on")
    confirmed_on = max(heard.event.confirmed_on, request.confirmed_on or heard.event.confirmed_on)
    if REFRESH_PERIOD.after(confirmed_on, request.siao) < day_of(heard.now):
        raise Refusal("refresh-too-old", "$.confirmed_on")
    told = request.waits.model_copy(update={"confirmed_on": confirmed_on})
    status = "waiting" if request.status == "lapsed" else request.status
    yield Put(REQUESTS, key, request.model_copy(update={"status": status, "confirmed_on": confirmed_on, "told": told}))
    yield publish(HOUSEHOLDS_TOPIC, request.siao, told)
    yield accept(heard, ("request", key))
    if request.status == "lapsed":
        yield updated(heard, request, "waiting")


def overdue_request(heard: Heard[RequestRefreshOverdue]) -> list[Key]:
    """The request that was not refreshed."""
    return [(REQUESTS, heard.event.request)]


@CORE.on(RequestRefreshOverdue, keys=overdue_request)
def lapse(heard: Heard[RequestRefreshOverdue], state: State) -> Effects:
    """Off the lists, unless it was refreshed, sent again or designated while that was on its way."""
    event = heard.event
    request = state.get(REQUESTS, event.request)
    if request is None or request.status != "waiting" or request.confirmed_on is None:
        return
    if REFRESH_PERIOD.after(request.confirmed_on, request.siao) > event.due_on:
        return
    yield Put(REQUESTS, event.request, request.model_copy(update={"status": "lapsed"}))
    fact = RequestSetAside(
        siao=request.siao,
        request=event.request,
        household=request.household,
        persons=request.persons,
        missing=(),
        at=heard.now,
        reason="not_refreshed",
    )
    yield publish(HOUSEHOLDS_TOPIC, request.siao, fact)
    yield updated(heard, request, "to_update")
