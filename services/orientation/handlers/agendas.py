"""A session of the commission: convened, its agenda frozen with the whole allocation, opinions, the operator's word."""

from collections.abc import Iterator

from contracts.commission import (
    MOST_ITEMS,
    AgendaLine,
    CommissionAgenda,
    CommissionConvened,
    OpinionGiven,
    PreAllocationDecided,
)
from contracts.event import Message, Refusal
from contracts.law import AGENDA_FREEZE
from contracts.received import AnswerReceived, DeadlineReached
from contracts.sessions import AgendaFrozen, AgendaItem, OpinionRecorded, SessionConvened
from contracts.topics import DESIGNATIONS
from services.chassis.clock import day_of, start_of
from services.chassis.fold import Effects, Forget, Heard, Put, accept, notify, publish
from services.orientation.domain.agenda import Agenda, Proposal, propose
from services.orientation.domain.commission import Decision, Item, Session, item_key, quota_key, session_key
from services.orientation.domain.explaining import Place
from services.orientation.domain.rules import objections
from services.orientation.handlers.commission import readers
from services.orientation.handlers.out_of_order import must_wait
from services.orientation.handlers.timing import later
from services.orientation.store import ITEMS, QUOTAS, SESSIONS, STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory


def convene(heard: Heard[AnswerReceived], territory: Territory, event: CommissionConvened) -> Effects:
    """A session will be held, or on other days; its agenda is frozen on its day, at once when that has come."""
    siao, today = heard.event.siao, day_of(heard.now)
    if territory.commission is None or not territory.commission.offer_types:
        raise Refusal("commission-unknown", "$.session")
    key = session_key(siao, event.session)
    known = territory.get(SESSIONS, key)
    if known is not None and known.state != "convened":
        raise Refusal("session-not-expecting", "$.session", f"state={known.state}")
    freeze_on = event.freeze_on or AGENDA_FREEZE.before(event.held_on, siao)
    if event.held_on < today or freeze_on > event.held_on:
        raise Refusal("session-day-impossible", "$.held_on" if event.held_on < today else "$.freeze_on")
    session = Session(siao=siao, session=event.session, held_on=event.held_on, freeze_on=freeze_on)
    yield Put(SESSIONS, key, session)
    fact = SessionConvened(siao=siao, session=event.session, held_on=event.held_on, freeze_on=freeze_on, at=heard.now)
    yield publish(DESIGNATIONS, siao, fact)
    yield accept(heard, ("session", event.session))
    if freeze_on > today:
        yield later("agenda", key, siao, start_of(freeze_on))
        return
    yield Forget(f"agenda:{key}")
    yield from _freeze(heard, territory, session)


def reach(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """The day of a freeze has come."""
    session = territory.get(SESSIONS, heard.event.subject)
    if session is not None and session.state == "convened" and heard.event.due_at >= start_of(session.freeze_on):
        yield from _freeze(heard, territory, session)


def _freeze(heard: Heard[Message], territory: Territory, session: Session) -> Effects:
    """The whole allocation is proposed, the oldest vacancies first where there are too many for one session."""
    waiting = list(_waiting_places(territory))
    agenda = propose(territory.lists, waiting[:MOST_ITEMS])
    items = [_item(territory, session, proposal) for proposal in agenda.proposals]
    for item in items:
        yield Put(ITEMS, item_key(session.siao, session.session, item.vacancy), item)
    frozen = session.model_copy(
        update={
            "state": "frozen",
            "criteria_version": territory.criteria.version,
            "criteria": territory.criteria.criteria,
            "vacancies": tuple(item.vacancy for item in items),
        }
    )
    yield Put(SESSIONS, session_key(session.siao, session.session), frozen)
    left_out = max(0, len(waiting) - MOST_ITEMS)
    yield publish(DESIGNATIONS, session.siao, _frozen(heard, territory, frozen, items, agenda, left_out))
    yield from _tell(heard, territory, frozen, items, agenda, left_out)


def _waiting_places(territory: Territory) -> Iterator[Place]:
    """The vacancies that wait for a session and are on no other agenda, the oldest first."""
    taken = {vacancy for session in territory.sessions() for vacancy in session.vacancies}
    governed = territory.commission.offer_types if territory.commission is not None else ()
    for vacancy_id in territory.unfilled(governed):
        vacancy = territory.get(VACANCIES, vacancy_id)
        structure = territory.get(STRUCTURES, vacancy.structure) if vacancy is not None else None
        if vacancy is None or structure is None or vacancy_id in taken:
            continue
        if vacancy.session is None and territory.household_at(vacancy.place) is None:
            yield Place(vacancy_id, vacancy, structure.rules)


def _item(territory: Territory, session: Session, proposal: Proposal) -> Item:
    vacancy = proposal.place.vacancy
    structure = territory.get(STRUCTURES, vacancy.structure)
    waiting = territory.get(WAITING, proposal.request) if proposal.request is not None else None
    if structure is None:
        raise LookupError("the structure of a vacancy is always known")
    return Item(
        siao=session.siao,
        session=session.session,
        vacancy=proposal.place.id,
        structure=vacancy.structure,
        partner=vacancy.partner,
        offer_type=vacancy.offer_type,
        capacity=vacancy.capacity,
        rules_version=structure.rules_version,
        request=proposal.request,
        persons=waiting.facts.persons if waiting is not None else None,
        composition=waiting.facts.composition if waiting is not None else None,
        rank=proposal.rank,
        considered=proposal.considered,
        passed_over=proposal.passed_over,
        following=proposal.following,
        landlord=territory.landlord_of(vacancy.place),
    )


def _frozen(
    heard: Heard[Message], territory: Territory, session: Session, items: list[Item], agenda: Agenda, left_out: int
) -> AgendaFrozen:
    said = set(AgendaItem.model_fields)
    return AgendaFrozen(
        siao=session.siao,
        session=session.session,
        held_on=session.held_on,
        criteria_version=session.criteria_version,
        criteria=session.criteria,
        seen=dict(territory.seen),
        items=tuple(AgendaItem(**item.model_dump(include=said)) for item in items),
        left_out=left_out,
        without_place=agenda.without_place,
        all_held=agenda.all_held,
        at=heard.now,
    )


def _tell(
    heard: Heard[Message], territory: Territory, session: Session, items: list[Item], agenda: Agenda, left_out: int
) -> Effects:
    """Operator and members read the agenda, each the items that concern it; requests are for the operator only."""
    said = set(AgendaLine.model_fields)
    for partner, operator, visible in readers(territory, session.siao):
        shown = said if operator else said - {"request", "following"}
        notice = CommissionAgenda(
            session=session.session,
            held_on=session.held_on,
            criteria_version=session.criteria_version,
            lines=tuple(AgendaLine(**item.model_dump(include=shown)) for item in items if visible(item)),
            left_out=left_out,
            without_place=agenda.without_place,
            all_held=agenda.all_held,
            at=heard.now,
        )
        yield notify(partner, notice)


def frozen_session(heard: Heard[AnswerReceived], territory: Territory, session: str) -> Session:
    """The session whose agenda is frozen. Raises Refusal: session-not-expecting."""
    known = territory.get(SESSIONS, session_key(heard.event.siao, session))
    if known is None or known.state != "frozen":
        raise Refusal("session-not-expecting", "$.session", f"state={known.state if known is not None else 'unknown'}")
    return known


def _named_item(territory: Territory, session: Session, vacancy: str) -> Item:
    item = territory.get(ITEMS, item_key(session.siao, session.session, vacancy))
    if item is None:
        raise Refusal("item-unknown", "$.vacancy")
    return item


def give_opinion(heard: Heard[AnswerReceived], territory: Territory, event: OpinionGiven) -> Effects:
    """A member's opinion, but on its own structure's places."""
    member, commission = heard.event.origin.partner, territory.commission
    if commission is None or member not in commission.members:
        raise Refusal("opinion-not-member", "$.session")
    item = _named_item(territory, frozen_session(heard, territory, event.session), event.vacancy)
    if item.partner == member:
        raise Refusal("opinion-recused", "$.vacancy")
    given = item.model_copy(update={"opinions": {**item.opinions, member: event.opinion}})
    yield Put(ITEMS, item_key(item.siao, item.session, item.vacancy), given)
    fact = OpinionRecorded(
        siao=item.siao,
        session=item.session,
        vacancy=item.vacancy,
        offer_type=item.offer_type,
        member=member,
        opinion=event.opinion,
        argument_reference=event.argument,
        at=heard.now,
    )
    yield publish(DESIGNATIONS, item.siao, fact)
    yield accept(heard, ("session", event.session), ("vacancy", event.vacancy))


def decide(heard: Heard[AnswerReceived], territory: Territory, event: PreAllocationDecided) -> Effects:
    """The operator decides an item; nothing is designated before the minutes."""
    session = frozen_session(heard, territory, event.session)
    item = _named_item(territory, session, event.vacancy)
    if event.request is not None:
        _check(territory, session, item, event)
    decision = Decision(
        request=event.request,
        holder=event.holder if event.request is not None else None,
        reason=event.reason,
        argument=event.argument,
    )
    yield Put(ITEMS, item_key(item.siao, item.session, item.vacancy), item.model_copy(update={"decision": decision}))
    yield accept(heard, ("session", event.session), ("vacancy", event.vacancy))


def _check(territory: Territory, session: Session, item: Item, event: PreAllocationDecided) -> None:
    """Raises Refusal where the decision is not explained, not possible, or on a contingent that is used up."""
    request, vacancy = str(event.request), territory.get(VACANCIES, event.vacancy)
    if event.request != item.request and (event.reason is None or event.argument is None):
        raise Refusal("deviation-unexplained", "$.reason" if event.reason is None else "$.argument")
    structure = territory.get(STRUCTURES, item.structure)
    if vacancy is None or structure is None or not vacancy.live or vacancy.designation is not None:
        raise Refusal("vacancy-not-open", "$.vacancy")
    must_wait(territory, request, vacancy.offer_type)
    waiting = territory.get(WAITING, request)
    for ground in objections(request, waiting, vacancy, structure.rules) if waiting is not None else ():
        raise Refusal("rule-excludes", "$.request", f"rule={ground.condition.rule}")
    others = [other for other in territory.items_of(session) if other.vacancy != item.vacancy]
    if any(other.decision is not None and other.decision.request == request for other in others):
        raise Refusal("household-decided-elsewhere", "$.request")
    if event.holder is not None and not _places_left(territory, item, event.holder):
        raise Refusal("quota-exhausted", "$.holder")


def _places_left(territory: Territory, item: Item, holder: str) -> bool:
    """Whether the holder has a place left there, counting what is in use and what sessions have decided."""
    quota = territory.get(QUOTAS, quota_key(item.structure, holder))
    others = [other for session in territory.sessions() for other in territory.items_of(session)]
    decided = sum(
        other.structure == item.structure and other.decision is not None and other.decision.holder == holder
        for other in others
        if (other.session, other.vacancy) != (item.session, item.vacancy)
    )
    return quota is not None and territory.held_places(item.structure, holder) + decided < quota.places
