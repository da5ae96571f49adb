"""`python -m contracts.pages FOLDER` writes the pages of the contract; only into a folder of its own."""

import sys
from pathlib import Path

from contracts.pages.book import pages


def main() -> int:
    """0 when the pages are written; what was there before is replaced, page by page."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(made)} pages : {folder / 'index.html'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
