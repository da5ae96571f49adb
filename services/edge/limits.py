"""How much one partner may ask, so that it takes nothing from the others; kept in memory, lost at a start."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from services.edge import figures
from services.edge.refusals import Refused


@dataclass(slots=True)
class _Bucket:
    """A token bucket: what is left of the burst, when it was last looked at, and how many requests wait now."""

    left: float
    at: float
    waiting: int = 0


@dataclass(slots=True)
class Limits:
    """rate: requests a second in the long run; burst: at once; waits: that may wait at the same time; by partner."""

    rate: float
    burst: int
    waits: int
    now: Callable[[], float] = time.monotonic
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def take(self, partner: str) -> None:
        """Count one request. Raises Refused (`rate-exceeded`), with the seconds until one more is possible."""
        bucket, now = self._bucket(partner), self.now()
        bucket.left = min(float(self.burst), bucket.left + (now - bucket.at) * self.rate)
        bucket.at = now
        if bucket.left < 1:
            raise Refused("rate-exceeded", retry=(1 - bucket.left) / self.rate)
        bucket.left -= 1

    @contextmanager
    def waiting(self, partner: str, kind: str) -> Iterator[None]:
        """Around a request that waits. Raises Refused (`waits-exceeded`) when too many of this partner's do."""
        bucket = self._bucket(partner)
        if bucket.waiting >= self.waits:
            raise Refused("waits-exceeded", retry=1.0)
        bucket.waiting += 1
        gauge = figures.WAITING.labels(kind)
        gauge.inc()
        try:
            yield
        finally:
            bucket.waiting -= 1
            gauge.dec()

    def _bucket(self, partner: str) -> _Bucket:
        """Only partners that hold a token have one: there are never many."""
        return self._buckets.setdefault(partner, _Bucket(float(self.burst), self.now()))
