"""Stays told by structures: identities stay here; the stay is for orientation to accept and answer."""

from contracts.event import Refusal
from contracts.households import StayRecorded
from contracts.requests import HouseholdAdmittedDirectly, HouseholdHosted
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from services.chassis.fold import Effects, Heard, Key, Put, State, publish
from services.intake.domain import Household, household_of_request, household_of_stay, lead_of, same_lead
from services.intake.handlers.folds import PARTNERS
from services.intake.store import HOUSEHOLDS, REQUESTS

Told = HouseholdHosted | HouseholdAdmittedDirectly


def stay_household(heard: Heard[Told]) -> list[Key]:
    """The household of the stay that the sender tells of, or that of the request that it names."""
    request = heard.event.request
    if request is None:
        return [(HOUSEHOLDS, household_of_stay(heard.sender.id, heard.event.stay_id))]
    return [(REQUESTS, request), (HOUSEHOLDS, household_of_request(request))]


@PARTNERS.on(HouseholdHosted, HouseholdAdmittedDirectly, keys=stay_household)
def host(heard: Heard[Told], state: State) -> Effects:
    """A household lives in a place: before its structure joined, or by an emergency admission (CASF L345-2-7).

    A stay that orientation did not accept may be told again, corrected.
    """
    event, sender = heard.event, heard.sender
    lead_of(event.members)
    if event.request is None:
        household = household_of_stay(sender.id, event.stay_id)
        known = state.get(HOUSEHOLDS, household)
        if known is not None and known.stayed:
            raise Refusal("stay-already-known", "$.stay_id")
        yield Put(HOUSEHOLDS, household, Household(siao=sender.siao, members=event.members, phone=event.phone))
    else:
        household = _asking(heard, state, event.request)
    structure = f"{sender.id}/{event.structure_id}"
    origin = heard.origin
    if origin is None:
        raise LookupError("a stay is always told by a partner")
    fact = StayRecorded(
        siao=sender.siao,
        household=household,
        partner=sender.id,
        structure=structure,
        place=f"{structure}/{event.place_id}",
        persons=len(event.members),
        entered_on=event.entered_on,
        origin=origin,
        request=event.request,
        emergency=isinstance(event, HouseholdAdmittedDirectly),
    )
    yield publish(HOUSEHOLDS_TOPIC, sender.siao, fact)


def _asking(heard: Heard[Told], state: State, key: str) -> str:
    """The household of an open request, when the lead applicant is the same: a sender that guesses learns nothing.

    Raises Refusal request-not-of-household.
    """
    request = state.get(REQUESTS, key)
    household = state.get(HOUSEHOLDS, household_of_request(key))
    if (
        request is None
        or household is None
        or request.siao != heard.sender.siao
        or request.status in ("admitted", "cancelled")
        or not same_lead(heard.event.members, household.members)
    ):
        raise Refusal("request-not-of-household", "$.request")
    return request.household
