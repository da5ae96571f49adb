"""The demo's own containers: a project, secrets, ports and partners apart; disturbs no other composition."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from contracts.partners import PartnerRegistered
from deploy.compose import secret_files
from deploy.compose.project import INFRASTRUCTURE, ONCE, SERVICES, Project
from deploy.embedded import state
from deploy.embedded.ports import HOST

NAME: Final = "siao-demo"
DIRECTORY: Final = state.STATE / "composed"
PARTNERS_PORT: Final = 19293
SERVICES_PORT: Final = 18281


class Composed:
    """A composition of nothing but the demo's partners."""

    def __init__(self, partners: Sequence[PartnerRegistered], name: str = NAME, directory: Path = DIRECTORY) -> None:
        self.directory, self.secrets = directory, directory / "secrets"
        self.address = f"{HOST}:{PARTNERS_PORT}"
        self.urls = {service: f"http://{HOST}:{SERVICES_PORT + rank}" for rank, service in enumerate(SERVICES)}
        self._partners = partners
        file = directory / "partners.json"
        self.project = Project(
            name,
            {
                "SIAO_SECRETS": str(self.secrets),
                "SIAO_PARTNERS_FILE": str(file),
                "SIAO_PARTNERS_ADDRESS": self.address,
                "SIAO_PARTNERS_BIND": self.address,
                **{f"SIAO_{service.upper()}_BIND": url.removeprefix("http://") for service, url in self.urls.items()},
            },
        )
        self._file = file

    def prepare(self) -> None:
        """Everything but the services, afresh. Raises PlatformError with one sentence."""
        self.project.down()
        shutil.rmtree(self.directory, ignore_errors=True)
        secret_files.make(self.secrets, self._partners, self.address)
        listed = {"partners": [partner.model_dump(mode="json") for partner in self._partners]}
        self._file.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
        once = [part for part in ONCE if part != "databases"]
        self.project.up(*once)
        self.project.wait(*INFRASTRUCTURE, *ONCE)

    def start_services(self, clock: Mapping[str, str]) -> None:
        """The four services with this clock (SIAO_CLOCK_*), until they are ready."""
        self.project.environment.update(clock)
        self.project.up(*SERVICES, alone=True)
        self.project.wait(*SERVICES)
