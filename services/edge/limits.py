"""How much one partner may ask, and how often one address may be wrong; kept in memory, lost at a start."""

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from services.edge import figures
from services.edge.refusals import Refused


@dataclass(slots=True)
class _Bucket:
    """A token bucket: what is left of the burst, when it was last looked at, and how many requests wait now."""

    left: float
    at: float
    waiting: int = 0

    def draw(self, now: float, rate: float, burst: int) -> float:
        """Take one, at so many a second and so many at once; 0, or the seconds until there is one to take."""
        self.left = min(float(burst), self.left + (now - self.at) * rate)
        self.at = now
        if self.left < 1:
            return (1 - self.left) / rate
        self.left -= 1
        return 0.0


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
        if wait := self._bucket(partner).draw(self.now(), self.rate, self.burst):
            raise Refused("rate-exceeded", retry=wait)

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


# An address takes some 200 bytes: 2 MB at most. Beyond, who was wrong the longest ago is forgotten.
MOST_ADDRESSES: Final = 10_000
# What one subscriber has of IPv6.
SUBSCRIBER_BITS: Final = 64


@dataclass(slots=True)
class Strangers:
    """How often an address may come with a token that opens nothing: rate a second in the long run, burst at once.

    Who has a good token enters whatever others from its address do: many partners may share one.
    """

    rate: float
    burst: int
    now: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict)

    def take(self, address: str) -> None:
        """Count one wrong token. Raises Refused (`tokens-refused`), with the seconds until another is looked at."""
        whose = _subscriber(address)
        bucket = self._buckets.setdefault(whose, _Bucket(float(self.burst), self.now()))
        self._buckets.move_to_end(whose)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        if wait := bucket.draw(self.now(), self.rate, self.burst):
            raise Refused("tokens-refused", "Authorization", retry=wait)


def _subscriber(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(ipaddress.ip_network((int(found), SUBSCRIBER_BITS), strict=False))
