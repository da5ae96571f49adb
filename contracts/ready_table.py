"""The ready households as a table for people: one line for each household, CSV, safe to open in a spreadsheet."""

import csv
from collections.abc import Mapping
from typing import Final, TextIO

from contracts.notices import ReadyHousehold

# A spreadsheet runs a cell that begins so as a formula; names are written by people.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
COLUMNS: Final = (
    "household",
    "lead_family_name",
    "lead_given_name",
    "lead_birth_date",
    "composition",
    "persons",
    "members",
    "rooms",
    "communes",
    "phone",
    "social_housing_number",
    "ready_since",
)


def write(households: Mapping[str, ReadyHousehold], file: TextIO) -> None:
    """Write the whole table, comma separated, its lines in the order of the households' ids."""
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for household in sorted(households):
        writer.writerow({name: guarded(text) for name, text in _line(households[household]).items()})


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it and does not run it: an apostrophe before what would be a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _line(record: ReadyHousehold) -> Mapping[str, str]:
    lead = next((member for member in record.members if member.relation == "lead"), record.members[0])
    members = (
        f"{member.family_name} {member.given_name} ({member.relation.label}, {member.birth_date.isoformat()})"
        for member in record.members
    )
    return {
        "household": record.household,
        "lead_family_name": lead.family_name,
        "lead_given_name": lead.given_name,
        "lead_birth_date": lead.birth_date.isoformat(),
        "composition": record.composition.value,
        "persons": str(record.persons),
        "members": "; ".join(members),
        "rooms": str(record.rooms),
        "communes": " ".join(record.communes),
        "phone": record.phone or "",
        "social_housing_number": record.social_housing_number,
        "ready_since": record.ready_since.isoformat(),
    }
