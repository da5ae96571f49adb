"""A login never travels in the open to another machine, whoever asks for it."""

import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.embedded.authority import Authority
from deploy.embedded.failure import PlatformError
from deploy.provision import connection
from services.chassis.settings import Settings


def settings(kafka: str, **more: Any) -> Settings:
    key = base64.b64encode(bytes(32)).decode()
    return Settings(
        kafka=kafka,
        kafka_user="offers",
        kafka_password="x",
        database="postgresql+asyncpg://offers:x@127.0.0.1/offers",
        http_port=1,
        vault_key=key,
        **more,
    )


@pytest.mark.parametrize("address", ["127.0.0.1:9092", "localhost:9092", "[::1]:9092"])
def test_the_loopback_needs_no_encryption(address: str) -> None:
    assert settings(address).kafka_ca is None
    assert connection.librdkafka(address, "admin", "x")["security.protocol"] == "SASL_PLAINTEXT"


@pytest.mark.parametrize("address", ["kafka:9092", "10.0.0.7:9092", "siao.example.org:9092", "127.0.0.1:1,kafka:2"])
def test_another_machine_is_refused_without_an_authority(address: str) -> None:
    with pytest.raises(ValidationError, match="SIAO_KAFKA_CA") as refused:
        settings(address)
    assert [(error["loc"], error["type"]) for error in refused.value.errors()] == [
        (("kafka_ca",), "plaintext-outside-loopback")
    ]
    with pytest.raises(PlatformError, match="SIAO_KAFKA_CA"):
        connection.librdkafka(address, "admin", "x")


def test_an_authority_that_is_missing_or_no_certificate_is_said_so(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")
    for path in (nonsense, tmp_path / "nowhere.pem"):
        with pytest.raises(ValidationError, match=path.name) as refused:
            settings("kafka:9092", kafka_ca=path)
        assert refused.value.errors()[0]["type"] == "authority-unreadable"
    with pytest.raises(PlatformError, match="nowhere"):
        connection.librdkafka("kafka:9092", "admin", "x", tmp_path / "nowhere.pem")


def test_with_an_authority_another_machine_is_spoken_to(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify(("kafka",))
    assert settings("kafka:9092", kafka_ca=authority.certificate_path).kafka_ca == authority.certificate_path
    known = connection.librdkafka("kafka:9092", "admin", "x", authority.certificate_path)
    assert (known["security.protocol"], known["ssl.ca.location"]) == ("SASL_SSL", str(authority.certificate_path))
