"""What landlords are told of the dwellings that they let to associations: who lives there is not named."""

from datetime import date
from typing import Literal

from contracts.dwelling_codes import LeaseOutcome
from contracts.event import Message
from contracts.law import SLIDING
from contracts.leases import SubletDwellingUpdated
from services.chassis.fold import Effects, Heard, notify
from services.orientation.domain.model import Stay
from services.orientation.territory import Territory


def tell_landlord(
    heard: Heard[Message],
    territory: Territory,
    household: str,
    stay: Stay,
    step: Literal["begun", "reviewed", "slid", "ended"],
    on: date,
    outcome: LeaseOutcome | None = None,
) -> Effects:
    """Tell the bailleur that lets the place to its structure, if one is known."""
    landlord = territory.landlord_of(stay.place)
    if landlord is None:
        return
    notice = SubletDwellingUpdated(
        place=stay.place,
        offer_type=stay.offer_type,
        household=household,
        persons=stay.persons,
        step=step,
        on=on,
        outcome=outcome,
        term_on=stay.ends_on if stay.offer_type in SLIDING else None,
        at=heard.now,
    )
    yield notify(landlord, notice)
