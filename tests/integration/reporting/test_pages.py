"""What is shown: JSON, a sheet, a page, all from the same figures; a wrong address is answered in words."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from contracts.codes import OfferType
from contracts.designations import DesignationEnded, DesignationMade
from contracts.households import HouseholdWaiting, ReadinessDeclared
from contracts.ready_table import guarded
from services.reporting.counted import INDICATORS
from services.reporting.domain import FactRow
from tests.integration.reporting.observatory import THEN, Observatory, fact

MONTH = "siao=92&since=2026-11-01&until=2026-12-01"
LABELS = {indicator.label: indicator.id for indicator in INDICATORS}


def some_facts() -> list[FactRow]:
    return [
        fact(DesignationMade, "d1"),
        fact(DesignationMade, "d2", offer_type=OfferType.RESIDENCE_SOCIALE, persons=4),
        fact(DesignationEnded, "d1", detail="admitted"),
        fact(HouseholdWaiting, "r1", persons=5),
        fact(ReadinessDeclared, "h1", offer_type=None, persons=2),
    ]


class Page(HTMLParser):
    """The parts of a page that a reader, or a screen reader, goes by."""

    VOID = frozenset({"meta", "br", "path", "rect", "line", "circle", "image"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.language = ""
        self.headings: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.scopes: set[str] = set()
        self.tags: dict[str, int] = {}
        self._open: list[str] = []
        self._text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        attributes = dict(attrs)
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self._open.append(tag)
        if tag == "html":
            self.language = attributes["lang"]
        elif tag == "tr":
            self.rows.append([])
        elif tag == "th":
            self.scopes.add(attributes["scope"])
        if tag in ("th", "td", "h1", "h2", "h3", "caption", "dt"):
            self._text = []

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        text = " ".join("".join(self._text).split())
        if tag in ("th", "td"):
            self.rows[-1].append(text)
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append((tag, text))


async def lines_of(seen: Observatory) -> dict[tuple[str, str], tuple[int, int]]:
    """(indicator, type of offer) -> (ménages, personnes), as the JSON tells."""
    said = json.loads((await seen.get(f"/indicators.json?{MONTH}")).body)
    return {(i["indicator"], i["offer_type"]): (i["households"], i["persons"]) for i in said["indicators"]}


async def test_the_figures_are_json_for_machines(seen: Observatory) -> None:
    await seen.keep(some_facts())
    answer = await seen.get(f"/indicators.json?{MONTH}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json; charset=utf-8")
    said = json.loads(answer.body)
    assert (said["siao"], said["since"], said["until"]) == ("92", "2026-11-01", "2026-12-01")
    lines = await lines_of(seen)
    assert len(lines) == len(said["indicators"])
    assert {indicator for indicator, _ in lines} == {indicator.id for indicator in INDICATORS}
    assert lines["designations_made", "all"] == (2, 5)
    assert lines["designations_made", "residence_sociale"] == (1, 4)
    assert lines["ready", "all"] == (1, 2)
    assert ("ready", "chrs") not in lines
    assert lines["departures", "all"] == (0, 0)


async def test_the_sheet_says_the_same_with_french_labels(seen: Observatory) -> None:
    await seen.keep(some_facts())
    answer = await seen.get(f"/indicators.csv?{MONTH}")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    rows = list(csv.DictReader(io.StringIO(answer.body)))
    told = {(r["indicateur"], r["type_offre"]): (int(r["menages"]), int(r["personnes"])) for r in rows}
    assert told == await lines_of(seen)
    assert {(r["siao"], r["du"], r["au_exclu"]) for r in rows} == {("92", "2026-11-01", "2026-12-01")}
    labels = {(r["indicateur"], r["type_offre"]): (r["libelle"], r["type_offre_libelle"]) for r in rows}
    assert labels["designations_made", "residence_sociale"] == ("Désignations", "Résidence sociale")
    assert labels["hosted", "all"][1] == "Tous types d'offre"


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-2", "@sum"])
def test_a_cell_that_a_spreadsheet_would_run_is_a_text(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"
    assert guarded("Désignations") == "Désignations"


async def test_the_page_has_a_language_headings_in_order_and_a_table_with_headers(seen: Observatory) -> None:
    await seen.keep(some_facts())
    answer = await seen.get(f"/report.html?{MONTH}")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = Page(answer.body)
    assert page.language == "fr"
    assert [tag for tag, _ in page.headings] == ["h1", "h2", "h2", "h2"]
    assert page.headings[0] == ("h1", "SIAO insertion, département 92")
    assert page.scopes == {"col", "row"}
    assert page.tags["caption"] == page.tags["main"] == page.tags["svg"] == page.tags["figure"] == 1
    assert "script" not in page.tags
    assert page.tags["dt"] == len(INDICATORS)
    assert "2026-11-30 inclus" in answer.body
    assert len(answer.body.encode()) < 200_000


async def test_the_table_of_the_page_equals_the_json(seen: Observatory) -> None:
    await seen.keep(some_facts())
    header, *rows = Page((await seen.get(f"/report.html?{MONTH}")).body).rows
    kinds = ["all", *(column.replace(" ", "_") for column in header[2:])]
    assert kinds == ["all", "chrs", "residence_sociale"]
    told = {
        (LABELS[row[0]], kind): tuple(int(number) for number in cell.split(" / "))
        for row in rows
        for kind, cell in zip(kinds, row[1:], strict=True)
        if cell
    }
    assert told == await lines_of(seen)
    assert len(rows) == len(INDICATORS)


async def test_the_chart_shows_the_outcomes_with_their_figures(seen: Observatory) -> None:
    await seen.keep([fact(DesignationEnded, f"d{n}", detail="expired", persons=3) for n in range(17)])
    svg = re.search(r"<svg.*</svg>", (await seen.get(f"/report.html?{MONTH}")).body, re.DOTALL)
    assert svg is not None
    assert "Désignations sans réponse" in svg[0]
    assert {">17<", ">51<"} <= set(re.findall(r">\d+<", svg[0]))


async def test_without_facts_every_figure_is_zero(seen: Observatory) -> None:
    assert set((await lines_of(seen)).values()) == {(0, 0)}
    rows = Page((await seen.get(f"/report.html?{MONTH}")).body).rows
    assert {cell for row in rows[1:] for cell in row[1:]} == {"0 / 0"}


async def test_the_current_month_is_shown_when_no_period_is_asked_for(seen: Observatory) -> None:
    seen.now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    said = json.loads((await seen.get("/indicators.json?siao=92")).body)
    assert (said["since"], said["until"]) == ("2027-01-01", "2027-02-01")


async def test_the_live_view_includes_what_happened_after_midnight_in_paris(seen: Observatory) -> None:
    seen.now = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    await seen.keep([fact(HouseholdWaiting, at=datetime(2026, 11, 24, 23, 20, tzinfo=UTC), persons=3)])
    answer = await seen.get("/live.json?siao=92")
    assert answer.status == 200
    assert json.loads(answer.body)["waiting"] == {"households": 1, "persons": 3}


@pytest.mark.parametrize("path", ["/indicators.json", "/indicators.csv", "/report.html", "/live.json"])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "siao=",
        "siao=1",
        "siao=92 OR 1=1",
        "siao=92%00",
        "siao=92%FF",
        "siao=é",
        "siao=92&since=demain",
        "siao=92&since=2026-11-31",
        "siao=92&since=01/11/2026",
        "siao=92&since=1790000000",
        "siao=92&since=0001-01-01",
        "siao=92&until=9999-12-31",
        "siao=92&since=2026-12-01&until=2026-11-01",
        "siao=92&since=2026-11-01&until=2026-11-01",
    ],
)
async def test_a_wrong_address_is_answered_in_words(seen: Observatory, path: str, query: str) -> None:
    answer = await seen.get(f"{path}?{query}")
    assert answer.status == 400
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "siao=92&since=2026-11-01" in answer.body


async def test_overseas_and_corsican_siaos_are_asked_for_as_they_are_written(seen: Observatory) -> None:
    for siao in ("2A", "974"):
        await seen.keep([fact(DesignationMade, siao, siao=siao, at=THEN)])
        said = json.loads((await seen.get(f"/indicators.json?siao={siao}&since=2026-11-01&until=2026-12-01")).body)
        made: Callable[[Any], bool] = lambda line: line["indicator"] == "designations_made"  # noqa: E731
        assert next(filter(made, said["indicators"]))["households"] == 1
