"""A small volume of its own, that a test fills and empties; only root may mount one."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


class Volume:
    """A file system of some megabytes at `path`, in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._ballast = path / "ballast"

    def fill(self, left: int) -> None:
        """Fill it up to so many bytes."""
        size = shutil.disk_usage(self.path).free - left
        with self._ballast.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)

    def make_room(self) -> None:
        """It has room again."""
        self._ballast.unlink()


@contextmanager
def a_volume(path: Path, megabytes: int) -> Iterator[Volume]:
    """A volume, gone at the end with all that is on it. Skips the test where this user may not mount one."""
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"mounting a small volume takes root with the right to mount: {mounted.stderr.strip()}")
    try:
        yield Volume(path)
    finally:
        # Lazily: a process that has just ended may still be letting go of it.
        subprocess.run(["umount", "--lazy", str(path)], check=True)
