"""What is shared of the figures says of nobody how many they are; what is exact is left as it is."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import OfferType
from contracts.indicator_codes import Indicator
from contracts.indicators import ROUNDED_TO, IndicatorLine, IndicatorsComputed, rounded
from services.reporting.counted import INDICATORS
from services.reporting.indicators import NOW_ONLY

FIGURES = st.builds(
    IndicatorLine,
    indicator=st.sampled_from(Indicator),
    offer_type=st.sampled_from(["all", *OfferType]),
    households=st.integers(0, 2000),
    persons=st.integers(0, 6000),
)


def told(*lines: IndicatorLine) -> IndicatorsComputed:
    return IndicatorsComputed(
        siao="92",
        period="2026-11",
        since=date(2026, 11, 1),
        until=date(2026, 12, 1),
        final=True,
        computed_at=datetime(2026, 12, 1, tzinfo=UTC),
        rounded_to=1,
        lines=lines,
    )


@given(lines=st.lists(FIGURES, max_size=30))
def test_every_shared_figure_is_rounded_and_near_and_no_line_betrays_a_few(lines: list[IndicatorLine]) -> None:
    exact = told(*lines)
    shared = rounded(exact)
    assert (shared.rounded_to, exact.rounded_to) == (ROUNDED_TO, 1)
    for line in shared.lines:
        assert line.households % ROUNDED_TO == line.persons % ROUNDED_TO == 0
        assert line.offer_type == "all" or (line.households, line.persons) != (0, 0)
        # Personnes of one or two ménages are not told.
        assert line.households or not line.persons
    near = {(line.indicator, line.offer_type, line.households) for line in shared.lines}
    for line in exact.lines:
        around = {line.households - 2, line.households - 1, line.households, line.households + 1, line.households + 2}
        mine = {(line.indicator, line.offer_type, figure) for figure in around}
        assert mine & near or (line.offer_type != "all" and line.households <= 2)


def test_two_neighbouring_figures_cannot_be_told_apart() -> None:
    def shown(households: int) -> tuple[IndicatorLine, ...]:
        line = IndicatorLine(indicator=Indicator.WAITING, offer_type="all", households=households, persons=households)
        return rounded(told(line)).lines

    assert shown(0) == shown(1) == shown(2)
    assert shown(3) == shown(4) == shown(7)
    assert shown(2) != shown(3)


def test_the_code_list_is_what_the_observatory_counts() -> None:
    assert [code.value for code in Indicator] == [*(indicator.id for indicator in INDICATORS), *NOW_ONLY]
