"""How much one partner may ask: a burst, then so many a second; and so many waits at the same time."""

import contextlib

import pytest

from services.edge import limits as module
from services.edge.limits import Limits, Strangers
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


def wrong(strangers: Strangers, address: str, tries: int) -> int:
    """How many of so many wrong tokens are looked at."""
    done = 0
    for _ in range(tries):
        with contextlib.suppress(Refused):
            strangers.take(address)
            done += 1
    return done


def test_wrong_tokens_of_an_address_are_looked_at_up_to_a_burst_and_then_at_a_rate() -> None:
    clock = Clock()
    strangers = Strangers(rate=0.5, burst=3, now=clock)
    assert (wrong(strangers, "198.51.100.7", 9), wrong(strangers, "198.51.100.8", 9)) == (3, 3)
    with pytest.raises(Refused) as caught:
        strangers.take("198.51.100.7")
    assert (caught.value.reason.code, caught.value.reason.status, caught.value.retry) == ("tokens-refused", 429, 2.0)
    clock.now = 4.0
    assert wrong(strangers, "198.51.100.7", 9) == 2


def test_an_ipv6_subscriber_is_one_whatever_address_of_his_he_takes() -> None:
    strangers = Strangers(rate=1.0, burst=2, now=Clock())
    assert [wrong(strangers, f"2001:db8::{number:x}", 1) for number in range(4)] == [1, 1, 0, 0]
    assert wrong(strangers, "2001:db8:0:1::1", 1) == 1


def test_who_was_wrong_the_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ADDRESSES", 2)
    strangers = Strangers(rate=1.0, burst=1, now=Clock())
    assert [wrong(strangers, address, 1) for address in ("a", "b", "a", "c", "a", "b")] == [1, 1, 0, 1, 0, 1]
    assert len(strangers._buckets) == 2
