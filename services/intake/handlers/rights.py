"""What the préfecture says of a commission de médiation: the right recognised, or another one in its stead."""

from contracts.alerts import RightTold
from contracts.households import RightRecognised
from contracts.requests import MediationDecided
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from services.chassis.fold import Effects, Heard, Key, Put, State, accept, notify, publish
from services.intake.domain import legal_clock
from services.intake.handlers.folds import PARTNERS
from services.intake.handlers.requests import open_request
from services.intake.store import REQUESTS


def request_named(heard: Heard[MediationDecided]) -> list[Key]:
    """The request of the household whose right it is."""
    return [(REQUESTS, heard.event.request)]


@PARTNERS.on(MediationDecided, keys=request_named)
def recognise(heard: Heard[MediationDecided], state: State) -> Effects:
    """The law's clock is that of this decision from now on, also when the prescriber amends its request."""
    key, siao = heard.event.request, heard.sender.siao
    request = open_request(state, siao, key, "$.request")
    clock = legal_clock(heard.event.mediation, siao)
    answer = accept(heard, ("request", key), ("household", request.household))
    if request.right_told and request.right == clock:
        # Said again: nothing is told twice, nor counted twice.
        yield answer
        return
    known = request.right or (request.told.legal_clock if request.told is not None else None)
    told = request.told and request.told.model_copy(update={"legal_clock": clock})
    yield Put(REQUESTS, key, request.model_copy(update={"right": clock, "right_told": True, "told": told}))
    fact = RightRecognised(
        siao=siao,
        request=key,
        household=request.household,
        persons=request.persons,
        legal_clock=clock,
        requalified=known is not None and known.kind is not clock.kind,
        at=heard.now,
    )
    yield publish(HOUSEHOLDS_TOPIC, siao, fact)
    told_too = RightTold(
        request_id=request.request_id,
        household=request.household,
        kind=clock.kind,
        decided_on=clock.decided_on,
        due_on=clock.due_on,
        requalified=fact.requalified,
        at=heard.now,
    )
    yield notify(request.prescriber, told_too)
    yield answer
