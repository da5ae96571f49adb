"""What the operator decides of a request: the types of offer it is qualified for, or that it is to be completed first.

Qualification is the operator's; its standing rule follows the préconisation until it decides otherwise.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from contracts.decisions import RequestAdjourned, RequestQualified
from contracts.event import Message, Refusal
from contracts.households import RequestSetAside
from contracts.notices import RequestUpdated
from contracts.received import AnswerReceived
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from services.chassis.fold import Effects, Heard, Key, Put, State, accept, notify, publish
from services.intake.domain import Request
from services.intake.store import REQUESTS

Decide: TypeAlias = Callable[[Heard[AnswerReceived], str, Request, Any], Effects]


def request_of(heard: Heard[AnswerReceived]) -> list[Key]:
    """The request that the decision names."""
    return [(REQUESTS, str(heard.event.content["request"]))]


def decide(heard: Heard[AnswerReceived], state: State) -> Effects:
    """Only a request of this SIAO, and only while it is open."""
    model, decided = DECISIONS[heard.event.origin.message_type]
    key = str(heard.event.content["request"])
    request = state.get(REQUESTS, key)
    if request is None or request.siao != heard.event.siao:
        raise Refusal("request-unknown", "$.request")
    if request.status in ("admitted", "cancelled"):
        raise Refusal("request-closed", "$.request")
    yield from decided(heard, key, request, model.model_validate(heard.event.content, strict=False))
    yield accept(heard, ("request", key))


def qualify(heard: Heard[AnswerReceived], key: str, request: Request, event: RequestQualified) -> Effects:
    """The household waits for these types and no others; a designation under way stands."""
    waits = request.waits
    if waits is None or request.status not in ("waiting", "designated"):
        raise Refusal("request-not-waiting", "$.request", f"status={request.status}")
    types = tuple(dict.fromkeys(event.offer_types))
    told = waits.model_copy(update={"qualified": types, "qualified_by": "operator"})
    yield Put(REQUESTS, key, request.model_copy(update={"retained": types, "told": told}))
    yield publish(HOUSEHOLDS_TOPIC, request.siao, told)
    updated = RequestUpdated(
        request_id=request.request_id,
        household=request.household,
        status="designated" if request.status == "designated" else "waiting",
        qualified=types,
        at=heard.now,
    )
    yield notify(request.prescriber, updated)


def adjourn(heard: Heard[AnswerReceived], key: str, request: Request, event: RequestAdjourned) -> Effects:
    """Off the lists, with its seniority, until its prescriber sends it again with what is missing."""
    if request.status == "designated":
        raise Refusal("household-designated", "$.request")
    if request.status != "waiting":
        raise Refusal("request-not-waiting", "$.request", f"status={request.status}")
    yield Put(REQUESTS, key, request.model_copy(update={"status": "adjourned"}))
    fact = RequestSetAside(
        siao=request.siao,
        request=key,
        household=request.household,
        persons=request.persons,
        missing=event.missing,
        at=heard.now,
    )
    yield publish(HOUSEHOLDS_TOPIC, request.siao, fact)
    updated = RequestUpdated(
        request_id=request.request_id,
        household=request.household,
        status="to_update",
        missing=event.missing,
        at=heard.now,
    )
    yield notify(request.prescriber, updated)


DECISIONS: Final[dict[str, tuple[type[Message], Decide]]] = {
    RequestQualified.type: (RequestQualified, qualify),
    RequestAdjourned.type: (RequestAdjourned, adjourn),
}
