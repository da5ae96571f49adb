"""The operator designates a household before its turn, with its reasons; nobody else can, and the proof says who waits.

It refuses what no reason allows: a household with another designation, or not qualified; a place already accepted.
"""

from collections.abc import Iterator

from contracts.codes import DesignationOutcome, OfferType, Party
from contracts.decision_codes import CancelReason
from contracts.decisions import DesignationOutOfOrder
from contracts.designations import OutOfOrder
from contracts.event import Refusal
from contracts.received import AnswerReceived
from contracts.rule_codes import HardRule
from services.chassis.fold import Effects, Heard, accept
from services.orientation.domain.model import Vacancy
from services.orientation.domain.rules import objections
from services.orientation.handlers import designating
from services.orientation.handlers.replies import WAITING_FOR_ANSWER
from services.orientation.store import DESIGNATIONS, STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory


def designate(heard: Heard[AnswerReceived], territory: Territory, event: DesignationOutOfOrder) -> Effects:
    """Designate this household to this place; the one designated there, if any, waits again with its seniority."""
    vacancy = _open_vacancy(territory, event.vacancy)
    must_wait(territory, event.request, vacancy.offer_type)
    structure = territory.get(STRUCTURES, vacancy.structure)
    if structure is None:
        raise LookupError("the structure of a vacancy is always known")
    overridden = tuple(_overridden(territory, event, vacancy))
    before = vacancy.designation
    displaced = territory.get(DESIGNATIONS, before) if before is not None else None
    if before is not None:
        yield from designating.end(
            heard,
            territory,
            before,
            DesignationOutcome.CANCELLED,
            Party.OPERATOR,
            cancel_reason=CancelReason.OUT_OF_ORDER,
        )
        vacancy = territory.get(VACANCIES, event.vacancy) or vacancy
    choice = territory.lists.standing(event.request, vacancy, structure.rules)
    decided = OutOfOrder(reason=event.reason, article=event.article, argument_reference=event.argument)
    yield from designating.designate(heard, territory, event.vacancy, choice, decided, overridden)
    waiting = territory.get(WAITING, event.request)
    yield accept(heard, ("designation", str(waiting.designation if waiting else None)))
    if displaced is not None:
        yield from designating.find_place(heard, territory, displaced.request)


def _open_vacancy(territory: Territory, vacancy_id: str) -> Vacancy:
    """A vacancy that may be designated. Raises Refusal: vacancy-not-open, place-occupied, designation-not-expecting."""
    vacancy = territory.get(VACANCIES, vacancy_id)
    if vacancy is None or not vacancy.live or vacancy.expected_on is not None:
        raise Refusal("vacancy-not-open", "$.vacancy")
    if territory.household_at(vacancy.place) is not None:
        raise Refusal("place-occupied", "$.vacancy")
    designation = territory.get(DESIGNATIONS, vacancy.designation) if vacancy.designation is not None else None
    if designation is not None and designation.state not in WAITING_FOR_ANSWER:
        raise Refusal("designation-not-expecting", "$.vacancy", f"state={designation.state.value}")
    return vacancy


def must_wait(territory: Territory, request: str, offer_type: OfferType) -> None:
    """Raises Refusal: request-unknown, household-designated, rule-excludes."""
    waiting = territory.get(WAITING, request)
    if waiting is None or not waiting.live:
        raise Refusal("request-unknown", "$.request")
    if waiting.designation is not None:
        raise Refusal("household-designated", "$.request")
    if offer_type not in waiting.qualified:
        raise Refusal("rule-excludes", "$.request", f"rule={HardRule.NOT_QUALIFIED.value}")


def _overridden(territory: Territory, event: DesignationOutOfOrder, vacancy: Vacancy) -> Iterator[HardRule]:
    """The rules that exclude the household, all of them set aside by name. Raises Refusal: rule-excludes."""
    waiting, structure = territory.get(WAITING, event.request), territory.get(STRUCTURES, vacancy.structure)
    if waiting is None or structure is None:
        return
    excluding = [ground.condition.rule for ground in objections(event.request, waiting, vacancy, structure.rules)]
    for rule in dict.fromkeys(excluding):
        named = next((override for override in event.overrides if override == rule), None)
        if named is None:
            raise Refusal("rule-excludes", "$.request", f"rule={rule}")
        yield named
