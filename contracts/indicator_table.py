"""The figures as a table for people: one line for each, with French labels, CSV, safe to open in a spreadsheet."""

import csv
from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Protocol, TextIO

from contracts.codes import OfferType
from contracts.indicator_codes import Indicator
from contracts.ready_table import guarded

COLUMNS: Final = (
    *("siao", "du", "au_exclu", "indicateur", "libelle", "type_offre", "type_offre_libelle", "menages", "personnes"),
)
TYPES: Final = {"all": "Tous types d'offre", **{kind.value: kind.label for kind in OfferType}}
LABELS: Final = {code.value: code.label for code in Indicator}


class Figures(Protocol):
    """The figures of a SIAO and a period; each line has its indicator, type of offer, households and persons."""

    @property
    def siao(self) -> str:
        """Code of the SIAO."""

    @property
    def since(self) -> date:
        """First day."""

    @property
    def until(self) -> date:
        """The day after the last one."""

    @property
    def lines(self) -> Iterable[Any]:
        """The figures."""


def write(tables: Iterable[Figures], file: TextIO) -> None:
    """Write all lines, comma separated, under one heading."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for told in tables:
        for line in told.lines:
            texts = map(guarded, (LABELS[line.indicator], line.offer_type, TYPES[line.offer_type]))
            where = (told.siao, told.since, told.until, str(line.indicator))
            writer.writerow([*where, *texts, line.households, line.persons])
