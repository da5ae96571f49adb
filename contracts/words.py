"""The words of the contract in French, and in English where a model does not say them; a word means one thing.

`words.csv`: a topic, a role, a model, a code list, or a field. A field is said once for all messages that have it;
where it means another thing, the line `Model.field` wins over the line `field`. In English, the model itself wins.
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

FILE: Final = Path(__file__).with_name("words.csv")

Of: TypeAlias = Literal["topic", "model", "list", "field", "role"]


@dataclass(frozen=True, slots=True)
class Words:
    """fr: always; en: only where nothing else says it."""

    fr: str
    en: str | None


@lru_cache(maxsize=1)
def table() -> dict[tuple[str, str], Words]:
    """(of, name) -> words. Raises ValueError for a line given twice or without French."""
    found: dict[tuple[str, str], Words] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = row["of"], row["name"]
            if key in found or not row["fr"]:
                raise ValueError(f"words.csv: {key} is given twice, or has no French")
            found[key] = Words(row["fr"], row["en"] or None)
    return found


def words(of: Of, name: str) -> Words | None:
    """The words for a topic, a model or a code list."""
    return table().get((of, name))


def field_words(model: str, field: str) -> Words | None:
    """The words for a field of a model: its own, else those of the field wherever it is."""
    return words("field", f"{model}.{field}") or words("field", field)
