"""Stories of a SIAO, as its partners live them: each says and hears on its own topics, with its own password."""

from datetime import date
from typing import Final

from contracts.answers import (
    DesignationAccepted,
    DesignationAcknowledged,
    DesignationRefused,
    HouseholdAdmitted,
    HouseholdDeclined,
    HouseholdLeft,
    HouseholdRehoused,
)
from contracts.codes import (
    Composition,
    DesignationOutcome,
    EvaluationSection,
    ExitDestination,
    Gender,
    HouseholdRefusal,
    MediationKind,
    Party,
    StructureRefusal,
)
from contracts.decisions import RefusalJudged
from contracts.notices import (
    DesignationClosed,
    HouseholdDesignated,
    RefusalOverruled,
    RefusalToJudge,
    RequestUpdated,
)
from contracts.requests import Mediation, RequestCancelled
from contracts.rules import CompositionRule
from tests.builders import (
    ARGUMENT,
    FAMILY_NAME,
    HOUSING_NUMBER,
    NANTERRE,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_request,
    a_stay,
    a_structure,
    a_vacancy,
    a_withdrawal,
    an_evaluation,
    ready,
)
from tests.e2e.partner import Partner
from tests.e2e.territory import Territory

MOTHER_AND_CHILD: Final = (a_member(), a_child())
A_MAN: Final = (a_member(50, Gender.MAN, family_name="Qzother"),)
ARTICLE: Final = "règlement de fonctionnement, art. 4"


async def move_in(structure: Partner, designation: str) -> None:
    """The structure reads the designation, accepts it, and the household enters."""
    await structure.tells(DesignationAcknowledged(designation=designation))
    await structure.tells(DesignationAccepted(designation=designation, entry_on=TODAY))
    await structure.tells(HouseholdAdmitted(designation=designation, entered_on=TODAY))


async def waits(ccas: Partner, request_id: str) -> None:
    """The prescriber hears that the household waits."""
    await ccas.hears(RequestUpdated, request_id=request_id, status="waiting")


async def an_incomplete_request_is_completed(ccas: Partner) -> str:
    """The request lacks the budget; the CCAS hears which heading is missing, adds it, and the household waits."""
    lacking = a_request("lina", members=MOTHER_AND_CHILD, evaluation=an_evaluation(EvaluationSection.BUDGET))
    household = (await ccas.tells(lacking))["household"]
    heard = await ccas.hears(RequestUpdated, request_id="lina", status="incomplete")
    assert heard.missing == (EvaluationSection.BUDGET,)
    assert (await ccas.tells(a_request("lina", revision=2, members=MOTHER_AND_CHILD)))["household"] == household
    await waits(ccas, "lina")
    return household


async def a_ready_household_is_rehoused(territory: Territory, household: str) -> None:
    """Ready for a dwelling in Nanterre: shown to those who may have one there, until one of them signs a lease."""
    entitled = (territory.bailleur, territory.reservataire, territory.prefecture)
    await territory.structure.tells(ready(household, NANTERRE, rooms=2))
    for partner in entitled:
        listed = await partner.sees_ready(household)
        assert (listed.persons, listed.composition) == (2, Composition.WOMAN_WITH_CHILDREN)
        assert (listed.members[0].family_name, listed.social_housing_number) == (FAMILY_NAME, HOUSING_NUMBER)
    elsewhere = HouseholdRehoused(household=household, lease_from=date(2027, 1, 4))
    assert await territory.bailleur_elsewhere.is_refused(elsewhere) == "household-not-ready"
    await territory.live(hosted=(1, 2), ready=(1, 2), waiting=(1, 1))
    await territory.bailleur.tells(HouseholdRehoused(household=household, lease_from=date(2026, 12, 20)))
    for partner in entitled:
        await partner.sees_no_longer(household)


async def test_from_an_incomplete_request_to_a_lease(territory: Territory) -> None:
    """A mother and her child are hosted, then rehoused; their place becomes another household's, by itself."""
    structure, ccas = territory.structure, territory.ccas
    await structure.tells(a_structure(a_place("studio", capacity=2)))
    await structure.tells(a_vacancy("studio"))
    household = await an_incomplete_request_is_completed(ccas)

    designated = await structure.hears(HouseholdDesignated, household=household)
    assert (designated.structure_id, designated.place_id) == ("acacias", "studio")
    assert [(person.family_name, person.relation) for person in designated.members] == [
        (person.family_name, person.relation) for person in MOTHER_AND_CHILD
    ]
    assert (designated.proof.rank, designated.proof.considered, designated.proof.criteria_version) == (1, 1, 0)
    await ccas.hears(RequestUpdated, request_id="lina", status="designated")
    await territory.only_these_saw_a_name(structure)

    await move_in(structure, designated.designation)
    await ccas.hears(RequestUpdated, request_id="lina", status="admitted")
    await ccas.tells(a_request("omar", members=A_MAN))
    await waits(ccas, "omar")
    await a_ready_household_is_rehoused(territory, household)

    following = await structure.hears(HouseholdDesignated, place_id="studio")
    assert [person.family_name for person in following.members] == ["Qzother"]
    await territory.counts(
        requests_registered=(2, 3), requests_incomplete=(1, 2), vacancies_opened=(2, 4), designations_made=(2, 3),
        designations_admitted=(1, 2), departures=(1, 2), departures_to_ordinary_housing=(1, 2),
        ready_declared=(1, 2), rehoused=(1, 2), waiting=(1, 1),
    )  # fmt: skip
    await territory.live(waiting=(1, 1), vacant=1, designated=1)
    await territory.only_these_saw_a_name(structure, territory.bailleur, territory.reservataire, territory.prefecture)


async def a_refusal_is_argued_twice(territory: Territory, designation: str) -> None:
    """Without its article it is not taken; the first is overruled, and the household is designated as before."""
    structure, operator = territory.structure, territory.operator
    refusal = DesignationRefused(
        designation=designation, reason=StructureRefusal.PUBLIC_NOT_AUTHORISED, argument=ARGUMENT, article=ARTICLE
    )
    assert await structure.is_refused(refusal.model_copy(update={"article": None})) == "article-unknown"
    assert await structure.is_refused(refusal.model_copy(update={"article": "art. 99"})) == "article-unknown"
    await structure.tells(refusal)
    to_judge = await operator.hears(RefusalToJudge, designation=designation)
    assert (to_judge.article, to_judge.reason) == (ARTICLE, StructureRefusal.PUBLIC_NOT_AUTHORISED)
    assert to_judge.argument_reference is not None
    await territory.live(waiting=(3, 3), vacant=1, designated=1, refusals_to_judge=1)
    await operator.tells(RefusalJudged(designation=designation, verdict="overruled"))
    await structure.hears(RefusalOverruled, designation=designation)
    await structure.tells(refusal)
    await operator.hears(RefusalToJudge, designation=designation)


async def test_refusals_are_argued_and_judged_and_a_household_may_say_no(territory: Territory) -> None:
    """The first household is refused with reasons, the second declines, the third enters; no one loses its turn."""
    structure, ccas = territory.structure, territory.ccas
    only_women = CompositionRule(article=ARTICLE, allowed=(Composition.SINGLE_WOMAN,))
    await structure.tells(a_structure(a_place("A-01"), rules=(only_women,)))
    for name in ("anne", "berthe", "claire"):
        await ccas.tells(a_request(name))
        await waits(ccas, name)

    await structure.tells(a_vacancy("A-01"))
    anne = await structure.hears(HouseholdDesignated)
    await ccas.hears(RequestUpdated, request_id="anne", status="designated", household=anne.household)
    await a_refusal_is_argued_twice(territory, anne.designation)
    await territory.operator.tells(RefusalJudged(designation=anne.designation, verdict="upheld"))
    closed = await structure.hears(DesignationClosed, designation=anne.designation)
    assert (closed.outcome, closed.party) == (DesignationOutcome.REFUSED, Party.STRUCTURE)
    await ccas.hears(RequestUpdated, request_id="anne", status="waiting_again")

    berthe = await structure.hears(HouseholdDesignated)
    await ccas.hears(RequestUpdated, request_id="berthe", status="designated", household=berthe.household)
    await structure.tells(HouseholdDeclined(designation=berthe.designation, reason=HouseholdRefusal.LOCATION))
    closed = await structure.hears(DesignationClosed, designation=berthe.designation)
    assert (closed.outcome, closed.party) == (DesignationOutcome.DECLINED, Party.HOUSEHOLD)

    claire = await structure.hears(HouseholdDesignated)
    await move_in(structure, claire.designation)
    await ccas.hears(RequestUpdated, request_id="claire", status="admitted")
    # For some time Anne is not designated again where she was refused; elsewhere she comes first, as she did.
    await territory.other_structure.tells(a_structure(a_place("B-01")))
    await territory.other_structure.tells(a_vacancy("B-01"))
    assert (await territory.other_structure.hears(HouseholdDesignated)).household == anne.household
    await territory.counts(
        requests_registered=(3, 3), vacancies_opened=(2, 2), designations_made=(4, 4), refusals_submitted=(2, 2),
        designations_refused=(1, 1), designations_declined=(1, 1), designations_admitted=(1, 1),
        waiting=(2, 2), hosted=(1, 1),
    )  # fmt: skip
    await territory.only_these_saw_a_name(structure, territory.other_structure)


async def test_a_structure_joins_with_those_it_hosts_and_the_law_comes_before_seniority(territory: Territory) -> None:
    """One who lived there leaves; the place goes to the household whose legal clock runs, though it came last."""
    structure, ccas = territory.structure, territory.ccas
    await structure.tells(a_structure())
    resident = (await structure.tells(a_stay()))["household"]
    await ccas.tells(a_request("first"))
    await waits(ccas, "first")
    recognised = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=territory.today)
    last = (await ccas.tells(a_request("last", mediation=recognised)))["household"]
    await waits(ccas, "last")

    left = HouseholdLeft(household=resident, left_on=TODAY, destination=ExitDestination.FAMILY_OR_FRIENDS)
    assert await territory.other_structure.is_refused(left) == "stay-unknown"
    await structure.tells(left)
    designated = await structure.hears(HouseholdDesignated)
    assert (designated.household, designated.place_id) == (last, "A-01")
    assert designated.proof.considered == 2

    await ccas.tells(RequestCancelled(request_id="last"))
    closed = await structure.hears(DesignationClosed, designation=designated.designation)
    assert (closed.outcome, closed.party) == (DesignationOutcome.CANCELLED, Party.PRESCRIBER)
    following = await structure.hears(HouseholdDesignated)
    await structure.tells(a_withdrawal())
    closed = await structure.hears(DesignationClosed, designation=following.designation)
    assert closed.outcome is DesignationOutcome.WITHDRAWN
    await ccas.hears(RequestUpdated, request_id="first", status="waiting_again")
    await territory.counts(
        requests_registered=(2, 2), requests_cancelled=(1, 1), direct_stays=(1, 1), departures=(1, 1),
        vacancies_opened=(1, 1), vacancies_withdrawn=(1, 1), designations_made=(2, 2),
        designations_cancelled=(1, 1), designations_withdrawn=(1, 1), legal_offers_in_time=(1, 1), waiting=(1, 1),
    )  # fmt: skip
    await territory.live(waiting=(1, 1))
    await territory.only_these_saw_a_name(structure)
