"""The operator suspends a request for some types of offer until a day, or ends its suspension."""

from contracts.decisions import RequestSuspended
from contracts.designations import RequestHeld
from contracts.event import Refusal
from contracts.received import AnswerReceived
from contracts.topics import DESIGNATIONS
from services.chassis.clock import end_of
from services.chassis.fold import Effects, Heard, accept, publish
from services.orientation.handlers import holds
from services.orientation.handlers.designating import find_place
from services.orientation.store import WAITING
from services.orientation.territory import Territory


def suspend(heard: Heard[AnswerReceived], territory: Territory, event: RequestSuspended) -> Effects:
    """The household is not designated to these types until the day is over; a day gone by ends that at once."""
    waiting = territory.get(WAITING, event.request)
    if waiting is None or not waiting.live:
        raise Refusal("request-unknown", "$.request")
    until = end_of(event.until)
    yield accept(heard, ("request", event.request))
    fact = RequestHeld(
        siao=waiting.siao,
        request=event.request,
        household=waiting.household,
        persons=waiting.facts.persons,
        offer_types=event.offer_types,
        until=until,
        reason=event.reason,
        at=heard.now,
    )
    yield publish(DESIGNATIONS, waiting.siao, fact)
    yield from holds.suspend(territory, event.request, event.offer_types, heard.now, until)
    if until <= heard.now:
        yield from find_place(heard, territory, event.request)
