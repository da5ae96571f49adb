"""Stories of the offer, as structures live them: a place through all it can be, equal studios, a projet approved."""

from datetime import timedelta
from typing import Final

from contracts.codes import Composition, DesignationOutcome, Gender
from contracts.decisions import ProjetApproved
from contracts.notices import DesignationClosed, HouseholdDesignated, RequestUpdated
from contracts.place_codes import PlaceCategory, UnavailabilityReason, Withdrawal
from contracts.rules import AdultsRule, CompositionRule
from contracts.vacancies import PlaceAvailable, PlaceUnavailable, VacancyAnnounced, VacancyPublished
from tests.builders import a_member, a_place, a_request, a_structure, a_vacancy, a_withdrawal
from tests.builders import of_place as of
from tests.e2e.partner import Partner
from tests.e2e.territory import Territory

WOMEN: Final = AdultsRule(article="projet d'établissement, art. 2", only="women")


async def waits(ccas: Partner, request_id: str) -> str:
    """A household waits; its id."""
    household = (await ccas.tells(a_request(request_id)))["household"]
    await ccas.hears(RequestUpdated, request_id=request_id, status="waiting")
    return household


async def test_a_place_is_announced_published_unavailable_available_and_withdrawn(territory: Territory) -> None:
    """The household that waits hears of the place when it is published, loses it to the works, and has it again."""
    structure, ccas = territory.structure, territory.ccas
    await structure.tells(a_structure())
    household = await waits(ccas, "anne")

    vacancy = await structure.tells(of(VacancyAnnounced, expected_on=territory.today + timedelta(days=5), sequence=1))
    await territory.offers(installed=1, capacity=1, announced=1, declared=0.0)
    assert (await structure.tells(of(VacancyPublished, available_on=territory.today, sequence=2))) == vacancy
    first = await structure.hears(HouseholdDesignated)
    assert (first.household, first.place_id) == (household, "A-01")
    await ccas.hears(RequestUpdated, request_id="anne", status="designated")
    assert (
        await structure.is_refused(of(VacancyPublished, available_on=territory.today, sequence=2)) == "sequence-stale"
    )

    await structure.tells(of(PlaceUnavailable, reason=UnavailabilityReason.WORKS, sequence=3))
    closed = await structure.hears(DesignationClosed, designation=first.designation)
    assert (closed.outcome, closed.withdrawal) == (DesignationOutcome.WITHDRAWN, Withdrawal.UNAVAILABLE)
    await ccas.hears(RequestUpdated, request_id="anne", status="waiting_again")
    assert await structure.is_refused(a_vacancy()) == "place-unavailable"
    await territory.offers(installed=1, capacity=1, unavailable=1, declared=100.0, opened=1, median_days=0, p90_days=0)

    back = await structure.tells(of(PlaceAvailable, sequence=4))
    assert back["vacancy"] != vacancy["vacancy"]
    second = await structure.hears(HouseholdDesignated)
    assert (second.household, second.designation != first.designation) == (household, True)
    await structure.tells(a_withdrawal())
    closed = await structure.hears(DesignationClosed, designation=second.designation)
    assert closed.withdrawal is Withdrawal.WITHDRAWN
    await territory.live(waiting=(1, 1))
    await territory.offers(installed=1, capacity=1, declared=0.0, opened=2, median_days=0, p90_days=0)
    await territory.only_these_saw_a_name(structure)


async def test_five_equal_studios_go_to_the_first_five_of_seven_households(territory: Territory) -> None:
    """None of them gets two, no studio is given twice; one that is out of use goes to the same household again."""
    structure, ccas = territory.structure, territory.ccas
    studios = a_place("studio", 2, count=5, category=PlaceCategory.STUDIO)
    await structure.tells(a_structure(studios))
    households = [await waits(ccas, f"household-{number}") for number in range(7)]

    assert (
        await structure.is_refused(of(VacancyPublished, "studio", count=6, available_on=territory.today))
        == "places-not-enough"
    )
    await structure.tells(of(VacancyPublished, "studio", count=5, available_on=territory.today))
    designated = [await structure.hears(HouseholdDesignated) for _ in range(5)]
    assert [told.household for told in designated] == households[:5]
    assert [told.place_id for told in designated] == [f"studio.{number}" for number in range(1, 6)]
    assert [told.proof.rank for told in designated] == [1] * 5
    await territory.live(waiting=(7, 7), vacant=5, designated=5)

    await structure.tells(of(PlaceUnavailable, "studio.2", reason=UnavailabilityReason.PEST_CONTROL))
    await structure.hears(DesignationClosed, designation=designated[1].designation)
    await territory.live(waiting=(7, 7), vacant=4, designated=4)
    await structure.tells(of(PlaceAvailable, "studio"))
    again = await structure.hears(HouseholdDesignated)
    assert (again.household, again.place_id) == (households[1], "studio.2")
    await territory.everyone_has_read()
    assert structure.unheard() == []


async def test_a_projet_is_approved_by_the_state_and_its_rules_are_those_of_the_proof(territory: Territory) -> None:
    """A women's centre: rules that nobody can satisfy are refused; those it has are named, approved or not."""
    structure, ccas = territory.structure, territory.ccas
    men = CompositionRule(article="art. 3", allowed=(Composition.SINGLE_MAN,))
    assert await structure.is_refused(a_structure(rules=(WOMEN, men))) == "rule-unsatisfiable"
    centre = (await structure.tells(a_structure(a_place("A-01"), a_place("B"), rules=(WOMEN,))))["structure"]
    man = a_request("omar", members=(a_member(50, Gender.MAN),))
    await ccas.tells(man)
    await ccas.hears(RequestUpdated, request_id="omar", status="waiting")
    anne, berthe = await waits(ccas, "anne"), await waits(ccas, "berthe")

    await structure.tells(a_vacancy("A-01"))
    first = await structure.hears(HouseholdDesignated)
    assert (first.household, first.proof.rules_version, first.proof.rules_approved) == (anne, 1, False)
    assert first.proof.passed_over == {"adults": 1}
    approval = ProjetApproved(structure=centre, version=1, approved_on=territory.today, reference="arrêté 2026-1184")
    assert (await territory.prefecture.tells(approval)) == {"projet": f"{centre}/1"}
    assert await territory.operator.is_refused(approval.model_copy(update={"version": 9})) == "projet-unknown"
    await structure.tells(a_vacancy("B"))
    second = await structure.hears(HouseholdDesignated)
    assert (second.household, second.proof.rules_approved) == (berthe, True)
    await territory.everyone_has_read()
