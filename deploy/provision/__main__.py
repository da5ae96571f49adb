"""`python -m deploy.provision FILE`: provisions a running Kafka; refuses a wrong partners' file before it connects."""

import argparse
import os
import sys
from pathlib import Path

from confluent_kafka import KafkaException

from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.provision.apply import Applied, apply
from deploy.provision.partners import load


def main() -> int:
    """0 when the broker is as the file says, 1 with one sentence when it is not."""
    parser = argparse.ArgumentParser(prog="python -m deploy.provision", description=__doc__)
    parser.add_argument("file", type=Path, help="the partners, YAML or JSON")
    parser.add_argument(
        "--state",
        type=Path,
        default=state.STATE,
        help="the embedded platform's directory, credentials go there",
    )
    options = parser.parse_args()
    try:
        applied = apply(_administrator(options.state), load(options.file), options.state / "credentials.json")
    except (PlatformError, KafkaException) as error:
        print(error, file=sys.stderr)
        return 1
    print(_sentence(applied, options.state / "credentials.json"))
    return 0


def _administrator(directory: Path) -> dict[str, str | int]:
    """The super user's settings: SIAO_KAFKA, SIAO_KAFKA_USER, SIAO_KAFKA_PASSWORD, or the embedded platform's."""
    if "SIAO_KAFKA" in os.environ:
        address, user, password = (
            os.environ[name] for name in ("SIAO_KAFKA", "SIAO_KAFKA_USER", "SIAO_KAFKA_PASSWORD")
        )
    else:
        administrator = directory / "administrator.json"
        if not administrator.exists():
            raise PlatformError(
                f"Aucune plateforme sous {directory} : lancez-la (make up), ou donnez SIAO_KAFKA et ses identifiants.",
                f"No platform under {directory}: start one (make up), or give SIAO_KAFKA and its credentials.",
            )
        kept = state.remembered(administrator, dict)
        address, user, password = kept["kafka"], kept["user"], kept["password"]
    return {
        "bootstrap.servers": address,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": user,
        "sasl.password": password,
        "log_level": 0,
    }


def _sentence(applied: Applied, credentials: Path) -> str:
    partners = len(applied.credentials.partners)
    return (
        f"{partners} partenaires en place en {applied.seconds:.1f} s "
        f"(+{applied.registered} inscriptions, +{applied.topics} topics, +{applied.users} comptes, "
        f"+{applied.granted} droits, -{applied.revoked} droits) ; identifiants : {credentials}"
        f" / {partners} partners in place; credentials: {credentials}"
    )


if __name__ == "__main__":
    sys.exit(main())
