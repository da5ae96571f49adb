"""`python -m contracts.export [--check]` writes what other languages read, or refuses what is stale."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from contracts.export_asyncapi import asyncapi_documents
from contracts.export_schemas import schema_documents
from contracts.export_tables import fill

HERE: Final = Path(__file__).parent
FOLDERS: Final = ("schemas", "asyncapi")


def generated(readme: str) -> dict[str, str]:
    """Path under `contracts/` -> text, the same on every run. `readme`: the present text of README.md."""
    documents = schema_documents() | asyncapi_documents()
    return {path: _text(document) for path, document in documents.items()} | {"README.md": fill(readme)}


def stale(root: Path) -> list[str]:
    """Paths under `root` that differ from what the contracts say now, are missing, or should not be there."""
    wanted = _wanted(root)
    changed = {path for path, text in wanted.items() if _present(root / path) != text}
    return sorted(changed | (_existing(root) - wanted.keys()))


def export(root: Path) -> list[str]:
    """Bring `root` up to date; returns the paths written or removed."""
    wanted = _wanted(root)
    paths = stale(root)
    for path in paths:
        target = root / path
        if path in wanted:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(wanted[path], encoding="utf-8")
        else:
            target.unlink()
    return paths


def _wanted(root: Path) -> dict[str, str]:
    return generated((root / "README.md").read_text(encoding="utf-8"))


def _present(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _existing(root: Path) -> set[str]:
    return {
        path.relative_to(root).as_posix() for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file()
    }


def _text(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def main() -> int:
    """Exit status: 0 when all is (now) up to date, 1 when --check found stale files."""
    parser = argparse.ArgumentParser(prog="python -m contracts.export", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name stale files")
    check = parser.parse_args().check
    paths = stale(HERE) if check else export(HERE)
    for path in paths:
        print(f"{'stale' if check else 'written'}: contracts/{path}")
    if check and paths:
        print("Run: python -m contracts.export", file=sys.stderr)
    return 1 if check and paths else 0


if __name__ == "__main__":
    raise SystemExit(main())
