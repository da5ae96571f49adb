"""Every metric that the services tell: its names as Prometheus stores them, and the table of README.md."""

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from prometheus_client.metrics import MetricWrapperBase

from contracts.topics import EDGE, Service
from services.chassis import metrics

README: Final = Path(__file__).parent / "README.md"
START: Final = "<!-- generated: metrics -->\n"
END: Final = "<!-- end: metrics -->"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. name: as a query begins with it; series: every name that Prometheus stores for it."""

    name: str
    kind: str
    labels: Sequence[str]
    told_by: str
    meaning: str

    @property
    def series(self) -> frozenset[str]:
        """A histogram has three."""
        if self.kind != "histogram":
            return frozenset({self.name})
        return frozenset(f"{self.name}_{part}" for part in ("bucket", "sum", "count"))

    @property
    def unit(self) -> str:
        """Names end in their unit where it is not a count."""
        return "seconds" if self.name.endswith("_seconds") else "count"


def catalogue() -> list[Metric]:
    """All metrics of ours, those of the chassis first."""
    found = [*_told(metrics, "every service")]
    for service in (*Service, EDGE):
        name = f"services.{service}.figures"
        if importlib.util.find_spec(name) is not None:
            found.extend(_told(importlib.import_module(name), f"`{service}`"))
    return found


def _told(module: object, by: str) -> Iterator[Metric]:
    for wrapper in vars(module).values():
        if isinstance(wrapper, MetricWrapperBase):
            (family,) = wrapper.describe()
            name = f"{family.name}_total" if family.type == "counter" else family.name
            yield Metric(name, family.type, wrapper._labelnames, by, family.documentation)


def table() -> str:
    """The metrics, as README.md shows them."""
    lines = ["| metric | type | labels | unit | told by | meaning |", "| --- | --- | --- | --- | --- | --- |"]
    for metric in catalogue():
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        cells = (f"`{metric.name}`", metric.kind, labels, metric.unit, metric.told_by, metric.meaning)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def filled(text: str) -> str:
    """The same text with the table as the services now give it. Raises ValueError without its markers."""
    if text.count(START) != 1 or text.count(END) != 1:
        raise ValueError("README.md needs the markers of the table of metrics")
    before, rest = text.split(START)
    return f"{before}{START}\n{table()}\n{END}{rest.split(END)[1]}"
