"""Kafka's jars exactly as kafka-jars.lock names them; refuses a jar whose SHA-256 is not the committed one.

jgo downloads each coordinate but does not resolve: its resolver lets log4j's parent override Kafka's own versions
(kafka-clients 3.9.1 beside kafka-server 4.3.1), so the lock was made with Maven.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from jgo.maven import MavenContext

from deploy.embedded.failure import PlatformError

LOCK = Path(__file__).with_name("kafka-jars.lock")
ATTEMPTS = 3

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: `group:artifact:version sha256:<hex>`."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Its name in the cache, as in Kafka's own distribution."""
        return f"{self.artifact}-{self.version}.jar"


def locked(lock: Path = LOCK) -> list[Jar]:
    """The jars of the lock, in its order."""
    jars = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            coordinate, checksum = line.split()
            group, artifact, version = coordinate.split(":")
            jars.append(Jar(group, artifact, version, checksum.removeprefix("sha256:")))
    return jars


def class_path(cache: Path, progress: Progress) -> list[Path]:
    """The verified jars under `cache`, downloaded the first time; raises PlatformError when one cannot be had."""
    directory = cache / "jars"
    directory.mkdir(parents=True, exist_ok=True)
    jars = locked()
    missing = [jar for jar in jars if not _is_intact(directory / jar.file_name, jar)]
    if missing:
        _download(missing, directory, progress)
    return [directory / jar.file_name for jar in jars]


def _download(missing: list[Jar], directory: Path, progress: Progress) -> None:
    # A repository of its own beside the target: an interrupted or concurrent download is never taken for a jar.
    with (
        tempfile.TemporaryDirectory(dir=directory, prefix=".incoming-") as incoming,
        ThreadPoolExecutor(8) as pool,
    ):
        try:
            _report(pool.map(lambda jar: _fetch(jar, Path(incoming), directory), missing), len(missing), progress)
        except Exception as error:
            raise PlatformError(
                f"Les fichiers de Kafka n'ont pas pu être téléchargés ({error}) : vérifiez l'accès au dépôt Maven, "
                "puis relancez, ce qui est déjà reçu est gardé.",
                "Kafka's jars could not be downloaded: check access to the Maven repository and run again; what has "
                "arrived is kept.",
            ) from error


def _report(fetched: Iterable[Jar], total: int, progress: Progress) -> None:
    for done, jar in enumerate(fetched, start=1):
        progress(f"téléchargement / downloading {done}/{total} {jar.file_name}")


def _fetch(jar: Jar, incoming: Path, directory: Path) -> Jar:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            context = MavenContext(repo_cache=incoming / f"{attempt}", local_repos=[], timeout=60)
            path = context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
            if not _is_intact(path, jar):
                raise ValueError(f"{jar.file_name}: SHA-256")
            os.replace(path, directory / jar.file_name)
            return jar
        except Exception:
            # Whatever failed (network, proxy, truncated file), another try costs little; the last one speaks.
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def _is_intact(path: Path, jar: Jar) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == jar.sha256
