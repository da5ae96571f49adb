"""What the offer brings: structures with their rules, vacancies that open and close."""

from contracts.codes import DesignationOutcome, Party
from contracts.offers import StructureRegistered, VacancyClosed, VacancyOpened
from services.chassis.fold import Effects, Heard, Put, no_keys
from services.orientation.domain.model import Structure, Vacancy
from services.orientation.handlers.designating import end, fill, find_place
from services.orientation.handlers.folds import CORE
from services.orientation.store import DESIGNATIONS, STRUCTURES, VACANCIES
from services.orientation.territory import Territory


@CORE.on(StructureRegistered, keys=no_keys)
def register_structure(heard: Heard[StructureRegistered], territory: Territory) -> Effects:
    """A structure's rules may have changed: its unfilled vacancies are looked at again."""
    event = heard.event
    yield Put(
        STRUCTURES,
        event.structure,
        Structure(
            siao=event.siao,
            partner=event.partner,
            offer_type=event.offer_type,
            commune=event.commune,
            place_ids=event.place_ids,
            rules_version=event.rules_version,
            rules=event.rules,
        ),
    )
    for vacancy in territory.unfilled_of(event.structure):
        yield from fill(heard, territory, vacancy)


@CORE.on(VacancyOpened, keys=no_keys)
def open_vacancy(heard: Heard[VacancyOpened], territory: Territory) -> Effects:
    """A place is vacant: a household is designated at once (régime direct)."""
    event = heard.event
    yield Put(
        VACANCIES,
        event.vacancy,
        Vacancy(
            siao=event.siao,
            place=event.place,
            structure=event.structure,
            partner=event.partner,
            offer_type=event.offer_type,
            commune=event.commune,
            capacity=event.capacity,
            accessible=event.accessible,
            opened_at=event.opened_at,
        ),
    )
    yield from fill(heard, territory, event.vacancy)


@CORE.on(VacancyClosed, keys=no_keys)
def close_vacancy(heard: Heard[VacancyClosed], territory: Territory) -> Effects:
    """A vacancy is no more; a designation under way ends with it and its household waits again."""
    vacancy_id = heard.event.vacancy
    vacancy = territory.get(VACANCIES, vacancy_id)
    if vacancy is None:
        return
    yield Put(VACANCIES, vacancy_id, vacancy.model_copy(update={"live": False}))
    if vacancy.designation is None:
        return
    yield from end(heard, territory, vacancy.designation, DesignationOutcome.WITHDRAWN, Party.STRUCTURE)
    designation = territory.get(DESIGNATIONS, vacancy.designation)
    if designation is not None:
        yield from find_place(heard, territory, designation.request)
