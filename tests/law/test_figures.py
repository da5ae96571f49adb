"""The story of the figures: the préfecture has them exactly, a member rounded, at once and when the month is over."""

import sys
from argparse import Namespace

import pytest
from rich.console import Console

from contracts.indicator_codes import Indicator
from contracts.indicators import IndicatorsComputed
from contracts.kit import AsyncPartner, Settings, commands
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
    fast_territory: Territory,
    fast_platform: Platform,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
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
    for name, value in newcomers.environment(fast_platform, prefecture.id).items():
        monkeypatch.setenv(name, value)
    told = await AsyncPartner(Settings.load()).indicators()
    assert (registered(told), waiting(told)) == (3, (3, 3))
    for options, line in (
        ({}, "Ménages en attente (stock)"),
        ({"csv": True}, "waiting,Ménages en attente (stock),all,Tous types d'offre,3,3"),
        ({"json": True}, '"period":"live"'),
    ):
        asked = Namespace(**{"settings": None, "period": None, "csv": False, "json": False, **options})
        assert await commands.indicators(asked, Console(file=sys.stdout, width=120)) == 0
        assert line in capsys.readouterr().out
    never = Namespace(settings=None, period="1999-01", csv=False, json=False)
    assert await commands.indicators(never, Console(quiet=True)) == 1
