"""A short life of one SIAO, of which every figure has something to tell: its partners say what they would say."""

import asyncio
import http
from collections.abc import Callable
from typing import Final

import httpx

from contracts.answers import (
    DesignationAccepted,
    DesignationAcknowledged,
    DesignationRefused,
    HouseholdAdmitted,
    HouseholdDeclined,
    HouseholdLeft,
)
from contracts.codes import ExitDestination, HouseholdRefusal, MediationKind, OfferType, StructureRefusal
from contracts.decisions import RefusalJudged
from contracts.notices import HouseholdDesignated, RequestUpdated
from contracts.requests import Mediation
from deploy.embedded.platform import Platform
from tests.builders import ARGUMENT, TODAY, a_place, a_request, a_structure, a_vacancy, ready
from tests.e2e.territory import Territory

SIAO: Final = "92"
# As many as a structure needs for its refusals to be told, and one more.
HOUSEHOLDS: Final = 11


async def _designations(territory: Territory) -> list[str]:
    """Households wait, places become vacant: as many designations, acknowledged."""
    structure, ccas = territory.structure, territory.ccas
    names = [f"r{number:02}" for number in range(HOUSEHOLDS)]
    await structure.tells(a_structure(*(a_place(name) for name in names)))
    for name in names:
        await ccas.tells(a_request(name))
        await structure.tells(a_vacancy(name))
    made = [(await structure.hears(HouseholdDesignated, place_id=name)).designation for name in names]
    for designation in made:
        await structure.tells(DesignationAcknowledged(designation=designation))
    return made


async def _first_outcomes(territory: Territory, made: list[str]) -> None:
    """One household enters, one does not want its place."""
    structure = territory.structure
    await structure.tells(DesignationAccepted(designation=made[0], entry_on=TODAY))
    entered = await structure.tells(HouseholdAdmitted(designation=made[0], entered_on=TODAY))
    # That it lives there has reached the desk: only then can it be ready to leave.
    await territory.ccas.hears(RequestUpdated, household=entered["household"], status="admitted")
    await structure.tells(ready(entered["household"]))
    await structure.tells(HouseholdDeclined(designation=made[1], reason=HouseholdRefusal.LOCATION))


async def _answers(territory: Territory, made: list[str]) -> None:
    """One more is accepted; one enters and leaves; two are refused; another does not want its place."""
    structure = territory.structure
    for designation in made[6:8]:
        await structure.tells(DesignationAccepted(designation=designation, entry_on=TODAY))
    entered = await structure.tells(HouseholdAdmitted(designation=made[6], entered_on=TODAY))
    left_for = ExitDestination.FAMILY_OR_FRIENDS
    await structure.tells(HouseholdLeft(household=entered["household"], left_on=TODAY, destination=left_for))
    for designation in made[3:5]:
        reason = StructureRefusal.SAFETY
        await structure.tells(DesignationRefused(designation=designation, reason=reason, argument=ARGUMENT))
    await territory.operator.tells(RefusalJudged(designation=made[3], verdict="upheld"))
    await structure.tells(HouseholdDeclined(designation=made[5], reason=HouseholdRefusal.LOCATION))


async def _live(platform: Platform, seen: Callable[[], None]) -> None:
    territory = Territory(platform, SIAO)
    await territory.connect()
    try:
        made = await _designations(territory)
        await _first_outcomes(territory, made)
        await asyncio.to_thread(seen)
        await _answers(territory, made)
        # Recognised by the commission, and no place of that type: its legal clock runs.
        recognised = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=territory.today)
        await territory.ccas.tells(a_request("recognised", recommended=(OfferType.ALT,), mediation=recognised))
        assert await territory.structure.is_refused(a_vacancy("no-such-place")) == "place-unknown"
        async with httpx.AsyncClient(trust_env=False) as nobody:
            assert (await nobody.get(f"{platform.http_url}/v1/notices")).status_code == http.HTTPStatus.UNAUTHORIZED
    finally:
        await territory.leave()


def live(platform: Platform, seen: Callable[[], None]) -> None:
    """All that, heard and answered. seen: returns when what has happened so far has been scraped.

    A series begins with its first event, which increase() cannot see: only what comes after it grows.
    """
    asyncio.run(_live(platform, seen))
