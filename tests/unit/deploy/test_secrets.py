"""The secrets of a composed system: made once, kept, followed by what repeats them; a wrong one is named."""

import json
import stat
from pathlib import Path

import pytest

from contracts.partners import PartnerRegistered
from contracts.topics import Role, Service
from deploy.compose import secret_files
from deploy.embedded.failure import PlatformError

ADDRESS = "siao.example.org:19093"
PARTNER = PartnerRegistered(id="chrs-1", role=Role.STRUCTURE, siao="92", name="Un CHRS")
OTHER = PartnerRegistered(id="chrs-2", role=Role.STRUCTURE, siao="92", name="Un autre")


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    first = secret_files.make(tmp_path, [PARTNER], ADDRESS)
    before = contents(tmp_path)
    second = secret_files.make(tmp_path, [PARTNER], ADDRESS)
    assert (len(first.new), first.certified) == (18, True)
    assert (second.new, second.certified, second.partners) == ([], False, 1)
    assert contents(tmp_path) == before


def test_only_the_directory_keeps_others_out_and_the_authority_s_key_is_never_for_containers(tmp_path: Path) -> None:
    secret_files.make(tmp_path / "secrets", [PARTNER], ADDRESS)
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()}
    assert modes.pop("authority.key") == 0o600
    assert set(modes.values()) == {0o444}


def test_no_two_installations_share_a_secret(tmp_path: Path) -> None:
    for name in ("a", "b"):
        secret_files.make(tmp_path / name, [], ADDRESS)
    a, b = contents(tmp_path / "a"), contents(tmp_path / "b")
    assert {name for name in a if a[name] == b[name]} == set()


def test_a_new_partner_gets_a_login_and_the_others_keep_theirs(tmp_path: Path) -> None:
    secret_files.make(tmp_path, [PARTNER], ADDRESS)
    before = json.loads((tmp_path / "credentials.json").read_text())
    secret_files.make(tmp_path, [PARTNER, OTHER], ADDRESS)
    after = json.loads((tmp_path / "credentials.json").read_text())
    assert after["services"] == before["services"]
    assert after["partners"]["chrs-1"] == before["partners"]["chrs-1"]
    assert set(after["partners"]) == {"chrs-1", "chrs-2"}


def test_what_repeats_a_secret_follows_it(tmp_path: Path) -> None:
    secret_files.make(tmp_path, [], ADDRESS)
    for name in ("offers-kafka-password", "intake-database-password", "admin-password"):
        (tmp_path / name).chmod(0o600)
        (tmp_path / name).write_text("another-password-altogether\n")
    assert secret_files.make(tmp_path, [], ADDRESS).new == []
    logins = json.loads((tmp_path / "credentials.json").read_text())["services"]
    assert logins["offers"]["password"] == "another-password-altogether"
    assert "intake:another-password-altogether@postgres:5432/intake" in (tmp_path / "intake-database").read_text()
    assert json.loads((tmp_path / "administrator.json").read_text())["password"] == "another-password-altogether"
    assert (tmp_path / "admin-password").read_text() == "another-password-altogether"


def test_another_address_is_certified_and_told_and_no_secret_changes(tmp_path: Path) -> None:
    secret_files.make(tmp_path, [PARTNER], "127.0.0.1:19093")
    before = contents(tmp_path)
    assert secret_files.make(tmp_path, [PARTNER], ADDRESS).certified
    changed = {name for name, text in contents(tmp_path).items() if text != before[name]}
    assert changed == {"broker.pem", "edge.pem", "administrator.json", "credentials.json"}
    assert json.loads((tmp_path / "credentials.json").read_text())["connection"]["bootstrap.servers"] == ADDRESS


@pytest.mark.parametrize(
    ("name", "text"), [("admin-password", ""), ("postgres-password", "two words"), ("intake-vault-key", "c2hvcnQ=")]
)
def test_a_secret_that_cannot_be_right_is_named_and_left_alone(tmp_path: Path, name: str, text: str) -> None:
    secret_files.make(tmp_path, [], ADDRESS)
    (tmp_path / name).chmod(0o600)
    (tmp_path / name).write_text(text)
    with pytest.raises(PlatformError, match=name):
        secret_files.make(tmp_path, [], ADDRESS)
    assert (tmp_path / name).read_text() == text


def test_a_secret_that_was_closed_to_containers_is_opened_again(tmp_path: Path) -> None:
    secret_files.make(tmp_path, [], ADDRESS)
    (tmp_path / "offers-kafka-password").chmod(0o600)
    secret_files.make(tmp_path, [], ADDRESS)
    assert stat.S_IMODE((tmp_path / "offers-kafka-password").stat().st_mode) == 0o444


def test_an_address_without_a_port_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match="SIAO_PARTNERS_ADDRESS"):
        secret_files.make(tmp_path / "none", [], "siao.example.org")
    assert not (tmp_path / "none").exists()


def test_each_service_has_a_secret_of_its_own_for_everything(tmp_path: Path) -> None:
    secret_files.make(tmp_path, [], ADDRESS)
    for kind in ("kafka-password", "database-password", "database", "vault-key"):
        assert len({(tmp_path / f"{service}-{kind}").read_text() for service in Service}) == len(Service)
