"""The simulator's own view of business time, from the same three numbers that the services get."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class BusinessClock:
    """Shows `origin` at the real instant `started`, then runs `rate` times as fast."""

    origin: datetime
    started: datetime
    rate: float

    def now(self) -> datetime:
        """Business time."""
        return self.origin + (datetime.now(UTC) - self.started) * self.rate

    def seconds_until(self, when: datetime) -> float:
        """Real seconds until this business time; negative once it has passed."""
        return (when - self.now()).total_seconds() / self.rate

    def during(self, real_seconds: float) -> timedelta:
        """Business time that passes in so many real seconds."""
        return timedelta(seconds=real_seconds * self.rate)

    def next_midnight(self) -> datetime:
        """The next business midnight, in UTC."""
        day = self.now().replace(hour=0, minute=0, second=0, microsecond=0)
        return day + timedelta(days=1)

    def environment(self) -> dict[str, str]:
        """The same clock, for the services."""
        return {
            "SIAO_CLOCK_ORIGIN": self.origin.isoformat(),
            "SIAO_CLOCK_STARTED": self.started.isoformat(),
            "SIAO_CLOCK_RATE": repr(self.rate),
        }


def stopwatch() -> float:
    """Real seconds, for latencies."""
    return time.monotonic()
