"""The ledger's own counts, in ménages and in personnes, beside reporting's indicators.

Each thing counted happened between two instants: its sending and its answer, or one instant that the SIAO told. A
period's count is right when it lies between what surely and what possibly happened in it; once everything is quiet
the two are the same number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts import answers
from contracts.alerts import LegalClockApproaching, LegalOfferMade
from contracts.codes import DesignationOutcome, ExitGroup
from contracts.notices import LegalClockAlert
from contracts.topics import Role
from deploy.demo.ledger.answers import Act
from deploy.demo.ledger.history import Case, History, PlaceKey, is_complete
from deploy.demo.ledger.record import Finding

CHECK: Final = "indicateurs"
ALL: Final = "all"
STOCKS: Final = frozenset({"waiting", "ready", "hosted"})
# A day of the indicators is a day in France.
FRANCE: Final = ZoneInfo("Europe/Paris")
NO_DELAY: Final = timedelta()

_ENDED: Final = {
    DesignationOutcome.REFUSED: "designations_refused",
    DesignationOutcome.DECLINED: "designations_declined",
    DesignationOutcome.NO_SHOW: "designations_no_show",
    DesignationOutcome.EXPIRED: "designations_expired",
    DesignationOutcome.WITHDRAWN: "designations_withdrawn",
    DesignationOutcome.CANCELLED: "designations_cancelled",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something happened between these two instants."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """One thing that an indicator counts. offer_type None: on the total line only. `ended`: of a stock, once it is."""

    indicator: str
    offer_type: str | None
    persons: int
    began: Moment
    ended: Moment | None = None

    def surely(self, start: datetime, end: datetime) -> bool:
        """It counts for this period, whatever the SIAO's pace."""
        if self.indicator in STOCKS:
            return self.began.last < end and (self.ended is None or self.ended.first >= end)
        return start <= self.began.first and self.began.last < end

    def possibly(self, start: datetime, end: datetime) -> bool:
        """It may count for this period."""
        if self.indicator in STOCKS:
            return self.began.first < end and (self.ended is None or self.ended.last >= end)
        return self.began.last >= start and self.began.first < end


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and most households, and persons, that may be counted."""

    households: tuple[int, int]
    persons: tuple[int, int]


def disagreements(history: History, rows: Iterable[dict[str, Any]], since: date, until: date) -> list[Finding]:
    """Indicators of a period (business days, `until` excluded) that are not the ledger's."""
    said = {(row["indicator"], row["offer_type"]): (row["households"], row["persons"]) for row in rows}
    found = []
    for (indicator, offer_type), bounds in sorted(expected(history, since, until).items()):
        households, persons = said.get((indicator, offer_type), (0, 0))
        for unit, got, (least, most) in (
            ("ménages", households, bounds.households),
            ("personnes", persons, bounds.persons),
        ):
            if not least <= got <= most:
                wanted = str(least) if least == most else f"{least} à {most}"
                text = f"{indicator} ({offer_type}) : {got} {unit}, le registre en compte {wanted}"
                found.append(Finding(CHECK, text, "not the ledger's count"))
    return found


def expected(history: History, since: date, until: date) -> dict[tuple[str, str], Bounds]:
    """The bounds of each indicator and type of offer, and of the total."""
    start, end = _midnight(since), _midnight(until)
    tallies: dict[tuple[str, str], list[int]] = {}
    for thing in _things(history):
        counts = (thing.surely(start, end), thing.possibly(start, end))
        for offer_type in {ALL, thing.offer_type or ALL}:
            tally = tallies.setdefault((thing.indicator, offer_type), [0, 0, 0, 0])
            for index, counted in enumerate(counts):
                tally[index] += counted
                tally[2 + index] += counted * thing.persons
    return {key: Bounds((t[0], t[1]), (t[2], t[3])) for key, t in tallies.items()}


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=FRANCE)


def _of(indicator: str, offer_type: str | None, persons: int, act: Act, later: timedelta = NO_DELAY) -> Counted:
    """Something that the SIAO recorded between a sending and its answer, or `later` by another service."""
    return Counted(indicator, offer_type, persons, _moment(act, later))


def _moment(act: Act, later: timedelta = NO_DELAY) -> Moment:
    answered = act.answer.at if act.answer else act.delivery.sent_at
    return Moment(act.delivery.sent_at, answered + later)


def _at(indicator: str, offer_type: str, persons: int, when: datetime) -> Counted:
    return Counted(indicator, offer_type, persons, Moment(when, when))


def _things(history: History) -> Iterator[Counted]:
    for case_ in history.cases.values():
        yield from _of_request(case_)
        yield from _of_stay(history, case_)
        yield from _of_readiness(history, case_)
        yield from _waiting(history, case_)
    yield from _of_designations(history)
    yield from _of_vacancies(history)
    yield from _of_legal_days(history)


def _of_request(case_: Case) -> Iterator[Counted]:
    if not case_.versions:
        return
    first, persons, asked = case_.versions[0], len(case_.members), case_.request.recommended[0].value
    yield _of("requests_registered", asked, persons, first)
    if not is_complete(first):
        yield _of("requests_incomplete", asked, persons, first)
    for act in case_.cancelled:
        if act.taken:
            yield _of("requests_cancelled", None, persons, act)
    for act in case_.decided:
        if act.taken:
            yield _of("rights_recognised", None, persons, act)


def _waiting(history: History, case_: Case) -> Iterator[Counted]:
    """From the first complete version to the cancellation or the admission."""
    begun = next((act for act in case_.versions if is_complete(act)), None)
    if begun is None:
        return
    ends = [_moment(act) for act in case_.cancelled if act.taken]
    ends += [_moment(d.admitted, history.slack) for d in case_.designations if d.admitted]
    ended = min(ends, key=lambda moment: moment.first, default=None)
    asked = case_.request.recommended[0].value
    yield Counted("waiting", asked, len(case_.members), _moment(begun), ended)


def _of_stay(history: History, case_: Case) -> Iterator[Counted]:
    if case_.admission is None:
        return
    admission, place = case_.admission
    offer_type, persons = _offer(history, place), len(case_.members)
    if case_.hosted is not None:
        yield _of("direct_stays", offer_type, persons, case_.hosted)
    departures = [act for act in case_.departures if act.taken]
    ended = _moment(departures[0], history.slack) if departures else None
    yield Counted("hosted", offer_type, persons, _moment(admission), ended)
    for act in departures:
        yield _of("departures", offer_type, persons, act, history.slack)
        yield _of("vacancies_opened", offer_type, capacity(history, place), act, history.slack)
        message = act.delivery.message
        if not isinstance(message, answers.HouseholdLeft) or message.destination.group is ExitGroup.ORDINARY:
            yield _of("departures_to_ordinary_housing", offer_type, persons, act, history.slack)


def _of_readiness(history: History, case_: Case) -> Iterator[Counted]:
    ends = [act for act in (*case_.withdrawn, *case_.departures) if act.taken]
    ended = min((_moment(act, history.slack) for act in ends), key=lambda moment: moment.first, default=None)
    for act in case_.declared:
        if act.taken:
            yield _of("ready_declared", None, len(case_.members), act)
            yield Counted("ready", None, len(case_.members), _moment(act), ended)
    for act in case_.rehoused:
        if act.taken:
            yield _of("rehoused", None, len(case_.members), act)


def _of_designations(history: History) -> Iterator[Counted]:
    for designation in history.designations.values():
        offer_type, persons = _offer(history, designation.place), len(designation.told.members)
        yield _at("designations_made", offer_type, persons, designation.told.made_at)
        for act in designation.taken(answers.DesignationRefused):
            yield _of("refusals_submitted", offer_type, persons, act)
        if designation.admitted is not None:
            yield _of("designations_admitted", offer_type, persons, designation.admitted)
        for notice in designation.closed:
            message = notice.message
            if message.outcome in _ENDED:
                yield _at(_ENDED[message.outcome], offer_type, persons, message.at)
            if message.outcome is DesignationOutcome.EXPIRED:
                yield _at(f"designations_expired_{message.party.value}", offer_type, persons, message.at)


def _of_vacancies(history: History) -> Iterator[Counted]:
    for indicator, places in (("vacancies_opened", history.published), ("vacancies_withdrawn", history.withdrawn)):
        for place, acts in places.items():
            for act in acts:
                yield _of(indicator, _offer(history, place), capacity(history, place), act)


def _of_legal_days(history: History) -> Iterator[Counted]:
    """Each alert and offer once, as the operator heard it; an alert was recorded after its day began."""
    operators = set(history.of_role(Role.OPERATOR))
    for notice in history.ledger.notices:
        case_ = history.cases.get(getattr(notice.message, "household", ""))
        if notice.partner not in operators or case_ is None or not case_.versions:
            continue
        message, persons = notice.message, len(case_.members)
        match message:
            case LegalClockAlert():
                due = datetime.combine(message.due_on, time(), UTC)
                moment = Moment(max(due, case_.versions[0].delivery.sent_at), notice.at)
                yield Counted("legal_clocks_missed", None, persons, moment)
            case LegalClockApproaching():
                yield Counted("legal_deadlines_near", None, persons, Moment(notice.at - history.slack, notice.at))
            # Another service tells the structure: it may not have heard of the designation yet.
            case LegalOfferMade() if designation := history.designations.get(message.designation):
                offer_type = _offer(history, designation.place)
                indicator = "legal_offers_in_time" if message.in_time else "legal_offers_late"
                yield _at(indicator, offer_type, persons, message.made_at)


def _offer(history: History, place: PlaceKey) -> str:
    return history.structures[place[0], place[1]].offer_type.value


def capacity(history: History, place: PlaceKey) -> int:
    """Persons that the place can take."""
    return next(p.capacity for p in history.structures[place[0], place[1]].places if p.place_id == place[2])
