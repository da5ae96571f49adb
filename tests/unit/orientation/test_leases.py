"""Bail glissant: reviewed by three, recalled, extended, slid; the landlord hears of its dwelling, not who is there."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts.alerts import StayDutyDue
from contracts.answers import HouseholdLeft, HouseholdRehoused, LeaseReviewed, LeaseSlid
from contracts.codes import ExitDestination, OfferType
from contracts.decision_codes import StayDuty
from contracts.designations import StayEnded
from contracts.dwelling_codes import LeaseOutcome
from contracts.event import Message
from contracts.households import ReadinessEnded
from contracts.leases import LeaseReviewRecorded, SubletDwellingUpdated
from contracts.offers import PlaceBackInService, PlaceOutOfService, VacancyOpened
from contracts.place_codes import UnavailabilityReason
from contracts.stays import StayDutyOverdue
from contracts.topics import READY_HOUSEHOLDS, Role, Service
from contracts.vacancies import PlaceAvailable
from services.offers.store import PLACES
from services.orientation.store import STAYS
from tests.builders import (
    BAILLEUR,
    BAILLEUR_ELSEWHERE,
    CANARY,
    DAY,
    OPERATOR,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_partner,
    a_place,
    a_stay,
    a_structure,
    a_vacancy,
    of_place,
    ready,
)
from tests.unit.driving import Siao
from tests.unit.situations import hosted, with_structure

SUBLET = OfferType.IML_BAIL_GLISSANT
PLACE = f"{STRUCTURE}/acacias/A-01"
REVIEW_DUE, TERM = date(2027, 5, 24), date(2028, 11, 24)


def sublet(landlord: str | None = BAILLEUR, **structure: Any) -> tuple[Siao, str]:
    """A household entered today a dwelling that a bailleur lets to the association."""
    described = a_structure(a_place(landlord=landlord), **{"offer_type": SUBLET, **structure})
    siao = with_structure(described)
    return siao, hosted(siao, recommended=(described.offer_type,)).household


def until(siao: Siao, day: date) -> None:
    """To the noon of a day."""
    siao.wait(datetime(day.year, day.month, day.day, 12, 0, tzinfo=UTC) - siao.now)


def steps(siao: Siao, partner: str = BAILLEUR) -> list[tuple[str, date]]:
    return [(told.step, told.on) for told in siao.notices(partner, SubletDwellingUpdated)]


def duties(siao: Siao, partner: str) -> list[tuple[StayDuty, date, bool]]:
    return [(told.duty, told.due_on, told.overdue) for told in siao.notices(partner, StayDutyDue)]


def listed(siao: Siao) -> set[str]:
    """The households in the landlord's copy of the list of ready households."""
    records = [item for item in siao.log if item.topic == READY_HOUSEHOLDS.of(BAILLEUR)]
    return {item.key for item in records if item.value is not None} - {
        item.key for item in records if item.value is None
    }


def code(siao: Siao, sender: str, message: Message) -> str:
    return siao.code(siao.send(sender, message))


def test_the_landlord_hears_what_becomes_of_its_dwelling_and_no_name() -> None:
    siao, household = sublet()
    (begun,) = siao.notices(BAILLEUR, SubletDwellingUpdated)
    assert (begun.place, begun.household, begun.persons, begun.term_on) == (PLACE, household, 1, TERM)
    until(siao, TODAY + 30 * DAY)
    met = TODAY + 29 * DAY
    review = LeaseReviewed(household=household, reviewed_on=met, outcome=LeaseOutcome.READY)
    assert code(siao, STRUCTURE, review) == "accepted"
    slid_on = TODAY + 30 * DAY
    assert code(siao, STRUCTURE, LeaseSlid(household=household, lease_from=slid_on)) == "accepted"
    assert steps(siao) == [("begun", TODAY), ("reviewed", met), ("slid", slid_on)]
    assert [told.outcome for told in siao.notices(BAILLEUR, SubletDwellingUpdated)] == [None, LeaseOutcome.READY, None]
    assert not any(CANARY in told.model_dump_json() for told in siao.notices(BAILLEUR, SubletDwellingUpdated))
    assert siao.notices(BAILLEUR_ELSEWHERE, SubletDwellingUpdated) == []


def test_a_landlord_hears_of_any_dwelling_that_it_lets_and_only_of_those() -> None:
    siao, household = sublet(offer_type=OfferType.IML_SOUS_LOCATION)
    left = HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.SOCIAL_HOUSING)
    siao.send(STRUCTURE, left)
    assert steps(siao) == [("begun", TODAY), ("ended", TODAY)]
    assert {told.term_on for told in siao.notices(BAILLEUR, SubletDwellingUpdated)} == {None}
    siao, _ = sublet(None)
    assert steps(siao) == []


def test_a_review_is_recalled_to_the_association_and_the_landlord_and_told_as_overdue() -> None:
    siao, _ = sublet()
    until(siao, date(2027, 4, 23))
    assert duties(siao, STRUCTURE) == []
    until(siao, date(2027, 4, 24))
    recalled = (StayDuty.LEASE_REVIEW, REVIEW_DUE, False)
    assert duties(siao, STRUCTURE) == duties(siao, BAILLEUR) == [recalled]
    until(siao, REVIEW_DUE + DAY)
    overdue = (StayDuty.LEASE_REVIEW, REVIEW_DUE, True)
    assert duties(siao, STRUCTURE) == duties(siao, BAILLEUR) == [recalled, overdue]
    assert duties(siao, OPERATOR) == [overdue]
    assert [(fact.duty, fact.due_on) for fact in siao.facts(StayDutyOverdue)] == [(StayDuty.LEASE_REVIEW, REVIEW_DUE)]


def test_a_review_made_starts_the_next_six_months_and_leaves_the_term() -> None:
    siao, household = sublet()
    until(siao, date(2027, 5, 20))
    for day, due in ((date(2027, 5, 19), date(2027, 11, 19)), (date(2027, 1, 1), date(2027, 11, 19))):
        review = LeaseReviewed(household=household, reviewed_on=day, outcome=LeaseOutcome.CONTINUES)
        assert code(siao, STRUCTURE, review) == "accepted"
        assert siao.facts(LeaseReviewRecorded)[-1].next_due_on == due
    stay = siao.memory(Service.ORIENTATION).all(STAYS)[household]
    assert (stay.review_due_on, stay.ends_on) == (date(2027, 11, 19), TERM)


def test_the_term_is_near_then_past_unless_three_extend_it() -> None:
    siao, household = sublet()
    for day in (date(2027, 5, 20), date(2027, 11, 10), date(2028, 5, 1)):
        until(siao, day)
        siao.send(STRUCTURE, LeaseReviewed(household=household, reviewed_on=day, outcome=LeaseOutcome.CONTINUES))
    until(siao, date(2028, 8, 24))
    assert duties(siao, STRUCTURE)[-1] == duties(siao, BAILLEUR)[-1] == (StayDuty.LEASE_TERM, TERM, False)
    extended = date(2029, 3, 31)
    review = LeaseReviewed(
        household=household, reviewed_on=date(2028, 8, 24), outcome=LeaseOutcome.CONTINUES, until=extended
    )
    assert code(siao, STRUCTURE, review) == "accepted"
    assert siao.facts(LeaseReviewRecorded)[-1].until == extended
    until(siao, date(2029, 2, 1))
    siao.send(
        STRUCTURE, LeaseReviewed(household=household, reviewed_on=date(2029, 2, 1), outcome=LeaseOutcome.CONTINUES)
    )
    assert siao.facts(StayDutyOverdue) == []
    until(siao, extended + DAY)
    assert [(fact.duty, fact.due_on) for fact in siao.facts(StayDutyOverdue)] == [(StayDuty.LEASE_TERM, extended)]
    assert duties(siao, OPERATOR) == [(StayDuty.LEASE_TERM, extended, True)]


@pytest.mark.parametrize("sender", [STRUCTURE, BAILLEUR])
def test_a_lease_slides_by_the_association_or_by_the_landlord_and_the_dwelling_is_offered_no_more(sender: str) -> None:
    siao, household = sublet()
    assert code(siao, sender, LeaseSlid(household=household, lease_from=TODAY)) == "accepted"
    (ended,) = siao.facts(StayEnded)
    assert (ended.slid, ended.destination, ended.left_on) == (True, ExitDestination.SOCIAL_HOUSING, TODAY)
    (out,) = siao.facts(PlaceOutOfService)
    assert (out.place, out.reason, out.until) == (PLACE, UnavailabilityReason.LEASE_SLID, None)
    assert len(siao.facts(VacancyOpened)) == 1
    assert siao.timers == {}
    assert code(siao, STRUCTURE, a_vacancy()) == "place-unavailable"
    assert code(siao, sender, LeaseSlid(household=household, lease_from=TODAY)) == "stay-unknown"


def test_a_dwelling_that_its_association_has_again_is_vacant_when_it_says_so() -> None:
    siao, household = sublet()
    siao.send(STRUCTURE, LeaseSlid(household=household, lease_from=TODAY, social=False))
    assert siao.facts(StayEnded)[0].destination is ExitDestination.PRIVATE_HOUSING
    assert code(siao, STRUCTURE, of_place(PlaceAvailable)) == "accepted"
    assert len(siao.facts(PlaceBackInService)) == len(siao.facts(VacancyOpened)) == 1
    assert code(siao, STRUCTURE, a_vacancy()) == "accepted"
    assert len(siao.facts(VacancyOpened)) == 2


def test_a_tenant_leaves_the_list_of_ready_households_as_rehoused_and_is_hosted_no_more() -> None:
    siao, household = sublet()
    siao.send(STRUCTURE, ready(household))
    assert listed(siao) == {household}
    siao.send(BAILLEUR, LeaseSlid(household=household, lease_from=TODAY))
    assert listed(siao) == set()
    assert [fact.reason for fact in siao.facts(ReadinessEnded)] == ["rehoused"]
    assert len(siao.facts(StayEnded)) == 1
    assert code(siao, STRUCTURE, ready(household)) == "household-not-hosted"
    assert code(siao, BAILLEUR, HouseholdRehoused(household=household, lease_from=TODAY)) == "household-not-ready"


@pytest.mark.parametrize("sender", [OTHER_STRUCTURE, BAILLEUR_ELSEWHERE])
def test_nobody_else_speaks_of_a_lease(sender: str) -> None:
    siao, household = sublet()
    assert code(siao, sender, LeaseSlid(household=household, lease_from=TODAY)) == "stay-unknown"
    assert code(siao, sender, LeaseSlid(household="somebody", lease_from=TODAY)) == "stay-unknown"
    assert siao.facts(StayEnded) == []


def test_only_a_sub_letting_with_bail_glissant_is_reviewed_so_and_slides() -> None:
    siao, household = sublet(offer_type=OfferType.IML_SOUS_LOCATION)
    review = LeaseReviewed(household=household, reviewed_on=TODAY, outcome=LeaseOutcome.CONTINUES)
    assert code(siao, STRUCTURE, review) == "lease-not-sliding"
    assert code(siao, BAILLEUR, LeaseSlid(household=household, lease_from=TODAY)) == "lease-not-sliding"
    assert siao.timers == {}


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (LeaseReviewed(household="h", reviewed_on=TODAY - DAY, outcome=LeaseOutcome.CONTINUES), "$.reviewed_on"),
        (LeaseReviewed(household="h", reviewed_on=TODAY + DAY, outcome=LeaseOutcome.CONTINUES), "$.reviewed_on"),
        (LeaseReviewed(household="h", reviewed_on=TODAY, outcome=LeaseOutcome.READY, until=TERM), "$.until"),
        (LeaseSlid(household="h", lease_from=TODAY - DAY), "$.lease_from"),
        (LeaseSlid(household="h", lease_from=TODAY + DAY), "$.lease_from"),
    ],
)
def test_days_are_of_the_stay(message: LeaseReviewed | LeaseSlid, path: str) -> None:
    siao, household = sublet()
    sent = siao.send(STRUCTURE, message.model_copy(update={"household": household}))
    assert (siao.code(sent), siao.refusals[sent].path) == ("day-out-of-stay", path)


def test_one_who_lives_there_since_long_is_reviewed_in_six_months_and_told_at_its_term() -> None:
    siao = with_structure(a_structure(a_place(landlord=BAILLEUR), offer_type=SUBLET))
    siao.send(STRUCTURE, a_stay(entered_on=date(2026, 3, 1)))
    (stay,) = siao.memory(Service.ORIENTATION).all(STAYS).values()
    assert (stay.review_due_on, stay.ends_on) == (REVIEW_DUE, date(2028, 3, 1))


@pytest.mark.parametrize("landlord", ["nobody", OTHER_STRUCTURE, "bailleur-de-paris"])
def test_a_place_is_described_with_a_landlord_of_this_siao_or_with_none(landlord: str) -> None:
    siao = Siao()
    sent = siao.send(STRUCTURE, a_structure(a_place("A-00"), a_place(landlord=landlord), offer_type=SUBLET))
    assert (siao.code(sent), siao.refusals[sent].path) == ("place-landlord-unknown", "$.places[1].landlord")
    assert siao.memory(Service.OFFERS).all(PLACES) == {}


def test_a_landlord_that_is_suspended_meanwhile_hears_nothing_more() -> None:
    siao, household = sublet()
    siao.register[BAILLEUR] = a_partner(BAILLEUR, Role.BAILLEUR, status="suspended")
    until(siao, REVIEW_DUE + DAY)
    siao.send(STRUCTURE, LeaseSlid(household=household, lease_from=TODAY))
    assert duties(siao, BAILLEUR) == []
    assert steps(siao) == [("begun", TODAY)]
    assert len(duties(siao, STRUCTURE)) == 2


def test_ready_is_not_slid() -> None:
    """A household of a sub-letting may also be listed, and is rehoused elsewhere as any other: its place is vacant."""
    siao, household = sublet()
    siao.send(STRUCTURE, ready(household))
    siao.send(BAILLEUR_ELSEWHERE, HouseholdRehoused(household=household, lease_from=TODAY))
    (ended,) = siao.facts(StayEnded)
    assert not ended.slid
    assert steps(siao)[-1] == ("ended", TODAY)
    assert siao.facts(VacancyOpened)[-1].cause == "departure"
