"""The commission's règlement, and the contingents: what the operator sets, and whom the commission tells what."""

from collections.abc import Callable, Iterator
from typing import Final

from contracts.codes import OfferType, Regime
from contracts.commission import CommissionInstituted, QuotaSet
from contracts.event import Refusal
from contracts.received import AnswerReceived
from contracts.sessions import CommissionInForce, QuotaInForce
from contracts.topics import DESIGNATIONS, Role
from services.chassis.fold import Effects, Heard, Put, accept, publish
from services.orientation.domain.commission import Commission, Item, Quota, quota_key
from services.orientation.handlers.designating import fill
from services.orientation.store import COMMISSIONS, QUOTAS, STRUCTURES
from services.orientation.territory import Territory

_HOLDERS: Final = frozenset({Role.RESERVATAIRE, Role.BAILLEUR, Role.COLLECTIVITE, Role.PREFECTURE})


def institute(heard: Heard[AnswerReceived], territory: Territory, event: CommissionInstituted) -> Effects:
    """Another règlement is in force. Vacancies of a type that is governed no more are designated at once."""
    siao, known = heard.event.siao, territory.commission
    if known is not None and event.version <= known.version:
        raise Refusal("revision-stale", "$.version", f"known={known.version}")
    for number, offer_type in enumerate(event.offer_types):
        if offer_type.regime is not Regime.LOGEMENT:
            raise Refusal("offer-type-not-governed", f"$.offer_types[{number}]")
    for number, member in enumerate(event.members):
        if not _is_active(territory, member, siao):
            raise Refusal("member-unknown", f"$.members[{number}]")
    if event.quorum > len(set(event.members)):
        raise Refusal("quorum-too-high", "$.quorum")
    now = Commission(
        siao=siao,
        version=event.version,
        offer_types=event.offer_types,
        members=tuple(dict.fromkeys(event.members)),
        quorum=event.quorum,
    )
    yield Put(COMMISSIONS, siao, now)
    fact = CommissionInForce(
        **now.model_dump(include={"siao", "version", "offer_types", "members", "quorum"}),
        reference=event.reference,
        at=heard.now,
    )
    yield publish(DESIGNATIONS, siao, fact)
    yield accept(heard, ("commission", str(event.version)))
    yield from _go_on(heard, territory, known.offer_types if known is not None else ())


def _go_on(heard: Heard[AnswerReceived], territory: Territory, before: tuple[OfferType, ...]) -> Effects:
    """Vacancies that waited for a session, and need not any more."""
    released = tuple(offer_type for offer_type in before if not territory.governs(offer_type))
    for vacancy in territory.unfilled(released):
        yield from fill(heard, territory, vacancy)


def set_quota(heard: Heard[AnswerReceived], territory: Territory, event: QuotaSet) -> Effects:
    """How many places of a structure a holder disposes of from now on; designations made on it stand."""
    siao, structure = heard.event.siao, territory.get(STRUCTURES, event.structure)
    if structure is None:
        raise Refusal("structure-unknown", "$.structure")
    holder = territory.register.get(event.holder)
    if holder is None or not _is_active(territory, event.holder, siao) or holder.role not in _HOLDERS:
        raise Refusal("holder-not-entitled", "$.holder")
    quota = Quota(siao=siao, live=event.places > 0, structure=event.structure, holder=event.holder, places=event.places)
    yield Put(QUOTAS, quota_key(event.structure, event.holder), quota)
    fact = QuotaInForce(siao=siao, structure=event.structure, holder=event.holder, places=event.places, at=heard.now)
    yield publish(DESIGNATIONS, siao, fact)
    yield accept(heard, ("structure", event.structure), ("holder", event.holder))


def _is_active(territory: Territory, partner: str, siao: str) -> bool:
    known = territory.register.get(partner)
    return known is not None and known.siao == siao and known.status == "active"


def readers(territory: Territory, siao: str) -> Iterator[tuple[str, bool, Callable[[Item], bool]]]:
    """Who is told of agendas and minutes: each partner, whether it is the operator, and which items it may read."""
    for partner in territory.partners_with(siao, Role.OPERATOR):
        yield partner, True, _any
    for member in territory.commission.members if territory.commission is not None else ():
        if _is_active(territory, member, siao):
            yield member, False, _visible_to(territory, member)


def _visible_to(territory: Territory, member: str) -> Callable[[Item], bool]:
    """A structure reads its own items; a bailleur those of its dwellings, and where it has a contingent; others all."""
    match territory.register[member].role:
        case Role.STRUCTURE:
            return lambda item: item.partner == member
        case Role.BAILLEUR:
            return lambda item: (
                item.landlord == member or territory.get(QUOTAS, quota_key(item.structure, member)) is not None
            )
        case _:
            return _any


def _any(_item: Item) -> bool:
    return True
