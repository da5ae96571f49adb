"""The law's days as golden examples and by the pages of a calendar; the table says where each value comes from."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import law
from contracts.codes import MediationKind, OfferType, Regime
from contracts.law import LIMITS, Limit, Unit, court_closes, court_opens, is_offer, months_after, offer_limit

DALO, DAHO, TRANSITION = MediationKind.DALO, MediationKind.DAHO_HEBERGEMENT, MediationKind.DAHO_TRANSITION
SIX_MONTHS = ("75", "77", "78", "91", "92", "93", "94", "95", "971", "972", "973", "974", "976")
# The decision of the Yvelines that the Conseil d'État judged of on 8 October 2020 (n° 431618).
DECIDED = date(2016, 6, 10)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 11, 24), 3, date(2027, 2, 24)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 9, 30), 3, date(2026, 12, 30)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_are_calendar_months(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@settings(max_examples=60, deadline=None)
@given(day=DAYS, months=st.integers(1, 24))
def test_a_day_some_months_later_is_found_by_turning_the_pages_of_a_calendar(day: date, months: int) -> None:
    page = day.replace(day=1)
    for _ in range(months):
        page = (page + timedelta(days=31)).replace(day=1)
    leaf = [page + timedelta(days=n) for n in range(31) if (page + timedelta(days=n)).month == page.month]
    assert months_after(day, months) == leaf[: day.day][-1]


def test_ce_2020_431618_a_decision_that_names_no_type_opens_the_court_after_six_weeks() -> None:
    for kind in (DAHO, TRANSITION):
        due_on = offer_limit(kind, unrestricted=True).after(DECIDED, "78")
        assert (due_on, court_opens(due_on)) == (date(2016, 7, 22), date(2016, 7, 23))


def test_ce_2020_431618_its_four_months_start_three_months_after_the_decision_or_a_later_notification() -> None:
    closes = [court_closes(DAHO, DECIDED, told, "78", unrestricted=True) for told in (None, DECIDED, date(2016, 7, 1))]
    assert closes == [date(2017, 1, 10), date(2017, 1, 10), date(2017, 2, 1)]
    # A notification that is dated before the decision does not shorten it.
    assert court_closes(DAHO, DECIDED, date(2016, 6, 1), "78", unrestricted=True) == date(2017, 1, 10)


@pytest.mark.parametrize(
    ("kind", "siao", "decided", "due", "closes"),
    [
        (DAHO, "92", date(2026, 8, 31), date(2026, 10, 12), date(2027, 2, 12)),
        (TRANSITION, "92", date(2026, 8, 31), date(2026, 11, 30), date(2027, 3, 30)),
        (TRANSITION, "13", date(2027, 11, 30), date(2028, 2, 29), date(2028, 6, 29)),
        (DALO, "13", date(2026, 11, 30), date(2027, 2, 28), date(2027, 6, 28)),
        (DALO, "75", date(2026, 8, 31), date(2027, 2, 28), date(2027, 6, 28)),
        (DALO, "75", date(2027, 8, 31), date(2028, 2, 29), date(2028, 6, 29)),
        (DALO, "974", date(2026, 12, 31), date(2027, 6, 30), date(2027, 10, 30)),
    ],
)
def test_days_at_the_ends_of_months_and_in_leap_years(
    kind: MediationKind, siao: str, decided: date, due: date, closes: date
) -> None:
    assert offer_limit(kind, unrestricted=False).after(decided, siao) == due
    assert court_closes(kind, decided, None, siao, unrestricted=False) == closes
    assert court_opens(due) == due + timedelta(days=1)


def test_a_decision_that_names_no_type_means_nothing_for_a_dalo() -> None:
    assert offer_limit(DALO, unrestricted=True) is offer_limit(DALO, unrestricted=False)
    assert court_closes(DALO, DECIDED, None, "13", unrestricted=True) == date(2017, 1, 10)


@pytest.mark.parametrize("siao", SIX_MONTHS)
def test_ile_de_france_and_outre_mer_have_six_months(siao: str) -> None:
    assert law.DALO_OFFER.of(siao) == 6


def test_elsewhere_the_prefet_has_three_months() -> None:
    assert {law.DALO_OFFER.of(siao) for siao in ("13", "2A", "67", "69", "")} == {3}


@pytest.mark.parametrize("offer", OfferType)
def test_which_offer_answers_which_right(offer: OfferType) -> None:
    housing = offer.regime is Regime.LOGEMENT
    assert is_offer(DAHO, offer, unrestricted=False)
    assert is_offer(TRANSITION, offer, unrestricted=False) is housing
    assert is_offer(TRANSITION, offer, unrestricted=True)
    assert is_offer(DALO, offer, unrestricted=False) is is_offer(DALO, offer, unrestricted=True) is housing


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.id)
def test_every_limit_says_what_it_is_where_it_comes_from_and_whether_that_is_sure(limit: Limit) -> None:
    assert limit.value > 0
    assert limit.fr
    assert limit.en
    assert limit.fr != limit.en
    assert limit.origin
    assert limit.confirmed == (limit.origin.startswith(("CASF", "CE ", "CJA")))
    assert {limit.of(siao) for siao in limit.by_siao} == set(limit.by_siao.values())


def test_the_table_holds_every_limit_of_the_module_once() -> None:
    named = [value.id for value in vars(law).values() if isinstance(value, Limit)]
    assert sorted(named) == sorted(limit.id for limit in LIMITS) == sorted(set(named))


def test_delays_are_counted_in_their_unit_forwards_and_backwards() -> None:
    day, noon = date(2026, 3, 31), datetime(2026, 3, 31, 12, 0, tzinfo=UTC)
    assert (law.ANSWER_EXPIRY.after(day), law.REVIEW_REMINDER.before(day)) == (date(2026, 4, 10), date(2026, 3, 1))
    assert law.DAHO_HEBERGEMENT_OFFER.after(day) == date(2026, 5, 12)
    assert law.EXTENSION_REQUEST.before(day) == date(2026, 2, 28)
    assert law.REVIEW_PERIOD.after(date(2026, 8, 31)) == date(2027, 2, 28)
    assert law.ANSWER_REMINDER.later(noon) == noon + timedelta(days=7)
    assert law.DAHO_ANY_OFFER.later(noon) == noon + timedelta(days=42)


def test_what_is_not_a_delay_is_not_counted_as_one() -> None:
    with pytest.raises(ValueError, match="overrule_limit"):
        law.OVERRULE_LIMIT.after(DECIDED)
    with pytest.raises(ValueError, match="review_period"):
        law.REVIEW_PERIOD.later(datetime(2026, 1, 1, tzinfo=UTC))
    assert law.OVERRULE_LIMIT.unit is Unit.TIMES
