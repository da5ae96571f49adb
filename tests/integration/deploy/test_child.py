"""Processes, ports, files and jars, one at a time: what the platform stands on."""

import os
import stat
import sys
from pathlib import Path

import psutil
import pytest

from deploy.embedded import jars, state
from deploy.embedded.child import Child, wait_until
from deploy.embedded.failure import PlatformError

SLEEPS = (sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)")
DEAF = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
)


def a_child(directory: Path) -> Child:
    return Child("Essai", directory / "pid", directory / "essai.log")


def test_what_a_killed_platform_left_running_is_ended_at_the_next_start(tmp_path: Path) -> None:
    forgotten = a_child(tmp_path)
    forgotten.start(SLEEPS, directory=tmp_path)
    assert forgotten.pid is not None
    left = psutil.Process(forgotten.pid)
    a_child(tmp_path).end_leftover()
    forgotten.wait(10)
    assert not left.is_running()


def test_a_stranger_that_was_given_the_same_pid_is_left_alone(tmp_path: Path) -> None:
    stranger = a_child(tmp_path)
    stranger.start(SLEEPS, directory=tmp_path)
    pid = stranger.pid
    (tmp_path / "pid").write_text(f"{pid} 1.0")
    a_child(tmp_path).end_leftover()
    assert stranger.pid == pid
    stranger.stop()


def test_a_process_that_will_not_end_is_killed(tmp_path: Path) -> None:
    child = a_child(tmp_path)
    child.start(DEAF, directory=tmp_path)
    wait_until("deaf", lambda: "deaf" in child.tail(), child)
    assert child.pid is not None
    process = psutil.Process(child.pid)
    child.stop(patience=0.2)
    assert not process.is_running()


def test_waiting_for_a_process_that_ends_shows_its_last_lines(tmp_path: Path) -> None:
    child = a_child(tmp_path)
    child.start((sys.executable, "-c", "raise SystemExit('plus de place')"), directory=tmp_path)
    with pytest.raises(PlatformError, match=r"Essai s'est arrêté.*\nplus de place"):
        wait_until("never", lambda: False, child)


def test_waiting_has_an_end(tmp_path: Path) -> None:
    child = a_child(tmp_path)
    child.start(SLEEPS, directory=tmp_path)
    with pytest.raises(PlatformError, match="pas prêt après 0 s"):
        wait_until("never", lambda: False, child, patience=0.1)
    child.stop()
    assert child.exit_code is None


def test_a_process_has_a_session_of_its_own_so_that_ctrl_c_reaches_only_the_platform(tmp_path: Path) -> None:
    child = a_child(tmp_path)
    child.start(SLEEPS, directory=tmp_path)
    assert child.pid is not None
    assert os.getsid(child.pid) == child.pid
    child.stop()


def test_secrets_are_for_their_owner_only_and_made_once(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    first = state.remembered(path, lambda: {"key": state.password()})
    assert state.remembered(path, lambda: {"key": "another"}) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_lock_is_free_again_when_its_holder_lets_go(tmp_path: Path) -> None:
    state.lock(tmp_path).close()
    held = state.lock(tmp_path)
    with pytest.raises(PlatformError, match="Une plateforme utilise déjà"):
        state.lock(tmp_path)
    held.close()


def test_a_jar_that_changed_on_disk_is_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = jars.class_path(state.CACHE, lambda _: None)
    (tmp_path / "jars").mkdir()
    for jar in cached:
        (tmp_path / "jars" / jar.name).symlink_to(jar)
    spoiled = tmp_path / "jars" / "kafka-clients-4.3.1.jar"
    spoiled.unlink()
    spoiled.write_bytes(b"something else")
    asked: list[str] = []
    monkeypatch.setattr(jars, "_download", lambda missing, *_: asked.extend(jar.file_name for jar in missing))
    jars.class_path(tmp_path, lambda _: None)
    assert asked == ["kafka-clients-4.3.1.jar"]


def test_the_lock_names_coordinates_and_checksums_and_no_address() -> None:
    locked = jars.locked()
    assert {jar.version for jar in locked if jar.group == "org.apache.kafka"} == {"4.3.1"}
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in locked)
    assert "://" not in jars.LOCK.read_text(encoding="utf-8")
