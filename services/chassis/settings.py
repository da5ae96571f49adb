"""Where a service finds its broker, its database, its keys and its clock; read once from SIAO_* variables or files."""

import base64
import ipaddress
import ssl
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import (
    AnyHttpUrl,
    AwareDatetime,
    BeforeValidator,
    Field,
    SecretBytes,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError


def _decode_key(value: object) -> object:
    if isinstance(value, str):
        return base64.b64decode(value)
    return value


def is_loopback(host: str) -> bool:
    """Whether only this machine can be reached, or reach us, at this address or name."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


_FROM_OUTSIDE: Final = SettingsConfigDict(
    env_prefix="SIAO_",
    secrets_dir="/run/secrets" if Path("/run/secrets").is_dir() else None,
    frozen=True,
    hide_input_in_errors=True,
    # Compose passes what is not set as an empty text.
    env_ignore_empty=True,
)


class DatabaseSettings(BaseSettings):
    """What migrations need, and nothing more."""

    model_config = _FROM_OUTSIDE

    database: SecretStr = Field(description="postgresql+asyncpg://user:password@host:port/name")

    @field_validator("database")
    @classmethod
    def _an_address(cls, address: SecretStr) -> SecretStr:
        try:
            url = make_url(address.get_secret_value())
        except (ArgumentError, ValueError):
            url = None
        if url is None or url.drivername != "postgresql+asyncpg" or not (url.host and url.database):
            raise PydanticCustomError("address-wrong", "postgresql+asyncpg://user:password@host:port/name")
        return address


class ProcessSettings(BaseSettings):
    """What each process of the SIAO needs, with a database or without: its broker, its pages, its log."""

    model_config = _FROM_OUTSIDE

    kafka: str = Field(description="host:port of a Kafka broker")
    kafka_ca: Path | None = Field(
        default=None,
        validate_default=True,
        description="PEM file of the authority that signed the broker's certificate; without it the connection is not "
        "encrypted, which only the loopback may see",
    )
    kafka_user: str = Field(description="SCRAM user")
    kafka_password: SecretStr = Field(min_length=1, description="SCRAM password")
    http_host: str = Field(default="127.0.0.1", description="address of /health, /ready and /metrics")
    http_port: int = Field(ge=1, le=65_535, description="port of /health, /ready and /metrics")
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = Field(
        default="INFO", description="DEBUG, INFO, WARNING or ERROR"
    )

    @field_validator("kafka_ca")
    @classmethod
    def _encrypted_or_loopback(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is None:
            if not is_loopback(info.data.get("kafka", "localhost:").rpartition(":")[0].strip("[]")):
                raise PydanticCustomError(
                    "plaintext-outside-loopback",
                    "sans SIAO_KAFKA_CA, un service ne parle à Kafka que sur sa propre machine ; donnez le fichier PEM "
                    "de l'autorité / without SIAO_KAFKA_CA a service speaks to Kafka on its own machine only; give the "
                    "authority's PEM file",
                )
            return None
        try:
            ssl.create_default_context(cafile=path)
        except OSError as error:
            raise PydanticCustomError(
                "authority-unreadable",
                "le fichier {path} n'est pas une autorité lisible au format PEM ({why}) / the file is not a readable "
                "authority in PEM format",
                {"path": str(path), "why": error.strerror or type(error).__name__},
            ) from error
        return path


class Settings(ProcessSettings, DatabaseSettings):
    """Settings of one service. A missing or wrong one stops the start with a sentence that names it."""

    vault_key: Annotated[SecretBytes, BeforeValidator(_decode_key)] = Field(
        min_length=32, max_length=32, description="base64 of the 32 bytes that seal the quarantine"
    )
    batch: int = Field(default=4000, ge=1, le=10_000, description="most messages taken from the broker at once")
    clock_origin: AwareDatetime | None = Field(default=None, description="business instant at `clock_started`")
    clock_started: AwareDatetime | None = Field(
        default=None, description="real instant at which an accelerated clock began"
    )
    clock_rate: float = Field(default=1.0, gt=0, description="business seconds in a real second")
    round_seconds: float = Field(
        default=60.0, gt=0, description="least business seconds between two tellings of what changes all the time"
    )
    otlp: AnyHttpUrl | None = Field(
        default=None, description="where spans are sent, for example http://127.0.0.1:4318; without it, none is made"
    )
    otlp_share: float = Field(default=1.0, ge=0, le=1, description="share of the traces whose spans are sent")

    @model_validator(mode="after")
    def _whole_clock(self) -> "Settings":
        if (self.clock_origin is None) != (self.clock_started is None) or (
            self.clock_origin is None and self.clock_rate != 1.0
        ):
            raise PydanticCustomError(
                "clock-incomplete", "SIAO_CLOCK_ORIGIN, SIAO_CLOCK_STARTED, SIAO_CLOCK_RATE : ensemble / together"
            )
        return self
