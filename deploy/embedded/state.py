"""The platform's state directory: secrets readable by its owner only, one platform at a time, room left on the disk."""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from deploy.embedded.failure import PlatformError

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".platform"
# Shared by every state directory of this checkout: jars and start-up archives hold no secret and never change.
CACHE = STATE / "cache"
LEAST_FREE_BYTES = 1_000_000_000


def password() -> str:
    """A random password of 192 bits, safe in a URL, in SQL and in a properties file."""
    return secrets.token_urlsafe(24)


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Replaces `path` by `text`, whole or not at all, never readable by more than `mode` says: its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    draft.replace(path)


def write_object(path: Path, content: Mapping[str, str]) -> None:
    """Keeps a JSON object at `path`, mode 0600."""
    write_private(path, json.dumps(content, indent=1))


def remembered(path: Path, make: Callable[[], dict[str, str]]) -> dict[str, str]:
    """The JSON object kept at `path`; made and kept (0600) the first time."""
    if not path.exists():
        write_object(path, make())
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def require_room(directory: Path) -> None:
    """Raises PlatformError when the disk under `directory` has less than LEAST_FREE_BYTES left."""
    directory.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(directory).free
    if free < LEAST_FREE_BYTES:
        raise PlatformError(
            f"Le disque est presque plein : il reste {free // 1_000_000} Mo sous {directory}, il en faut "
            f"{LEAST_FREE_BYTES // 1_000_000} ; libérez de la place ou choisissez un autre dossier avec --state.",
            f"The disk is almost full: {free // 1_000_000} MB left under {directory}, {LEAST_FREE_BYTES // 1_000_000} "
            "needed; free some space or choose another directory with --state.",
        )


def lock(directory: Path) -> IO[str]:
    """Takes the state directory for this process; raises PlatformError when another platform has it.

    The lock ends with the process, however it ends; keep the returned file open and close it to give it back.
    """
    directory.mkdir(parents=True, exist_ok=True)
    file = (directory / "lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.seek(0)
        holder = file.read().strip() or "?"
        file.close()
        raise PlatformError(
            f"Une plateforme utilise déjà {directory} (pid {holder}) : arrêtez-la ou choisissez un autre dossier "
            "avec --state.",
            f"A platform already uses {directory} (pid {holder}): stop it or choose another directory with --state.",
        ) from error
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file
