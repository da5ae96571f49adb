"""What partners were given: the schemas and examples of each version of the contract, kept and never changed.

`python -m contracts.releases` keeps the present ones under the present version, and refuses one that is kept already.
"""

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Final

from contracts import __version__
from contracts.compatibility import breaks
from contracts.golden import EXAMPLES, REJECTED

HERE: Final = Path(__file__).parent
RELEASED: Final = HERE / "released"
SCHEMAS: Final = "schemas"
# Relative path of each golden message -> digest of its file: they are added, never edited.
GOLDEN: Final = "examples.json"


def releases(released: Path = RELEASED) -> list[Path]:
    """The folder of each version that partners were given."""
    return sorted(folder for folder in released.iterdir() if folder.is_dir())


def broken(released: Path = RELEASED, present: Path = HERE) -> list[str]:
    """What the present contract would break for a partner who follows any of the versions given."""
    found = []
    for release in releases(released):
        found += [f"{release.name}: {what}" for what in breaks(release / SCHEMAS, present / SCHEMAS)]
        kept: dict[str, str] = json.loads((release / GOLDEN).read_text(encoding="utf-8"))
        now = digests(present / EXAMPLES.name)
        found += [
            f"{release.name}: {name}: the example was changed or is gone"
            for name in kept
            if now.get(name) != kept[name]
        ]
    return found


def digests(examples: Path) -> dict[str, str]:
    """Relative path -> digest of each golden message."""
    return {
        path.relative_to(examples).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(examples.glob("*/*.json"))
        if path.parent.name != REJECTED
    }


def release(version: str = __version__, released: Path = RELEASED, present: Path = HERE) -> Path:
    """Keep the present contract as a version. Raises FileExistsError when it is kept already."""
    folder = released / version
    folder.mkdir(parents=True)
    for family in sorted(path for path in (present / SCHEMAS).iterdir() if path.is_dir()):
        shutil.copytree(family, folder / SCHEMAS / family.name)
    text = json.dumps(digests(present / EXAMPLES.name), indent=2) + "\n"
    (folder / GOLDEN).write_text(text, encoding="utf-8")
    return folder


def main() -> int:
    """0 when the version is kept, 1 when it was kept before or would break one."""
    if found := broken():
        sys.stderr.writelines(f"{what}\n" for what in found)
        return 1
    try:
        folder = release()
    except FileExistsError:
        sys.stderr.write(f"contracts/released/{__version__} is there: change __version__ in contracts/__init__.py\n")
        return 1
    sys.stdout.write(f"kept: contracts/released/{folder.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
