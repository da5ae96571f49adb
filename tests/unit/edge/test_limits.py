"""How much one partner may ask: a burst, then so many a second; and so many waits at the same time."""

import contextlib

import pytest

from services.edge.limits import Limits
from services.edge.refusals import Refused


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def taken(limits: Limits, partner: str, tries: int) -> int:
    """How many of so many tries succeed."""
    done = 0
    for _ in range(tries):
        with contextlib.suppress(Refused):
            limits.take(partner)
            done += 1
    return done


def test_a_burst_then_the_rate_and_never_more_than_the_burst() -> None:
    clock = Clock()
    limits = Limits(rate=2.0, burst=5, waits=1, now=clock)
    assert taken(limits, "a", 9) == 5
    clock.now = 2.0
    assert taken(limits, "a", 9) == 4
    clock.now = 1_000.0
    assert taken(limits, "a", 9) == 5


def test_one_takes_nothing_from_another() -> None:
    limits = Limits(rate=1.0, burst=2, waits=1, now=Clock())
    assert taken(limits, "a", 9) == 2
    assert taken(limits, "b", 9) == 2


def test_it_says_when_to_come_back() -> None:
    clock = Clock()
    limits = Limits(rate=0.5, burst=1, waits=1, now=clock)
    limits.take("a")
    with pytest.raises(Refused) as caught:
        limits.take("a")
    assert (caught.value.reason.code, caught.value.retry) == ("rate-exceeded", 2.0)
    clock.now = 2.0
    limits.take("a")


def test_waits_are_counted_while_they_last() -> None:
    limits = Limits(rate=1.0, burst=1, waits=2, now=Clock())
    with limits.waiting("a", "poll"), limits.waiting("a", "stream"):
        with pytest.raises(Refused), limits.waiting("a", "answer"):
            raise AssertionError("a third may not wait")
        with limits.waiting("b", "poll"):
            pass
    with pytest.raises(ZeroDivisionError), limits.waiting("a", "poll"):
        1 / 0  # noqa: B018  (something that fails while it waits)
    with limits.waiting("a", "poll"), limits.waiting("a", "poll"):
        pass
