"""`python -m deploy.grafana [--check]` writes the dashboards that Grafana reads, or refuses what is stale."""

import argparse
import sys
from pathlib import Path
from typing import Final

from deploy.grafana import activity, operations
from deploy.grafana.drawing import Board, drawn

FOLDER: Final = Path(__file__).parent / "dashboards"
BOARDS: Final[dict[str, Board]] = {"operations.json": operations.BOARD, "activity.json": activity.BOARD}


def stale(folder: Path = FOLDER) -> list[str]:
    """Files of the folder that differ from what they should be, are missing, or should not be there."""
    wanted = {name: drawn(board) for name, board in BOARDS.items()}
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    return sorted(name for name in wanted | present if wanted.get(name) != present.get(name))


def write(folder: Path = FOLDER) -> list[str]:
    """Bring the folder up to date; the files written or removed."""
    names = stale(folder)
    for name in names:
        if name in BOARDS:
            (folder / name).write_text(drawn(BOARDS[name]), encoding="utf-8")
        else:
            (folder / name).unlink()
    return names


def main() -> int:
    """Exit status: 0 when all is (now) up to date, 1 when --check found stale files."""
    parser = argparse.ArgumentParser(prog="python -m deploy.grafana", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 and name stale files")
    check = parser.parse_args().check
    names = stale() if check else write()
    for name in names:
        print(f"{'stale' if check else 'written'}: deploy/grafana/dashboards/{name}")
    if check and names:
        print("Run: python -m deploy.grafana", file=sys.stderr)
    return 1 if check and names else 0


if __name__ == "__main__":
    sys.exit(main())
