"""The edge is reached from this machine only, or over TLS, or through a proxy that was said to encrypt."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.embedded.authority import Authority
from services.edge.settings import EdgeSettings

NEEDED: dict[str, Any] = {
    "kafka": "127.0.0.1:1",
    "kafka_user": "edge",
    "kafka_password": "secret",
    "http_port": 1,
    "edge_port": 2,
}


def wrong(**more: Any) -> str:
    """The kind of what is wrong with these settings."""
    with pytest.raises(ValidationError) as caught:
        EdgeSettings(**NEEDED, **more)
    (error,) = caught.value.errors(include_input=False)
    return error["type"]


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    Authority(tmp_path).certify(["127.0.0.1"], name="edge")
    return tmp_path / "edge.pem"


def test_it_needs_no_database_and_no_vault() -> None:
    assert EdgeSettings(**NEEDED).edge_host == "127.0.0.1"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "siao.example"])
def test_beyond_this_machine_it_needs_tls(host: str, certificate: Path) -> None:
    assert wrong(edge_host=host) == "plaintext-outside-loopback"
    assert EdgeSettings(**NEEDED, edge_host=host, edge_behind_proxy=True).edge_cert is None
    assert EdgeSettings(**NEEDED, edge_host=host, edge_cert=certificate, edge_key=certificate).edge_host == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_this_machine_it_needs_none(host: str) -> None:
    assert EdgeSettings(**NEEDED, edge_host=host).edge_cert is None


def test_a_certificate_comes_with_its_key_and_can_be_read(certificate: Path, tmp_path: Path) -> None:
    assert wrong(edge_cert=certificate, edge_key=None) == "certificate-incomplete"
    (tmp_path / "other.pem").write_text("no certificate")
    assert wrong(edge_cert=certificate, edge_key=tmp_path / "other.pem") == "certificate-unreadable"
    assert wrong(edge_cert=tmp_path / "absent.pem", edge_key=certificate) == "certificate-unreadable"


def test_kafka_s_own_line_is_still_encrypted_or_of_this_machine() -> None:
    with pytest.raises(ValidationError) as caught:
        EdgeSettings(**{**NEEDED, "kafka": "192.0.2.1:9092"})
    assert caught.value.errors()[0]["type"] == "plaintext-outside-loopback"
