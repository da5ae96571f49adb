"""Where a vacancy becomes a designation, and a designation ends. Every designation carries its proof."""

from datetime import datetime, timedelta
from typing import Final

from contracts.codes import DesignationOutcome, DesignationState, HouseholdRefusal, Party
from contracts.designations import DesignationEnded, DesignationMade, Proof, VacancyUnmatched
from contracts.event import Message, derived_id
from contracts.offers import VacancyOpened
from contracts.received import DeadlineReached
from contracts.topics import ANSWERS
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from services.chassis.fold import Effects, Forget, Heard, Later, Measure, Put, Send, publish
from services.orientation.domain.model import DeadlineKind, Designation, Structure, Vacancy
from services.orientation.domain.waiting_lists import Choice
from services.orientation.figures import VACANCY_TO_DESIGNATION
from services.orientation.store import DESIGNATIONS, STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory

# Assumptions, no source gives them for a SIAO: reminder after 7 days (a value seen in boston-cas), expiry after 10
# (the calibration's "silence beyond 10 days").
REMIND_AFTER: Final = timedelta(days=7)
EXPIRE_AFTER: Final = timedelta(days=10)


def fill(heard: Heard[Message], territory: Territory, vacancy_id: str) -> Effects:
    """Designate the first household in order that may live there; when there is none, say why."""
    vacancy = territory.get(VACANCIES, vacancy_id)
    structure = territory.get(STRUCTURES, vacancy.structure) if vacancy else None
    if vacancy is None or structure is None or not vacancy.live or vacancy.designation is not None:
        return
    if territory.household_at(vacancy.place) is not None:
        # Its structure has admitted somebody directly: offers, which will close the vacancy, has not heard of it yet.
        return
    choice = territory.lists.choose(vacancy, structure.rules)
    if choice.request is not None:
        yield from _designate(heard, territory, (vacancy_id, vacancy), structure, choice)
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


def _designate(
    heard: Heard[Message], territory: Territory, place: tuple[str, Vacancy], structure: Structure, choice: Choice
) -> Effects:
    vacancy_id, vacancy = place
    request = str(choice.request)
    waiting = territory.get(WAITING, request)
    if waiting is None:
        raise LookupError("a household on a list is always known")
    designation_id = derived_id("designation", vacancy_id, request, heard.envelope.source, heard.envelope.id)
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
        made_at=heard.now,
        answer_due_at=heard.now + EXPIRE_AFTER,
    )
    proof = Proof(
        criteria_version=territory.criteria.version,
        criteria=territory.criteria.criteria,
        rules_version=structure.rules_version,
        rank=choice.rank,
        considered=choice.considered,
        passed_over=choice.passed_over,
        seen=dict(territory.seen),
    )
    yield Put(DESIGNATIONS, designation_id, designation)
    yield Put(WAITING, request, waiting.model_copy(update={"designation": designation_id}))
    yield Put(VACANCIES, vacancy_id, vacancy.model_copy(update={"designation": designation_id}))
    yield publish(DESIGNATIONS_TOPIC, vacancy.siao, _made(designation_id, designation, proof))
    yield from deadlines(designation_id, designation.siao, heard.now)
    yield from _measured(heard, vacancy)


def _measured(heard: Heard[Message], vacancy: Vacancy) -> Effects:
    """How long a vacancy waited for its first designation; one that somebody has declined or refused did not wait."""
    if not vacancy.barred:
        when = "opening" if isinstance(heard.event, VacancyOpened) else "later"
        waited = (heard.now - vacancy.opened_at).total_seconds()
        yield Measure(VACANCY_TO_DESIGNATION, (vacancy.siao, when), max(0.0, waited))


def _made(designation_id: str, designation: Designation, proof: Proof) -> DesignationMade:
    return DesignationMade(
        siao=designation.siao,
        designation=designation_id,
        vacancy=designation.vacancy,
        place=designation.place,
        structure=designation.structure,
        partner=designation.partner,
        offer_type=designation.offer_type,
        household=designation.household,
        request=designation.request,
        prescriber=designation.prescriber,
        persons=designation.persons,
        made_at=designation.made_at,
        answer_due_at=designation.answer_due_at,
        proof=proof,
    )


def deadlines(designation_id: str, siao: str, start: datetime) -> Effects:
    """Silence is reminded, then expires."""
    yield later("remind", designation_id, siao, start + REMIND_AFTER)
    yield later("expire", designation_id, siao, start + EXPIRE_AFTER)


def later(kind: DeadlineKind, subject: str, siao: str, due_at: datetime) -> Later:
    """A deadline of this territory."""
    fact = DeadlineReached(siao=siao, kind=kind, subject=subject, due_at=due_at)
    return Later(f"{kind}:{subject}", due_at, publish(ANSWERS, siao, fact))


def forget_deadlines(designation_id: str) -> Effects:
    """Neither reminder nor expiry any more."""
    yield Forget(f"remind:{designation_id}")
    yield Forget(f"expire:{designation_id}")


def end(
    heard: Heard[Message],
    territory: Territory,
    designation_id: str,
    outcome: DesignationOutcome,
    party: Party,
    household_reason: HouseholdRefusal | None = None,
) -> Effects:
    """End a designation. The household waits again, with its seniority, but not for this vacancy.

    What becomes of the vacancy and of the household next is the caller's to say: see `end_and_go_on`.
    """
    designation = territory.get(DESIGNATIONS, designation_id)
    if designation is None:
        raise LookupError("a designation that ends is always known")
    yield Put(
        DESIGNATIONS, designation_id, designation.model_copy(update={"live": False, "state": DesignationState.ENDED})
    )
    yield from forget_deadlines(designation_id)
    vacancy, waiting = territory.get(VACANCIES, designation.vacancy), territory.get(WAITING, designation.request)
    if vacancy is not None:
        barred = (*vacancy.barred, designation.request)
        yield Put(VACANCIES, designation.vacancy, vacancy.model_copy(update={"designation": None, "barred": barred}))
    if waiting is not None:
        yield Put(WAITING, designation.request, waiting.model_copy(update={"designation": None}))
    yield _ended(heard, designation_id, designation, outcome, party, household_reason)


def end_and_go_on(
    heard: Heard[Message],
    territory: Territory,
    designation_id: str,
    outcome: DesignationOutcome,
    party: Party,
    household_reason: HouseholdRefusal | None = None,
) -> Effects:
    """End a designation, designate the place anew, and look for another place for the household."""
    yield from end(heard, territory, designation_id, outcome, party, household_reason)
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
    household_reason: HouseholdRefusal | None,
) -> Send:
    fact = DesignationEnded(
        siao=designation.siao,
        designation=designation_id,
        vacancy=designation.vacancy,
        place=designation.place,
        structure=designation.structure,
        partner=designation.partner,
        offer_type=designation.offer_type,
        household=designation.household,
        request=designation.request,
        prescriber=designation.prescriber,
        persons=designation.persons,
        outcome=outcome,
        party=party,
        structure_reason=designation.refusal_reason,
        household_reason=household_reason,
        at=heard.now,
    )
    return publish(DESIGNATIONS_TOPIC, designation.siao, fact)
