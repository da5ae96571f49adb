"""What tests need of other languages, installed once and kept beside Kafka's jars; half of it is never kept."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from deploy.embedded import state

# A first installation downloads.
SECONDS: Final = 300


def require(*tools: str) -> None:
    """Without its tools a test is not run: a failure where all is due, else a skip that says which."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"missing on this machine: {', '.join(missing)}")
    if missing:
        pytest.skip(f"missing on this machine: {', '.join(missing)}")


async def ran(command: Sequence[str], folder: Path, environment: dict[str, str], seconds: float = SECONDS) -> str:
    """What a program printed; it must end well, in time."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, error = await asyncio.wait_for(process.communicate(), seconds)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode == 0, f"{command}\n{out.decode()}\n{error.decode()[-3000:]}"
    return out.decode()


async def node_modules(folder: Path) -> None:
    """The packages of a folder's package-lock.json, in its node_modules."""
    require("node", "npm")
    command = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
    await _installed(folder, ("package.json", "package-lock.json"), "node_modules", command)


async def jars(folder: Path) -> None:
    """The dependencies of a folder's pom.xml, in its lib."""
    require("java", "mvn")
    command = ("mvn", "--quiet", "--batch-mode", "dependency:copy-dependencies", "-DoutputDirectory=lib")
    await _installed(folder, ("pom.xml",), "lib", command)


async def _installed(folder: Path, asked: tuple[str, ...], made: str, command: Sequence[str]) -> None:
    digest = hashlib.blake2b(b"".join((folder / name).read_bytes() for name in asked), digest_size=8).hexdigest()
    kept = state.CACHE / "installed" / digest
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=kept.parent))
        for name in asked:
            shutil.copy(folder / name, draft)
        await ran(command, draft, dict(os.environ))
        try:
            os.replace(draft, kept)
        except OSError:
            # Another run beside this one has just done the same.
            if not kept.exists():
                raise
            shutil.rmtree(draft)
    (folder / made).symlink_to((kept / made).resolve(), target_is_directory=True)
