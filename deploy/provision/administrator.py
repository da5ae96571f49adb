"""The broker's administrator: where it is and who; refuses to guess."""

import os
from pathlib import Path

from deploy.embedded import state
from deploy.embedded.failure import PlatformError


def administrator(directory: Path) -> dict[str, str | int]:
    """librdkafka settings from SIAO_KAFKA, SIAO_KAFKA_USER, SIAO_KAFKA_PASSWORD, or the embedded platform's.

    Raises PlatformError when there is neither.
    """
    if "SIAO_KAFKA" in os.environ:
        address, user, password = (
            os.environ[name] for name in ("SIAO_KAFKA", "SIAO_KAFKA_USER", "SIAO_KAFKA_PASSWORD")
        )
    else:
        kept_at = directory / "administrator.json"
        if not kept_at.exists():
            raise PlatformError(
                f"Aucune plateforme sous {directory} : lancez-la (make up), ou donnez SIAO_KAFKA et ses identifiants.",
                f"No platform under {directory}: start one (make up), or give SIAO_KAFKA and its credentials.",
            )
        kept = state.remembered(kept_at, dict)
        address, user, password = kept["kafka"], kept["user"], kept["password"]
    return {
        "bootstrap.servers": address,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": user,
        "sasl.password": password,
        "log_level": 0,
    }
