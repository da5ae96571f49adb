"""The minutes of a session: what was decided or proposed is designated; what cannot be any more goes on at once."""

from collections import Counter

from contracts.commission import CommissionMinuted, CommissionMinutes, MinutesLine
from contracts.commission_codes import ItemOutcome
from contracts.designations import OutOfOrder
from contracts.event import Refusal
from contracts.received import AnswerReceived
from contracts.sessions import AgendaMinuted, ItemSettled
from contracts.topics import DESIGNATIONS
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Put, accept, notify, publish
from services.orientation.domain.commission import Item, Session, item_key, opinions_of, session_key
from services.orientation.domain.model import Criteria
from services.orientation.domain.waiting_lists import Choice
from services.orientation.handlers.agendas import frozen_session
from services.orientation.handlers.commission import readers
from services.orientation.handlers.designating import Sitting, designate, fill
from services.orientation.store import ITEMS, SESSIONS, STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory


def minute(heard: Heard[AnswerReceived], territory: Territory, event: CommissionMinuted) -> Effects:
    """Designate all of it; then each place seen by the session that nobody was designated to goes on directly."""
    session = frozen_session(heard, territory, event.session)
    present = _present(heard, territory, session, event)
    yield accept(heard, ("session", event.session))
    items = territory.items_of(session)
    # The operator's decisions first: a household that one of them names is not free for a proposal.
    for item in sorted(items, key=lambda item: item.decision is None):
        yield from _settle(heard, territory, session, item)
    settled = {item.vacancy: _outcome(territory, item) for item in items}
    for item in items:
        yield publish(DESIGNATIONS, session.siao, _settled(heard, territory, item, settled[item.vacancy]))
        yield Put(ITEMS, item_key(item.siao, item.session, item.vacancy), item.model_copy(update={"live": False}))
    over = session.model_copy(update={"state": "minuted", "live": False})
    yield Put(SESSIONS, session_key(session.siao, session.session), over)
    yield publish(DESIGNATIONS, session.siao, _minuted(heard, session, items, present, settled))
    yield from _tell(heard, territory, session, items, len(present), settled)
    for item in items:
        if settled[item.vacancy] in (ItemOutcome.LAPSED, ItemOutcome.UNMATCHED):
            yield from fill(heard, territory, item.vacancy)


def _present(
    heard: Heard[AnswerReceived], territory: Territory, session: Session, event: CommissionMinuted
) -> tuple[str, ...]:
    """Who was there. Raises Refusal: member-unknown, quorum-not-reached, session-day-impossible."""
    commission = territory.commission
    for number, member in enumerate(event.present):
        if commission is None or member not in commission.members:
            raise Refusal("member-unknown", f"$.present[{number}]")
    present = tuple(dict.fromkeys(event.present))
    if commission is not None and len(present) < commission.quorum:
        raise Refusal("quorum-not-reached", "$.present", f"quorum={commission.quorum}")
    if day_of(heard.now) < session.held_on:
        raise Refusal("session-day-impossible", "$.session", f"held_on={session.held_on.isoformat()}")
    return present


def _is_adjourned(item: Item) -> bool:
    return item.decision is not None and item.decision.request is None


def _settle(heard: Heard[AnswerReceived], territory: Territory, session: Session, item: Item) -> Effects:
    """The session has seen this vacancy, and its household is designated if both are still free and suit."""
    vacancy, request = territory.get(VACANCIES, item.vacancy), item.outcome_request
    structure = territory.get(STRUCTURES, item.structure)
    if vacancy is None or structure is None or not vacancy.live or _is_adjourned(item):
        return
    yield Put(VACANCIES, item.vacancy, vacancy.model_copy(update={"session": session.session}))
    free = vacancy.designation is None and territory.household_at(vacancy.place) is None
    if request is None or not free or not territory.lists.suits(request, vacancy, structure.rules):
        return
    decision = item.decision
    if decision is None or not item.departs:
        criteria = Criteria(siao=item.siao, version=session.criteria_version, criteria=session.criteria)
        choice = Choice(request, item.rank, item.considered, item.passed_over)
        sitting = Sitting(session.session, decision.holder if decision is not None else None, criteria)
        yield from designate(heard, territory, item.vacancy, choice, sitting=sitting)
        return
    if decision.reason is None or decision.argument is None:
        raise LookupError("a departure from the proposal is always explained")
    choice = territory.lists.standing(request, vacancy, structure.rules)
    departing = OutOfOrder(reason=decision.reason, article=None, argument_reference=decision.argument)
    sitting = Sitting(session.session, decision.holder, None)
    yield from designate(heard, territory, item.vacancy, choice, departing, sitting=sitting)


def _outcome(territory: Territory, item: Item) -> ItemOutcome:
    """What became of an item, looked at before any place goes on directly."""
    vacancy, waiting = territory.get(VACANCIES, item.vacancy), None
    if item.outcome_request is not None:
        waiting = territory.get(WAITING, item.outcome_request)
    if _is_adjourned(item):
        return ItemOutcome.ADJOURNED
    if item.outcome_request is None:
        return ItemOutcome.UNMATCHED
    given = vacancy is not None and vacancy.designation is not None and waiting is not None
    if given and vacancy is not None and waiting is not None and waiting.designation == vacancy.designation:
        return ItemOutcome.DESIGNATED
    return ItemOutcome.LAPSED


def _settled(heard: Heard[AnswerReceived], territory: Territory, item: Item, outcome: ItemOutcome) -> ItemSettled:
    designated = outcome is ItemOutcome.DESIGNATED and item.outcome_request is not None
    waiting = territory.get(WAITING, str(item.outcome_request)) if designated else None
    return ItemSettled(
        siao=item.siao,
        session=item.session,
        vacancy=item.vacancy,
        structure=item.structure,
        offer_type=item.offer_type,
        outcome=outcome,
        designation=waiting.designation if waiting is not None else None,
        persons=waiting.facts.persons if waiting is not None else 0,
        departs=item.departs,
        holder=item.decision.holder if item.decision is not None else None,
        opinions=opinions_of(item),
        at=heard.now,
    )


def _minuted(
    heard: Heard[AnswerReceived],
    session: Session,
    items: list[Item],
    present: tuple[str, ...],
    settled: dict[str, ItemOutcome],
) -> AgendaMinuted:
    return AgendaMinuted(
        siao=session.siao,
        session=session.session,
        held_on=session.held_on,
        present=present,
        outcomes={outcome.value: count for outcome, count in sorted(Counter(settled.values()).items())},
        opinions=sum(len(item.opinions) for item in items),
        at=heard.now,
    )


def _tell(
    heard: Heard[AnswerReceived],
    territory: Territory,
    session: Session,
    items: list[Item],
    present: int,
    settled: dict[str, ItemOutcome],
) -> Effects:
    for partner, _, visible in readers(territory, session.siao):
        lines = tuple(_line(item, settled[item.vacancy]) for item in items if visible(item))
        notice = CommissionMinutes(
            session=session.session, held_on=session.held_on, present=present, lines=lines, at=heard.now
        )
        yield notify(partner, notice)


def _line(item: Item, outcome: ItemOutcome) -> MinutesLine:
    given = {"favourable": 0, "reserved": 0, "unfavourable": 0, **opinions_of(item)}
    return MinutesLine(
        vacancy=item.vacancy,
        structure=item.structure,
        offer_type=item.offer_type,
        outcome=outcome,
        departs=item.departs,
        favourable=given["favourable"],
        reserved=given["reserved"],
        unfavourable=given["unfavourable"],
    )
