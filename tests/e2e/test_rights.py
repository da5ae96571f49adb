"""A story of a right: the préfecture tells of it, its household comes first, and the offer is made in time."""

from datetime import timedelta

from contracts.alerts import LegalOfferMade, RightTold
from contracts.codes import MediationKind
from contracts.notices import HouseholdDesignated
from contracts.requests import Mediation, MediationDecided, RequestRefreshed
from tests.builders import a_request, a_structure, a_vacancy
from tests.e2e.territory import Territory


async def test_a_right_that_the_prefecture_tells_of_and_a_request_refreshed(territory: Territory) -> None:
    """Two wait; the second one has a right, of which the prescriber knew nothing."""
    ccas, prefecture, today = territory.ccas, territory.prefecture, territory.today
    await territory.structure.tells(a_structure())
    await ccas.tells(a_request("first"))
    told = await ccas.tells(a_request("second"))
    assert await ccas.is_refused(RequestRefreshed(request_id="first", confirmed_on=today + timedelta(days=1))) == (
        "day-to-come"
    )
    await ccas.tells(RequestRefreshed(request_id="first", confirmed_on=today))
    mediation = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=today)
    unknown = MediationDecided(request=f"{ccas.id}/third", mediation=mediation)
    assert await prefecture.is_refused(unknown) == "request-unknown"
    decided = await prefecture.tells(MediationDecided(request=told["request"], mediation=mediation))
    assert decided["household"] == told["household"]
    right = await ccas.hears(RightTold)
    assert (right.request_id, right.kind) == ("second", mediation.kind)
    # The structure's message goes another way: the right must have reached orientation before the place is vacant.
    await territory.counts(requests_registered=(2, 2), waiting=(2, 2), rights_recognised=(1, 1))
    await territory.structure.tells(a_vacancy())
    designated = await territory.structure.hears(HouseholdDesignated)
    assert designated.household == told["household"]
    offer = await prefecture.hears(LegalOfferMade, household=told["household"])
    assert offer.in_time
    await territory.only_these_saw_a_name(territory.structure)
