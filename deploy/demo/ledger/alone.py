"""Nothing double: no place and no household with two live designations or stays at once."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

from deploy.demo.ledger.history import Case, Designation, History, PlaceKey
from deploy.demo.ledger.record import Finding

CHECK = "doublons"
_NEVER = datetime.max.replace(tzinfo=UTC)

# (start, end, id); a stay begins with its designation.
Span = tuple[datetime, datetime, str]


def alone(history: History) -> list[Finding]:
    """Places and households that have two things at once."""
    places: dict[PlaceKey, list[Span]] = defaultdict(list)
    households: dict[str, list[Span]] = defaultdict(list)
    for designation in history.designations.values():
        span = _span(designation, history.cases[designation.told.household])
        places[designation.place].append(span)
        households[designation.told.household].append(span)
    for case_ in history.cases.values():
        if case_.hosted is not None and case_.admission is not None:
            span = (case_.hosted.delivery.sent_at, _left_at(case_), case_.household)
            places[case_.admission[1]].append(span)
            households[case_.household].append(span)
    found = [_finding(f"place {'/'.join(key)}", pair) for key, spans in places.items() for pair in _overlaps(spans)]
    return found + [_finding(f"ménage {key}", pair) for key, spans in households.items() for pair in _overlaps(spans)]


def _span(designation: Designation, case_: Case) -> Span:
    told = designation.told
    if designation.admitted is not None:
        return told.made_at, _left_at(case_), told.designation
    return told.made_at, designation.closed_at or _NEVER, told.designation


def _left_at(case_: Case) -> datetime:
    """The earliest moment at which its stay can have ended: when the first departure was sent."""
    return min((act.delivery.sent_at for act in case_.departures if act.taken), default=_NEVER)


def _overlaps(spans: list[Span]) -> Iterator[tuple[Span, Span]]:
    for first, second in pairwise(sorted(spans)):
        if second[0] < first[1]:
            yield first, second


def _finding(what: str, pair: tuple[Span, Span]) -> Finding:
    first, second = pair
    return Finding(CHECK, f"{what} : {second[2]} commence avant la fin de {first[2]}", "two live at once")
