"""The secrets of a composed system, one file each, made once; refuses to overwrite one, and to pass over a wrong one.

Keys and passwords are made when they are missing and never again. What follows from them (addresses, the broker's
certificate, the partners' file of logins) is brought up to date each time.
"""

import base64
import binascii
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from contracts.partners import PartnerRegistered
from contracts.topics import EDGE, Service
from deploy.embedded import state
from deploy.embedded.authority import Authority
from deploy.embedded.failure import PlatformError
from deploy.provision import credentials
from deploy.provision.credentials import OWN_USERS, Credential, Credentials
from deploy.provision.partners import with_defaults

ADDRESS: Final = "127.0.0.1:19093"
ADMIN: Final = "admin"
# Containers run as other users than the one who makes the files: the directory alone keeps them from everyone else.
READABLE: Final = 0o444
VAULT_BYTES: Final = 32
PASSWORD: Final = re.compile(r"[A-Za-z0-9_-]{16,}")
# How Kafka is called by the other containers.
BROKER: Final = "kafka"
KAFKA_UI: Final = """\
kafka:
  clusters:
    - name: siao
      bootstrapServers: kafka:9094
      readOnly: true
      ssl:
        verify: true
      properties:
        security.protocol: SASL_SSL
        sasl.mechanism: PLAIN
        sasl.jaas.config: >-
          org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="{kafka}";
        ssl.truststore.type: PEM
        ssl.truststore.location: /run/secrets/authority.pem
auth:
  type: LOGIN_FORM
spring:
  security:
    user:
      name: admin
      password: "{page}"
"""


@dataclass(frozen=True, slots=True)
class Made:
    """What one run did: names of the secrets made, how many partners have a login, and if the broker was certified."""

    new: Sequence[str]
    partners: int
    certified: bool


def make(directory: Path, partners: Sequence[PartnerRegistered], address: str = ADDRESS) -> Made:
    """Completes `directory`; `address`: host:port at which partners' software reaches Kafka.

    Raises PlatformError naming the first secret that is there and cannot be right.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise PlatformError(
            f"SIAO_PARTNERS_ADDRESS={address} : hôte:port est attendu.",
            f"SIAO_PARTNERS_ADDRESS={address}: host:port is expected.",
        )
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    new: list[str] = []
    kept = {name: _kept(directory / name, rule, new) for name, rule in _primary().items()}
    authority = Authority(directory, READABLE)
    certified = authority.certify(list(dict.fromkeys((BROKER, "localhost", "127.0.0.1", host))))
    # Partners reach both under the same name; each has a key of its own.
    authority.certify(list(dict.fromkeys((EDGE, "localhost", "127.0.0.1", host))), name=EDGE)
    for name, text in _derived(kept, address).items():
        _follow(directory / name, text)
    logins = _credentials(directory, kept, partners, address)
    return Made(new, len(logins.partners), certified)


@dataclass(frozen=True, slots=True)
class _Rule:
    """How a secret is made, and what one must be to be right."""

    make: Callable[[], str]
    right: Callable[[str], bool]
    french: str
    english: str


def _is_vault_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == VAULT_BYTES
    except binascii.Error:
        return False


_PASSWORD_RULE: Final = _Rule(
    state.password,
    lambda text: PASSWORD.fullmatch(text) is not None,
    "au moins 16 lettres, chiffres, tirets",
    "at least 16 letters, digits, hyphens",
)
_VAULT_RULE: Final = _Rule(
    lambda: base64.b64encode(secrets.token_bytes(VAULT_BYTES)).decode(),
    _is_vault_key,
    "une clé de 32 octets en base64",
    "a key of 32 bytes in base64",
)


def _primary() -> dict[str, _Rule]:
    """What is made at random, by file name."""
    alone = ("admin-password", "controller-password", "postgres-password", "grafana-password", "kafka-ui-password")
    rules = dict.fromkeys(alone, _PASSWORD_RULE)
    rules[f"{EDGE}-kafka-password"] = _PASSWORD_RULE
    for service in Service:
        rules[f"{service}-kafka-password"] = rules[f"{service}-database-password"] = _PASSWORD_RULE
        rules[f"{service}-vault-key"] = _VAULT_RULE
    return rules


def _kept(path: Path, rule: _Rule, new: list[str]) -> str:
    if not path.exists():
        state.write_private(path, rule.make(), READABLE)
        new.append(path.name)
    text = path.read_text(encoding="utf-8").strip()
    # An editor adds an end of line, which Kafka would take for a part of the password.
    _follow(path, text)
    if not rule.right(text):
        raise PlatformError(
            f"Le secret {path} n'est pas {rule.french} : remettez le bon, ou supprimez le fichier pour un autre.",
            f"The secret {path} is not {rule.english}: put the right one back, or remove the file for a new one.",
        )
    return text


def _derived(kept: Mapping[str, str], address: str) -> dict[str, str]:
    """What repeats other secrets for who needs them in another form."""
    administrator = {
        "kafka": address,
        "user": ADMIN,
        "password": kept["admin-password"],
        "authority": "authority.pem",
    }
    texts = {
        "administrator.json": json.dumps(administrator, indent=1),
        "kafka-ui.yml": KAFKA_UI.format(kafka=kept["admin-password"], page=kept["kafka-ui-password"]),
    }
    for service in Service:
        password = kept[f"{service}-database-password"]
        texts[f"{service}-database"] = f"postgresql+asyncpg://{service}:{password}@postgres:5432/{service}"
    return texts


def _follow(path: Path, text: str) -> None:
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        state.write_private(path, text, READABLE)
    # Whoever edited one may have closed it to the containers.
    path.chmod(READABLE)


def _credentials(
    directory: Path, kept: Mapping[str, str], partners: Sequence[PartnerRegistered], address: str
) -> Credentials:
    """Services as their own secrets say, each partner's login, and what its software is configured with."""
    path = directory / "credentials.json"
    known = credentials.read(path)
    services = {user: Credential(user, kept[f"{user}-kafka-password"]) for user in OWN_USERS}
    if known.services != services:
        credentials.write(path, replace(known, services=services))
    connection = {
        "bootstrap.servers": address,
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "ssl.ca.location": "authority.pem",
    }
    http = {partner.id for partner in with_defaults(partners) if partner.http}
    logins = credentials.complete(path, OWN_USERS, [partner.id for partner in partners], connection, http)
    path.chmod(READABLE)
    return logins
