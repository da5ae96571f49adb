"""What may happen of dwellings that a bailleur lets to an association, on the way to a lease of the household's own."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from contracts.answers import LeaseReviewed, LeaseSlid
from contracts.codes import OfferType
from contracts.designations import StayStarted
from contracts.dwelling_codes import LeaseOutcome
from contracts.vacancies import PlaceAvailable, StructureDescribed
from services.chassis.clock import day_of
from tests.builders import BAILLEUR, STRUCTURE, TODAY, a_place, a_stay, a_structure, a_vacancy, of_place
from tests.unit.law_acts import Acting

SUBLET: Final = "toits"
DWELLINGS: Final = ("L-1", "L-2")


def sublet() -> StructureDescribed:
    """Two dwellings that a bailleur lets to an association."""
    dwellings = [a_place(place_id, 4, landlord=BAILLEUR) for place_id in DWELLINGS]
    kind = OfferType.IML_BAIL_GLISSANT
    return a_structure(*dwellings, structure_id=SUBLET, offer_type=kind)


def sublet_stay(life: Acting, who: int, how: int) -> None:
    """Somebody lived there before the association joined."""
    life._post(STRUCTURE, a_stay(f"l{who}", DWELLINGS[how % 2], structure_id=SUBLET))


def sublet_vacancy(life: Acting, _who: int, how: int) -> None:
    """A dwelling is vacant, or the association has it again."""
    dwelling = DWELLINGS[how % 2]
    if how % 3 == 0:
        life._post(STRUCTURE, of_place(PlaceAvailable, dwelling, SUBLET))
    life._post(STRUCTURE, a_vacancy(dwelling, SUBLET))


def _household(life: Acting, who: int) -> str:
    stays = [fact for fact in life.siao.facts(StayStarted) if fact.partner == STRUCTURE]
    sublets = [fact.household for fact in stays if fact.structure == f"{STRUCTURE}/{SUBLET}"]
    return sublets[-1 - who % min(2, len(sublets))] if sublets else "nobody"


def lease_reviewed(life: Acting, who: int, how: int) -> None:
    """The three have met; one time in three they extend the sub-letting."""
    today = day_of(life.siao.now)
    until = today + timedelta(days=100 * how) if how % 3 == 0 else None
    outcome = list(LeaseOutcome)[how % 3]
    life._post(
        STRUCTURE, LeaseReviewed(household=_household(life, who), reviewed_on=today, outcome=outcome, until=until)
    )


def lease_slid(life: Acting, who: int, how: int) -> None:
    """The household is tenant: the association says so, or the landlord."""
    slid = LeaseSlid(household=_household(life, who), lease_from=TODAY, social=how % 4 > 0)
    life._post((STRUCTURE, BAILLEUR)[how % 2], slid)


LEASE_ACTS: Final[dict[str, Callable[[Acting, int, int], None]]] = {
    "sublet_stay": sublet_stay,
    "sublet_vacancy": sublet_vacancy,
    "lease_reviewed": lease_reviewed,
    "lease_slid": lease_slid,
}
