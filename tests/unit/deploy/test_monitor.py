"""Prometheus and Alertmanager beside the platform: what they lack is said in one sentence; nothing is left running."""

import socket
from pathlib import Path

import pytest

from deploy.embedded import ports
from deploy.embedded.failure import PlatformError
from deploy.prometheus import variants
from deploy.prometheus.monitor import Monitor, Pace, found, program


def a_program(directory: Path, name: str) -> Path:
    """A program that ends at once."""
    path = directory / name
    path.write_text("#!/bin/sh\nexit 3\n")
    path.chmod(0o755)
    return path


def test_a_program_is_found_by_either_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert found("alertmanager") is None
    debian = a_program(tmp_path, "prometheus-alertmanager")
    assert program("alertmanager") == str(debian)
    upstream = a_program(tmp_path, "alertmanager")
    assert program("alertmanager") == str(upstream)


def test_a_missing_program_is_said_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlatformError, match="apt install prometheus prometheus-alertmanager"):
        Monitor(tmp_path, {}).start()


def test_a_taken_port_is_said_with_the_option_that_changes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("prometheus", "alertmanager"):
        a_program(tmp_path, name)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with socket.create_server((ports.HOST, 0)) as taken:
        monitor = Monitor(tmp_path / "state", {}, prometheus=taken.getsockname()[1], alertmanager=ports.free_port())
        with pytest.raises(PlatformError, match="--prometheus-port"):
            monitor.start()


def test_a_program_that_ends_is_said_and_the_other_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("prometheus", "alertmanager"):
        a_program(tmp_path, name)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monitor = Monitor(tmp_path / "state", {}, prometheus=ports.free_port(), alertmanager=ports.free_port())
    with pytest.raises(PlatformError, match="code 3"):
        monitor.start()
    assert not list((tmp_path / "state" / "run").glob("*.pid"))


def test_its_settings_are_made_from_the_files_of_the_composed_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("prometheus", "alertmanager"):
        a_program(tmp_path, name)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    services = {"offers": "127.0.0.1:18081"}
    monitor = Monitor(
        tmp_path / "state", services, prometheus=ports.free_port(), alertmanager=ports.free_port(), pace=Pace("1s")
    )
    with pytest.raises(PlatformError):
        monitor.start()
    settings = tmp_path / "state" / "settings"
    assert {path.name for path in (settings / "alerts").glob("*")} == {path.name for path in variants.RULES}
    assert all(variants.read(settings / "alerts" / path.name) == variants.read(path) for path in variants.RULES)
    (job,) = variants.read(settings / "prometheus.yml")["scrape_configs"]
    assert job["static_configs"] == [{"targets": ["127.0.0.1:18081"], "labels": {"service": "offers"}}]
