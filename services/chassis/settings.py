"""Where a service finds its broker, its database, its keys and its clock; read once from SIAO_* variables or files."""

import base64
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, SecretBytes, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


def _decode_key(value: object) -> object:
    if isinstance(value, str):
        return base64.b64decode(value)
    return value


class Settings(BaseSettings):
    """Settings of one service. A missing or wrong one stops the start with a sentence that names it."""

    model_config = SettingsConfigDict(
        env_prefix="SIAO_",
        secrets_dir="/run/secrets" if Path("/run/secrets").is_dir() else None,
        frozen=True,
        hide_input_in_errors=True,
    )

    kafka: str = Field(description="host:port of a Kafka broker")
    kafka_user: str = Field(description="SCRAM user")
    kafka_password: SecretStr = Field(description="SCRAM password")
    database: SecretStr = Field(description="postgresql+asyncpg://user:password@host:port/name")
    http_host: str = Field(default="127.0.0.1", description="address of /health, /ready and /metrics")
    http_port: int = Field(description="port of /health, /ready and /metrics")
    vault_key: Annotated[SecretBytes, BeforeValidator(_decode_key)] = Field(
        min_length=32, max_length=32, description="base64 of the 32 bytes that seal the quarantine"
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    batch: int = Field(default=4000, ge=1, le=10_000, description="most messages taken from the broker at once")
    clock_origin: AwareDatetime | None = Field(default=None, description="business instant at `clock_started`")
    clock_started: datetime | None = Field(default=None, description="real instant at which an accelerated clock began")
    clock_rate: float = Field(default=1.0, gt=0, description="business seconds in a real second")
