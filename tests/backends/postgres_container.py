"""PostgreSQL in a container, with the settings of the embedded one; knows no more of its image than its interface."""

from pathlib import Path

from deploy.embedded import ports, state
from deploy.embedded.child import wait_until
from deploy.embedded.parts import Progress, silent
from deploy.embedded.postgres import SETTINGS
from deploy.embedded.superuser import Superuser
from tests.backends.contained import Contained

SECRET = "/run/secrets/superuser"
CLUSTER = "--encoding=UTF8 --locale=C --locale-provider=builtin --builtin-locale=C.UTF-8 --auth=scram-sha-256"
# A container has its own addresses and folders.
ITS_OWN = ("listen_addresses", "unix_socket_directories")


class PostgresContainer(Superuser):
    """One server, published on a free port of the loopback."""

    def __init__(self, directory: Path, image: str, *, durable: bool) -> None:
        self.port = ports.free_port()
        self._password = state.password()
        state.write_private(directory / "superuser", self._password, 0o444)
        settings = {name: value for name, value in SETTINGS.items() if name not in ITS_OWN}
        if not durable:
            settings["fsync"] = "off"
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self.child = Contained(
            "PostgreSQL",
            image,
            directory / "postgres.log",
            published={5432: self.port},
            command=["postgres", *options],
        )
        self.child.definition.with_volume_mapping(str(directory / "superuser"), SECRET, "ro").with_envs(
            POSTGRES_PASSWORD_FILE=SECRET, POSTGRES_INITDB_ARGS=CLUSTER
        )

    @property
    def superuser_password(self) -> str:
        """The superuser's password."""
        return self._password

    @property
    def pid(self) -> int | None:
        """The postmaster's process id, None when it is not running."""
        return self.child.pid

    @property
    def log_path(self) -> Path:
        """Where the server's output is kept when it stops."""
        return self.child.log_path

    def start(self, progress: Progress = silent) -> None:
        """Returns when the superuser can log in; raises PlatformError with the reason when it cannot."""
        self.launch(progress)
        self.wait_ready()

    def launch(self, progress: Progress = silent) -> None:
        """Starts it and returns at once."""
        progress("démarrage / starting")
        self.child.launch()

    def wait_ready(self) -> None:
        """Returns when the superuser can log in."""
        wait_until("connexion / connection", self.answers, self.child)

    def stop(self) -> None:
        """Stops the server, ending its clients' sessions (a fast shutdown); returns when it is gone."""
        self.child.stop()
