"""What the platform asks of a broker, of a database and of what they run as; it knows no more of them than this.

Here they are child processes (`kafka.py`, `postgres.py`); the tests run the same platform on containers.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

Progress = Callable[[str], None]


def silent(_: str) -> None:
    """Progress that nobody follows."""


class Watched(Protocol):
    """Something that runs, writes a log, may end by itself, and is asked to end."""

    name: str
    log_path: Path

    @property
    def pid(self) -> int | None:
        """Its process id on this machine, None when it is not running."""

    def require_running(self) -> None:
        """Raises PlatformError with the last log lines when it has ended."""

    def ask_to_end(self) -> None:
        """Asks, once, and returns at once."""

    def stop(self, patience: float = 30.0) -> None:
        """Asks it to end, waits `patience` seconds, then kills it; returns when it is gone."""

    def end_leftover(self) -> None:
        """Ends what an earlier run that was killed left running here."""


class _Part(Protocol):
    port: int

    @property
    def pid(self) -> int | None:
        """Its process id on this machine, None when it is not running."""

    @property
    def child(self) -> Watched:
        """What it runs as, for whoever watches over it."""

    @property
    def log_path(self) -> Path:
        """Where its output goes."""

    def start(self, progress: Progress = silent) -> None:
        """Returns when a client can log in; raises PlatformError with the reason when it cannot."""

    def launch(self, progress: Progress = silent) -> None:
        """Starts it and returns at once."""

    def wait_ready(self) -> None:
        """Returns when a client can log in."""

    def stop(self) -> None:
        """Returns when it is gone; `start` starts it again with all that it held."""


class Broker(_Part, Protocol):
    """One Apache Kafka: SASL everywhere, deny by default; `partners_bootstrap` is the same over TLS."""

    bootstrap: str
    partners_bootstrap: str
    admin_user: str

    @property
    def admin_password(self) -> str:
        """The administrator's password; known once started."""

    @property
    def authority_path(self) -> Path:
        """The authority that `partners_bootstrap` is verified with, PEM."""

    def client_settings(self, user: str | None = None, password: str | None = None) -> dict[str, str | int]:
        """librdkafka settings for a user, the administrator by default."""


class DatabaseServer(_Part, Protocol):
    """One PostgreSQL, entered by password only."""

    @property
    def superuser_password(self) -> str:
        """The superuser's password; known once started."""

    def dsn(self, database: str, user: str = "postgres", password: str | None = None) -> str:
        """The SQLAlchemy address of a database, for asyncpg; the superuser's by default."""

    def ensure_role_and_database(self, name: str, password: str) -> None:
        """A role, and a database of the same name that only it enters. Idempotent."""

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Runs SQL as the superuser and returns its rows as text, columns separated by `|`."""
