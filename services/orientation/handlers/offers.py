"""What the offer brings: structures with their rules, vacancies that are announced, open, change and close."""

from typing import Final

from contracts.codes import DesignationOutcome, Party
from contracts.event import Message
from contracts.offers import (
    ProjetRegistered,
    StructureRegistered,
    VacancyClosed,
    VacancyExpected,
    VacancyOpened,
)
from contracts.place_codes import Withdrawal
from contracts.received import DeadlineReached
from services.chassis.clock import day_of, start_of
from services.chassis.fold import Effects, Forget, Heard, Put, no_keys
from services.orientation.domain.becoming import as_described, structure_of, vacancy_of
from services.orientation.domain.model import Structure, Vacancy
from services.orientation.domain.rules import no_longer_fits
from services.orientation.handlers.designating import end, fill, find_place
from services.orientation.handlers.folds import CORE
from services.orientation.handlers.timing import later
from services.orientation.store import DESIGNATIONS, STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory

_WITHDRAWALS: Final = {withdrawal.value: withdrawal for withdrawal in Withdrawal}


@CORE.on(StructureRegistered, keys=no_keys)
def register_structure(heard: Heard[StructureRegistered], territory: Territory) -> Effects:
    """A structure's places or rules may have changed: its vacancies follow, and are looked at again."""
    event = heard.event
    structure = structure_of(event)
    yield Put(STRUCTURES, event.structure, structure)
    yield from _watch_projets(event.structure, structure)
    freed = list[str]()
    described = {f"{event.structure}/{place.place_id}": place for place in event.places}
    for vacancy_id in territory.vacancies_of(event.structure):
        vacancy = territory.get(VACANCIES, vacancy_id)
        place = described.get(vacancy.place) if vacancy else None
        if vacancy is not None and place is not None:
            yield from _follow(heard, territory, (vacancy_id, as_described(vacancy, structure, place)), freed)
    yield from _look_again(heard, territory, event.structure, freed)


def _follow(heard: Heard[Message], territory: Territory, now: tuple[str, Vacancy], freed: list[str]) -> Effects:
    """A vacancy changes with its place. A designation under way stands unless the place no longer fits: see `freed`."""
    vacancy_id, vacancy = now
    if vacancy == territory.get(VACANCIES, vacancy_id):
        return
    yield Put(VACANCIES, vacancy_id, vacancy)
    designation = territory.get(DESIGNATIONS, vacancy.designation) if vacancy.designation else None
    waiting = territory.get(WAITING, designation.request) if designation else None
    if designation is None or waiting is None or not no_longer_fits(waiting, vacancy):
        return
    yield from _withdraw(heard, territory, str(vacancy.designation), Withdrawal.NO_LONGER_FITS)
    freed.append(designation.request)


def _look_again(heard: Heard[Message], territory: Territory, structure: str, freed: list[str]) -> Effects:
    """Rules or places have changed: vacancies that nobody was found for, and households that have lost their place."""
    for vacancy in territory.unfilled_of(structure):
        yield from fill(heard, territory, vacancy)
    for request in freed:
        yield from find_place(heard, territory, request)


def _watch_projets(key: str, structure: Structure) -> Effects:
    """The next version of the projet begins on its day."""
    if not structure.to_come:
        yield Forget(f"projet:{key}")
        return
    yield later("projet", key, structure.siao, start_of(structure.to_come[0].effective_from))


def begin_projet(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """The day of a version has come: its rules are in force. Designations made under the one before stand."""
    key = heard.event.subject
    structure = territory.get(STRUCTURES, key)
    begun = _begun(structure, heard) if structure else None
    if structure is None or begun is None:
        # It crossed a description that moved the day: the new one has its own deadline.
        return
    later_ones = tuple(projet for projet in structure.to_come if projet.version > begun.version)
    now = structure.model_copy(
        update={
            "rules_version": begun.version,
            "rules": begun.rules,
            "approved": begun.approved_by is not None,
            "to_come": later_ones,
        }
    )
    yield Put(STRUCTURES, key, now)
    yield from _watch_projets(key, now)
    yield from _look_again(heard, territory, key, [])


def _begun(structure: Structure, heard: Heard[DeadlineReached]) -> ProjetRegistered | None:
    """The highest version to come whose day this is, or was."""
    today = day_of(heard.event.due_at)
    begun = [projet for projet in structure.to_come if projet.effective_from <= today]
    return max(begun, key=lambda projet: projet.version, default=None)


@CORE.on(VacancyExpected, keys=no_keys)
def expect_vacancy(heard: Heard[VacancyExpected], territory: Territory) -> Effects:
    """A place will soon be vacant: known and shown, nobody is designated to it; or it will not be after all."""
    event = heard.event
    known = territory.get(VACANCIES, event.vacancy)
    if event.expected_on is None:
        if known is not None:
            yield Put(VACANCIES, event.vacancy, known.model_copy(update={"live": False}))
        return
    yield Put(VACANCIES, event.vacancy, vacancy_of(event))


@CORE.on(VacancyOpened, keys=no_keys)
def open_vacancy(heard: Heard[VacancyOpened], territory: Territory) -> Effects:
    """A place is vacant: a household is designated at once (régime direct)."""
    event = heard.event
    yield Put(VACANCIES, event.vacancy, vacancy_of(event))
    yield from fill(heard, territory, event.vacancy)


@CORE.on(VacancyClosed, keys=no_keys)
def close_vacancy(heard: Heard[VacancyClosed], territory: Territory) -> Effects:
    """A vacancy is no more; a designation under way ends with it, with the reason, and its household waits again."""
    vacancy_id = heard.event.vacancy
    vacancy = territory.get(VACANCIES, vacancy_id)
    if vacancy is None:
        return
    yield Put(VACANCIES, vacancy_id, vacancy.model_copy(update={"live": False}))
    if vacancy.designation is None:
        return
    yield from _withdraw(heard, territory, vacancy.designation, _WITHDRAWALS[heard.event.reason])
    designation = territory.get(DESIGNATIONS, vacancy.designation)
    if designation is not None:
        yield from find_place(heard, territory, designation.request)


def _withdraw(heard: Heard[Message], territory: Territory, designation: str, withdrawal: Withdrawal) -> Effects:
    """End a designation because of its place."""
    yield from end(heard, territory, designation, DesignationOutcome.WITHDRAWN, Party.STRUCTURE, withdrawal=withdrawal)
