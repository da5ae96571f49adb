"""Where a vacancy becomes a designation, and a designation ends. Every designation carries its proof."""

from datetime import datetime
from typing import Any, NamedTuple

from contracts.codes import DesignationOutcome, DesignationState, HouseholdRefusal, Party
from contracts.decision_codes import CancelReason
from contracts.designations import DesignationEnded, DesignationMade, OutOfOrder, Proof, VacancyUnmatched
from contracts.event import Message, derived_id
from contracts.offers import VacancyOpened
from contracts.place_codes import Withdrawal
from contracts.rule_codes import HardRule
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from services.chassis.fold import Effects, Heard, Measure, Put, Send, publish
from services.orientation.domain.model import Criteria, Designation, Structure, Vacancy, Waiting
from services.orientation.domain.parameters import shortlist_of
from services.orientation.domain.waiting_lists import Choice
from services.orientation.figures import VACANCY_TO_DESIGNATION
from services.orientation.handlers import consequences
from services.orientation.handlers.timing import awaiting_answer, forget_deadlines
from services.orientation.store import DESIGNATIONS, STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory


class Sitting(NamedTuple):
    """The commission's session that designates. criteria: of its agenda, where the operator followed it."""

    session: str
    holder: str | None
    criteria: Criteria | None


def fill(heard: Heard[Message], territory: Territory, vacancy_id: str) -> Effects:
    """Designate the first household in order that may live there; when there is none, say why."""
    vacancy = territory.get(VACANCIES, vacancy_id)
    structure = territory.get(STRUCTURES, vacancy.structure) if vacancy else None
    if vacancy is None or structure is None or not vacancy.live or vacancy.designation is not None:
        return
    if vacancy.expected_on is not None:
        # It is announced: nobody is designated before it is published.
        return
    if territory.household_at(vacancy.place) is not None:
        # Its structure has admitted somebody directly: offers, which will close the vacancy, has not heard of it yet.
        return
    if territory.governs(vacancy.offer_type) and vacancy.session is None:
        # It waits for a session of the commission.
        return
    choice = territory.lists.choose(vacancy, structure.rules, shortlist_of(vacancy.offer_type))
    if choice.request is not None:
        yield from designate(heard, territory, vacancy_id, choice)
        return
    yield publish(
        DESIGNATIONS_TOPIC,
        vacancy.siao,
        VacancyUnmatched(
            siao=vacancy.siao,
            vacancy=vacancy_id,
            structure=vacancy.structure,
            offer_type=vacancy.offer_type,
            considered=choice.considered,
            passed_over=choice.passed_over,
            at=heard.now,
        ),
    )


def find_place(heard: Heard[Message], territory: Territory, request: str) -> Effects:
    """A household has just begun to wait: try the vacancies that nobody was found for."""
    waiting = territory.get(WAITING, request)
    if waiting is None:
        return
    for vacancy_id in territory.unfilled(waiting.qualified):
        vacancy = territory.get(VACANCIES, vacancy_id)
        structure = territory.get(STRUCTURES, vacancy.structure) if vacancy else None
        if vacancy and structure and territory.lists.suits(request, vacancy, structure.rules):
            yield from fill(heard, territory, vacancy_id)


def designate(
    heard: Heard[Message],
    territory: Territory,
    vacancy_id: str,
    choice: Choice,
    decided: OutOfOrder | None = None,
    overridden: tuple[HardRule, ...] = (),
    sitting: Sitting | None = None,
) -> Effects:
    """Designate the household chosen to a vacancy that is free, with its proof. `decided`: by the operator."""
    vacancy, request = territory.get(VACANCIES, vacancy_id), str(choice.request)
    structure = territory.get(STRUCTURES, vacancy.structure) if vacancy else None
    waiting = territory.get(WAITING, request)
    if vacancy is None or structure is None or waiting is None:
        raise LookupError("a household on a list, and a vacancy to fill, are always known")
    designation_id = derived_id("designation", vacancy_id, request, heard.envelope.source, heard.envelope.id)
    holder = sitting.holder if sitting is not None else None
    designation = _designation(vacancy_id, vacancy, request, waiting, heard.now).model_copy(update={"holder": holder})
    following = [territory.lists.get(other) for other in choice.shortlist]
    made = DesignationMade(
        **_parties(designation_id, designation),
        made_at=designation.made_at,
        answer_due_at=designation.answer_due_at,
        proof=_proof(territory, structure, choice, overridden, sitting),
        shortlist=tuple(other.household for other in following if other is not None),
        out_of_order=decided,
        holder=holder,
    )
    yield Put(DESIGNATIONS, designation_id, designation)
    yield Put(WAITING, request, waiting.model_copy(update={"designation": designation_id}))
    yield Put(VACANCIES, vacancy_id, vacancy.model_copy(update={"designation": designation_id}))
    yield publish(DESIGNATIONS_TOPIC, vacancy.siao, made)
    yield from consequences.of_beginning(heard, territory, designation_id, designation)
    yield from _measured(heard, vacancy)


def _measured(heard: Heard[Message], vacancy: Vacancy) -> Effects:
    """How long a vacancy waited for its first designation; one that somebody has declined or refused did not wait."""
    if not vacancy.barred:
        when = "opening" if isinstance(heard.event, VacancyOpened) else "later"
        waited = (heard.now - vacancy.opened_at).total_seconds()
        yield Measure(VACANCY_TO_DESIGNATION, (vacancy.siao, when), max(0.0, waited))


def _designation(vacancy_id: str, vacancy: Vacancy, request: str, waiting: Waiting, now: datetime) -> Designation:
    """Notified; the structure's answer is awaited from now on."""
    designation = Designation(
        siao=vacancy.siao,
        vacancy=vacancy_id,
        place=vacancy.place,
        structure=vacancy.structure,
        partner=vacancy.partner,
        offer_type=vacancy.offer_type,
        household=waiting.household,
        request=request,
        prescriber=waiting.prescriber,
        persons=waiting.facts.persons,
        state=DesignationState.NOTIFIED,
        made_at=now,
        answer_due_at=now,
    )
    return awaiting_answer(designation, now)


def _proof(
    territory: Territory,
    structure: Structure,
    choice: Choice,
    overridden: tuple[HardRule, ...],
    sitting: Sitting | None,
) -> Proof:
    criteria = sitting.criteria if sitting is not None and sitting.criteria is not None else territory.criteria
    return Proof(
        criteria_version=criteria.version,
        criteria=criteria.criteria,
        rules_version=structure.rules_version,
        rank=choice.rank,
        considered=choice.considered,
        passed_over=choice.passed_over,
        seen=dict(territory.seen),
        rules_approved=structure.approved,
        overridden=overridden,
        session=sitting.session if sitting is not None else None,
    )


def _parties(designation_id: str, designation: Designation) -> dict[str, Any]:
    """Which household, to which place: what all facts about a designation say."""
    return {
        "siao": designation.siao,
        "designation": designation_id,
        "vacancy": designation.vacancy,
        "place": designation.place,
        "structure": designation.structure,
        "partner": designation.partner,
        "offer_type": designation.offer_type,
        "household": designation.household,
        "request": designation.request,
        "prescriber": designation.prescriber,
        "persons": designation.persons,
    }


def end(
    heard: Heard[Message],
    territory: Territory,
    designation_id: str,
    outcome: DesignationOutcome,
    party: Party,
    household_reason: HouseholdRefusal | None = None,
    cancel_reason: CancelReason | None = None,
    withdrawal: Withdrawal | None = None,
) -> Effects:
    """End a designation. The household waits again, with its seniority, but not for this vacancy.

    What becomes of the vacancy and of the household next is the caller's to say: see `end_and_go_on`. A household's
    refusal is judged afterwards: neither the place nor the household waits for that.
    """
    designation = territory.get(DESIGNATIONS, designation_id)
    if designation is None:
        raise LookupError("a designation that ends is always known")
    to_judge = outcome is DesignationOutcome.DECLINED
    state = DesignationState.HOUSEHOLD_REFUSAL if to_judge else DesignationState.ENDED
    ended = designation.model_copy(update={"live": False, "state": state, "declined": household_reason})
    yield Put(DESIGNATIONS, designation_id, ended)
    yield from forget_deadlines(designation_id)
    vacancy, waiting = territory.get(VACANCIES, designation.vacancy), territory.get(WAITING, designation.request)
    if vacancy is not None:
        barred = (*vacancy.barred, designation.request)
        yield Put(VACANCIES, designation.vacancy, vacancy.model_copy(update={"designation": None, "barred": barred}))
    if waiting is not None:
        yield Put(WAITING, designation.request, waiting.model_copy(update={"designation": None}))
    yield _ended(heard, designation_id, ended, outcome, party, cancel_reason, withdrawal)
    yield from consequences.of_end(heard, territory, designation_id, designation, outcome)


def end_and_go_on(
    heard: Heard[Message],
    territory: Territory,
    designation_id: str,
    outcome: DesignationOutcome,
    party: Party,
    household_reason: HouseholdRefusal | None = None,
    cancel_reason: CancelReason | None = None,
) -> Effects:
    """End a designation, designate the place anew, and look for another place for the household."""
    yield from end(heard, territory, designation_id, outcome, party, household_reason, cancel_reason)
    designation = territory.get(DESIGNATIONS, designation_id)
    if designation is not None:
        yield from fill(heard, territory, designation.vacancy)
        yield from find_place(heard, territory, designation.request)


def _ended(
    heard: Heard[Message],
    designation_id: str,
    designation: Designation,
    outcome: DesignationOutcome,
    party: Party,
    cancel_reason: CancelReason | None,
    withdrawal: Withdrawal | None,
) -> Send:
    fact = DesignationEnded(
        **_parties(designation_id, designation),
        outcome=outcome,
        party=party,
        structure_reason=designation.refusal_reason,
        household_reason=designation.declined,
        at=heard.now,
        cancel_reason=cancel_reason,
        withdrawal=withdrawal,
    )
    return publish(DESIGNATIONS_TOPIC, designation.siao, fact)
