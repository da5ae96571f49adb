"""A composed system as one object, through docker-compose: up, killed, read, down; refuses to touch another project."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from contracts.topics import EDGE, Service
from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.images import names

# By these the services wait for what must be there before them.
INFRASTRUCTURE: Final = ("kafka", "postgres")
SERVICES: Final = tuple(service.value for service in Service)
# What partners reach over HTTP.
DOOR: Final = EDGE
ONCE: Final = ("databases", "provision", *(f"migrate-{service}" for service in SERVICES))
# On a machine with other work; alone it takes a fifth.
PATIENCE: Final = 300.0
LOOK_EVERY: Final = 0.5
LAST_LINES: Final = 8


@dataclass(frozen=True, slots=True)
class Container:
    """A container of the project: its part in the composition, and how it is now, in Docker's words."""

    id: str
    service: str
    status: str
    health: str
    exit_code: int

    @property
    def well(self) -> bool:
        """Has it done, or does it do, its work?"""
        if self.service in ONCE:
            return self.status == "exited" and self.exit_code == 0
        return self.status == "running" and self.health in ("healthy", "")


class Project:
    """The composition of this checkout under a project name of its own; `environment`: what it is composed with."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self.environment = dict(environment)
        self._command = _compose()

    def up(self, *services: str, alone: bool = False) -> None:
        """Starts these services (all, when none is named), with what they depend on unless `alone`; returns at once.

        Raises PlatformError with the last lines of what docker-compose said.
        """
        self._compose("up", "--detach", "--no-build", *(["--no-deps"] if alone else []), *services)

    def wait(self, *services: str, patience: float = PATIENCE) -> None:
        """Returns when these services (all that exist, when none is named) are healthy or have done their work.

        Raises PlatformError naming the first that is not after `patience` seconds, with its last lines.
        """
        deadline = time.monotonic() + patience
        while True:
            found = [one for one in self.containers() if not services or one.service in services]
            poorly = [one for one in found if not one.well]
            absent = set(services) - {one.service for one in found}
            if found and not poorly and not absent:
                return
            if time.monotonic() > deadline:
                raise _not_well(poorly, sorted(absent), patience)
            time.sleep(LOOK_EVERY)

    def containers(self) -> list[Container]:
        """Every container of the project, ended ones too."""
        listed = _docker("ps", "--all", "--quiet", "--no-trunc", "--filter", self._mine).split()
        if not listed:
            return []
        found = []
        for one in json.loads(_docker("inspect", *listed)):
            now = one["State"]
            service = one["Config"]["Labels"]["com.docker.compose.service"]
            health = now.get("Health", {}).get("Status", "")
            found.append(Container(one["Id"], service, now["Status"], health, now["ExitCode"]))
        return found

    def kill(self, service: str) -> None:
        """`docker kill`, then started again: Docker takes a kill for an operator's wish and restarts nothing itself."""
        for one in self.containers():
            if one.service == service:
                _docker("kill", one.id)
                _docker("wait", one.id)
                _docker("start", one.id)

    def write_logs(self, directory: Path) -> None:
        """Everything that each container has written so far, in `directory`/<service>.log."""
        directory.mkdir(parents=True, exist_ok=True)
        for one in self.containers():
            with (directory / f"{one.service}.log").open("wb") as log:
                subprocess.run(["docker", "logs", one.id], stdout=log, stderr=subprocess.STDOUT, check=True)

    def down(self) -> None:
        """Removes containers, volumes and network."""
        self._compose("--profile", "monitoring", "--profile", "grafana", "--profile", "kafka-ui", *DOWN)

    def left(self) -> list[str]:
        """What of the project is still there: containers, volumes, networks; empty after `down`."""
        kinds = {"container": ("ps", "--all"), "volume": ("volume", "ls"), "network": ("network", "ls")}
        return [
            f"{kind} {name}"
            for kind, command in kinds.items()
            for name in _docker(*command, "--quiet", "--filter", self._mine).split()
        ]

    @property
    def _mine(self) -> str:
        return f"label=com.docker.compose.project={self.name}"

    def _compose(self, *arguments: str) -> None:
        images = {part.variable: names.image(part) for part in names.Part}
        environment = {**os.environ, **images, **self.environment, "COMPOSE_PROJECT_NAME": self.name}
        result = subprocess.run(
            [*self._command, *arguments],
            cwd=state.ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode:
            last = "\n".join(result.stderr.strip().splitlines()[-LAST_LINES:])
            raise PlatformError(
                f"docker-compose {arguments[0]} a échoué :\n{last}\n",
                "docker-compose failed; its last lines are above.",
            )


DOWN: Final = ("down", "--volumes", "--remove-orphans", "--timeout", "20")


def _compose() -> list[str]:
    """Compose v2 where the engine has it, docker-compose otherwise; SIAO_COMPOSE names another."""
    if chosen := os.environ.get("SIAO_COMPOSE"):
        return chosen.split()
    if shutil.which("docker"):
        plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
        if plugin.returncode == 0:
            return ["docker", "compose"]
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    raise PlatformError(
        "Ni docker compose ni docker-compose n'est installé (Debian : apt install docker.io docker-compose).",
        "Neither docker compose nor docker-compose is installed (Debian: apt install docker.io docker-compose).",
    )


def _docker(*arguments: str) -> str:
    result = subprocess.run(
        ["docker", *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise PlatformError(
            f"docker {arguments[0]} a échoué : {result.stderr.strip()}", f"docker {arguments[0]} failed."
        )
    return result.stdout


def _not_well(poorly: Sequence[Container], absent: Sequence[str], patience: float) -> PlatformError:
    if not poorly:
        missing = ", ".join(absent) or "aucun conteneur / no container"
        return PlatformError(
            f"Après {patience:.0f} s il manque : {missing}.", f"Missing after {patience:.0f} s: {missing}."
        )
    first = poorly[0]
    said = subprocess.run(
        ["docker", "logs", "--tail", str(LAST_LINES), first.id],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    how = f"{first.status} {first.health}".strip()
    return PlatformError(
        f"{first.service} n'est pas prêt après {patience:.0f} s ({how}) ; ses dernières lignes :\n{said.stdout}",
        f"{first.service} is not ready after {patience:.0f} s; its last lines are above.",
    )
