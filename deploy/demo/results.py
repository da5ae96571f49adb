"""What a run shows at its end and leaves in out/: the verdict, the month's report, the ledger, the latencies."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.demo.board import percentiles
from deploy.demo.department import Settings
from deploy.demo.run import Result

FINDINGS_SHOWN = 20


def show(console: Console, result: Result) -> int:
    """Print the ledger's verdict; returns the number of findings."""
    table = Table(title="Le registre indépendant / The independent ledger")
    for column in ("Contrôle", "Check", "Examinés / looked at", "Écarts / findings"):
        table.add_column(column, justify="right" if "/" in column else "left")
    for check in result.checks:
        found = f"[red]{len(check.findings)}[/]" if check.findings else "[green]0[/]"
        table.add_row(check.french, check.english, f"{check.looked_at}", found)
    console.print(table)
    for check in result.checks:
        for finding in check.findings[:FINDINGS_SHOWN]:
            console.print(str(finding), markup=False, highlight=False, style="red")
        if len(check.findings) > FINDINGS_SHOWN:
            more = len(check.findings) - FINDINGS_SHOWN
            console.print(f"[{check.french}] … et {more} autres / and {more} more", markup=False, style="red")
    return sum(len(check.findings) for check in result.checks)


def write(directory: Path, result: Result, settings: Settings) -> None:
    """The files of a run, in place of those of the last one."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in result.files.items():
        (directory / name).write_text(text, encoding="utf-8")
    _write(directory / "ledger.json", _ledger(result, settings))
    low, high = percentiles(result.latencies)
    _write(
        directory / "latency.json",
        {
            "what": "vacancy published by a structure until its designation is on its notices topic, real time",
            "left_out": "vacancies for which nobody eligible was waiting at first",
            "left_out_count": result.waited,
            "unit": "seconds",
            "count": len(result.latencies),
            "p50": round(low, 4),
            "p99": round(high, 4),
            "worst": round(max(result.latencies, default=0.0), 4),
        },
    )


def _ledger(result: Result, settings: Settings) -> dict[str, Any]:
    ledger = result.ledger
    return {
        "seed": settings.seed,
        "profile": settings.profile,
        "size": settings.size,
        "days": settings.days,
        "month": {"since": result.since.isoformat(), "until": result.until.isoformat()},
        "partners": len(ledger.partners),
        "sent": dict(sorted(ledger.sent.items())),
        "received": dict(sorted(Counter(notice.message.type for notice in ledger.notices).items())),
        "rejected": ledger.rejected,
        "repeated_on_the_wire": ledger.repeated,
        "checks": [
            {"check": check.english, "looked_at": check.looked_at, "findings": [str(f) for f in check.findings]}
            for check in result.checks
        ],
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
