"""What an image installs is what was tested, and all that its code imports; every lock has hashes and no address."""

import ast
import importlib.metadata
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from deploy.images.names import OURS
from deploy.lock import IMAGE_LOCKS, LOCK, ROOT, image_requirements

OUR_OWN: Final = {"contracts", "services", "deploy"}


def pinned(lock: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Each distribution of a lock with its line (version, marker) and its hashes."""
    blocks = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    lines = {block.splitlines()[0].rstrip(" \\"): frozenset(re.findall(r"sha256:\w{64}", block)) for block in blocks}
    return {line.split("==", maxsplit=1)[0]: (line, hashes) for line, hashes in lines.items()}


def code_of(image: str) -> Iterator[Path]:
    """The Python files that the image holds, as its Dockerfile copies them."""
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    left_out = {path for pattern in ignored if pattern.startswith("contracts/") for path in ROOT.glob(pattern)}
    yield from (path for path in ROOT.glob("contracts/*.py") if path not in left_out)
    if image == "provision":
        yield from (ROOT / line[1:] for line in ignored if line.startswith("!deploy/embedded/"))
        yield from ROOT.glob("deploy/provision/*.py")
    else:
        for package in ("chassis", image):
            yield from ROOT.glob(f"services/{package}/**/*.py")


def imported_by(path: Path) -> set[str]:
    """The top names of the modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name.split(".", maxsplit=1)[0] for name in found}


def test_there_is_a_lock_for_each_image_and_no_other() -> None:
    assert {path.stem for path in IMAGE_LOCKS.glob("*.lock")} == set(OURS) == set(image_requirements())


@pytest.mark.parametrize("image", OURS)
def test_an_image_installs_the_versions_that_are_tested(image: str) -> None:
    tested = pinned(LOCK)
    for name, (line, hashes) in pinned(IMAGE_LOCKS / f"{image}.lock").items():
        version, _, _ = line.partition(" ;")
        assert tested[name][0].partition(" ;")[0] == version, "make lock"
        assert hashes == tested[name][1], "make lock"


@pytest.mark.parametrize("image", OURS)
def test_all_that_an_image_s_code_imports_is_in_its_lock(image: str) -> None:
    installed, distributions = set(pinned(IMAGE_LOCKS / f"{image}.lock")), importlib.metadata.packages_distributions()
    known = OUR_OWN | set(sys.stdlib_module_names)
    for path in code_of(image):
        for name in imported_by(path) - known:
            brought = {re.sub(r"[-_.]+", "-", distribution).lower() for distribution in distributions[name]}
            assert brought & installed, f"{path.relative_to(ROOT)} imports {name}: declare it, then make lock"


def test_locks_name_no_registry() -> None:
    for lock in (LOCK, *IMAGE_LOCKS.glob("*.lock")):
        assert "://" not in lock.read_text(encoding="utf-8")
