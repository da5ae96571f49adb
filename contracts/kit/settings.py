"""Where the SIAO is and who we are, from a file or the environment; refuses to send a password in clear to the world.

File, in TOML: address, partner, password, and if need be user and ca. Environment: SIAO_ADDRESS, SIAO_PARTNER,
SIAO_PASSWORD, SIAO_USER, SIAO_CA, each before what the file says; SIAO_SETTINGS names the file.
"""

import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from contracts.kit.failure import SettingsError
from contracts.partners import PartnerId

FILE: Final = Path("siao-partner.toml")
FIELDS: Final = ("address", "partner", "user", "password", "ca")


class Settings(BaseModel):
    """A partner's access. Printing it shows no password."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    address: str = Field(pattern=r"^[^:,\s]+:[0-9]{1,5}(,[^:,\s]+:[0-9]{1,5})*$", description="host:port of Kafka.")
    partner: PartnerId = Field(description="Our id: part of our topics' names.")
    password: SecretStr = Field(min_length=1, description="Our secret.")
    user: str | None = Field(default=None, description="Kafka user, when it is not the partner's id.")
    ca: Path | None = Field(default=None, description="PEM file of the authority that signs the SIAO's certificate.")

    @classmethod
    def load(cls, file: Path | None = None, environment: Mapping[str, str] = os.environ) -> Self:
        """The settings of a file (`file`, SIAO_SETTINGS or ./siao-partner.toml) and of the environment.

        Raises SettingsError when a file that was named is not there, or when something is missing or wrong.
        """
        named = file or (Path(environment["SIAO_SETTINGS"]) if environment.get("SIAO_SETTINGS") else None)
        found = _of_file(named or FILE, required=named is not None)
        for name in FIELDS:
            if value := environment.get(f"SIAO_{name.upper()}"):
                found[name] = value
        try:
            return cls.model_validate(found)
        except ValidationError as error:
            raise _wrong(error, named or FILE) from None

    @property
    def login(self) -> str:
        """The Kafka user."""
        return self.user or self.partner

    @property
    def hosts(self) -> list[tuple[str, int]]:
        """Each host and port of the address."""
        pairs = (pair.rpartition(":") for pair in self.address.split(","))
        return [(host, int(port)) for host, _, port in pairs]

    @property
    def encrypted(self) -> bool:
        """Whether we speak TLS: always, except on this very machine and without an authority."""
        return self.ca is not None or not all(_is_loopback(host) for host, _ in self.hosts)


def _of_file(path: Path, required: bool) -> dict[str, Any]:
    if not path.exists() and not required:
        return {}
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else str(error)
        raise SettingsError(
            f"Les réglages {path} ne se lisent pas ({what}).", f"The settings {path} cannot be read."
        ) from None
    if isinstance(found.get("ca"), str):
        # The file travels with its authority: a relative path is relative to the file.
        found["ca"] = path.parent / found["ca"]
    return found


def _wrong(error: ValidationError, path: Path) -> SettingsError:
    faults = [(str(fault["loc"][0]), fault["type"]) for fault in error.errors(include_input=False, include_url=False)]
    missing = [name for name, kind in faults if kind == "missing"]
    wrong = [name for name, kind in faults if kind != "missing"]
    variables = ", ".join(f"SIAO_{name.upper()}" for name in missing)
    fr = [f"il manque {', '.join(missing)} (dans {path}, ou {variables})"] if missing else []
    en = [f"{', '.join(missing)} missing"] if missing else []
    if wrong:
        fr.append(f"{', '.join(wrong)} : valeur non valide")
        en.append(f"{', '.join(wrong)}: not valid")
    return SettingsError(f"Réglages : {' ; '.join(fr)}.", f"Settings: {'; '.join(en)}.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
