"""Containers of these tests' own: running beside the test, gone with it."""

import time
from collections.abc import Callable, Iterator

import pytest

from tests.backends.backend import Backend
from tests.containers.docker import docker, marked
from tests.servers import database, migrated, owner_password, postgres

__all__ = ["Running", "database", "migrated", "owner_password", "postgres", "running", "until"]

# Running(image, *command, options=(...)): the id of a new container that runs.
Running = Callable[..., str]


@pytest.fixture(autouse=True)
def _swept(backend: Backend) -> Backend:
    """The session of the backend sweeps what a test that was interrupted leaves."""
    return backend


@pytest.fixture
def running() -> Iterator[Running]:
    """Containers that are removed, with their volumes, at the end of the test."""
    made: list[str] = []

    def run(image: str, *command: str, options: tuple[str, ...] = ()) -> str:
        started = docker("run", "--detach", *marked(), *options, image, *command)
        assert started.returncode == 0, started.stderr
        made.append(started.stdout.strip())
        return made[-1]

    yield run
    if made:
        docker("rm", "--force", "--volumes", *made)


def until(fact: Callable[[], bool], what: str, container: str, seconds: float = 90) -> None:
    """Waits for a fact about a container; its last lines say more when it does not come."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            logs = docker("logs", "--tail", "20", container)
            raise AssertionError(f"not in {seconds} s: {what}\n{logs.stdout}{logs.stderr}")
        time.sleep(0.1)
