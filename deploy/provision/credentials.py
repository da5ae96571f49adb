"""The file of Kafka passwords and HTTP tokens, readable by its owner only; refuses to change one that it already knows.

While a partner's credentials are being replaced it has two Kafka users, `<id>` and `<id>.b`: Kafka keeps one password a
user. Its topics and groups are named after the partner, never after the user, so either may do the same.
"""

import json
import secrets
import stat
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from contracts.topics import EDGE, Service
from deploy.embedded import state
from deploy.embedded.failure import PlatformError

# The SIAO's own Kafka users beside the administrator.
OWN_USERS: Final = (*(service.value for service in Service), EDGE)
# A dot is in no partner's id: the second user of one is never another partner.
SECOND: Final = ".b"
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Credential:
    """What a Kafka client logs in with, by SASL SCRAM-SHA-512; `token`: what a partner shows over HTTP, if it may."""

    user: str
    password: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Credentials:
    """By name: services and partners. Printing it shows no password.

    connection: what a partner's software is configured with beside its login, in words; for people.
    next: partners whose credentials are being replaced, with what takes their place.
    """

    services: Mapping[str, Credential]
    partners: Mapping[str, Credential]
    connection: Mapping[str, str] = field(default_factory=dict)
    next: Mapping[str, Credential] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Credentials({len(self.services)} services, {len(self.partners)} partners)"

    def everyone(self) -> dict[str, Credential]:
        """Services and partners together, by user."""
        known = (*self.services.values(), *self.partners.values(), *self.next.values())
        return {credential.user: credential for credential in known}

    def of(self, partner: str) -> list[Credential]:
        """A partner's one or two credentials, the one in use first."""
        kept = (self.partners.get(partner), self.next.get(partner))
        return list(dict.fromkeys(credential for credential in kept if credential is not None))

    def finishing(self, partner: str) -> bool:
        """Are its old credentials being taken away? Then the new ones are in both places, and nothing else is live."""
        return partner in self.next and self.partners.get(partner) == self.next[partner]

    def without(self, partners: Collection[str]) -> "Credentials":
        """The same, these partners forgotten."""

        def rest(section: Mapping[str, Credential]) -> dict[str, Credential]:
            return {name: kept for name, kept in section.items() if name not in partners}

        return replace(self, partners=rest(self.partners), next=rest(self.next))


def users_of(partner: str) -> tuple[str, str]:
    """The two names that a partner's Kafka user may have."""
    return partner, f"{partner}{SECOND}"


def new_token(partner: str) -> str:
    """A token for HTTP: 256 random bits after the partner's name."""
    return f"siao_{partner}_{secrets.token_urlsafe(TOKEN_BYTES)}"


def read(path: Path) -> Credentials:
    """The credentials kept at `path`; none when there is no file yet."""
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def section(name: str) -> dict[str, Credential]:
        entries = kept.get(name, {}).items()
        return {key: Credential(entry["user"], entry["password"], entry.get("token")) for key, entry in entries}

    return Credentials(section("services"), section("partners"), kept.get("connection", {}), section("next"))


def completed(
    known: Credentials, services: Iterable[str], partners: Iterable[str], http: Collection[str] = ()
) -> Credentials:
    """The same, with a new password for each name that had none, and a token for those of these partners in `http`.

    A partner that may not come by HTTP any more loses its token: let in again, it gets another.
    """
    ours = {name: Credential(str(name), state.password()) for name in services if name not in known.services}
    current, following = dict(known.partners), dict(known.next)
    for name in partners:
        if name not in current and name not in following:
            current[name] = Credential(str(name), state.password())
        for section in (current, following):
            if name in section and name not in http:
                section[name] = replace(section[name], token=None)
        if name in current and name in http and current[name].token is None:
            current[name] = replace(current[name], token=new_token(name))
    return replace(known, services={**known.services, **ours}, partners=current, next=following)


def complete(
    path: Path,
    services: Iterable[str],
    partners: Iterable[str],
    connection: Mapping[str, str] | None = None,
    http: Collection[str] = (),
) -> Credentials:
    """The credentials at `path`, `completed`; written before they are used.

    `connection`, when it is given, replaces what was kept of it. Raises PlatformError when the file cannot be written.
    """
    known = read(path)
    made = completed(known, services, partners, http)
    made = replace(made, connection=connection or known.connection)
    keep(path, known, made)
    return made


def keep(path: Path, known: Credentials, made: Credentials) -> None:
    """Writes what has changed since `known` was read, if anything; raises PlatformError when it cannot be written."""
    if made == known:
        return
    try:
        write(path, made)
    except OSError as error:
        new = sorted((made.services.keys() | made.partners.keys()) - (known.services.keys() | known.partners.keys()))
        who = f"Des mots de passe manquent dans {path} ({', '.join(new[:3])}…)" if new else f"{path} doit changer"
        raise PlatformError(
            f"{who}, mais ce fichier ne peut pas être écrit ici : lancez make secrets, puis recommencez.",
            f"Passwords in {path} must change, which cannot be written here: run make secrets, then try again.",
        ) from error


def write(path: Path, credentials: Credentials) -> None:
    """Keeps credentials at `path`: mode 0600, or the mode that the file had."""
    sections = {"services": credentials.services, "partners": credentials.partners, "next": credentials.next}
    document: dict[str, Mapping[str, object]] = {
        title: {name: _written(entry) for name, entry in section.items()}
        for title, section in sections.items()
        if section or title != "next"
    }
    if credentials.connection:
        document["connection"] = credentials.connection
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o600
    state.write_private(path, json.dumps(document, indent=1), mode)


def _written(entry: Credential) -> dict[str, str]:
    token = {} if entry.token is None else {"token": entry.token}
    return {"user": entry.user, "password": entry.password, **token}
