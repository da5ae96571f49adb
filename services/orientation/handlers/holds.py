"""Households that for a time are not designated to a structure, or to some types of offer; each hold has its end.

A hold never ends a designation under way, and never hides a household: those passed over for it are counted in every
proof under its reason.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from contracts.codes import OfferType, StructureRefusal
from contracts.law import COOLING_OFF
from services.chassis.fold import Effects, Put
from services.orientation.domain.model import Hold
from services.orientation.handlers.timing import later
from services.orientation.store import WAITING
from services.orientation.territory import Territory

# A refusal for one of these reasons speaks of the place: the household may be designated there again at any time.
OF_THE_PLACE: Final = frozenset({StructureRefusal.NO_LONGER_AVAILABLE, StructureRefusal.NOT_READY})


def cool_off(territory: Territory, request: str, structure: str, now: datetime) -> Effects:
    """After a refusal that counts, this household is not designated to this structure for some time."""
    waiting = territory.get(WAITING, request)
    if waiting is not None:
        until = COOLING_OFF.later(now, waiting.siao)
        hold = Hold(reason="cooling_off", since=now, until=until, structure=structure)
        yield from _hold(territory, request, hold)


def suspend(
    territory: Territory, request: str, offer_types: Sequence[OfferType], now: datetime, until: datetime
) -> Effects:
    """Until an instant, this household is not designated to these types of offer, or to any when none is named.

    An instant gone by ends the suspension of these types.
    """
    hold = Hold(reason="suspended", since=now, until=until, offer_types=tuple(sorted(set(offer_types))))
    yield from _hold(territory, request, hold)


def _hold(territory: Territory, request: str, hold: Hold) -> Effects:
    waiting = territory.get(WAITING, request)
    if waiting is None:
        return
    others = [h for h in waiting.holds if _about(h) != _about(hold)]
    holds = (*others, hold) if hold.until > hold.since else (*others,)
    yield Put(WAITING, request, waiting.model_copy(update={"holds": holds}))
    if hold in holds:
        yield later("hold_over", request, waiting.siao, hold.until, f"hold:{_about(hold)}")


def _about(hold: Hold) -> str:
    """What a hold is about: another about the same takes its place."""
    return f"{hold.reason}:{hold.structure or ','.join(hold.offer_types)}"


def release(territory: Territory, request: str, until: datetime) -> Effects:
    """The end of a hold has come."""
    waiting = territory.get(WAITING, request)
    if waiting is not None and waiting.holds:
        left = tuple(hold for hold in waiting.holds if hold.until > until)
        yield Put(WAITING, request, waiting.model_copy(update={"holds": left}))
