"""A setting that is missing or wrong ends the start with one line that names it, and never with its value."""

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest

from services.chassis.launching import read_settings
from services.chassis.settings import Settings

SECRET = "hunter2hunter2"
RIGHT = {
    "SIAO_KAFKA": "127.0.0.1:9092",
    "SIAO_KAFKA_USER": "offers",
    "SIAO_KAFKA_PASSWORD": SECRET,
    "SIAO_DATABASE": f"postgresql+asyncpg://offers:{SECRET}@127.0.0.1:5432/offers",
    "SIAO_HTTP_PORT": "18081",
    "SIAO_VAULT_KEY": base64.b64encode(SECRET.encode().ljust(32, b"-")).decode(),
}


def given(monkeypatch: pytest.MonkeyPatch, changes: Mapping[str, str | None]) -> None:
    """The environment has these settings, and no other."""
    for name, value in {**RIGHT, **changes}.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)


def test_what_is_right_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, {"SIAO_LOG_LEVEL": "warning", "SIAO_OTLP": "http://127.0.0.1:4318", "SIAO_OTLP_SHARE": "0.1"})
    settings = read_settings("offers", Settings)
    assert (settings.log_level, settings.http_port, settings.otlp_share) == ("WARNING", 18_081, 0.1)
    assert str(settings.otlp) == "http://127.0.0.1:4318/"


@pytest.mark.parametrize(
    "changes",
    [
        {"SIAO_KAFKA": None},
        {"SIAO_KAFKA_PASSWORD": None},
        {"SIAO_KAFKA_PASSWORD": ""},
        {"SIAO_DATABASE": None},
        {"SIAO_DATABASE": f"postgresql://offers:{SECRET}@127.0.0.1/offers"},
        {"SIAO_DATABASE": f"postgresql+asyncpg://offers:{SECRET}@127.0.0.1"},
        {"SIAO_DATABASE": f"offers {SECRET}"},
        {"SIAO_DATABASE": f"postgresql+asyncpg://offers:{SECRET}@127.0.0.1:port/offers"},
        {"SIAO_VAULT_KEY": base64.b64encode(SECRET.encode()).decode()},
        {"SIAO_VAULT_KEY": f"{SECRET}é"},
        {"SIAO_HTTP_PORT": SECRET},
        {"SIAO_HTTP_PORT": "70000"},
        {"SIAO_LOG_LEVEL": SECRET},
        {"SIAO_CLOCK_ORIGIN": "2026-11-24T12:00:00Z"},
        {"SIAO_CLOCK_RATE": "60"},
        {"SIAO_CLOCK_STARTED": "2026-11-24T12:00:00", "SIAO_CLOCK_ORIGIN": "2026-11-24T12:00:00Z"},
        {"SIAO_OTLP": f"receiver {SECRET}"},
        {"SIAO_OTLP_SHARE": "2"},
    ],
    ids="-".join,
)
def test_one_line_names_what_is_wrong(monkeypatch: pytest.MonkeyPatch, changes: Mapping[str, str | None]) -> None:
    given(monkeypatch, changes)
    with pytest.raises(SystemExit) as ended:
        read_settings("offers", Settings)
    (line,) = str(ended.value.code).splitlines()
    assert line.startswith("offers : réglage absent ou faux / setting missing or wrong: ")
    assert next(iter(changes)) in line
    assert SECRET not in line


def test_one_line_names_the_secret_whose_file_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given(monkeypatch, {"SIAO_KAFKA_PASSWORD": None})
    monkeypatch.setitem(Settings.model_config, "secrets_dir", str(tmp_path))
    (tmp_path / "siao_kafka_password").write_bytes(SECRET.encode() + b"\xff")
    with pytest.raises(SystemExit) as ended:
        read_settings("offers", Settings)
    (line,) = str(ended.value.code).splitlines()
    assert "kafka_password" in line
    assert SECRET not in line
