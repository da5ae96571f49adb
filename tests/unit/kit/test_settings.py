"""The kit's settings: from a file, from the environment, and what is said when they are missing or wrong."""

from pathlib import Path

import pytest

from contracts.kit.failure import SettingsError
from contracts.kit.settings import Settings

SECRET = "s3cret-of-the-shelter"
PLAIN = {
    "SIAO_ADDRESS": "127.0.0.1:19092",
    "SIAO_PARTNER": "chrs-les-acacias",
    "SIAO_PASSWORD": SECRET,
}


def written(folder: Path, text: str) -> Path:
    """A settings file."""
    path = folder / "siao-partner.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_environment_is_enough_and_the_user_is_the_partner() -> None:
    settings = Settings.load(environment=PLAIN)
    assert (settings.hosts, settings.login) == ([("127.0.0.1", 19092)], "chrs-les-acacias")
    assert settings.password.get_secret_value() == SECRET


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    text = 'address = "kafka.siao:9093"\npartner = "chrs-1"\npassword = "x"\nuser = "chrs-1-b"\nca = "authority.pem"\n'
    path = written(tmp_path, text)
    settings = Settings.load(path, {"SIAO_PASSWORD": SECRET})
    assert (settings.partner, settings.login, settings.password.get_secret_value()) == ("chrs-1", "chrs-1-b", SECRET)
    assert settings.ca == tmp_path / "authority.pem"
    assert Settings.load(environment={**PLAIN, "SIAO_SETTINGS": str(path)}).ca == tmp_path / "authority.pem"


@pytest.mark.parametrize(
    ("address", "authority", "encrypted"),
    [
        ("127.0.0.1:19092", None, False),
        ("localhost:19092", None, False),
        ("127.0.0.1:19094", "ca.pem", True),
        ("kafka.siao:9093", None, True),
        ("127.0.0.1:19092,kafka.siao:9093", None, True),
        ("192.168.1.4:9093", None, True),
    ],
)
def test_a_password_leaves_this_machine_encrypted_only(address: str, authority: str | None, encrypted: bool) -> None:
    environment = {**PLAIN, "SIAO_ADDRESS": address, **({"SIAO_CA": authority} if authority else {})}
    assert Settings.load(environment=environment).encrypted is encrypted


def test_no_password_is_shown_and_no_value_quoted() -> None:
    assert SECRET not in repr(Settings.load(environment=PLAIN))
    with pytest.raises(SettingsError) as caught:
        Settings.load(environment={**PLAIN, "SIAO_ADDRESS": f"nowhere{SECRET}"})
    assert SECRET not in str(caught.value)


def test_what_is_missing_is_named_with_where_to_write_it() -> None:
    with pytest.raises(SettingsError, match=r"il manque partner, password \(dans .*, ou SIAO_PARTNER, SIAO_PASSWORD\)"):
        Settings.load(environment={"SIAO_ADDRESS": "127.0.0.1:1"})


@pytest.mark.parametrize(
    ("name", "value"), [("ADDRESS", "127.0.0.1"), ("ADDRESS", "a b:1"), ("PARTNER", "CHRS 1"), ("PARTNER", "a.b")]
)
def test_what_is_wrong_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name.lower()} : valeur non valide"):
        Settings.load(environment={**PLAIN, f"SIAO_{name}": value})


@pytest.mark.parametrize("text", ["address", "\x00", "paßword = 1"])
def test_a_file_that_is_not_toml_is_named(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError, match=str(path)):
        Settings.load(path, PLAIN)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ne se lisent pas"):
        Settings.load(tmp_path / "nothing.toml", PLAIN)


def test_an_unknown_setting_is_not_ignored(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="pasword : valeur non valide"):
        Settings.load(written(tmp_path, 'pasword = "x"\n'), PLAIN)
