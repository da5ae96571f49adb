"""The installation's authority: what it certifies verifies, is renewed in time, and its own key is never replaced."""

import ipaddress
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from deploy.embedded.authority import AUTHORITY_LIFE, BROKER_LIFE, RENEWED_BEFORE, Authority

HOSTS = ("127.0.0.1", "kafka")
TODAY = datetime(2026, 11, 24, 12, tzinfo=UTC)


def broker(directory: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((directory / "broker.pem").read_bytes())


def verifies(directory: Path, authority: bytes, name: x509.DNSName | x509.IPAddress, now: datetime) -> bool:
    store = Store([x509.load_pem_x509_certificate(authority)])
    try:
        PolicyBuilder().store(store).time(now).build_server_verifier(name).verify(broker(directory), [])
    except VerificationError:
        return False
    return True


def test_what_is_certified_verifies_under_each_of_its_names_and_no_other(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    assert authority.certify(HOSTS, TODAY)
    pem = authority.certificate_path.read_bytes()
    assert verifies(tmp_path, pem, x509.DNSName("kafka"), TODAY)
    assert verifies(tmp_path, pem, x509.IPAddress(ipaddress.ip_address("127.0.0.1")), TODAY)
    assert not verifies(tmp_path, pem, x509.DNSName("elsewhere"), TODAY)


def test_another_installation_has_another_authority(tmp_path: Path) -> None:
    ours, other = tmp_path / "ours", tmp_path / "other"
    Authority(ours).certify(HOSTS, TODAY)
    Authority(other).certify(HOSTS, TODAY)
    assert not verifies(ours, (other / "authority.pem").read_bytes(), x509.DNSName("kafka"), TODAY)


def test_python_and_java_can_read_what_is_written(tmp_path: Path) -> None:
    Authority(tmp_path).certify(HOSTS)
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "broker.pem")
    assert (tmp_path / "broker.pem").read_text().startswith("-----BEGIN PRIVATE KEY-----")


def test_nothing_is_made_again_while_it_lasts(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify(HOSTS, TODAY)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert not authority.certify(HOSTS, TODAY + BROKER_LIFE - RENEWED_BEFORE - timedelta(minutes=1))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize(
    ("hosts", "days"), [(HOSTS, BROKER_LIFE.days - RENEWED_BEFORE.days + 1), ((*HOSTS, "siao.example"), 0)]
)
def test_the_broker_is_certified_again_when_days_or_names_run_short(
    tmp_path: Path, hosts: tuple[str, ...], days: int
) -> None:
    authority = Authority(tmp_path)
    authority.certify(HOSTS, TODAY)
    public, serial = authority.certificate_path.read_bytes(), broker(tmp_path).serial_number
    later = TODAY + timedelta(days=days)
    assert authority.certify(hosts, later)
    assert broker(tmp_path).serial_number != serial
    assert authority.certificate_path.read_bytes() == public
    assert verifies(tmp_path, public, x509.DNSName(hosts[-1]), later)


def test_a_renewed_authority_is_still_verified_by_what_partners_were_given(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.certify(HOSTS, TODAY)
    given = authority.certificate_path.read_bytes()
    later = TODAY + AUTHORITY_LIFE - timedelta(days=20)
    assert authority.certify(HOSTS, later)
    assert authority.certificate_path.read_bytes() != given
    assert verifies(tmp_path, given, x509.DNSName("kafka"), later)
    assert verifies(tmp_path, authority.certificate_path.read_bytes(), x509.DNSName("kafka"), later)


def test_the_keys_are_for_their_owner_only(tmp_path: Path) -> None:
    Authority(tmp_path).certify(HOSTS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_container_of_another_user_can_read_the_broker_s_certificate_and_never_the_authority_s_key(
    tmp_path: Path,
) -> None:
    Authority(tmp_path, 0o444).certify(HOSTS)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"authority.key": 0o600, "authority.pem": 0o444, "broker.pem": 0o444}
