"""Each bailleur's copy of the list of ready households is exactly the set it is entitled to."""

from datetime import datetime

from contracts.notices import Identity, ReadyHousehold
from contracts.requests import HouseholdDeclaredReady, Member
from contracts.topics import READY_HOUSEHOLDS
from deploy.demo.ledger.history import Case, History
from deploy.demo.ledger.record import Finding

CHECK = "ménages prêts"


def copies_right(history: History) -> list[Finding]:
    """Households missing from a copy, or too many in it, or shown wrongly."""
    found = []
    ready = {case_.household: case_ for case_ in history.cases.values() if is_ready(case_)}
    for partner in history.of_role(*READY_HOUSEHOLDS.roles):
        copy = history.ledger.copies[partner]
        entitled = {household for household, case_ in ready.items() if entitled_to(history, partner, declared(case_))}
        found += [_fault(partner, household, "manque", "missing") for household in sorted(entitled - set(copy))]
        found += [_fault(partner, household, "de trop", "not entitled") for household in sorted(set(copy) - entitled)]
        found += [
            _fault(partner, household, "inexact", "shown wrongly")
            for household in sorted(entitled & set(copy))
            if not _shown_right(ready[household], copy[household])
        ]
    return found


def is_ready(case_: Case) -> bool:
    """On the list at the end: declared, then neither taken back nor gone."""
    return readiness_ended_at(case_) is None and any(act.taken for act in case_.declared)


def readiness_ended_at(case_: Case) -> datetime | None:
    """When its readiness ended, as its partners know: None when it never did."""
    ends = [act for act in (*case_.withdrawn, *case_.departures) if act.taken]
    return min((act.delivery.sent_at for act in ends), default=None)


def declared(case_: Case) -> HouseholdDeclaredReady:
    """The declaration that was taken. StopIteration when there is none."""
    messages = (act.delivery.message for act in reversed(case_.declared) if act.taken)
    return next(message for message in messages if isinstance(message, HouseholdDeclaredReady))


def entitled_to(history: History, partner: str, told: HouseholdDeclaredReady) -> bool:
    """Whether this partner works where the household would live."""
    where = history.ledger.partners[partner].communes
    return not where or not told.communes or bool(set(where) & set(told.communes))


def _shown_right(case_: Case, shown: ReadyHousehold) -> bool:
    told = declared(case_)
    return (
        _people(shown.members) == _people(case_.members)
        and shown.persons == len(case_.members)
        and shown.rooms == told.rooms
        and shown.social_housing_number == told.social_housing_number
        and set(shown.communes) == set(told.communes)
    )


def _people(members: tuple[Member, ...] | tuple[Identity, ...]) -> list[tuple[str, str, str]]:
    return sorted((m.family_name, m.given_name, m.birth_date.isoformat()) for m in members)


def _fault(partner: str, household: str, french: str, english: str) -> Finding:
    return Finding(CHECK, f"copie de {partner} : ménage {household} {french}", english)
