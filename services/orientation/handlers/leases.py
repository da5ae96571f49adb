"""Bail glissant: the sub-letting is reviewed by three, extended if need be, until the household is tenant itself."""

from contracts.answers import LeaseReviewed, LeaseSlid
from contracts.codes import ExitDestination
from contracts.event import Refusal
from contracts.law import LEASE_REVIEW_PERIOD, SLIDING
from contracts.leases import LeaseReviewRecorded
from contracts.received import AnswerReceived
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Put, accept, publish
from services.orientation.domain.model import Stay
from services.orientation.handlers.duties import about, next_review, watch_duties
from services.orientation.handlers.landlords import tell_landlord
from services.orientation.handlers.stays import end_stay
from services.orientation.store import STAYS
from services.orientation.territory import Territory


def _sliding_stay(heard: Heard[AnswerReceived], territory: Territory, household: str) -> Stay:
    """The household's stay, for its association or its landlord. Raises Refusal: stay-unknown, lease-not-sliding."""
    stay = territory.get(STAYS, household)
    if stay is None or not stay.live:
        raise Refusal("stay-unknown", "$.household")
    if heard.event.origin.partner not in (stay.partner, territory.landlord_of(stay.place)):
        raise Refusal("stay-unknown", "$.household")
    if stay.offer_type not in SLIDING:
        raise Refusal("lease-not-sliding", "$.household")
    return stay


def review(heard: Heard[AnswerReceived], territory: Territory, event: LeaseReviewed) -> Effects:
    """The three have met: the next review is due six months after it, and the term moves if they extended it."""
    stay, today = _sliding_stay(heard, territory, event.household), day_of(heard.now)
    if not stay.entered_on <= event.reviewed_on <= today:
        raise Refusal("day-out-of-stay", "$.reviewed_on")
    if event.until is not None and event.until <= max(today, stay.ends_on or today):
        raise Refusal("day-out-of-stay", "$.until")
    next_due_on = next_review(stay, event.reviewed_on, LEASE_REVIEW_PERIOD)
    reviewed = stay.model_copy(update={"review_due_on": next_due_on, "ends_on": event.until or stay.ends_on})
    yield accept(heard, ("household", event.household))
    yield Put(STAYS, event.household, reviewed)
    yield from watch_duties(heard, event.household, reviewed)
    fact = LeaseReviewRecorded(
        **about(event.household, stay),
        reviewed_on=event.reviewed_on,
        outcome=event.outcome,
        next_due_on=next_due_on,
        until=event.until,
        at=heard.now,
    )
    yield publish(DESIGNATIONS_TOPIC, stay.siao, fact)
    yield from tell_landlord(heard, territory, event.household, reviewed, "reviewed", event.reviewed_on, event.outcome)


def slide(heard: Heard[AnswerReceived], territory: Territory, event: LeaseSlid) -> Effects:
    """The household is tenant of its dwelling: its stay ends there, and the place is offered no more."""
    stay = _sliding_stay(heard, territory, event.household)
    if not stay.entered_on <= event.lease_from <= day_of(heard.now):
        raise Refusal("day-out-of-stay", "$.lease_from")
    destination = ExitDestination.SOCIAL_HOUSING if event.social else ExitDestination.PRIVATE_HOUSING
    yield from end_stay(heard, territory, event.household, stay, destination, event.lease_from, slid=True)
    yield accept(heard, ("household", event.household))
