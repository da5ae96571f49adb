"""`python -m tests.load`: measures the speed goals on this machine, prints a table, writes `out/bench.json`."""

import argparse
import gc
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Final

from tests.load.arena import arena
from tests.load.goals import GOALS, USUAL, Row, Size

OUT: Final = Path("out")


def arguments(given: list[str]) -> argparse.Namespace:
    """The command line; exits with a sentence when it makes no sense."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--only", default=",".join(USUAL), help="goals, for example S1,S3, or S8 (%(default)s)")
    parser.add_argument("--events", type=int, default=300_000, help="events of a throughput run")
    parser.add_argument("--usual-events", type=int, default=1_000, help="events of the usual way's run")
    parser.add_argument("--repetitions", type=int, default=3, help="runs of each contender")
    parser.add_argument("--latency-seconds", type=float, default=8, help="length of a latency run")
    parser.add_argument("--minutes", type=float, default=6, help="no repetition begins after so long")
    options = parser.parse_args(given)
    if unknown := set(options.only.split(",")) - set(GOALS):
        parser.error(f"unknown goals: {', '.join(sorted(unknown))}")
    return options


def line(row: Row) -> str:
    """A row of the table."""
    baseline = "" if row.baseline is None else f"{row.baseline:,.1f}"
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    met = {True: "met", False: "NOT MET", None: ""}[row.met]
    return (
        f"{row.goal:4}{row.what:30}{row.unit:10}{baseline:>12}{row.chassis:>12,.1f}{ratio:>9}  "
        f"{row.target:20}{met:8}{row.runs:>4}"
    )


HEAD: Final = f"{'':4}{'':30}{'':10}{'baseline':>12}{'chassis':>12}{'ratio':>9}  {'target':20}{'':8}{'runs':>4}"


def main(given: list[str]) -> int:
    """Measures, prints, writes. Returns 0 when everything could be measured, met or not: a bench is not a test."""
    options = arguments(given)
    size = Size(
        options.events,
        options.usual_events,
        options.repetitions,
        options.latency_seconds,
        time.monotonic() + 60 * options.minutes,
    )
    rows: list[Row] = []
    # As services do: the collector would look again and again at what lives as long as the process.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    with arena(OUT / "load") as place:
        print(HEAD, flush=True)
        for goal in options.only.split(","):
            for row in GOALS[goal](place, size):
                print(line(row), flush=True)
                rows.append(row)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    report = {"machine": machine, "options": vars(options), "rows": [row.as_json() for row in rows]}
    (OUT / "bench.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
