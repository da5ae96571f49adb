"""The story of the figures: the préfecture has them exactly, a member rounded, at once and when the month is over."""

import pytest

from contracts.indicator_codes import Indicator
from contracts.indicators import IndicatorsComputed
from contracts.kit import AsyncPartner, Settings
from contracts.notices import RequestUpdated
from deploy.embedded.platform import Platform
from tests.builders import a_request
from tests.e2e import newcomers
from tests.e2e.territory import Territory

pytestmark = pytest.mark.once


def total(told: IndicatorsComputed, indicator: Indicator) -> tuple[int, int]:
    """How many ménages and personnes."""
    (line,) = [line for line in told.lines if line.indicator is indicator and line.offer_type == "all"]
    return line.households, line.persons


def waiting(told: dict[str, IndicatorsComputed]) -> tuple[int, int]:
    """How many wait now; none, as long as nothing was told."""
    return total(told["live"], Indicator.WAITING) if "live" in told else (0, 0)


def registered(told: dict[str, IndicatorsComputed]) -> int:
    """How many requests were registered in the months that are over."""
    return sum(total(figures, Indicator.REQUESTS_REGISTERED)[0] for figures in told.values() if figures.final)


async def test_the_state_and_the_partners_have_the_figures(
    fast_territory: Territory, fast_platform: Platform, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three persons ask, each alone. Days pass, and the month is over."""
    prefecture, member = fast_territory.prefecture, fast_territory.member
    for name in ("anne", "lina", "omar"):
        await fast_territory.ccas.tells(a_request(name))
        await fast_territory.ccas.hears(RequestUpdated, request_id=name, status="waiting")
    await prefecture.reads(lambda told: waiting(told) == (3, 3), "three wait")
    await member.reads(lambda told: waiting(told) == (5, 5), "about five wait")
    assert (prefecture.figures["live"].rounded_to, member.figures["live"].rounded_to) == (1, 5)

    await prefecture.reads(lambda told: registered(told) == 3, "three registered in the months that are over")
    await fast_territory.only_these_saw_a_name()

    # The same with the kit, from the beginning: the newest of each period.
    environment = newcomers.environment(fast_platform, prefecture.id)
    told = await AsyncPartner(Settings.load(environment=environment)).indicators()
    assert (registered(told), waiting(told)) == (3, (3, 3))
