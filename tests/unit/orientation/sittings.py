"""Situations of the commission: it governs two types of offer, places are vacant, a session is convened and frozen."""

from datetime import timedelta
from typing import Any, Final

from contracts.codes import OfferType
from contracts.commission import (
    CommissionConvened,
    CommissionInstituted,
    CommissionMinuted,
    OpinionGiven,
    PreAllocationDecided,
)
from contracts.rules import Rule
from contracts.sessions import AgendaFrozen, AgendaItem, ItemSettled
from contracts.topics import Role, Service
from services.orientation.store import VACANCIES
from tests.builders import (
    CCAS,
    OPERATOR,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_partner,
    a_place,
    a_register,
    a_request,
    a_structure,
    a_vacancy,
)
from tests.unit.driving import Siao

FEDERATION: Final = "federation-92"
PENSION, SOCIALE = OfferType.PENSION_DE_FAMILLE, OfferType.RESIDENCE_SOCIALE
MEMBERS: Final = (FEDERATION, STRUCTURE)


def a_regulation(*types: OfferType, version: int = 1, **facts: Any) -> CommissionInstituted:
    """The commission governs these types; two members, one of whom must be present."""
    plain: dict[str, Any] = {"members": MEMBERS, "quorum": 1}
    return CommissionInstituted(version=version, offer_types=types, **{**plain, **facts})


def governed(*places: str, rules: tuple[Rule, ...] = ()) -> Siao:
    """A pension de famille and a résidence sociale; the commission governs both types."""
    siao = Siao({**a_register(), FEDERATION: a_partner(FEDERATION, Role.MEMBER)})
    described = [a_place(place) for place in places or ("A-01",)]
    siao.send(STRUCTURE, a_structure(*described, offer_type=PENSION, rules=rules))
    siao.send(OTHER_STRUCTURE, a_structure(a_place("R-01"), offer_type=SOCIALE))
    siao.send(OPERATOR, a_regulation(PENSION, SOCIALE))
    return siao


def asks(siao: Siao, request: str, *types: OfferType, **facts: Any) -> str:
    """A household waits for these types, the pension de famille if none is named; its request's id."""
    siao.send(CCAS, a_request(request, recommended=types or (PENSION,), **facts))
    return f"{CCAS}/{request}"


def vacant(siao: Siao, place: str, partner: str = STRUCTURE) -> str:
    """A minute later a place is vacant; the vacancy's id."""
    siao.wait(timedelta(minutes=1))
    siao.send(partner, a_vacancy(place))
    known = siao.memory(Service.ORIENTATION).all(VACANCIES)
    return next(key for key, one in known.items() if one.live and one.place == f"{partner}/acacias/{place}")


def convened(siao: Siao, session: str = "s1", **facts: Any) -> str:
    """A session today: its agenda is frozen at once."""
    return siao.send(OPERATOR, CommissionConvened(session=session, **{"held_on": TODAY, **facts}))


def minuted(siao: Siao, session: str = "s1", *present: str) -> str:
    """The minutes of a session."""
    return siao.send(OPERATOR, CommissionMinuted(session=session, present=present or (FEDERATION,)))


def decided(siao: Siao, vacancy: str, request: str | None, **facts: Any) -> str:
    """The operator decides an item."""
    return siao.send(OPERATOR, PreAllocationDecided(session="s1", vacancy=vacancy, request=request, **facts))


def opinion(siao: Siao, member: str, vacancy: str, **facts: Any) -> str:
    """A member's opinion."""
    plain: dict[str, Any] = {"session": "s1", "opinion": "favourable"}
    return siao.send(member, OpinionGiven(vacancy=vacancy, **{**plain, **facts}))


def agenda(siao: Siao, number: int = -1) -> dict[str, AgendaItem]:
    """The items of the last agenda, by vacancy."""
    return {item.vacancy: item for item in siao.facts(AgendaFrozen)[number].items}


def outcomes(siao: Siao) -> dict[str, str]:
    """What became of each item, by vacancy."""
    return {fact.vacancy: fact.outcome.value for fact in siao.facts(ItemSettled)}
