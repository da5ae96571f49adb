"""What a fact makes of a state: the same when it is heard and when the log is replayed."""

from contracts.households import HouseholdWaiting
from contracts.law import REFRESH_PERIOD
from contracts.offers import PlaceRegistered, StructureRegistered, VacancyExpected, VacancyOpened
from services.orientation.domain.model import Structure, Vacancy, Waiting


def structure_of(event: StructureRegistered) -> Structure:
    """A structure with the rules in force. A fact of the first contract says no more than those."""
    projet = event.projet
    return Structure(
        siao=event.siao,
        partner=event.partner,
        offer_type=event.offer_type,
        commune=event.commune,
        place_ids=event.place_ids,
        rules_version=event.rules_version,
        rules=event.rules if projet is None else projet.rules,
        approved=None if projet is None else projet.approved_by is not None,
        to_come=event.to_come,
        landlords={place.place_id: place.landlord for place in event.places if place.landlord is not None},
    )


def vacancy_of(event: VacancyOpened | VacancyExpected) -> Vacancy:
    """A vacancy that opens, or is announced."""
    return Vacancy(
        siao=event.siao,
        place=event.place,
        structure=event.structure,
        partner=event.partner,
        offer_type=event.offer_type,
        commune=event.commune,
        capacity=event.capacity,
        accessible=event.accessible,
        public=event.public,
        opened_at=event.at if isinstance(event, VacancyExpected) else event.opened_at,
        expected_on=event.expected_on if isinstance(event, VacancyExpected) else None,
    )


def as_described(vacancy: Vacancy, structure: Structure, place: PlaceRegistered) -> Vacancy:
    """The vacancy of a place as it is now described."""
    return vacancy.model_copy(
        update={
            "offer_type": structure.offer_type,
            "commune": structure.commune,
            "capacity": place.capacity,
            "accessible": place.accessible,
            "public": place.public,
        }
    )


def waiting_of(event: HouseholdWaiting, known: Waiting | None) -> Waiting | None:
    """A household that waits, or whose request was amended; None when the request does not wait any more.

    It was admitted or closed; or it is to be sent again, and this was sent before that was known. A fact sent before a
    refusal was judged does not give the seniority back.
    """
    if known is not None and not known.live and not (known.to_update and event.restarts >= known.restarts):
        return None
    behind = known is not None and event.restarts < known.restarts
    return Waiting(
        siao=event.siao,
        household=event.household,
        prescriber=event.prescriber,
        facts=event.facts,
        qualified=event.qualified,
        communes=event.communes,
        since=known.since if known is not None and behind else event.since,
        legal_clock=event.legal_clock,
        designation=known.designation if known else None,
        restarts=known.restarts if known is not None and behind else event.restarts,
        evaluated_on=event.evaluated_on,
        refresh_due_on=event.confirmed_on and REFRESH_PERIOD.after(event.confirmed_on, event.siao),
        holds=known.holds if known else (),
    )


def set_aside_of(known: Waiting | None) -> Waiting | None:
    """A household whose request was adjourned, or not refreshed in time; None when that changes nothing."""
    if known is None or not known.live or known.designation is not None:
        return None
    return known.model_copy(update={"live": False, "to_update": True})
