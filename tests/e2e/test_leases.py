"""A story of bail glissant: a sublet dwelling, its landlord who reads along, a review, a lease of one's own."""

from contracts.answers import LeaseReviewed, LeaseSlid
from contracts.codes import OfferType
from contracts.dwelling_codes import LeaseOutcome
from contracts.law import LEASE_TERM
from contracts.leases import SubletDwellingUpdated
from tests.builders import NANTERRE, a_place, a_stay, a_structure, ready
from tests.e2e.territory import Territory


async def test_from_a_sub_letting_to_a_lease_with_the_landlord_reading_along(territory: Territory) -> None:
    """The landlord knows its dwelling, not who is there; the household signs; the dwelling is offered no more."""
    structure, bailleur, today = territory.structure, territory.bailleur, territory.today
    sublet = {"offer_type": OfferType.IML_BAIL_GLISSANT, "structure_id": "toits"}
    stranger = a_structure(a_place("L-1", landlord="nobody"), **sublet)
    assert await structure.is_refused(stranger) == "place-landlord-unknown"
    await structure.tells(a_structure(a_place("L-1", landlord=bailleur.id), **sublet))
    household = (await structure.tells(a_stay(place_id="L-1", structure_id="toits", entered_on=today)))["household"]
    begun = await bailleur.hears(SubletDwellingUpdated, household=household)
    assert (begun.step, begun.place, begun.term_on) == ("begun", f"{structure.id}/toits/L-1", LEASE_TERM.after(today))

    await structure.tells(LeaseReviewed(household=household, reviewed_on=today, outcome=LeaseOutcome.READY))
    await bailleur.hears(SubletDwellingUpdated, household=household, step="reviewed", outcome=LeaseOutcome.READY)
    slid = LeaseSlid(household=household, lease_from=today)
    assert await territory.bailleur_elsewhere.is_refused(slid) == "stay-unknown"
    await bailleur.tells(slid)
    await bailleur.hears(SubletDwellingUpdated, household=household, step="slid")
    assert await structure.is_refused(ready(household, NANTERRE)) == "household-not-hosted"
    await territory.counts(
        direct_stays=(1, 1), leases_slid=(1, 1), departures=(1, 1), departures_to_ordinary_housing=(1, 1),
    )  # fmt: skip
    await territory.only_these_saw_a_name()
