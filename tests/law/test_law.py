"""Stories of the law's days, on a platform where a day takes less than a second: nobody has to watch a calendar."""

from datetime import date, timedelta
from typing import Final

import pytest

from contracts.alerts import (
    AdmissionAnswered,
    AdmissionToAnswer,
    LegalClockApproaching,
    LegalOfferMade,
    StayDutyDue,
)
from contracts.answers import (
    AdmissionDecided,
    DesignationAccepted,
    HouseholdAdmitted,
    StayExtensionAsked,
    StayReviewed,
)
from contracts.codes import MediationKind, OfferType
from contracts.decision_codes import AdmissionOutcome, PublicCategory, StayDuty
from contracts.decisions import AdmissionJudged
from contracts.law import DALO_OFFER, months_after
from contracts.notices import HouseholdDesignated, LegalClockAlert, RequestUpdated
from contracts.requests import Mediation
from services.chassis.clock import day_of
from tests.builders import FAMILY_NAME, a_place, a_request, a_structure, a_vacancy
from tests.e2e.territory import Territory

pytestmark = pytest.mark.once

DAY: Final = timedelta(days=1)


async def one_is_designated(territory: Territory, request_id: str, place_id: str) -> HouseholdDesignated:
    """A household asks, a place is vacant, the structure learns who comes."""
    await territory.ccas.tells(a_request(request_id))
    await territory.ccas.hears(RequestUpdated, request_id=request_id, status="waiting")
    await territory.structure.tells(a_vacancy(place_id))
    return await territory.structure.hears(HouseholdDesignated, place_id=place_id)


async def test_a_director_admits_and_the_silence_of_the_prefet_accepts(fast_territory: Territory) -> None:
    """The CHRS's director decides; the household enters at once; the préfet says nothing for a month: it is accepted.

    Later the CHRS asks for more time, and that the préfet answers.
    """
    territory, structure, prefecture = fast_territory, fast_territory.structure, fast_territory.prefecture
    await structure.tells(a_structure())
    designated = await one_is_designated(territory, "lina", "A-01")
    decision = AdmissionDecided(
        designation=designated.designation,
        decided_on=territory.today,
        entry_on=territory.today,
        term_months=6,
        public=PublicCategory.WOMEN,
    )
    admission = (await structure.tells(decision))["admission"]
    asked = await prefecture.hears(AdmissionToAnswer, admission=admission)
    assert (asked.kind, asked.term_months, asked.members[0].family_name) == ("admission", 6, FAMILY_NAME)
    assert asked.answer_due_on == months_after(day_of(asked.sent_at), 1)

    await structure.tells(HouseholdAdmitted(designation=designated.designation, entered_on=territory.today))
    await territory.ccas.hears(RequestUpdated, request_id="lina", status="admitted")
    for partner in (structure, territory.operator, prefecture):
        answered = await partner.hears(AdmissionAnswered, admission=admission)
        assert answered.outcome is AdmissionOutcome.DEEMED_ACCEPTED
        assert day_of(answered.at) >= asked.answer_due_on

    longer = StayExtensionAsked(household=designated.household, until=territory.today + 365 * DAY)
    extension = (await structure.tells(longer))["admission"]
    assert (await prefecture.hears(AdmissionToAnswer, admission=extension)).until == longer.until
    await prefecture.tells(AdmissionJudged(admission=extension, verdict="accepted"))
    answered = await structure.hears(AdmissionAnswered, admission=extension)
    assert answered.outcome is AdmissionOutcome.ACCEPTED
    await territory.counts(
        requests_registered=(1, 1), vacancies_opened=(1, 1), designations_made=(1, 1), designations_admitted=(1, 1),
        admissions_deemed_accepted=(1, 1), admissions_answered=(1, 1), hosted=(1, 1),
    )  # fmt: skip
    await territory.only_these_saw_a_name(structure, prefecture)


def due_in_about(territory: Territory, days: int) -> tuple[Mediation, date]:
    """A DALO decision whose legal day is so many days from now, or some days more; and that day."""
    day = territory.today + days * DAY
    while day.day > 28:
        day += DAY
    decided_on = months_after(day, -DALO_OFFER.of(territory.siao))
    return Mediation(kind=MediationKind.DALO, decided_on=decided_on), day


async def test_a_dalo_day_comes_near_is_met_for_one_household_and_missed_for_the_other(
    fast_territory: Territory,
) -> None:
    """Two households must have an offer by the same day, and there is one place: the authorities know in time."""
    territory, structure, ccas = fast_territory, fast_territory.structure, fast_territory.ccas
    authorities = (territory.prefecture, territory.operator)
    residence = OfferType.RESIDENCE_SOCIALE
    await structure.tells(a_structure(offer_type=residence))
    recognised, due_on = due_in_about(territory, 17)
    households = []
    for name in ("met", "missed"):
        asked = a_request(name, mediation=recognised, recommended=(residence,))
        households.append((await ccas.tells(asked))["household"])
        await ccas.hears(RequestUpdated, request_id=name, status="waiting")
    met, missed = households
    for authority in authorities:
        for household in households:
            told = await authority.hears(LegalClockApproaching, household=household)
            assert (told.due_on, told.days_left) == (due_on, 14)

    await structure.tells(a_vacancy())
    designated = await structure.hears(HouseholdDesignated, household=met)
    for authority in authorities:
        offer = await authority.hears(LegalOfferMade, household=met)
        assert (offer.designation, offer.in_time, offer.due_on) == (designated.designation, True, due_on)
    accepted = DesignationAccepted(designation=designated.designation, entry_on=territory.today)
    await structure.tells(accepted)
    await structure.tells(HouseholdAdmitted(designation=designated.designation, entered_on=territory.today))

    for authority in authorities:
        assert (await authority.hears(LegalClockApproaching, household=missed)).days_left == 7
        alert = await authority.hears(LegalClockAlert, household=missed)
        assert (alert.due_on, alert.court_opens_on) == (due_on, due_on + DAY)
        assert alert.court_closes_on == months_after(due_on, 4)
    assert territory.today > due_on
    await territory.counts(
        requests_registered=(2, 2), vacancies_opened=(1, 1), designations_made=(1, 1), designations_admitted=(1, 1),
        legal_deadlines_near=(3, 3), legal_offers_in_time=(1, 1), legal_clocks_missed=(1, 1),
        waiting=(1, 1), hosted=(1, 1),
    )  # fmt: skip


async def test_a_bilan_is_recalled_then_overdue_then_made(fast_territory: Territory) -> None:
    """One household's bilan is due in six weeks, the other's in three days, and nobody makes it."""
    territory, structure = fast_territory, fast_territory.structure
    await structure.tells(a_structure(a_place("A-01"), a_place("A-02")))
    soon, late = territory.today + 45 * DAY, territory.today + 3 * DAY
    households = []
    for name, place_id, due_on in (("soon", "A-01", soon), ("late", "A-02", late)):
        designated = await one_is_designated(territory, name, place_id)
        await structure.tells(DesignationAccepted(designation=designated.designation, entry_on=territory.today))
        entered_on = months_after(due_on, -6)
        await structure.tells(HouseholdAdmitted(designation=designated.designation, entered_on=entered_on))
        households.append(designated.household)

    reminded = await structure.hears(StayDutyDue, household=households[0])
    assert (reminded.duty, reminded.overdue) == (StayDuty.REVIEW, False)
    for partner in (structure, territory.operator):
        told = await partner.hears(StayDutyDue, household=households[1], overdue=True)
        assert (told.duty, told.due_on) == (StayDuty.REVIEW, months_after(months_after(late, -6), 6))
    await structure.tells(StayReviewed(household=households[1], reviewed_on=territory.today))
    await territory.counts(
        requests_registered=(2, 2), vacancies_opened=(2, 2), designations_made=(2, 2), designations_admitted=(2, 2),
        reviews_overdue=(1, 1), hosted=(2, 2),
    )  # fmt: skip
