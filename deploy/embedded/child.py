"""One child process with its log file: started, watched, stopped by its pid; refuses to leave one behind."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from deploy.embedded.failure import PlatformError
from deploy.embedded.parts import Watched

LOG_LINES = 15
LOG_WIDTH = 300


class Child:
    """A process that writes to `log_path`; its pid is kept in `pid_path`, to end a leftover at the next start."""

    def __init__(self, name: str, pid_path: Path, log_path: Path, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        self.name = name
        self._stop_signal = stop_signal
        self.log_path = log_path
        self._pid_path = pid_path
        self._process: subprocess.Popen[bytes] | None = None
        self._asked = False

    @property
    def pid(self) -> int | None:
        """The process id, None when it is not running."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """None while running or never started; negative: ended by that signal."""
        return self._process.poll() if self._process else None

    def start(
        self,
        command: Sequence[str | Path],
        *,
        directory: Path,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        """Starts it in a session of its own, so that Ctrl-C reaches the platform, which stops its parts in order."""
        self.end_leftover()
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        self._pid_path.parent.mkdir(parents=True, exist_ok=True)
        self._asked = False
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                cwd=directory,
                env=dict(environment) if environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
        self._pid_path.write_text(f"{self._process.pid} {psutil.Process(self._process.pid).create_time()}")

    def wait(self, patience: float) -> int:
        """Its exit code once it has ended; raises PlatformError after `patience` seconds."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was not started")
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired as error:
            raise PlatformError(
                f"{self.name} n'a pas fini après {patience:.0f} s ; voir {self.log_path}.",
                f"{self.name} has not finished after {patience:.0f} s; see {self.log_path}.",
            ) from error

    def require_running(self) -> None:
        """Raises PlatformError with the last log lines when the process has ended."""
        if self.pid is None:
            raise PlatformError(
                f"{self.name} s'est arrêté (code {self.exit_code}) ; dernières lignes de {self.log_path} :\n"
                f"{self.tail()}\n",
                f"{self.name} ended (code {self.exit_code}); its last log lines are above.",
            )

    def tail(self, lines: int = LOG_LINES) -> str:
        """The last lines of its log."""
        if not self.log_path.exists():
            return ""
        with self.log_path.open("rb") as log:
            log.seek(max(0, self.log_path.stat().st_size - 64_000))
            last = log.read().decode("utf-8", "replace").splitlines()[-lines:]
        return "\n".join(line[:LOG_WIDTH] for line in last)

    def ask_to_end(self) -> None:
        """Sends its stop signal, once: many programs take a second one for impatience and drop what they hold."""
        if self._process and self._process.poll() is None and not self._asked:
            self._asked = True
            self._process.send_signal(self._stop_signal)

    def stop(self, patience: float = 30.0) -> None:
        """Asks it to end, waits `patience` seconds, then kills it; returns when it is gone."""
        self.ask_to_end()
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._pid_path.unlink(missing_ok=True)

    def end_leftover(self) -> None:
        """Ends what a platform killed without a chance to stop left running here; its birth time proves it is ours."""
        if not self._pid_path.exists():
            return
        with contextlib.suppress(psutil.Error, ValueError):
            pid, born = self._pid_path.read_text().split()
            leftover = psutil.Process(int(pid))
            if leftover.create_time() == float(born):
                leftover.send_signal(self._stop_signal)
                gone, _ = psutil.wait_procs([leftover], timeout=15)
                if not gone:
                    leftover.kill()
                    leftover.wait(15)
        self._pid_path.unlink(missing_ok=True)


def stop_together(children: Sequence[Watched]) -> None:
    """Stops several at once: all are asked before any is waited for."""
    for child in children:
        child.ask_to_end()
    for child in children:
        child.stop()


def wait_until(fact: str, holds: Callable[[], bool], child: Watched, patience: float = 120.0) -> None:
    """Polls `holds` until it is true; raises PlatformError when the child ends or `patience` seconds pass."""
    deadline = time.monotonic() + patience
    while not holds():
        child.require_running()
        if time.monotonic() > deadline:
            raise PlatformError(
                f"{child.name} n'est pas prêt après {patience:.0f} s ({fact}) ; voir {child.log_path}.",
                f"{child.name} is not ready after {patience:.0f} s ({fact}); see {child.log_path}.",
            )
        time.sleep(0.02)
