"""The relay alone: rows waiting in an outbox -> topic; killed on the way, it may repeat but not lose or reorder."""

import signal
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.load.hop import Contender, running, wait_for_output
from tests.load.place import Place
from tests.load.workload import Output, check


@dataclass(frozen=True, slots=True)
class Relay:
    """The relaying process of a contender. fill: writes `rows` rows into its outbox, `rows / keys` for each key."""

    contender: Contender
    fill: Callable[[Place, int, int], Coroutine[Any, Any, None]]


def drain(relay: Relay, place: Place, rows: int, log: Path, seconds: float) -> Output:
    """One run over a filled outbox. Raises RuntimeError when what arrives is not what waited, in order, once."""
    with running(relay.contender, place, log) as processes:
        wait_for_output(processes, place, rows, seconds)
    output = check(place)
    if output.distinct != rows or output.repeated or output.inversions:
        raise RuntimeError(f"{relay.contender.name}: {rows} rows in order expected, got {output}")
    return output


def drain_killed(relay: Relay, place: Place, rows: int, log: Path, seconds: float) -> Output:
    """As `drain`, but the relay is killed without warning half-way and started again: repeated rows are allowed.

    Raises RuntimeError when a row is lost, or when nothing shows that the kill came in the middle.
    """
    with running(relay.contender, place, log) as processes:
        wait_for_output(processes, place, rows // 2, seconds)
        for process in processes.processes.values():
            process.send_signal(signal.SIGKILL)
            process.wait()
    interrupted = check(place)
    if interrupted.distinct == rows:
        raise RuntimeError(f"{relay.contender.name}: finished before it was killed; give it more rows")
    with running(relay.contender, place, log) as processes:
        wait_for_output(processes, place, rows + interrupted.repeated, seconds)
        wait_for_output(processes, place, rows + check(place).repeated, seconds)
    output = check(place)
    if output.distinct != rows:
        raise RuntimeError(f"{relay.contender.name}: {rows} rows expected, got {output}")
    return output
