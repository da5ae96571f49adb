"""Where the demo plays: the embedded platform or the containers that it starts afresh, or what runs already."""

import json
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from contracts.partners import PartnerRegistered
from contracts.topics import Service
from deploy.compose.project import Project
from deploy.demo.clock import BusinessClock
from deploy.demo.composed import Composed
from deploy.demo.lines import Access
from deploy.demo.options import Options
from deploy.demo.settlement import START
from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.embedded.platform import Addresses, Platform, Report
from deploy.embedded.ports import HOST
from deploy.embedded.service import Clock
from deploy.provision.apply import apply
from deploy.provision.connection import authority_of, require_answer
from deploy.provision.credentials import Credential
from deploy.provision.credentials import read as read_credentials

# Its own ports, so that a platform that is up does not disturb it.
ADDRESSES: Final = Addresses(kafka=19192, postgres=15532, services=18181)
DIRECTORY: Final = state.STATE / "demo"
ORIGIN: Final = datetime.combine(START, time(), UTC)


@dataclass
class Stage:
    """The platform as the demo uses it. `platform`, `project`: the one that the demo started itself, if any."""

    administrator: Access
    accesses: dict[str, Access]
    urls: dict[str, str]
    logs: Path
    clock: BusinessClock
    platform: Platform | None = None
    project: Project | None = None

    def kill(self, service: str) -> None:
        """End a service as a crash does; it is started again."""
        if self.project is not None:
            self.project.kill(service)
        process = self.platform.services[service] if self.platform else None
        if process is not None and process.pid is not None:
            os.kill(process.pid, signal.SIGKILL)

    def gather_logs(self) -> None:
        """All that was logged so far is under `logs`: containers keep theirs elsewhere."""
        if self.project is not None:
            self.project.write_logs(self.logs)

    def failure(self) -> PlatformError | None:
        """Why the platform has stopped, if it has."""
        if self.platform is None or not self.platform.ended.is_set():
            return None
        return self.platform.failure or PlatformError("La plateforme s'est arrêtée.", "The platform has stopped.")

    def deaths(self) -> list[str]:
        """Services that ended by themselves so far, oldest first."""
        return [death.service for death in self.platform.deaths] if self.platform else []

    def close(self) -> None:
        """Stop what was started."""
        if self.platform is not None:
            self.platform.stop()
        if self.project is not None:
            self.project.down()


def open_stage(options: Options, partners: Sequence[PartnerRegistered], report: Report) -> Stage:
    """The stage, ready. Raises PlatformError with one sentence."""
    if options.attach is not None:
        return _attached(options.attach, options.services_port, partners)
    if options.composed:
        return _composed(86_400 / options.day_seconds, partners, report)
    clock = BusinessClock(ORIGIN, datetime.now(UTC), 86_400 / options.day_seconds)
    platform = Platform(
        DIRECTORY,
        partners=partners,
        addresses=ADDRESSES,
        clock=Clock(clock.origin, clock.started, clock.rate),
        report=report,
    )
    _clear(platform)
    platform.start()
    admin = platform.kafka
    return Stage(
        administrator=Access(admin.bootstrap, admin.admin_user, admin.admin_password),
        accesses=_accesses(platform.credentials.partners, admin.bootstrap),
        urls={name: service.url for name, service in platform.services.items()},
        logs=DIRECTORY / "logs",
        clock=clock,
        platform=platform,
    )


def _clear(platform: Platform) -> None:
    """Each run begins with an empty SIAO: what an earlier run left is ended, then removed."""
    state.lock(platform.directory).close()
    children = (platform.kafka.child, platform.postgres.child, *(process.child for process in platform.processes()))
    for child in children:
        child.end_leftover()
    shutil.rmtree(platform.directory)


def _accesses(
    credentials: Mapping[str, Credential], bootstrap: str, authority: Path | None = None
) -> dict[str, Access]:
    return {partner: Access(bootstrap, known.user, known.password, authority) for partner, known in credentials.items()}


def _composed(rate: float, partners: Sequence[PartnerRegistered], report: Report) -> Stage:
    """Containers, secrets and volumes of the demo's own, removed at its end."""
    composed = Composed(partners)
    project = composed.project
    try:
        report("containers", "Kafka, PostgreSQL, provisioning, migrations")
        composed.prepare()
        # Business time begins when the services do, as with the embedded platform: containers take longer before.
        clock = BusinessClock(ORIGIN, datetime.now(UTC), rate)
        report("containers", "services")
        composed.start_services(clock.environment())
    except BaseException:
        project.down()
        raise
    authority = composed.secrets / "authority.pem"
    logins = read_credentials(composed.secrets / "credentials.json").partners
    return Stage(
        administrator=_administrator(composed.secrets),
        accesses=_accesses(logins, composed.address, authority),
        urls=composed.urls,
        logs=composed.directory / "logs",
        clock=clock,
        project=project,
    )


def _administrator(directory: Path) -> Access:
    kept = json.loads((directory / "administrator.json").read_text(encoding="utf-8"))
    return Access(kept["kafka"], kept["user"], kept["password"], authority_of(directory, kept))


def _attached(directory: Path, port: int, partners: Sequence[PartnerRegistered]) -> Stage:
    try:
        access = _administrator(directory)
        origin, started = (datetime.fromisoformat(os.environ[f"SIAO_CLOCK_{name}"]) for name in ("ORIGIN", "STARTED"))
        clock = BusinessClock(origin, started, float(os.environ["SIAO_CLOCK_RATE"]))
    except (OSError, KeyError, ValueError) as error:
        raise PlatformError(
            f"Aucune plateforme à rejoindre sous {directory}, ou SIAO_CLOCK_ORIGIN, SIAO_CLOCK_STARTED et "
            f"SIAO_CLOCK_RATE ne donnent pas son horloge ({error}).",
            "There is no platform to attach to, or the SIAO_CLOCK_* variables do not give its clock.",
        ) from error
    require_answer(access.librdkafka())
    applied = apply(access.librdkafka(), partners, directory / "credentials.json")
    return Stage(
        administrator=access,
        accesses=_accesses(applied.credentials.partners, access.bootstrap, access.authority),
        urls={service.value: f"http://{HOST}:{port + rank}" for rank, service in enumerate(Service)},
        logs=directory / "logs",
        clock=clock,
    )
