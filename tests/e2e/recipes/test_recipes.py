"""The recipes of contracts/recipes, run as a partner's developer runs them, with nothing of ours but the examples."""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from contracts.golden import EXAMPLES
from deploy.embedded.platform import Platform
from tests import installed
from tests.e2e import newcomers
from tests.installed import ran, require

RECIPES: Final = Path(__file__).parents[3] / "contracts" / "recipes"


def alone(folder: Path, name: str) -> Path:
    """A recipe and the examples in an empty folder, laid out as under contracts/; the recipe's own folder."""
    shutil.copytree(EXAMPLES, folder / "examples")
    return Path(shutil.copytree(RECIPES / name, folder / "recipes" / name))


async def publishes_a_vacancy(platform: Platform, name: str, folder: Path, command: list[str], **more: str) -> None:
    """The recipe describes a structure, publishes a vacancy, reads both answers and the designation, and ends well."""
    environment = {**newcomers.environment(platform, newcomers.structure(name)), **more}
    household = await newcomers.a_household_waits(platform, name)
    heard = newcomers.notices(await ran(command, folder, environment, 2 * newcomers.SECONDS))
    told: list[Any] = [(notice["type"], notice.get("message_type") or notice.get("household")) for notice in heard]
    assert told == [
        ("message.accepted.v1", "structure.described.v1"),
        ("message.accepted.v1", "vacancy.published.v1"),
        ("household.designated.v1", household),
    ]
    assert [notice["duplicate"] for notice in heard[:2]] == [False, False]
    assert heard[2]["place_id"] == "B-03"


pytestmark = pytest.mark.timeout(installed.SECONDS + 2 * newcomers.SECONDS)


async def test_python_publishes_a_vacancy_and_reads_its_designation(platform: Platform, tmp_path: Path) -> None:
    # Its one requirement is among ours; `-I`: nothing of the checkout is on its path.
    folder = alone(tmp_path, "python")
    await publishes_a_vacancy(platform, "python", folder, [sys.executable, "-I", "first.py"])


async def test_node_publishes_a_vacancy_and_reads_its_designation(platform: Platform, tmp_path: Path) -> None:
    folder = alone(tmp_path, "node")
    await installed.node_modules(folder)
    await publishes_a_vacancy(platform, "node", folder, ["node", "first.mjs"])


async def test_java_publishes_a_vacancy_and_reads_its_designation(platform: Platform, tmp_path: Path) -> None:
    folder = alone(tmp_path, "java")
    await installed.jars(folder)
    await publishes_a_vacancy(platform, "java", folder, ["java", "-cp", "lib/*", "First.java"])


async def test_kcat_publishes_a_vacancy_and_reads_its_designation(platform: Platform, tmp_path: Path) -> None:
    require("kcat", "jq", "bash")
    library = newcomers.librdkafka()
    if library is None:
        pytest.skip("no librdkafka of 2.6.1 or later beside the Python client: kcat's own may be too old to log in")
    await publishes_a_vacancy(platform, "kcat", alone(tmp_path, "kcat"), ["./first.sh"], LD_PRELOAD=str(library))


async def test_curl_publishes_a_vacancy_and_reads_its_designation(platform: Platform, tmp_path: Path) -> None:
    require("curl", "jq", "bash")
    await publishes_a_vacancy(platform, "curl", alone(tmp_path, "curl"), ["./first.sh"])


async def test_a_kcat_that_is_too_old_says_so(tmp_path: Path) -> None:
    require("bash")
    folder = alone(tmp_path, "kcat")
    old = tmp_path / "bin" / "kcat"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'Version 1.7.1 (JSON, librdkafka 2.0.2 builtin.features=gzip)'\n")
    old.chmod(0o755)
    environment = {**os.environ, "PATH": f"{old.parent}:{os.environ['PATH']}", "SIAO_ADDRESS": "127.0.0.1:1"}
    process = await asyncio.create_subprocess_exec(
        "./first.sh", cwd=folder, env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, error = await process.communicate()
    assert process.returncode == 2
    assert "2.6.1" in error.decode()


def test_no_lock_of_a_recipe_names_a_registry() -> None:
    locks = list(RECIPES.glob("*/package-lock.json"))
    assert locks
    assert [lock.parent.name for lock in locks if '"resolved"' in lock.read_text()] == []
