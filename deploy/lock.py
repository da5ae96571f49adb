"""Resolve the dependencies of every pyproject.toml into locks, with hashes and without addresses.

requirements.lock is what the whole repository is developed and tested with; each image has a lock of its own, of the
very same versions and without anything that the image does not need.
"""

import argparse
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
IMAGE_LOCKS = ROOT / "deploy" / "images" / "locks"


def _dependencies(*files: Path) -> set[str]:
    """What these pyproject.toml ask for, our own packages aside."""
    wanted = {name for file in files for name in tomllib.loads(file.read_text())["project"]["dependencies"]}
    return {name for name in wanted if not name.startswith("siao-")}


def _groups() -> dict[str, list[str]]:
    groups: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return groups


def requirements() -> set[str]:
    """What contracts, services and the tools of this repository ask for."""
    wanted = _dependencies(ROOT / "contracts" / "pyproject.toml", *ROOT.glob("services/*/pyproject.toml"))
    return wanted.union(*_groups().values())


def image_requirements() -> dict[str, set[str]]:
    """What each image needs at run time: contracts, the chassis and one service; or contracts and provisioning."""
    contracts, chassis = ROOT / "contracts" / "pyproject.toml", ROOT / "services" / "chassis" / "pyproject.toml"
    wanted = {
        file.parent.name: _dependencies(contracts, chassis, file)
        for file in ROOT.glob("services/*/pyproject.toml")
        if file != chassis
    }
    wanted["provision"] = _dependencies(contracts).union(_groups()["provision"])
    return wanted


def _compile(wanted: Iterable[str], lock: Path, *options: str) -> None:
    """Writes one lock for Python 3.11 and newer, all platforms."""
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / "requirements.in"
        source.write_text("\n".join(sorted(wanted)))
        command = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11", *options]
        command += ["--generate-hashes", "--no-annotate", "--no-header", str(source), "-o", str(lock), "--quiet"]
        subprocess.run(command, check=True)


def main() -> int:
    """Write requirements.lock, then the images' locks from its versions; exit code of the resolver."""
    parser = argparse.ArgumentParser(prog="python deploy/lock.py", description=__doc__)
    parser.add_argument("--images", action="store_true", help="leave requirements.lock, make only the images' locks")
    only_images = parser.parse_args().images
    try:
        if not only_images:
            _compile(requirements(), LOCK)
        for image, wanted in sorted(image_requirements().items()):
            _compile(wanted, IMAGE_LOCKS / f"{image}.lock", "--constraint", str(LOCK))
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
