"""Where the demo plays: the embedded platform that it starts afresh, or one that runs already."""

import json
import os
import shutil
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Final

from confluent_kafka import KafkaException

from contracts.partners import PartnerRegistered
from contracts.topics import Service
from deploy.demo.clock import BusinessClock
from deploy.demo.lines import Access
from deploy.demo.options import Options
from deploy.demo.settlement import START
from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.embedded.platform import Addresses, Platform, Report
from deploy.embedded.ports import HOST
from deploy.embedded.service import Clock
from deploy.provision.apply import apply
from deploy.provision.credentials import Credential

# Its own ports, so that a platform that is up does not disturb it.
ADDRESSES: Final = Addresses(kafka=19192, postgres=15532, services=18181)
DIRECTORY: Final = state.STATE / "demo"
ORIGIN: Final = datetime.combine(START, time(), UTC)


@dataclass
class Stage:
    """The platform as the demo uses it. `platform`: None when it is another process's."""

    bootstrap: str
    administrator: Access
    accesses: dict[str, Access]
    urls: dict[str, str]
    logs: Path
    clock: BusinessClock
    platform: Platform | None

    def kill(self, service: Service) -> None:
        """End a service as a crash does; the platform starts it again."""
        process = self.platform.services[service.value] if self.platform else None
        if process is not None and process.pid is not None:
            os.kill(process.pid, signal.SIGKILL)

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


def open_stage(options: Options, partners: Sequence[PartnerRegistered], report: Report) -> Stage:
    """The stage, ready. Raises PlatformError with one sentence."""
    if options.attach is not None:
        return _attached(options.attach, options.services_port, partners)
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
        bootstrap=admin.bootstrap,
        administrator=Access(admin.bootstrap, admin.admin_user, admin.admin_password),
        accesses=_accesses(admin.bootstrap, platform.credentials.partners),
        urls={name: service.url for name, service in platform.services.items()},
        logs=DIRECTORY / "logs",
        clock=clock,
        platform=platform,
    )


def _clear(platform: Platform) -> None:
    """Each run begins with an empty SIAO: what an earlier run left is ended, then removed."""
    state.lock(platform.directory).close()
    children = (platform.kafka.child, platform.postgres.child, *(s.child for s in platform.services.values()))
    for child in children:
        child.end_leftover()
    shutil.rmtree(platform.directory)


def _accesses(bootstrap: str, credentials: Mapping[str, Credential]) -> dict[str, Access]:
    return {partner: Access(bootstrap, known.user, known.password) for partner, known in credentials.items()}


def _attached(directory: Path, port: int, partners: Sequence[PartnerRegistered]) -> Stage:
    try:
        admin = json.loads((directory / "administrator.json").read_text(encoding="utf-8"))
        origin, started = (datetime.fromisoformat(os.environ[f"SIAO_CLOCK_{name}"]) for name in ("ORIGIN", "STARTED"))
        clock = BusinessClock(origin, started, float(os.environ["SIAO_CLOCK_RATE"]))
    except (OSError, KeyError, ValueError) as error:
        raise PlatformError(
            f"Aucune plateforme à rejoindre sous {directory}, ou SIAO_CLOCK_ORIGIN, SIAO_CLOCK_STARTED et "
            f"SIAO_CLOCK_RATE ne donnent pas son horloge ({error}).",
            "There is no platform to attach to, or the SIAO_CLOCK_* variables do not give its clock.",
        ) from error
    access = Access(admin["kafka"], admin["user"], admin["password"])
    try:
        applied = apply({**access.librdkafka(), "log_level": 0}, partners, directory / "credentials.json")
    except KafkaException as error:
        raise PlatformError(
            f"La plateforme sous {directory} ne répond pas.", "The platform does not answer."
        ) from error
    return Stage(
        bootstrap=access.bootstrap,
        administrator=access,
        accesses=_accesses(access.bootstrap, applied.credentials.partners),
        urls={service.value: f"http://{HOST}:{port + rank}" for rank, service in enumerate(Service)},
        logs=directory / "logs",
        clock=clock,
        platform=None,
    )
