"""An installation's own certificate authority and its broker's certificate; refuses to replace the authority's key.

Ten years for the authority, one for the broker. Both are renewed, with the same keys, when less than thirty days are
left: what partners were given of the authority stays valid to its own last day.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from deploy.embedded import state

AUTHORITY_LIFE: Final = timedelta(days=3652)
# What browsers and many libraries accept at most for a server.
BROKER_LIFE: Final = timedelta(days=397)
RENEWED_BEFORE: Final = timedelta(days=30)
# A partner's clock may be a little behind.
BACKDATED: Final = timedelta(hours=1)
NAME: Final = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SIAO insertion, autorité de cette installation")])


@dataclass(frozen=True, slots=True)
class Authority:
    """The authority kept under `directory`: `authority.pem` for everyone, `authority.key` for nobody else (0600)."""

    directory: Path
    # Of what is made: 0600 keeps it to its owner, 0444 lets a container of another user read it.
    mode: int = 0o600

    @property
    def certificate_path(self) -> Path:
        """What a client verifies the broker with."""
        return self.directory / "authority.pem"

    def certify(self, hosts: Sequence[str], now: datetime | None = None, name: str = "broker") -> bool:
        """Keeps `<name>.pem` (PKCS 8 key, then certificate) valid for these names and addresses; was it made anew?

        The authority is made when there is none. `now`: the present, unless a test says otherwise.
        """
        today = now or datetime.now(UTC)
        key, certificate = self._authority(today)
        path = self.directory / f"{name}.pem"
        if path.exists() and _serves(path.read_bytes(), certificate, hosts, today):
            return False
        own = _key_of(path)
        signed = (
            _blank(_broker_name(hosts), certificate.subject, own, today, BROKER_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        state.write_private(path, _text(own) + signed.public_bytes(serialization.Encoding.PEM).decode(), self.mode)
        return True

    def _authority(self, today: datetime) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
        key_path = self.directory / "authority.key"
        key = _key_of(key_path)
        if self.certificate_path.exists():
            kept = x509.load_pem_x509_certificate(self.certificate_path.read_bytes())
            if today < kept.not_valid_after_utc - RENEWED_BEFORE:
                return key, kept
        # The key first: an authority without its key could certify nothing and would have to be given out again.
        if not key_path.exists():
            state.write_private(key_path, _text(key))
        made = (
            _blank(NAME, NAME, key, today, AUTHORITY_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        public = made.public_bytes(serialization.Encoding.PEM).decode()
        state.write_private(self.certificate_path, public, self.mode)
        return key, made


def _serves(kept: bytes, authority: x509.Certificate, hosts: Sequence[str], today: datetime) -> bool:
    """Is this certificate the authority's, for exactly these hosts, and for a while yet?"""
    certificate = x509.load_pem_x509_certificate(kept)
    issuer = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return (
        today < certificate.not_valid_after_utc - RENEWED_BEFORE
        and issuer == x509.AuthorityKeyIdentifier.from_issuer_public_key(_public(authority))
        and set(names) == {_alternative(host) for host in hosts}
    )


def _blank(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, today: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - BACKDATED)
        .not_valid_after(today + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _broker_name(hosts: Sequence[str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])


def _public(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("the authority's key is not one of ours")
    return key


def _key_of(path: Path) -> ec.EllipticCurvePrivateKey:
    """The private key kept at `path`; a new one, not kept yet, when there is no such file."""
    if not path.exists():
        return ec.generate_private_key(ec.SECP256R1())
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} does not hold a key of ours")
    return key


def _text(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
