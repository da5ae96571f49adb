"""The doctor before Kafka: names, ports, certificates and clocks, each fault with its own line and remedy."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracts.kit.dialogue import TOLERANCE_SECONDS, _clock, _version
from contracts.kit.doctor import examine
from contracts.kit.findings import Finding
from contracts.kit.reach import ways_in
from contracts.kit.records import Notice
from contracts.kit.settings import Settings
from deploy.embedded import ports

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


def certificate(folder: Path, *, days: int = 30, address: str = "127.0.0.1") -> Path:
    """A PEM file with a key and a certificate that it signs itself, for one address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SIAO test authority")])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), NOW - DAY, NOW + days * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "authority.pem"
    path.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@asynccontextmanager
async def listening(pem: Path | None) -> AsyncIterator[int]:
    """A server that says nothing, with TLS when it has a certificate; its port."""
    context = None
    if pem is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(pem)

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def settings(address: str, **more: Any) -> Settings:
    """A partner's settings."""
    return Settings(address=address, partner="chrs-1", password="secret", **more)


async def found(of: Settings) -> list[Finding]:
    """What the doctor finds on the way in."""
    return [finding async for finding in ways_in(of)]


def said(findings: list[Finding]) -> list[tuple[str, bool]]:
    """Each line's subject and colour."""
    return [(finding.subject, finding.well) for finding in findings]


async def test_an_unknown_name_is_told_from_a_closed_port() -> None:
    (unknown,) = await found(settings("siao.invalid:9093"))
    (closed,) = await found(settings(f"127.0.0.1:{ports.free_port()}"))
    assert "inconnu" in unknown.fr
    assert "refuse" in closed.fr
    assert None not in (unknown.remedy_fr, unknown.remedy_en, closed.remedy_fr, closed.remedy_en)


async def test_what_is_not_kafka_is_not_taken_for_a_wrong_password() -> None:
    async with listening(None) as port:
        findings = await found(settings(f"127.0.0.1:{port}"))
    assert said(findings) == [("Adresse", True), ("Chiffrement", True), ("Identification", False)]
    assert "interrompue" in findings[-1].fr


async def test_a_certificate_of_our_authority_is_recognised(tmp_path: Path) -> None:
    pem = certificate(tmp_path)
    async with listening(pem) as port:
        findings = await found(settings(f"127.0.0.1:{port}", ca=pem))
    assert said(findings) == [("Adresse", True), ("Chiffrement", True), ("Identification", False)]
    assert "encore 29 jours" in findings[1].fr


async def test_a_certificate_of_another_authority_or_host_is_not(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    pem, other = certificate(tmp_path, address="127.0.0.2"), certificate(tmp_path / "other")
    async with listening(pem) as port:
        for authority in (pem, other):
            findings = await found(settings(f"127.0.0.1:{port}", ca=authority))
            assert said(findings) == [("Adresse", True), ("Chiffrement", False)]
            assert "n'est pas reconnu" in findings[1].fr


async def test_a_certificate_that_ends_soon_is_told_in_time(tmp_path: Path) -> None:
    pem = certificate(tmp_path, days=3)
    async with listening(pem) as port:
        findings = await found(settings(f"127.0.0.1:{port}", ca=pem))
    assert "expire dans 2 jours" in findings[-1].fr


async def test_a_port_without_encryption_is_named(tmp_path: Path) -> None:
    async with listening(None) as port:
        findings = await found(settings(f"127.0.0.1:{port}", ca=certificate(tmp_path)))
    assert "ne parle pas TLS" in findings[-1].fr


async def test_settings_that_others_can_read_or_that_are_missing_are_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ADDRESS", "PARTNER", "PASSWORD", "USER", "CA", "SETTINGS"):
        monkeypatch.delenv(f"SIAO_{name}", raising=False)
    path = tmp_path / "siao-partner.toml"
    (missing,) = [finding async for finding in examine(path)]
    assert not missing.well
    path.write_text(f'address = "127.0.0.1:{ports.free_port()}"\npartner = "chrs-1"\npassword = "x"\n')
    for mode, well in ((0o644, False), (0o600, True)):
        path.chmod(mode)
        findings = [finding async for finding in examine(path)]
        assert said(findings) == [("Réglages", well), ("Adresse", False)]


async def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "siao-partner.toml"
    async with listening(None) as port:
        path.write_text(f'address = "127.0.0.1:{port}"\npartner = "chrs-1"\npassword = "x"\nca = "none.pem"\n')
        path.chmod(0o600)
        findings = [finding async for finding in examine(path)]
    assert said(findings)[-1] == ("Connexion", False)
    assert "none.pem" in findings[-1].fr


@pytest.mark.parametrize(
    ("asked", "answered", "heard", "text"),
    [
        (1000.0, 1000.2, 1000.4, "à l'heure"),
        (1000.0, 1000.4 + TOLERANCE_SECONDS, 1000.4, "à l'heure"),
        (1000.0, 1060.4, 1000.4, "retarde de 60 s"),
        (1000.0, 940.0, 1000.4, "avance de 60 s"),
    ],
)
def test_a_wrong_clock_is_told_with_its_sign(asked: float, answered: float, heard: float, text: str) -> None:
    assert text in _clock(asked, answered, heard).fr


def test_a_kit_older_than_the_siao_is_told() -> None:
    known = Notice("1", "message.accepted.v1", NOW, "/siao/offers", None, {})
    assert "message.accepted.v1" in _version([known]).fr
    assert _version([]).well
