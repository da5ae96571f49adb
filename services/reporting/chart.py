"""Bars of ménages and personnes as SVG, without a script; the table beside them says the same."""

import sys
from collections.abc import Sequence
from typing import Any, Final

import pygal.graph.horizontalbar
from pygal.style import Style

# pygal looks for plugins of maps at every import of the process, in a way that Python 3.11 warns of at each, and that
# later ones ignore. No map is drawn here.
sys.meta_path[:] = [finder for finder in sys.meta_path if not type(finder).__module__.startswith("pygal")]

_STYLE: Final = Style(
    background="transparent",
    plot_background="transparent",
    font_family="inherit",
    colors=("#8ab4dc", "#eeb074"),
    guide_stroke_color="#d8d8d8",
    major_guide_stroke_color="#d8d8d8",
    major_label_font_size=13,
    opacity="1",
    label_font_size=13,
    legend_font_size=14,
    value_font_size=13,
)


def bars(lines: Sequence[tuple[str, int, int]]) -> str:
    """An SVG text of (label, ménages, personnes), the first on top."""
    chart = pygal.graph.horizontalbar.HorizontalBar(
        style=_STYLE,
        js=(),
        height=360,
        width=900,
        legend_at_bottom=True,
        print_values=True,
        value_formatter=lambda count: f"{count:.0f}",
        disable_xml_declaration=True,
        explicit_size=True,
        truncate_label=-1,
    )
    # A horizontal chart is drawn from the bottom up.
    shown = list(reversed(lines))
    chart.x_labels = [label for label, _, _ in shown]
    chart.add("Ménages", [households for _, households, _ in shown])
    chart.add("Personnes", [persons for _, _, persons in shown])
    chart.add_xml_filter(_without_scripts)
    return str(chart.render(is_unicode=True))


def _without_scripts(root: Any) -> Any:
    """The drawing as it is: pygal adds its settings as a script, for interactions that this page does not have."""
    for parent in list(root.iter()):
        for child in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(child)
    return root
