"""One service as a process: its environment, readiness and restarts; never starts again before its back-off."""

import http.client
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from deploy.embedded import ports, state
from deploy.embedded.child import Child

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# After this many seconds of life a service is well again: its next death starts from the first delay.
STEADY = 60.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Business time: `origin` at the real instant `started`, then `rate` business seconds a real second."""

    origin: datetime
    started: datetime
    rate: float


@dataclass(frozen=True, slots=True)
class Death:
    """A service ended by itself: its exit code (negative: a signal), last log lines, seconds before it starts again."""

    service: str
    exit_code: int | None
    last_lines: str
    delay: float


@dataclass(frozen=True, slots=True)
class Commands:
    """What is run for a service, by its name: the service itself, and its migrations."""

    service: Callable[[str], Sequence[str]] = lambda name: (sys.executable, "-m", f"services.{name}")
    migrate: Callable[[str], Sequence[str]] = lambda name: (
        sys.executable,
        "-m",
        "services.chassis.migrate",
        name,
    )


class ServiceProcess:
    """A service: started, watched by `tend`, stopped through its `child`."""

    def __init__(self, name: str, port: int, directory: Path, command: Sequence[str]) -> None:
        self.name = name
        self.port = port
        self.child = Child(name, directory / "run" / f"{name}.pid", directory / "logs" / f"{name}.log")
        self._command = command
        self._environment: Mapping[str, str] = {}
        self._began = 0.0
        self._deaths = 0
        self._due: float | None = None

    @property
    def url(self) -> str:
        """Where /health, /ready and /metrics answer."""
        return f"http://{ports.HOST}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The process id, None while it is not running."""
        return self.child.pid

    def start(self, environment: Mapping[str, str]) -> None:
        """Starts the process with this environment, kept for its restarts; returns at once."""
        self._environment = environment
        self._began, self._due = time.monotonic(), None
        self.child.start(self._command, directory=state.ROOT, environment=environment)

    def is_ready(self) -> bool:
        """Does `GET /ready` answer 200?"""
        connection = http.client.HTTPConnection(ports.HOST, self.port, timeout=2)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def tend(self) -> Death | None:
        """Looks after it once: a death just seen is returned; when its delay is over the service starts again."""
        now = time.monotonic()
        if self.pid is not None:
            if now - self._began > STEADY:
                self._deaths = 0
            return None
        if self._due is None:
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2**self._deaths)
            self._deaths, self._due = self._deaths + 1, now + delay
            return Death(self.name, self.child.exit_code, self.child.tail(), delay)
        if now >= self._due:
            self.start(self._environment)
        return None


def environment_of(
    *,
    kafka: str,
    database: str,
    port: int,
    vault_key: str,
    log_level: str,
    clock: Clock | None,
    otlp: str | None = None,
) -> dict[str, str]:
    """A service's environment but its Kafka login: ours without any SIAO_* variable, then exactly these."""
    settings = {
        "SIAO_KAFKA": kafka,
        "SIAO_DATABASE": database,
        "SIAO_HTTP_PORT": str(port),
        "SIAO_VAULT_KEY": vault_key,
        "SIAO_LOG_LEVEL": log_level,
    }
    if otlp is not None:
        settings["SIAO_OTLP"] = otlp
    if clock is not None:
        settings["SIAO_CLOCK_ORIGIN"] = clock.origin.isoformat()
        settings["SIAO_CLOCK_STARTED"] = clock.started.isoformat()
        settings["SIAO_CLOCK_RATE"] = str(clock.rate)
    return {**_ours(), **settings}


def environment_of_edge(*, kafka: str, port: int, edge_port: int, log_level: str) -> dict[str, str]:
    """The same for the edge, which has no database. port: of its pages; edge_port: the one that partners reach."""
    settings = {
        "SIAO_KAFKA": kafka,
        "SIAO_HTTP_PORT": str(port),
        "SIAO_EDGE_PORT": str(edge_port),
        "SIAO_LOG_LEVEL": log_level,
    }
    return {**_ours(), **settings}


def _ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SIAO_")}
