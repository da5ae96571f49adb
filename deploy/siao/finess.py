"""Reads an extract of FINESS, the register of establishments: its rows of a SIAO, or why a row cannot be taken.

The layout is that of the public extract of establishments (data.gouv.fr): 32 columns cut by semicolons, after a first
line of its own and without a line of names; a file with a line of names is read by them. It refuses what is neither.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from contracts.codes import OfferType
from contracts.fields import Commune, Name
from deploy.embedded.failure import PlatformError

COLUMNS: Final = (
    "section", "nofinesset", "nofinessej", "rs", "rslongue", "complrs", "compldistrib", "numvoie", "typvoie", "voie",
    "compvoie", "lieuditbp", "commune", "departement", "libdepartement", "ligneacheminement", "telephone", "telecopie",
    "categetab", "libcategetab", "categagretab", "libcategagretab", "siret", "codeape", "codemft", "libmft", "codesph",
    "libsph", "dateouv", "dateautor", "datemaj", "numuai",
)  # fmt: skip
NEEDED: Final = frozenset({"nofinesset", "rs", "rslongue", "commune", "departement", "categetab"})
ESTABLISHMENT: Final = "structureet"
CATEGORIES: Final = Path(__file__).with_name("finess_categories.csv")
# Départements of outre-mer have letters of their own in FINESS; their communes begin with 97. Not read in a text of
# FINESS: to be checked on an extract of such a département.
OVERSEAS: Final = {"971": "9A", "972": "9B", "973": "9C", "974": "9D", "976": "9F"}
NUMBER: Final = re.compile(r"[0-9][0-9AB][0-9]{7}")
_COMMUNE: Final = TypeAdapter[str](Commune)
_NAME: Final = TypeAdapter[str](Name)


@dataclass(frozen=True, slots=True)
class Establishment:
    """A structure as FINESS knows it."""

    number: str
    name: str
    commune: str
    offer_type: OfferType


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of a category that is ours, which cannot be taken: `line` of the file, why, in French and in English."""

    line: int
    number: str
    french: str
    english: str


@dataclass(frozen=True, slots=True)
class Extract:
    """What was read: establishments, refused rows, and how many rows are of another département or category."""

    taken: tuple[Establishment, ...]
    refused: tuple[Refused, ...]
    elsewhere: int
    other: int


def categories(path: Path = CATEGORIES) -> dict[str, OfferType]:
    """FINESS category -> type of offer. Raises PlatformError for a table that is not one."""
    kinds = {kind.value: kind for kind in OfferType}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row["category"]: kinds[row["offer_type"]] for row in csv.DictReader(file, delimiter=";")}
    except (OSError, KeyError, TypeError) as error:
        raise PlatformError(
            f"La table des catégories {path} ne peut pas être lue : category;offer_type;label;confirmed;origin.",
            f"The table of categories {path} cannot be read.",
        ) from error


def read(path: Path, siao: str, table: Mapping[str, OfferType]) -> Extract:
    """The establishments of a SIAO in an extract. Raises PlatformError for a file that is no extract."""
    taken, refused = dict[str, Establishment](), list[Refused]()
    elsewhere = other = 0
    for line, row in _rows(path):
        if row["departement"] != OVERSEAS.get(siao, siao):
            elsewhere += 1
            continue
        offer_type = table.get(row["categetab"])
        if offer_type is None:
            other += 1
            continue
        found = _establishment(line, row, siao, offer_type)
        if isinstance(found, Establishment) and found.number in taken:
            found = Refused(line, found.number, "deux fois dans le fichier", "twice in the file")
        if isinstance(found, Refused):
            refused.append(found)
        else:
            taken[found.number] = found
    return Extract(tuple(taken.values()), tuple(refused), elsewhere, other)


def _establishment(line: int, row: dict[str, str], siao: str, offer_type: OfferType) -> Establishment | Refused:
    number = row["nofinesset"]
    if not NUMBER.fullmatch(number):
        return Refused(line, "?", "numéro FINESS illisible (9 caractères)", "unreadable FINESS number (9 characters)")
    commune = f"{'97' if siao in OVERSEAS else siao}{row['commune']}"
    try:
        _COMMUNE.validate_python(commune)
    except ValidationError:
        return Refused(line, number, "code de la commune illisible (3 chiffres)", "unreadable commune (3 digits)")
    name = " ".join((row["rslongue"] or row["rs"]).split())
    try:
        _NAME.validate_python(name)
    except ValidationError:
        return Refused(line, number, "nom absent ou trop long (200 caractères)", "no name, or too long a one")
    return Establishment(number, name, commune, offer_type)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and columns of each establishment."""
    names: tuple[str, ...] | None = None
    found = False
    for line, cells in enumerate(csv.reader(_text(path).splitlines(), delimiter=";"), 1):
        values = [cell.strip() for cell in cells]
        if set(values) >= NEEDED:
            names = tuple(values)
        elif names is not None or (values and values[0] == ESTABLISHMENT):
            columns = names or COLUMNS
            if len(values) < len(columns):
                continue
            found = True
            yield line, dict(zip(columns, values, strict=False))
    if not found:
        raise PlatformError(
            f"{path} n'est pas une extraction FINESS des établissements : aucune ligne « {ESTABLISHMENT} » de"
            f" {len(COLUMNS)} colonnes, ni ligne de noms avec {', '.join(sorted(NEEDED))}.",
            f"{path} is not a FINESS extract of establishments.",
        )


def _text(path: Path) -> str:
    """The text of an extract: UTF-8, or the Windows-1252 of older ones."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise PlatformError(
            f"L'extraction {path} ne peut pas être lue ({error.strerror}).", f"The extract {path} cannot be read."
        ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("windows-1252", errors="replace")
