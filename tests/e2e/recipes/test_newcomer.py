"""A developer who has nothing: an empty folder, the kit installed there, and ten minutes later a designation."""

import asyncio
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded.platform import Platform
from tests.e2e import newcomers
from tests.installed import SECONDS, ran

# The first of these tests installs.
pytestmark = pytest.mark.timeout(SECONDS + 2 * newcomers.SECONDS)
CONTRACTS = Path(__file__).parents[3] / "contracts"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a new environment in which `pip install ./contracts[kit]` was said, and nothing else."""
    folder = tmp_path_factory.mktemp("newcomer")

    async def install() -> None:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home())}
        await ran([sys.executable, "-m", "venv", "--without-pip", "venv"], folder, environment)
        # Our own pip works for the new environment: it need not be installed there first.
        pip = [sys.executable, "-m", "pip", "--python", str(folder / "venv/bin/python"), "--quiet"]
        await ran([*pip, "install", "--disable-pip-version-check", f"{CONTRACTS}[kit]"], folder, environment)

    asyncio.run(install())
    return folder / "venv" / "bin"


def given(platform: Platform, folder: Path, name: str) -> None:
    """A folder with nothing but the settings that the operator sent."""
    partner = newcomers.structure(name)
    access = newcomers.environment(platform, partner)
    settings = folder / "siao-partner.toml"
    settings.touch(mode=0o600)
    settings.write_text(
        f'address = "{access["SIAO_ADDRESS"]}"\npartner = "{partner}"\npassword = "{access["SIAO_PASSWORD"]}"\n'
    )


async def test_from_an_empty_folder_to_a_designation(platform: Platform, installed: Path, tmp_path: Path) -> None:
    folder = tmp_path
    given(platform, folder, "command")
    household = await newcomers.a_household_waits(platform, "command")
    command = str(installed / "siao-partner")
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    async def says(*arguments: str) -> str:
        return await ran([command, *arguments], folder, environment, newcomers.SECONDS)

    listed = await says("doctor")
    assert "✘" not in listed
    assert [line.split()[1] for line in listed.splitlines() if line.startswith("✔")] == [
        "Réglages", "Adresse", "Chiffrement", "Identification", "Topics", "Écriture", "Groupes", "Cloison", "Lecture",
        "Contrat", "Réponse", "Horloge",
    ]  # fmt: skip
    for kind in ("structure.described.v1", "vacancy.published.v1"):
        assert kind in await says("example", "--list")
        (folder / "message.json").write_text(await says("example", kind))
        assert f"accepté / accepted {kind}" in await says("send", "message.json")
    assert "déjà reçu" in await says("send", "message.json")
    heard: list[Any] = newcomers.notices(await says("watch", "--json", "--until", "household.designated.v1"))
    assert heard[-1]["data"]["household"] == household
    assert sorted({notice["type"] for notice in heard}) == [
        "household.designated.v1",
        "message.accepted.v1",
        "message.rejected.v1",
    ]


async def test_the_program_of_the_readme_runs_as_it_stands(platform: Platform, installed: Path, tmp_path: Path) -> None:
    folder = tmp_path
    given(platform, folder, "program")
    (program,) = re.findall(r"```python\n(.*?)```", (CONTRACTS / "README.md").read_text(), flags=re.DOTALL)
    command, environment = str(installed / "siao-partner"), {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    described = await ran([command, "example", "structure.described.v1"], folder, environment)
    (folder / "structure.json").write_text(described)
    await ran([command, "send", "structure.json"], folder, environment)
    await newcomers.a_household_waits(platform, "program")
    (folder / "program.py").write_text(program)
    printed = await ran([str(installed / "python"), "program.py"], folder, environment, newcomers.SECONDS)
    assert "household.designated.v1" in printed.splitlines()[-1]


async def test_the_kit_holds_the_schemas_the_examples_and_its_types(installed: Path, tmp_path: Path) -> None:
    look = (
        "import contracts, contracts.golden, contracts.kit, pathlib\n"
        "here = pathlib.Path(contracts.__file__).parent\n"
        "assert len(list(contracts.golden.golden_messages())) > 50\n"
        "assert (here / 'schemas/vacancies/vacancy.published.v1.json').is_file()\n"
        "assert (here / 'asyncapi/partner.json').is_file() and (here / 'py.typed').is_file()\n"
        "assert not list(here.rglob('export*.py')) and not (here / 'recipes').exists()\n"
        "print(here)"
    )
    where = await ran([str(installed / "python"), "-I", "-c", look], tmp_path, {}, newcomers.SECONDS)
    assert where.strip().startswith(str(installed.parent))


async def test_without_its_extra_the_command_says_how_to_get_it() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-m", "contracts.kit", "doctor",
        cwd=CONTRACTS.parent, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, error = await process.communicate()
    assert process.returncode == 1
    assert "pip install 'siao-contracts[kit]'" in error.decode()
