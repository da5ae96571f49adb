"""A story of ordinary housing: a household on the list, two landlords who see each other, a CALEOL, a lease."""

from datetime import date

from contracts.answers import CaleolDecided, DwellingProposed, HouseholdRehoused
from contracts.dwelling_codes import CaleolDecision, CaleolReason, ReadinessPause
from contracts.proposals import ProposalClosed, ReadyHouseholdDecided, ReadyHouseholdProposed
from contracts.requests import ReadinessSuspended
from tests.builders import NANTERRE, a_stay, a_structure, ready
from tests.e2e.partner import Partner
from tests.e2e.territory import Territory


def a_dwelling(household: str, dwelling: str, landlord: str | None = None) -> DwellingProposed:
    """A dwelling of two rooms in Nanterre."""
    return DwellingProposed(household=household, dwelling=dwelling, commune=NANTERRE, rooms=2, landlord=landlord)


async def is_told(partner: Partner, household: str, *, another: bool) -> None:
    """Its copy of the list says whether another has proposed a dwelling."""
    await partner.sees_ready(household, proposed_by_another=another)


async def it_is_suspended_and_ready_again(territory: Territory, household: str) -> None:
    """Its housing application is to be renewed: meanwhile nobody sees it; then it is ready since the same day."""
    since = (await territory.bailleur.sees_ready(household)).ready_since
    await territory.structure.tells(ReadinessSuspended(household=household, reason=ReadinessPause.FILE_TO_RENEW))
    for partner in (territory.bailleur, territory.reservataire, territory.prefecture):
        await partner.sees_no_longer(household)
    await territory.structure.tells(ready(household, NANTERRE))
    assert (await territory.bailleur.sees_ready(household)).ready_since == since


async def test_from_the_list_to_a_lease_in_everybodys_sight(territory: Territory) -> None:
    """The réservataire's dwelling goes to another candidate; a second one is attributed, and the household signs."""
    structure, bailleur, reservataire = territory.structure, territory.bailleur, territory.reservataire
    await structure.tells(a_structure())
    household = (await structure.tells(a_stay()))["household"]
    await structure.tells(ready(household, NANTERRE))
    await it_is_suspended_and_ready_again(territory, household)

    assert await reservataire.is_refused(a_dwelling(household, "r-1", "nobody")) == "landlord-unknown"
    await reservataire.tells(a_dwelling(household, "r-1", bailleur.id))
    told = await structure.hears(ReadyHouseholdProposed, household=household)
    assert (told.proposed_by, told.landlord, told.rooms) == (reservataire.id, bailleur.id, 2)
    await bailleur.hears(ReadyHouseholdProposed, dwelling="r-1")
    await is_told(territory.prefecture, household, another=True)
    await is_told(bailleur, household, another=False)

    no = {"household": household, "dwelling": "r-1", "decision": CaleolDecision.NOT_ATTRIBUTED}
    assert await bailleur.is_refused(CaleolDecided.model_validate(no)) == "caleol-reason-missing"
    await bailleur.tells(CaleolDecided.model_validate({**no, "reason": CaleolReason.ANOTHER_CANDIDATE}))
    for partner in (structure, reservataire):
        heard = await partner.hears(ReadyHouseholdDecided, dwelling="r-1")
        assert (heard.decision, heard.reason) == (CaleolDecision.NOT_ATTRIBUTED, CaleolReason.ANOTHER_CANDIDATE)
    await is_told(territory.prefecture, household, another=False)

    await bailleur.tells(a_dwelling(household, "b-7"))
    await is_told(reservataire, household, another=True)
    await reservataire.tells(a_dwelling(household, "r-2", bailleur.id))
    await bailleur.tells(CaleolDecided(household=household, dwelling="b-7", decision=CaleolDecision.ATTRIBUTED))
    await structure.hears(ReadyHouseholdDecided, dwelling="b-7", decision=CaleolDecision.ATTRIBUTED)
    await reservataire.hears(ProposalClosed, dwelling="r-2")
    assert await reservataire.is_refused(a_dwelling(household, "r-3")) == "household-attributed"

    await bailleur.tells(HouseholdRehoused(household=household, lease_from=date(2026, 12, 20)))
    await territory.prefecture.sees_no_longer(household)
    await territory.counts(
        direct_stays=(1, 1), ready_declared=(2, 2), readiness_suspended=(1, 1), dwellings_proposed=(3, 3),
        dwellings_attributed=(1, 1), dwellings_not_attributed=(1, 1), rehoused=(1, 1), departures=(1, 1),
        departures_to_ordinary_housing=(1, 1), vacancies_opened=(1, 1),
    )  # fmt: skip
    await territory.only_these_saw_a_name(bailleur, reservataire, territory.prefecture)
