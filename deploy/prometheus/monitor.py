"""Prometheus and Alertmanager as child processes on the loopback, looking at services that run already.

They are not downloaded: refuses, in one sentence, a machine that lacks their programs.
"""

import http.client
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.embedded import ports
from deploy.embedded.child import Child, stop_together, wait_until
from deploy.embedded.failure import PlatformError
from deploy.prometheus import variants

# Their usual ports are taken where Debian's packages have started them.
PROMETHEUS_PORT: Final = 18091
ALERTMANAGER_PORT: Final = 18093

# Each program by the names it goes by: upstream's, Debian's.
PROGRAMS: Final = {
    "prometheus": ("prometheus",),
    "alertmanager": ("alertmanager", "prometheus-alertmanager"),
    "promtool": ("promtool",),
    "amtool": ("amtool",),
}


def found(name: str) -> str | None:
    """Where a program is, None when this machine has none."""
    return next((path for known in PROGRAMS[name] if (path := shutil.which(known))), None)


def program(name: str) -> str:
    """Where a program is. Raises PlatformError with what to install."""
    path = found(name)
    if path is None:
        raise PlatformError(
            f"Le programme {name} manque : installez-le (Debian : apt install prometheus prometheus-alertmanager).",
            f"The program {name} is missing: install it (Debian: apt install prometheus prometheus-alertmanager).",
        )
    return path


@dataclass(frozen=True, slots=True)
class Pace:
    """How often Prometheus looks, and how long a condition holds before it alerts: None, as each rule says."""

    interval: str = "15s"
    hold: str | None = None


class Monitor:
    """`start`, use, `stop`. services: host:port by service; webhook: where every alert is also posted."""

    def __init__(
        self,
        directory: Path,
        services: Mapping[str, str],
        *,
        prometheus: int = PROMETHEUS_PORT,
        alertmanager: int = ALERTMANAGER_PORT,
        pace: Pace = Pace(),
        webhook: str | None = None,
    ) -> None:
        self.directory, self._services, self._pace, self._webhook = directory, services, pace, webhook
        self._ports = {"prometheus": prometheus, "alertmanager": alertmanager}
        self._children = {name: _child(directory, name) for name in self._ports}

    def url(self, name: str) -> str:
        """Where `prometheus` or `alertmanager` answers."""
        return f"http://{self._address(name)}"

    def start(self) -> None:
        """Returns when both are ready; raises PlatformError with one sentence, nothing left running."""
        commands = {"prometheus": self._prometheus(), "alertmanager": self._alertmanager()}
        try:
            for name, command in commands.items():
                ports.require_free(self._ports[name], name, f"--{name}-port")
                self._children[name].start(command, directory=self.directory)
            for name, child in self._children.items():
                wait_until("/-/ready", lambda port=self._ports[name]: _is_ready(port), child, 30)  # type: ignore[misc]
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Returns when both are gone."""
        stop_together(list(self._children.values()))

    def _address(self, name: str) -> str:
        return f"{ports.HOST}:{self._ports[name]}"

    def _prometheus(self) -> list[str]:
        settings = self.directory / "settings"
        for path in variants.RULES:
            rules = variants.read(path)
            quick = rules if self._pace.hold is None else variants.hastened(rules, self._pace.hold)
            variants.written(settings / "alerts" / path.name, quick)
        document = variants.prometheus(self._services, self._address("alertmanager"), self._pace.interval)
        return [
            program("prometheus"),
            f"--config.file={variants.written(settings / 'prometheus.yml', document)}",
            f"--storage.tsdb.path={self.directory / 'prometheus'}",
            f"--web.listen-address={self._address('prometheus')}",
        ]

    def _alertmanager(self) -> list[str]:
        document = variants.alertmanager(self._webhook)
        return [
            program("alertmanager"),
            f"--config.file={variants.written(self.directory / 'settings' / 'alertmanager.yml', document)}",
            f"--storage.path={self.directory / 'alertmanager'}",
            f"--web.listen-address={self._address('alertmanager')}",
            # Alone: it looks for no others.
            "--cluster.listen-address=",
        ]


def _child(directory: Path, name: str) -> Child:
    return Child(name, directory / "run" / f"{name}.pid", directory / "logs" / f"{name}.log")


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=2)
    try:
        connection.request("GET", "/-/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
