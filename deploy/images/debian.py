"""Debian's packages as parts of stand-ins: a root file system with Python, and the files of single packages."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from deploy.embedded.failure import PlatformError

SUITE = "bookworm"
# As the public image has them: compiled libraries (greenlet) need libstdc++6, the calendar of France needs tzdata.
PACKAGES = ("ca-certificates", "libstdc++6", "python3", "python3-venv", "tzdata")
# Nothing that only a person at a terminal reads.
UNREAD = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*")
# Where the public image of Python has it.
LINKS = tuple(f'ln -s /usr/bin/python3 "$1/usr/local/bin/{name}"' for name in ("python", "python3"))
NEEDED = {"mmdebstrap": "mmdebstrap", "apt-get": "apt", "dpkg-deb": "dpkg"}


def root_recipe() -> Sequence[str]:
    """What the root file system is made from."""
    return (SUITE, *PACKAGES, *UNREAD, *LINKS)


def require_tools() -> None:
    """Raises PlatformError when this is no Debian machine with mmdebstrap."""
    missing = [package for command, package in NEEDED.items() if shutil.which(command) is None]
    if missing:
        raise PlatformError(
            f"Les images publiques ne sont pas accessibles, et pour les remplacer il manque {', '.join(missing)} "
            "(Debian : apt install mmdebstrap).",
            f"The public images cannot be had, and to stand in for them {', '.join(missing)} is missing "
            "(Debian: apt install mmdebstrap).",
        )


def root_archive(archive: Path) -> None:
    """Writes a tar archive of a small Debian with Python, its packages verified by apt."""
    command = ["mmdebstrap", "--quiet", "--variant=essential", f"--include={','.join(PACKAGES)}"]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in UNREAD]
    command += [f"--customize-hook={link}" for link in LINKS]
    _run([*command, SUITE, str(archive)], archive.parent)


def versions(packages: Sequence[str]) -> list[str]:
    """The version that apt would give of each package."""
    shown = _run(["apt-cache", "show", "--no-all-versions", *packages], Path.cwd())
    found = [line.split()[1] for line in shown.splitlines() if line.startswith("Version:")]
    if len(found) != len(packages):
        raise PlatformError(
            f"apt ne connaît pas tous ces paquets : {', '.join(packages)} (apt-get update ?).",
            f"apt does not know all of these packages: {', '.join(packages)} (apt-get update?).",
        )
    return found


def extract(packages: Sequence[str], directory: Path) -> None:
    """The files of these packages, and of nothing that they depend on, under `directory`."""
    with tempfile.TemporaryDirectory() as incoming:
        _run(["apt-get", "download", "--quiet", *packages], Path(incoming))
        for package in Path(incoming).glob("*.deb"):
            _run(["dpkg-deb", "--extract", str(package), str(directory)], Path(incoming))


def _run(command: Sequence[str], directory: Path) -> str:
    # apt reads its packages as a lesser user, and says on stderr that a private folder keeps it from that.
    result = subprocess.run(
        command, cwd=directory, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    if result.returncode:
        last = "\n".join(result.stderr.strip().splitlines()[-5:])
        raise PlatformError(f"{command[0]} a échoué : {last}", f"{command[0]} failed; its last lines are above.")
    return result.stdout
