"""What a person sees while the platform starts and runs, a line a part, then the addresses; shows no password."""

import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from deploy.embedded import ports
from deploy.embedded.platform import READY, Platform
from deploy.embedded.service import Death


class Board:
    """A live table on a terminal, plain lines elsewhere. Use as a context around the start."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.monotonic()
        self._parts: dict[str, tuple[str, float]] = {}
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def __enter__(self) -> "Board":
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def report(self, part: str, text: str) -> None:
        """A part says what it is doing."""
        seconds = time.monotonic() - self._began
        self._parts[part] = (text, seconds)
        if self._live:
            self._live.update(self._table(), refresh=True)
        else:
            self._console.print(f"{seconds:6.1f} s  {part:<14} {text}", highlight=False, soft_wrap=True)

    def died(self, death: Death) -> None:
        """A service ended by itself and starts again."""
        self._console.print(
            f"[bold red]{death.service} s'est arrêté[/] (code {death.exit_code}), redémarrage dans {death.delay:.1f} s"
            f" / ended, starts again in {death.delay:.1f} s ; dernières lignes / last lines:",
            highlight=False,
            soft_wrap=True,
        )
        self._console.print(death.last_lines, markup=False, highlight=False, soft_wrap=True, style="dim")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for part, (text, seconds) in self._parts.items():
            mark = "[green]✔[/]" if text == READY else "[yellow]…[/]"
            table.add_row(mark, part, text, f"{seconds:.1f} s")
        return table

    def addresses(self, platform: Platform) -> None:
        """Where everything is, once it is ready."""
        seconds = time.monotonic() - self._began
        partners = len(platform.credentials.partners)
        memory = sum(platform.memory().values()) // 1_000_000
        self._console.print(
            f"\n[bold green]Plateforme prête[/] en {seconds:.1f} s, {memory} Mo / platform ready, {memory} MB (PSS)",
            highlight=False,
            soft_wrap=True,
        )
        lines = [
            ("Kafka", platform.kafka.bootstrap, "SASL_PLAINTEXT, SCRAM-SHA-512"),
            ("Kafka, partenaires / partners", platform.kafka.partners_bootstrap, "SASL_SSL, SCRAM-SHA-512"),
            ("PostgreSQL", f"{ports.HOST}:{platform.postgres.port}", "une base par service / a database each"),
            *((name, service.url, "/health /ready /metrics") for name, service in platform.services.items()),
            ("HTTP, partenaires / partners", platform.http_url, "/docs, jetons / tokens: identifiants / credentials"),
            (platform.edge.name, platform.edge.url, "/health /ready /metrics"),
            ("identifiants / credentials", str(platform.credentials_path), f"{partners} partenaires / partners"),
            ("journaux / logs", str(platform.directory / "logs"), ""),
        ]
        for label, where, what in lines:
            self._console.print(f"  {label:<30}{where:<28}{what}", highlight=False, soft_wrap=True)
        self._console.print("Ctrl-C pour arrêter / to stop", style="bold")
