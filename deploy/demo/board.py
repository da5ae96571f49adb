"""What a person sees while the days go by: a live board on a terminal, a line every few seconds elsewhere; no name."""

import statistics
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

LINE_SECONDS: Final = 5.0
EVENTS: Final = 6


@dataclass
class Figures:
    """What the board shows. live: reporting's own stocks; the rest is what partners see."""

    day: int = 0
    days: int = 0
    live: dict[str, Any] = field(default_factory=dict)
    designations: dict[str, int] = field(default_factory=dict)
    rehoused: int = 0
    sent: int = 0
    unanswered: int = 0
    malformed: int = 0
    rejected: int = 0
    latencies: Sequence[float] = ()

    def latency(self) -> str:
        """p50 and p99 from a vacancy published to the designation at its structure, in milliseconds."""
        return milliseconds(self.latencies)


def milliseconds(seconds: Sequence[float]) -> str:
    """p50 and p99, for people."""
    low, high = percentiles(seconds)
    return f"{low * 1000:.0f} / {high * 1000:.0f} ms" if seconds else "—"


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p99; (0, 0) of nothing."""
    if len(seconds) < 2:
        return (seconds[0], seconds[0]) if seconds else (0.0, 0.0)
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return cuts[49], cuts[98]


class Board:
    """Use as a context around the run; `show` as often as one likes."""

    def __init__(self, console: Console, title: str) -> None:
        self.console = console
        self._title = title
        self._began = self._last = time.monotonic()
        self._events: deque[str] = deque(maxlen=EVENTS)
        self._step = ""
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None

    def __enter__(self) -> "Board":
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def step(self, text: str) -> None:
        """What is going on now, French / English."""
        if text != self._step:
            self._step = text
            self._say(text)

    def event(self, text: str) -> None:
        """Something worth a line."""
        if not self._events or self._events[-1] != text:
            self._events.append(text)

    def platform(self, part: str, text: str) -> None:
        """A part of the platform says what it is doing."""
        self._say(f"{part:<14} {text}")

    def _say(self, text: str) -> None:
        seconds = time.monotonic() - self._began
        self.console.print(f"[dim]{seconds:6.1f} s[/]  {text}", highlight=False)

    def show(self, figures: Figures) -> None:
        """The figures, now on a terminal, and every few seconds elsewhere."""
        if self._live:
            self._live.update(self._panel(figures), refresh=True)
        elif time.monotonic() - self._last >= LINE_SECONDS:
            self._last = time.monotonic()
            self._say(_line(figures))

    def _panel(self, figures: Figures) -> Panel:
        table = Table.grid(padding=(0, 3))
        for left, right in zip(_stocks(figures), _flows(figures), strict=True):
            table.add_row(left[0], f"[bold]{left[1]}[/]", right[0], f"[bold]{right[1]}[/]")
        events = Text("\n".join(self._events), style="dim")
        return Panel(Group(table, Text(""), events), title=f"{self._title} : jour {figures.day} sur {figures.days}")


def _both(live: dict[str, Any], name: str) -> str:
    stock = live.get(name) or {}
    return f"{stock.get('households', '—')} ({stock.get('persons', '—')} pers.)"


def _stocks(figures: Figures) -> list[tuple[str, str]]:
    live = figures.live
    return [
        ("Ménages en attente / waiting", _both(live, "waiting")),
        ("Places vacantes / vacancies", str(live.get("vacant", "—"))),
        ("Désignations en cours / under way", str(live.get("designated", "—"))),
        ("Refus à juger / refusals to judge", str(live.get("refusals_to_judge", "—"))),
        ("Ménages prêts / ready", _both(live, "ready")),
        ("Ménages hébergés / hosted", _both(live, "hosted")),
        ("Échéances légales passées / legal days gone", str(live.get("legal_missed", "—"))),
    ]


def _flows(figures: Figures) -> list[tuple[str, str]]:
    states = figures.designations
    return [
        ("Notifiées, lues / notified, read", f"{states.get('notified', 0)}, {states.get('acknowledged', 0)}"),
        ("Acceptées, admis / accepted, admitted", f"{states.get('accepted', 0)}, {states.get('admitted', 0)}"),
        ("Refusées, déclinées / refused, declined", f"{states.get('refused', 0)}, {states.get('declined', 0)}"),
        ("Absents, expirées / no-show, expired", f"{states.get('no_show', 0)}, {states.get('expired', 0)}"),
        ("Relogés / rehoused", str(figures.rehoused)),
        ("Messages envoyés, sans réponse / unanswered", f"{figures.sent}, {figures.unanswered}"),
        ("Vacance → désignation, p50 / p99", f"{figures.latency()}, {figures.rejected} rejets / rejected"),
    ]


def _line(figures: Figures) -> str:
    live = figures.live
    return (
        f"jour {figures.day}/{figures.days} : {_both(live, 'waiting')} en attente, {live.get('vacant', '—')} vacances, "
        f"{live.get('designated', '—')} désignations en cours, {figures.designations.get('admitted', 0)} admis, "
        f"{live.get('refusals_to_judge', '—')} refus à juger, {figures.rehoused} relogés, {figures.sent} messages, "
        f"{figures.unanswered} sans réponse, {figures.rejected} rejets ({figures.malformed} attendus), "
        f"{figures.latency()}"
    )
