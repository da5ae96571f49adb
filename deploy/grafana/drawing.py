"""From what a dashboard shows to the JSON that Grafana reads, by Grafana's own SDK; knows no query of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, Literal

from grafana_foundation_sdk.builders import common, stat, timeseries
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DatasourceVariable,
    QueryVariable,
    Row,
    ThresholdsConfig,
)
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    Threshold,
    ThresholdsMode,
    VariableOption,
    VariableRefresh,
)

GRID: Final = 24
HEIGHTS: Final = {"number": 4, "lines": 8, "areas": 8}
SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")


@dataclass(frozen=True, slots=True)
class Query:
    """An expression, and how the legend names each of its series."""

    expr: str
    legend: str = "__auto"


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture. meaning: what it shows, French then English; bad_from: a number from which it is red."""

    title: str
    meaning: str
    queries: Sequence[Query]
    kind: Literal["number", "lines", "areas"] = "lines"
    unit: str = "short"
    width: int = 8
    bad_from: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A row of panels under a heading."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard. by_siao: it asks which SIAO to show, as $siao."""

    uid: str
    title: str
    sections: Sequence[Section]
    period: str
    by_siao: bool = False


def drawn(board: Board) -> str:
    """The dashboard as JSON text, the same on every run; panels are numbered in the order they are read."""
    numbers = count(1)
    made = (
        Dashboard(board.title)
        .uid(board.uid)
        .tags(["siao"])
        .timezone("browser")
        .time(board.period, "now")
        .refresh("30s")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .with_variable(DatasourceVariable("datasource").label("Source").type("prometheus"))
    )
    if board.by_siao:
        made = made.with_variable(_siao())
    for section in board.sections:
        made = made.with_row(Row(section.title).id(next(numbers)))
        for panel in section.panels:
            made = made.with_panel(_panel(panel, next(numbers)))
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def _siao() -> QueryVariable:
    return (
        QueryVariable("siao")
        .label("SIAO")
        .datasource(SOURCE)
        .query("label_values(siao_facts_total, siao)")
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(True)
        .include_all(True)
        .all_value(".+")
        .current(VariableOption(text="All", value="$__all"))
    )


def _panel(panel: Panel, number: int) -> Any:
    made: Any = stat.Panel() if panel.kind == "number" else timeseries.Panel()
    made = (
        made.id(number)
        .title(panel.title)
        .description(panel.meaning)
        .unit(panel.unit)
        .datasource(SOURCE)
        .span(panel.width)
        .height(HEIGHTS[panel.kind])
        .thresholds(_thresholds(panel.bad_from))
    )
    for letter, query in zip(_letters(), panel.queries, strict=False):
        asked = Dataquery().expr(query.expr).legend_format(query.legend).ref_id(letter)
        made = made.with_target(asked.instant() if panel.kind == "number" else asked.range())
    if panel.kind == "number":
        return made.color_mode(BigValueColorMode.VALUE).graph_mode(BigValueGraphMode.NONE)
    legend = common.VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    made = made.legend(legend.show_legend(True)).min(0)
    if panel.kind == "areas":
        made = made.stacking(common.StackingConfig().mode(StackingMode.NORMAL)).fill_opacity(30)
    return made


def _thresholds(bad_from: float | None) -> ThresholdsConfig:
    steps = [Threshold(color="green")]
    if bad_from is not None:
        steps.append(Threshold(value=bad_from, color="red"))
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)


def _letters() -> Iterator[str]:
    return (chr(ord("A") + place) for place in range(26))
