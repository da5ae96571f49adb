"""Which figures are told when: what is true now at a bounded pace; a month once it is over, and for a late fact."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.clock import day_of
from services.reporting.periods import Period, Told, due, month_key, month_of

PACE = timedelta(minutes=1)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
# The last second of November, in Paris, and the first of December.
LAST, OVER = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 30, 23, 0, tzinfo=UTC)


class Desk:
    """What was told, as the service remembers it."""

    def __init__(self, **heard: int) -> None:
        self.heard = {name.replace("_", "-").strip("m"): count for name, count in heard.items()}
        self.told: dict[str, Told] = {}

    def tell(self, now: datetime) -> list[Period]:
        """What is due now, told."""
        found = due(self.heard, self.told, now, PACE)
        self.told |= {period.name: Told(period.heard, now, period.final) for period in found}
        return found

    def names(self, now: datetime) -> list[str]:
        return [period.name for period in self.tell(now)]


def test_without_facts_there_is_nothing_to_tell() -> None:
    assert Desk().tell(NOON) == []


def test_what_is_true_now_and_the_month_are_told_at_once_and_then_no_more_than_once_a_pace() -> None:
    desk = Desk(m2026_11=1)
    assert desk.names(NOON) == ["live", "2026-11"]
    assert desk.names(NOON + 10 * PACE) == []
    desk.heard["2026-11"] += 1
    assert desk.names(NOON + 10 * PACE) == ["live", "2026-11"]
    desk.heard["2026-11"] += 1
    assert desk.names(NOON + 10 * PACE + timedelta(seconds=59)) == []
    assert desk.names(NOON + 11 * PACE) == ["live", "2026-11"]


def test_what_goes_on_is_told_once_a_day_even_when_nothing_happens() -> None:
    desk = Desk(m2026_11=1)
    desk.tell(NOON)
    assert desk.names(NOON + timedelta(hours=11, minutes=59)) == []
    assert desk.names(NOON + timedelta(hours=12)) == ["live", "2026-11"]


def test_a_month_is_told_as_over_once_when_its_last_day_has_ended_in_paris() -> None:
    desk = Desk(m2026_11=1)
    assert [period.final for period in desk.tell(LAST)] == [False, False]
    told = {period.name: period for period in desk.tell(OVER)}
    assert list(told) == ["live", "2026-12", "2026-11"]
    assert (told["2026-11"].final, told["2026-12"].final) == (True, False)
    assert "2026-11" not in desk.names(OVER + timedelta(days=20))


def test_a_service_that_was_away_tells_every_month_that_ended_meanwhile() -> None:
    desk = Desk(m2026_09=1)
    assert desk.names(OVER) == ["live", "2026-12", "2026-11", "2026-10", "2026-09"]


def test_a_late_fact_tells_its_month_again_and_all_after_it_and_none_before() -> None:
    desk = Desk(m2026_09=1, m2026_10=1, m2026_11=1)
    desk.tell(OVER)
    desk.heard["2026-10"] += 1
    again = desk.tell(OVER + PACE)
    assert [period.name for period in again] == ["live", "2026-12", "2026-11", "2026-10"]
    assert [period.final for period in again] == [False, False, True, True]


def test_the_year_turns() -> None:
    [_, january, december] = Desk(m2026_12=1).tell(datetime(2027, 1, 1, 12, 0, tzinfo=UTC))
    assert (january.name, december.name, december.until, january.until.isoformat()) == (
        *("2027-01", "2026-12", january.since),
        "2027-02-01",
    )


def test_a_fact_is_of_the_month_that_it_is_in_paris() -> None:
    assert (month_of(LAST), month_of(OVER), month_key("92", OVER)) == ("2026-11", "2026-12", "92:2026-12")


@given(steps=st.lists(st.tuples(st.integers(1, 100_000), st.integers(0, 3)), max_size=60))
def test_whatever_happens_nothing_is_told_twice_in_a_pace_and_all_is_told_in_the_end(
    steps: list[tuple[int, int]],
) -> None:
    desk, now = Desk(m2026_10=1), NOON
    for seconds, facts in steps:
        now += timedelta(seconds=seconds)
        if facts:
            desk.heard[month_of(now)] = desk.heard.get(month_of(now), 0) + facts
        known = dict(desk.told)
        for period in desk.tell(now):
            before = known.get(period.name)
            once = before is None or (period.final and not before.final) or day_of(before.at) != day_of(now)
            assert once or now - known[period.name].at >= PACE
    now += PACE
    desk.tell(now)
    assert desk.tell(now) == []
    assert desk.told["live"].heard == sum(desk.heard.values())
    assert all(desk.told[name].final == (name < month_of(now)) for name in desk.heard)
