"""One container of the tests: started, watched and stopped as a child process is; it can be started again as it was."""

import contextlib
import socket
from pathlib import Path
from typing import Any, cast

import psutil
from docker.client import DockerClient
from docker.errors import APIError
from docker.models.containers import Container
from requests.exceptions import ConnectionError as Disconnected
from requests.exceptions import ReadTimeout
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from deploy.embedded import ports
from deploy.embedded.child import LOG_LINES, LOG_WIDTH
from deploy.embedded.failure import PlatformError

# The library's own sweeper is one more image to have; labels and `sweep` do its work.
testcontainers_config.ryuk_disabled = True

HOST_LABEL = "siao.tests.host"
OWNER_LABEL = "siao.tests.owner"


def _birth(pid: int) -> str:
    return f"{pid} {psutil.Process(pid).create_time()}"


def labels() -> dict[str, str]:
    """Whose a container is: this machine's, and this process's, recognised by pid and birth."""
    return {HOST_LABEL: socket.gethostname(), OWNER_LABEL: _birth(psutil.Process().pid)}


def sweep(*, ours: bool) -> list[str]:
    """Removes the containers of test runs of this machine that have ended (ours: and of this one); their names."""
    removed = []
    with contextlib.closing(DockerClient.from_env()) as engine:
        mark = f"{HOST_LABEL}={socket.gethostname()}"
        for container in engine.containers.list(all=True, filters={"label": mark}):
            owner = container.labels[OWNER_LABEL]
            if (ours and owner == labels()[OWNER_LABEL]) or not _lives(owner):
                # Another run may be sweeping too.
                with contextlib.suppress(APIError):
                    container.remove(force=True, v=True)
                    removed.append(str(container.name))
    return removed


def _lives(owner: str) -> bool:
    with contextlib.suppress(psutil.Error, ValueError):
        return _birth(int(owner.split(maxsplit=1)[0])) == owner
    return False


class Contained:
    """A container, its ports published on the loopback only, its output kept at `log_path` when it stops."""

    def __init__(
        self, name: str, image: str, log_path: Path, *, published: dict[int, int], command: list[str] | None = None
    ) -> None:
        self.name = name
        self.log_path = log_path
        self.definition = DockerContainer(image).with_kwargs(labels=labels())
        if command:
            self.definition.with_command(command)
        # The library's own call publishes on every address of the machine.
        opened = cast(dict[str, Any], self.definition.ports)
        opened.update({f"{inside}/tcp": (ports.HOST, outside) for inside, outside in published.items()})
        self._container: Container | None = None
        self._asked = False

    @property
    def pid(self) -> int | None:
        """Its process id on this machine, None when it is not running."""
        state = self._state()
        return int(state["Pid"]) if state.get("Running") else None

    def launch(self) -> None:
        """Makes it the first time, starts it as it was afterwards; returns at once."""
        self._asked = False
        if self._container is None:
            self.definition.start()
            self._container = self.definition.get_wrapped_container()
        else:
            self._container.start()

    def require_running(self) -> None:
        """Raises PlatformError with the last log lines when it has ended."""
        state = self._state()
        if not state.get("Running"):
            raise PlatformError(
                f"{self.name} s'est arrêté (code {state.get('ExitCode')}) ; dernières lignes :\n{self._tail()}\n",
                f"{self.name} ended (code {state.get('ExitCode')}); its last log lines are above.",
            )

    def ask_to_end(self) -> None:
        """Sends its stop signal, once."""
        if self._container is not None and not self._asked and self.pid is not None:
            self._asked = True
            # It may end by itself between the question and the signal.
            with contextlib.suppress(APIError):
                self._container.kill(signal=self._container.attrs["Config"].get("StopSignal") or "SIGTERM")

    def stop(self, patience: float = 30.0) -> None:
        """Asks it to end, waits `patience` seconds, then kills it; returns when it is gone, what it held is kept."""
        self.ask_to_end()
        if self._container is None:
            return
        try:
            self._container.wait(timeout=patience)
        except (ReadTimeout, Disconnected):
            self._container.kill()
            self._container.wait()
        self.log_path.write_bytes(self._container.logs())

    def end_leftover(self) -> None:
        """Nothing: leftovers are swept at the beginning of a run."""

    def remove(self) -> None:
        """Removes it with its volumes."""
        self.definition.stop()
        self._container = None

    def _state(self) -> dict[str, Any]:
        if self._container is None:
            return {}
        self._container.reload()
        found: dict[str, Any] = self._container.attrs["State"]
        return found

    def _tail(self) -> str:
        if self._container is None:
            return ""
        text = self._container.logs(tail=LOG_LINES).decode("utf-8", "replace")
        return "\n".join(line[:LOG_WIDTH] for line in text.splitlines())
