"""Months, and which figures are to be told when: pure; it refuses to tell a month as over before it is, in Paris."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contracts.indicators import LIVE
from services.chassis.clock import day_of
from services.chassis.kept import Kept


class Month(Kept):
    """How many facts of a SIAO a month has: when it has more, its figures may be others. Key: `<siao>:<month>`."""

    siao: str
    month: str
    heard: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What was last told of a period: how many facts it was computed from, when, and whether as over."""

    heard: int
    at: datetime
    final: bool


@dataclass(frozen=True, slots=True)
class Period:
    """Figures to compute: [since, until), from so many facts."""

    name: str
    since: date
    until: date
    final: bool
    heard: int


def month_of(instant: datetime) -> str:
    """The month that it is in France: 2026-11."""
    return day_of(instant).strftime("%Y-%m")


def month_key(siao: str, instant: datetime) -> str:
    """The key of the month of a fact."""
    return f"{siao}:{month_of(instant)}"


def due(heard: Mapping[str, int], told: Mapping[str, Told], now: datetime, pace: timedelta) -> list[Period]:
    """What is to be told of one SIAO now: what is true first, then the months from the newest on.

    heard: facts by month. A period is told again when a fact was heard that may change it (a stock is changed by a fact
    of any month before), at most once a pace; what goes on is told at least once a day; a month that is over, as over
    at once.
    """

    def stale(period: Period) -> bool:
        before = told.get(period.name)
        if before is None or (period.final and not before.final):
            return True
        another_day = not period.final and day_of(before.at) != day_of(now)
        return another_day or (before.heard != period.heard and now - before.at >= pace)

    return [period for period in _periods(heard, day_of(now)) if stale(period)]


def _periods(heard: Mapping[str, int], today: date) -> Iterator[Period]:
    """All that can be told of these facts: nothing where there are none."""
    if not heard:
        return
    first, month = min(heard), today.replace(day=1)
    yield Period(LIVE, today, today + timedelta(days=1), final=False, heard=sum(heard.values()))
    until = (month + timedelta(days=32)).replace(day=1)
    while (name := f"{month:%Y-%m}") >= first:
        facts = sum(count for other, count in heard.items() if other <= name)
        yield Period(name, month, until, final=until <= today, heard=facts)
        until, month = month, (month - timedelta(days=1)).replace(day=1)
