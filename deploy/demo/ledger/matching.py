"""Nothing lost: no place stays vacant without a designation while a household that may have it waits."""

from collections import defaultdict
from datetime import datetime

from contracts.codes import OfferType
from deploy.demo.ledger.cooling import may_cool_off
from deploy.demo.ledger.history import Case, Designation, History, PlaceKey, is_complete
from deploy.demo.ledger.lawful import by_place, rules_broken_by
from deploy.demo.ledger.record import Finding

CHECK = "places sans désignation"


def matched(history: History, until: datetime) -> list[Finding]:
    """Vacant places that a waiting household could have, when everything is quiet (`until`, business time)."""
    lists = waiting_lists(history)
    found = []
    for place, tried in vacant_places(history, until).items():
        structure = history.structures[place[0], place[1]]
        unit = next(p for p in structure.places if p.place_id == place[2])
        for case_ in lists[structure.offer_type]:
            resting = may_cool_off(history, case_, place[:2], until)
            if case_.household not in tried and not resting and not rules_broken_by(case_, structure, unit):
                text = f"place {'/'.join(place)} vacante alors que le ménage {case_.household} peut l'avoir"
                found.append(Finding(CHECK, text, "a vacancy that a waiting household could have"))
                break
    return found


def waiting_lists(history: History) -> dict[OfferType, list[Case]]:
    """Households that wait for each type of offer, without a live designation."""
    lists = defaultdict(list)
    for case_ in history.cases.values():
        if waits(case_) and all(d.closed_at for d in case_.designations):
            for offer in case_.request.recommended:
                if isinstance(offer, OfferType):
                    lists[offer].append(case_)
    return lists


def waits(case_: Case) -> bool:
    """Asked, completely, and neither cancelled nor admitted."""
    if not case_.versions or any(act.taken for act in case_.cancelled) or case_.admission is not None:
        return False
    return is_complete(case_.versions[-1])


def vacant_places(history: History, until: datetime) -> dict[PlaceKey, set[str]]:
    """Places vacant without a live designation, and the households already tried since the last admission.

    A place whose last designation has just ended is left out: its next one may be under way.
    """
    found: dict[PlaceKey, set[str]] = {}
    designations = by_place(history)
    for place in opened(history):
        since_admission: list[Designation] = []
        for designation in designations.get(place, []):
            since_admission = [] if designation.admitted else [*since_admission, designation]
        ends = [designation.closed_at for designation in since_admission]
        if all(end is not None and end < until - history.patience for end in ends):
            found[place] = {designation.told.household for designation in since_admission}
    return found


def opened(history: History) -> set[PlaceKey]:
    """Places that are vacant, as their structures know: published or left, and not taken back or entered since."""
    events: dict[PlaceKey, list[tuple[datetime, bool]]] = defaultdict(list)
    for place, acts in history.published.items():
        events[place] += [(act.delivery.sent_at, True) for act in acts]
    for place, acts in history.withdrawn.items():
        events[place] += [(act.delivery.sent_at, False) for act in acts]
    for case_ in history.cases.values():
        if case_.admission is not None:
            act, place = case_.admission
            events[place].append((act.delivery.sent_at, False))
            events[place] += [(left.delivery.sent_at, True) for left in case_.departures if left.taken]
    return {place for place, changes in events.items() if sorted(changes)[-1][1]}
