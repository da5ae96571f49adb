"""Resolve the dependencies of every pyproject.toml into requirements.lock, with hashes and without addresses."""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"


def requirements() -> list[str]:
    """What contracts, services and the tools of this repository ask for, our own packages aside."""
    wanted: set[str] = set()
    for file in (ROOT / "contracts" / "pyproject.toml", *sorted(ROOT.glob("services/*/pyproject.toml"))):
        wanted.update(tomllib.loads(file.read_text())["project"]["dependencies"])
    for group in tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"].values():
        wanted.update(group)
    return sorted(name for name in wanted if not name.startswith("siao-"))


def main() -> int:
    """Write the lock for Python 3.11 and newer, all platforms."""
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory) / "requirements.in"
        source.write_text("\n".join(requirements()))
        command = [sys.executable, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--no-annotate", "--no-header", str(source), "-o", str(LOCK), "--quiet"]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
