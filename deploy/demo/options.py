"""What a run can be asked: by environment variables (as make passes them) and by command line; refuses nonsense."""

import argparse
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contracts.topics import Service
from deploy.compose.project import INFRASTRUCTURE
from deploy.demo.calibration import PROFILES
from deploy.demo.department import Settings
from deploy.embedded import state
from deploy.embedded.platform import SERVICES_PORT

# A simulated day in real seconds: 30 days in 84 seconds.
DAY_SECONDS: Final = 2.8


@dataclass(frozen=True, slots=True)
class Kill:
    """End a service, or in containers Kafka or PostgreSQL, by SIGKILL on a given day (from 1)."""

    service: str
    day: float


@dataclass(frozen=True, slots=True)
class Options:
    """One run. attach: the state directory of a platform that runs already, None to start one.

    services_port: the first of the services' four ports on that platform. composed: play in containers of its own.
    """

    settings: Settings
    day_seconds: float
    out: Path
    kill: tuple[Kill, ...]
    attach: Path | None
    services_port: int
    composed: bool


def read(arguments: list[str] | None = None) -> Options:
    """The options of this process; ends it with a clear sentence when they make no sense."""
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    variable = os.environ.get
    parser.add_argument("--seed", type=int, default=variable("SEED") or "1", help="or SEED (%(default)s)")
    parser.add_argument("--days", type=_days, default=variable("DAYS") or "30", help="or DAYS (%(default)s)")
    parser.add_argument("--size", type=_size, default=variable("SIZE") or "1", help="fraction, or SIZE (%(default)s)")
    parser.add_argument("--profile", choices=PROFILES, default=variable("PROFILE") or "D92", help="or PROFILE")
    parser.add_argument("--day-seconds", type=float, default=DAY_SECONDS, help="real seconds a day (%(default)s)")
    parser.add_argument("--out", type=Path, default=state.ROOT / "out", help="where results go (%(default)s)")
    parser.add_argument(
        "--kill", type=_kill, action="append", default=[], metavar="SERVICE@DAY", help="kill -9 it then"
    )
    parser.add_argument(
        "--attach",
        type=Path,
        nargs="?",
        const=state.STATE,
        help="use the platform of this state directory; its clock is read from SIAO_CLOCK_*",
    )
    parser.add_argument("--composed", action="store_true", help="play in containers of its own (make images first)")
    parser.add_argument("--services-port", type=int, default=SERVICES_PORT, help="of --attach (%(default)s)")
    found = parser.parse_args(arguments)
    if found.profile not in PROFILES:
        parser.error(f"PROFILE={found.profile} : choisir / choose {', '.join(PROFILES)}")
    if found.attach is not None and found.kill:
        parser.error("--kill ne va pas avec --attach / --kill does not go with --attach")
    if found.attach is not None and found.composed:
        parser.error("--composed ne va pas avec --attach / --composed does not go with --attach")
    if not found.composed and any(kill.service in INFRASTRUCTURE for kill in found.kill):
        parser.error(f"--kill {', '.join(INFRASTRUCTURE)} : avec / with --composed")
    return Options(
        Settings(found.seed, found.days, found.size, found.profile),
        found.day_seconds,
        found.out,
        tuple(found.kill),
        found.attach,
        found.services_port,
        found.composed,
    )


def _days(text: str) -> int:
    days = int(text)
    if not 1 <= days <= 366:
        raise argparse.ArgumentTypeError("1 à 366 jours / 1 to 366 days")
    return days


def _size(text: str) -> float:
    size = float(text)
    if not 0.01 <= size <= 5:
        raise argparse.ArgumentTypeError("0.01 à 5 / 0.01 to 5")
    return size


def _kill(text: str) -> Kill:
    name, _, day = text.partition("@")
    names = [*(service.value for service in Service), *INFRASTRUCTURE]
    if name not in names or not day.replace(".", "", 1).isdigit():
        raise argparse.ArgumentTypeError(f"SERVICE@DAY, {', '.join(names)}")
    return Kill(name, float(day))
