"""Stories in which somebody says no, or does not wait: refusals passed on, refusals judged, an emergency at night."""

from contracts.alerts import EmergencyAdmissionTold
from contracts.answers import DesignationAccepted, DesignationRefused, HouseholdAdmitted, HouseholdDeclined
from contracts.codes import Composition, DesignationOutcome, HouseholdRefusal, Party, StructureRefusal
from contracts.decisions import HouseholdRefusalJudged, RefusalJudged
from contracts.notices import (
    DesignationClosed,
    EscalationJudged,
    HouseholdDesignated,
    HouseholdRefusalToJudge,
    RefusalEscalated,
    RefusalOverruled,
    RefusalToJudge,
    RequestUpdated,
)
from contracts.requests import HouseholdAdmittedDirectly
from contracts.rules import CompositionRule
from tests.builders import ARGUMENT, TODAY, a_member, a_place, a_request, a_stay, a_structure, a_vacancy
from tests.e2e.territory import Territory
from tests.e2e.test_story import ARTICLE, waits


async def test_a_refusal_goes_from_the_operator_to_the_prefecture(territory: Territory) -> None:
    """The CHRS refuses a woman by an article; the operator passes it on; the préfecture says that she enters."""
    structure, operator, prefecture = territory.structure, territory.operator, territory.prefecture
    women = CompositionRule(article=ARTICLE, allowed=(Composition.SINGLE_WOMAN,))
    await structure.tells(a_structure(rules=(women,)))
    await territory.ccas.tells(a_request("anne"))
    await waits(territory.ccas, "anne")
    await structure.tells(a_vacancy())
    designated = await structure.hears(HouseholdDesignated)
    refusal = DesignationRefused(
        designation=designated.designation,
        reason=StructureRefusal.PUBLIC_NOT_AUTHORISED,
        argument=ARGUMENT,
        article=ARTICLE,
    )
    await structure.tells(refusal)
    await operator.hears(RefusalToJudge, designation=designated.designation)

    own = RefusalJudged(designation=designated.designation, verdict="overruled")
    assert await prefecture.is_refused(own) == "judge-not-entitled"
    await operator.tells(RefusalJudged(designation=designated.designation, verdict="escalated"))
    await structure.hears(RefusalEscalated, designation=designated.designation)
    assert (await prefecture.hears(RefusalToJudge)).article == ARTICLE
    assert await operator.is_refused(own) == "judge-not-entitled"
    await prefecture.tells(own)
    assert (await operator.hears(EscalationJudged)).verdict == "overruled"
    overruled = await structure.hears(RefusalOverruled, designation=designated.designation)
    assert overruled.answer_due_at is not None
    assert overruled.answer_due_at > overruled.at

    await structure.tells(DesignationAccepted(designation=designated.designation, entry_on=TODAY))
    await structure.tells(HouseholdAdmitted(designation=designated.designation, entered_on=TODAY))
    await territory.counts(
        requests_registered=(1, 1), vacancies_opened=(1, 1), designations_made=(1, 1), refusals_submitted=(1, 1),
        refusals_escalated=(1, 1), designations_admitted=(1, 1), hosted=(1, 1),
    )  # fmt: skip
    await territory.only_these_saw_a_name(structure)


async def test_a_household_declines_without_good_reason_and_starts_again(territory: Territory) -> None:
    """Anne declines; Berthe has the place at once. The refusal is judged inadmissible: Anne comes after Claire now."""
    structure, ccas, operator = territory.structure, territory.ccas, territory.operator
    await structure.tells(a_structure(a_place("A-01")))
    await territory.other_structure.tells(a_structure(a_place("B-01")))
    for name in ("anne", "berthe", "claire"):
        await ccas.tells(a_request(name))
        await waits(ccas, name)
    await structure.tells(a_vacancy("A-01"))
    anne = await structure.hears(HouseholdDesignated)
    await structure.tells(HouseholdDeclined(designation=anne.designation, reason=HouseholdRefusal.LOCATION))
    berthe = await structure.hears(HouseholdDesignated)
    assert berthe.household != anne.household
    await ccas.hears(RequestUpdated, request_id="anne", status="waiting_again")

    asked = await operator.hears(HouseholdRefusalToJudge, designation=anne.designation)
    assert (asked.household, asked.reason) == (anne.household, HouseholdRefusal.LOCATION)
    await operator.tells(HouseholdRefusalJudged(designation=anne.designation, verdict="inadmissible"))
    await ccas.hears(RequestUpdated, request_id="anne", status="to_update")
    await ccas.tells(a_request("anne", revision=2))
    await waits(ccas, "anne")
    await territory.other_structure.tells(a_vacancy("B-01"))
    claire = await territory.other_structure.hears(HouseholdDesignated)
    assert claire.household not in (anne.household, berthe.household)
    assert (claire.proof.rank, claire.proof.considered) == (1, 2)
    await territory.counts(
        requests_registered=(3, 3), vacancies_opened=(2, 2), designations_made=(3, 3), designations_declined=(1, 1),
        household_refusals_inadmissible=(1, 1), waiting=(3, 3),
    )  # fmt: skip


async def test_a_household_in_danger_is_taken_in_at_night_by_another_structure(territory: Territory) -> None:
    """A woman is designated to the Acacias; the Tilleuls take her in that night: her place goes to another."""
    structure, other, ccas = territory.structure, territory.other_structure, territory.ccas
    await structure.tells(a_structure())
    await other.tells(a_structure(a_place("nuit")))
    await ccas.tells(a_request("anne"))
    await waits(ccas, "anne")
    await structure.tells(a_vacancy())
    designated = await structure.hears(HouseholdDesignated)
    await ccas.tells(a_request("berthe"))
    await waits(ccas, "berthe")

    told = a_stay("urgence-1", "nuit", entered_on=TODAY, members=(a_member(),)).model_dump()
    request = f"{ccas.id}/anne"
    stranger = HouseholdAdmittedDirectly.model_validate({**told, "request": request, "members": (a_member(20),)})
    assert await other.is_refused(stranger) == "request-not-of-household"
    caused = await other.tells(HouseholdAdmittedDirectly.model_validate({**told, "request": request}))
    assert caused["household"] == designated.household
    informed = await territory.operator.hears(EmergencyAdmissionTold)
    assert (informed.household, informed.request) == (designated.household, request)
    closed = await structure.hears(DesignationClosed, designation=designated.designation)
    assert (closed.outcome, closed.party) == (DesignationOutcome.SUPERSEDED, Party.STRUCTURE)
    await ccas.hears(RequestUpdated, request_id="anne", status="admitted")
    following = await structure.hears(HouseholdDesignated)
    assert following.household != designated.household
    await territory.counts(
        requests_registered=(2, 2), vacancies_opened=(1, 1), designations_made=(2, 2),
        designations_superseded=(1, 1), emergency_admissions=(1, 1), waiting=(1, 1), hosted=(1, 1),
    )  # fmt: skip
    await territory.only_these_saw_a_name(structure)
