"""Business time: the time that deadlines are counted in; real by default, accelerated for a simulation.

Latencies are never measured with it: they are real.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

Clock: TypeAlias = Callable[[], datetime]

# Ages, legal days and the observatory count days as people in France do.
PARIS: Final = ZoneInfo("Europe/Paris")


def real_time() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def day_of(instant: datetime) -> date:
    """The day that it is in France, whatever the server's zone."""
    return instant.astimezone(PARIS).date()


def start_of(day: date) -> datetime:
    """The instant at which a day begins in France."""
    return datetime.combine(day, time(), PARIS)


def end_of(day: date) -> datetime:
    """The instant at which a day is over in France: until then it is not."""
    return start_of(day + timedelta(days=1))


def accelerated(origin: datetime, started: datetime, rate: float, real: Clock = real_time) -> Clock:
    """A clock that shows `origin` at the real instant `started` and then runs `rate` times as fast."""

    def now() -> datetime:
        return origin + (real() - started) * rate

    return now


def clock_of(origin: datetime | None, started: datetime | None, rate: float) -> Clock:
    """The clock that settings ask for. Raises ValueError when an accelerated clock lacks its origin."""
    if origin is None and started is None and rate == 1.0:
        return real_time
    if origin is None or started is None:
        raise ValueError("an accelerated clock needs SIAO_CLOCK_ORIGIN and SIAO_CLOCK_STARTED")
    return accelerated(origin, started, rate)
