"""The file of Kafka passwords, readable by its owner only; refuses to change a password that it already knows."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded import state


@dataclass(frozen=True, slots=True)
class Credential:
    """What a Kafka client logs in with, by SASL SCRAM-SHA-512."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """By name: services and partners. Printing it shows no password."""

    services: Mapping[str, Credential]
    partners: Mapping[str, Credential]

    def __repr__(self) -> str:
        return f"Credentials({len(self.services)} services, {len(self.partners)} partners)"

    def everyone(self) -> dict[str, Credential]:
        """Services and partners together, by user."""
        return {credential.user: credential for credential in (*self.services.values(), *self.partners.values())}


def read(path: Path) -> Credentials:
    """The credentials kept at `path`; none when there is no file yet."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def section(name: str) -> dict[str, Credential]:
        return {key: Credential(entry["user"], entry["password"]) for key, entry in kept.get(name, {}).items()}

    return Credentials(section("services"), section("partners"))


def complete(path: Path, services: Iterable[str], partners: Iterable[str]) -> Credentials:
    """The credentials at `path` with a new password for each name that had none; written before they are used."""
    known = read(path)
    made = Credentials(_completed(known.services, services), _completed(known.partners, partners))
    if made != known:
        write(path, made)
    return made


def write(path: Path, credentials: Credentials) -> None:
    """Keeps credentials at `path`, mode 0600."""
    sections = {"services": credentials.services, "partners": credentials.partners}
    document = {
        title: {name: {"user": entry.user, "password": entry.password} for name, entry in section.items()}
        for title, section in sections.items()
    }
    state.write_private(path, json.dumps(document, indent=1))


def _completed(known: Mapping[str, Credential], names: Iterable[str]) -> dict[str, Credential]:
    added = {name: Credential(str(name), state.password()) for name in names if name not in known}
    return {**known, **added}
