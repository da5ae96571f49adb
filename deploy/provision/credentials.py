"""The file of Kafka passwords, readable by its owner only; refuses to change a password that it already knows."""

import json
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded import state
from deploy.embedded.failure import PlatformError


@dataclass(frozen=True, slots=True)
class Credential:
    """What a Kafka client logs in with, by SASL SCRAM-SHA-512."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """By name: services and partners. Printing it shows no password.

    connection: what a partner's software is configured with beside its login, in words; for people.
    """

    services: Mapping[str, Credential]
    partners: Mapping[str, Credential]
    connection: Mapping[str, str] = field(default_factory=dict)

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

    return Credentials(section("services"), section("partners"), kept.get("connection", {}))


def complete(
    path: Path, services: Iterable[str], partners: Iterable[str], connection: Mapping[str, str] | None = None
) -> Credentials:
    """The credentials at `path` with a new password for each name that had none; written before they are used.

    `connection`, when it is given, replaces what was kept of it. Raises PlatformError when the file cannot be written.
    """
    known = read(path)
    made = Credentials(
        _completed(known.services, services), _completed(known.partners, partners), connection or known.connection
    )
    if made == known:
        return made
    try:
        write(path, made)
    except OSError as error:
        new = sorted((made.services.keys() | made.partners.keys()) - (known.services.keys() | known.partners.keys()))
        raise PlatformError(
            f"Des mots de passe manquent dans {path} ({', '.join(new[:3])}…), qui ne peut pas être écrit ici : "
            "lancez make secrets, puis recommencez.",
            f"Passwords are missing in {path}, which cannot be written here: run make secrets, then try again.",
        ) from error
    return made


def write(path: Path, credentials: Credentials) -> None:
    """Keeps credentials at `path`: mode 0600, or the mode that the file had."""
    sections = {"services": credentials.services, "partners": credentials.partners}
    document: dict[str, Mapping[str, object]] = {
        title: {name: {"user": entry.user, "password": entry.password} for name, entry in section.items()}
        for title, section in sections.items()
    }
    if credentials.connection:
        document["connection"] = credentials.connection
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
    state.write_private(path, json.dumps(document, indent=1), mode)


def _completed(known: Mapping[str, Credential], names: Iterable[str]) -> dict[str, Credential]:
    added = {name: Credential(str(name), state.password()) for name in names if name not in known}
    return {**known, **added}
