"""S10: what a département's platform takes when nothing happens: seconds to be ready again, memory, processor."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from deploy.embedded.platform import SERVICES_PORTS, Addresses, Platform
from deploy.embedded.ports import free_port
from tests.load.designations import Scale, partners

# After it is ready it still reads what is old, and Java compiles what it has run; then it is watched for so long.
SETTLE_SECONDS: Final = 60.0
IDLE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Footprint:
    """ready: seconds of a second start, everything made before; memory: MB, what is shared counted once.

    idle: seconds of processor in one second.
    """

    ready: float
    memory: float
    idle: float


def measure(scale: Scale) -> Footprint:
    """Starts a platform twice in the same folder, with all its partners and no message, and looks at its processes."""
    beside = {each.pid for each in psutil.Process().children(recursive=True)}
    with tempfile.TemporaryDirectory(prefix="siao-load-") as folder:
        platform_in(folder, scale).stop()
        began = time.monotonic()
        running = platform_in(folder, scale)
        try:
            ready = time.monotonic() - began
            time.sleep(SETTLE_SECONDS)
            own = [each for each in psutil.Process().children(recursive=True) if each.pid not in beside]
            used, began = cpu_seconds(own), time.monotonic()
            time.sleep(IDLE_SECONDS)
            idle = (cpu_seconds(own) - used) / (time.monotonic() - began)
            return Footprint(ready, memory(own), idle)
        finally:
            running.stop()


def platform_in(folder: str, scale: Scale) -> Platform:
    """A platform that is ready."""
    addresses = Addresses(free_port(3), free_port(), free_port(SERVICES_PORTS))
    running = Platform(Path(folder), partners=partners(scale), addresses=addresses)
    running.start()
    return running


def cpu_seconds(processes: list[psutil.Process]) -> float:
    """What they have used so far, in user and system time."""
    return sum(float(times.user + times.system) for times in (each.cpu_times() for each in processes))


def memory(processes: list[psutil.Process]) -> float:
    """Their memory in MB, each page shared among its owners (PSS)."""
    return sum(float(each.memory_full_info().pss) for each in processes) / 1e6
