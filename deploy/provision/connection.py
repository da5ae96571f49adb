"""How an administrator's tools reach Kafka; refuses to send a login over an open line to another machine."""

import ipaddress
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from deploy.embedded.failure import PlatformError

SCRAM: Final = "SCRAM-SHA-512"
MECHANISMS: Final = (SCRAM, "PLAIN")
SECRETS: Final = Path("/run/secrets")
PATIENCE: Final = 60.0

Librdkafka = Mapping[str, str | int]


def librdkafka(
    address: str, user: str, password: str, authority: Path | None = None, mechanism: str = SCRAM
) -> dict[str, str | int]:
    """librdkafka settings of one login; `authority`: PEM file that the broker's certificate is verified with.

    Raises PlatformError for a connection without encryption to another machine, or an authority that is not there.
    """
    if authority is None and not _is_loopback(address):
        raise PlatformError(
            f"Sans autorité (SIAO_KAFKA_CA), aucun identifiant n'est envoyé à {address} : la connexion ne serait pas "
            "chiffrée.",
            f"Without an authority (SIAO_KAFKA_CA) no login is sent to {address}: it would not be encrypted.",
        )
    if authority is not None and not authority.is_file():
        raise PlatformError(
            f"Le fichier de l'autorité {authority} manque (make secrets).",
            f"The authority's file {authority} is missing (make secrets).",
        )
    encryption = {"ssl.ca.location": str(authority)} if authority else {}
    return {
        "bootstrap.servers": address,
        "security.protocol": "SASL_SSL" if authority else "SASL_PLAINTEXT",
        "sasl.mechanism": mechanism,
        "sasl.username": user,
        "sasl.password": password,
        "log_level": 0,
        **encryption,
    }


def administrator(directory: Path) -> dict[str, str | int]:
    """The super user's settings: SIAO_KAFKA and the other SIAO_KAFKA_*, or what a platform left under `directory`.

    SIAO_KAFKA_PASSWORD may be a file instead, /run/secrets/siao_kafka_password.
    """
    if address := os.environ.get("SIAO_KAFKA"):
        authority, mechanism = os.environ.get("SIAO_KAFKA_CA"), os.environ.get("SIAO_KAFKA_MECHANISM") or SCRAM
        if mechanism not in MECHANISMS:
            raise PlatformError(
                f"SIAO_KAFKA_MECHANISM={mechanism} : choisir parmi {', '.join(MECHANISMS)}.",
                f"SIAO_KAFKA_MECHANISM={mechanism}: choose one of {', '.join(MECHANISMS)}.",
            )
        user, password = os.environ.get("SIAO_KAFKA_USER") or "admin", _password()
        return librdkafka(address, user, password, Path(authority) if authority else None, mechanism)
    path = directory / "administrator.json"
    if not path.exists():
        raise PlatformError(
            f"Aucune plateforme sous {directory} : lancez-la (make up), ou donnez SIAO_KAFKA et ses identifiants.",
            f"No platform under {directory}: start one (make up), or give SIAO_KAFKA and its credentials.",
        )
    kept = json.loads(path.read_text(encoding="utf-8"))
    return librdkafka(kept["kafka"], kept["user"], kept["password"], authority_of(directory, kept))


def authority_of(directory: Path, kept: Mapping[str, str]) -> Path | None:
    """The authority that `administrator.json` names, beside it; None where the connection needs no encryption."""
    return directory / kept["authority"] if "authority" in kept else None


def replication() -> int:
    """On how many brokers each topic is kept: SIAO_REPLICATION, one by default."""
    text = os.environ.get("SIAO_REPLICATION") or "1"
    if not text.isdecimal() or int(text) < 1:
        raise PlatformError(
            f"SIAO_REPLICATION={text} : un nombre de courtiers est attendu.",
            f"SIAO_REPLICATION={text}: a number of brokers is expected.",
        )
    return int(text)


def require_answer(settings: Librdkafka, patience: float = PATIENCE) -> None:
    """Returns once Kafka answers this login; raises PlatformError with why it does not."""
    said: list[KafkaError] = []
    reported: dict[str, Any] = {"error_cb": said.append}
    admin = AdminClient({**settings, **reported})
    deadline = time.monotonic() + patience
    while True:
        try:
            admin.list_topics(timeout=1)
            return
        except KafkaException:
            admin.poll(0)
            codes = {error.code() for error in said}
            address = settings["bootstrap.servers"]
            if KafkaError._AUTHENTICATION in codes:
                raise PlatformError(
                    f"Kafka ({address}) refuse le mot de passe de {settings['sasl.username']}.",
                    f"Kafka ({address}) refuses the password of {settings['sasl.username']}.",
                ) from None
            if KafkaError._SSL in codes:
                raise PlatformError(
                    f"Le certificat de Kafka ({address}) n'est pas de l'autorité donnée, ou pas à ce nom.",
                    f"The certificate of Kafka ({address}) is not the given authority's, or not in that name.",
                ) from None
            if time.monotonic() > deadline:
                raise PlatformError(
                    f"Kafka ({address}) ne répond pas après {patience:.0f} s.",
                    f"Kafka ({address}) does not answer after {patience:.0f} s.",
                ) from None


def _password() -> str:
    file = SECRETS / "siao_kafka_password"
    password = os.environ.get("SIAO_KAFKA_PASSWORD") or (file.read_text(encoding="utf-8") if file.is_file() else "")
    if not password:
        raise PlatformError(
            f"Le mot de passe de l'administrateur de Kafka manque : SIAO_KAFKA_PASSWORD, ou {file}.",
            f"The password of Kafka's administrator is missing: SIAO_KAFKA_PASSWORD, or {file}.",
        )
    return password


def _is_loopback(address: str) -> bool:
    host = address.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
