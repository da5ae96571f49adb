"""What a test run leaves: nothing when it is asked to end; what it left when killed goes with the next one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.images.names import Part, image
from tests.backends.contained import Contained, sweep
from tests.containers.docker import docker

# A test run that only keeps a database: `python -m pytest` over this file, with the name of a file to write an id to.
RUN = """
import time
from pathlib import Path

def test_that_goes_on(postgres):
    Path({told!r}).write_text(postgres.child.definition.get_container_id())
    time.sleep(120)
"""
SLEEPS = ["sleep", "600"]

Run: TypeAlias = "subprocess.Popen[bytes]"


def is_there(container: str) -> bool:
    """Running or not."""
    return docker("inspect", container).returncode == 0


@pytest.fixture
def another_run(tmp_path: Path) -> Iterator[Run]:
    """A test run of its own, of one test that keeps a database and goes on."""
    (tmp_path / "test_that_goes_on.py").write_text(RUN.format(told=str(tmp_path / "told")))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.conftest", "-p", "tests.servers"]
    command += ["--backend=containers", "--rootdir", str(tmp_path), str(tmp_path)]
    run = subprocess.Popen(command, cwd=state.ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    yield run
    run.kill()
    run.communicate()


def its_container(run: Run, told: Path) -> str:
    """The id of the container that the other run keeps."""
    deadline = time.monotonic() + 90
    while not (told.exists() and told.read_text()):
        if run.poll() is not None or time.monotonic() > deadline:
            run.kill()
            raise AssertionError(run.communicate()[0].decode())
        time.sleep(0.1)
    return told.read_text()


def test_a_run_that_is_asked_to_end_takes_its_containers_with_it(another_run: Run, tmp_path: Path) -> None:
    container = its_container(another_run, tmp_path / "told")
    another_run.send_signal(signal.SIGTERM)
    another_run.communicate(timeout=60)
    assert not is_there(container)


def test_what_a_killed_run_left_goes_with_the_next_and_nothing_else(another_run: Run, tmp_path: Path) -> None:
    container = its_container(another_run, tmp_path / "told")
    ours = Contained("Essai", image(Part.POSTGRES), tmp_path / "log", published={}, command=SLEEPS)
    ours.launch()
    try:
        sweep(ours=False)
        assert is_there(container)
        os.kill(another_run.pid, signal.SIGKILL)
        another_run.communicate(timeout=60)
        sweep(ours=False)
        assert not is_there(container)
        assert ours.pid is not None
    finally:
        ours.remove()


def test_a_container_that_ends_by_itself_is_said_with_its_last_lines(tmp_path: Path) -> None:
    last = Contained(
        "Essai",
        image(Part.POSTGRES),
        tmp_path / "log",
        published={},
        command=["sh", "-c", "echo plus de place; exit 3"],
    )
    last.launch()
    try:
        last.stop()
        with pytest.raises(PlatformError, match=r"Essai s'est arrêté \(code 3\).*\nplus de place"):
            last.require_running()
        assert last.log_path.read_text() == "plus de place\n"
    finally:
        last.remove()


def test_a_container_that_will_not_end_is_killed_and_starts_again_as_it_was(tmp_path: Path) -> None:
    deaf = Contained("Essai", image(Part.POSTGRES), tmp_path / "log", published={}, command=SLEEPS)
    deaf.launch()
    try:
        # The first process of a container does not end by a signal that it does not handle.
        deaf.stop(patience=0.5)
        assert deaf.pid is None
        deaf.launch()
        assert deaf.pid is not None
    finally:
        deaf.remove()
