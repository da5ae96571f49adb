"""Who may know whom: the rules of `.importlinter`, and those it cannot say."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def imported(path: Path) -> Iterator[str]:
    """The modules that a file names in its imports, those within functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """The verdict of the import rules on a tree."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_the_import_rules_hold() -> None:
    verdict = linted(ROOT)
    assert verdict.returncode == 0, verdict.stdout[-3000:]
    assert "0 broken" in verdict.stdout


def test_of_the_services_the_simulator_knows_the_clock_only() -> None:
    files = sorted((ROOT / "deploy" / "demo").rglob("*.py"))
    assert files
    known = {name for path in files for name in imported(path) if name.split(".")[0] == "services"}
    assert {name for name in known if not name.startswith("services.chassis.clock")} == set()


# What the parts of contracts/ need beyond the models' own: the kit's extra, the pages' templates, a recipe's client.
MORE = {"kit": {"aiokafka", "rich"}, "pages": {"jinja2"}, "recipes": {"confluent_kafka"}}
CONTRACTS = ROOT / "contracts"


@pytest.mark.parametrize("path", sorted(CONTRACTS.rglob("*.py")), ids=lambda path: str(path.relative_to(CONTRACTS)))
def test_a_contract_imports_little(path: Path) -> None:
    """What a partner's software would have to install to use our models."""
    names = set(imported(path))
    outside = {name.split(".")[0] for name in names} - sys.stdlib_module_names
    part = path.relative_to(CONTRACTS).parts[0]
    assert outside <= {"contracts", "pydantic", "pydantic_core"} | MORE.get(part, set())
    if part not in MORE:
        assert {name for name in names if name.startswith(("contracts.kit", "contracts.pages"))} == set()


def test_no_service_carries_the_kit() -> None:
    known = {name for path in (ROOT / "services").rglob("*.py") for name in imported(path)}
    assert {name for name in known if name.startswith(("contracts.kit", "contracts.pages"))} == set()
