"""To whom a designation may go: the hard rules, the right people, never the same household for the same vacancy."""

from collections import defaultdict
from collections.abc import Iterable

from contracts.notices import Identity
from contracts.requests import Member
from contracts.vacancies import Place, StructureDescribed
from deploy.demo.ledger.cooling import too_soon
from deploy.demo.ledger.eligibility import broken_rules
from deploy.demo.ledger.history import Case, Designation, History, PlaceKey
from deploy.demo.ledger.record import Finding

CHECK = "désignations"


def lawful(history: History) -> list[Finding]:
    """Designations that break a rule, show the wrong people, or come back to a household already tried."""
    found = []
    for designation in history.designations.values():
        case_ = history.cases[designation.told.household]
        if not case_.versions:
            found.append(fault(designation, "ménage sans demande", "a household without a request"))
            continue
        broken = _broken(history, case_, designation)
        if broken:
            found.append(fault(designation, f"règles non respectées : {', '.join(broken)}", "hard rules broken"))
        if _people(case_.members) != _people(designation.told.members):
            found.append(fault(designation, "personnes différentes de la demande", "not the people of the request"))
    return [*found, *_same_again(history), *too_soon(history)]


def _broken(history: History, case_: Case, designation: Designation) -> list[str]:
    partner, structure_id, place_id = designation.place
    structure = history.structures.get((partner, structure_id))
    place = next((p for p in structure.places if p.place_id == place_id), None) if structure else None
    return ["place"] if structure is None or place is None else rules_broken_by(case_, structure, place)


def rules_broken_by(case_: Case, structure: StructureDescribed, place: Place) -> list[str]:
    """The hard rules that forbid this household this place; ages count on the day of the request, or first told."""
    request = case_.request
    sent = case_.versions[0].delivery.sent_at.date()
    days = (sent, request.first_received_on) if request.first_received_on else (sent,)
    return broken_rules(request, structure, place, days)


def _people(members: Iterable[Member | Identity]) -> list[tuple[str, str, str]]:
    return sorted((m.family_name, m.given_name, m.birth_date.isoformat()) for m in members)


def _same_again(history: History) -> list[Finding]:
    """A vacancy lasts until an admission or its withdrawal; until then nobody is designated to it twice."""
    found = []
    for place, designations in by_place(history).items():
        tried: dict[str, Designation] = {}
        for designation in designations:
            before = tried.get(designation.told.household)
            if before is not None and not _taken_back(history, place, before, designation):
                found.append(fault(designation, "même ménage désigné à nouveau", "the same household again"))
            tried[designation.told.household] = designation
            if designation.admitted:
                tried = {}
    return found


def _taken_back(history: History, place: PlaceKey, first: Designation, second: Designation) -> bool:
    """Whether the vacancy was taken back, hence another one published, between two designations."""
    return any(
        first.told.made_at - history.slack <= act.delivery.sent_at <= second.told.made_at
        for act in history.withdrawn[place]
    )


def by_place(history: History) -> dict[PlaceKey, list[Designation]]:
    """Designations of each place, in the order they were made."""
    places = defaultdict(list)
    for designation in sorted(history.designations.values(), key=lambda d: d.told.made_at):
        places[designation.place].append(designation)
    return places


def fault(designation: Designation, french: str, english: str) -> Finding:
    """A fault of one designation."""
    return Finding(CHECK, f"désignation {designation.told.designation} : {french}", english)
