"""The offer as it is known, over real PostgreSQL: places in sight, their share, how late vacancies are known."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.answers import HouseholdLeft
from contracts.codes import ExitDestination, OfferType
from contracts.designations import StayEnded, StayStarted
from contracts.offers import (
    PlaceBackInService,
    PlaceOutOfService,
    StructureRegistered,
    VacancyClosed,
    VacancyExpected,
    VacancyOpened,
)
from contracts.place_codes import UnavailabilityReason
from contracts.topics import Service
from contracts.vacancies import PlaceUnavailable, VacancyAnnounced, VacancyPublished
from services.reporting.offer import DEFINITIONS
from services.reporting.store import FACTS
from tests.builders import STRUCTURE, TODAY, a_place, a_stay, a_structure
from tests.builders import of_place as of
from tests.integration.reporting.observatory import THEN, Observatory, fact
from tests.unit.situations import with_structure

DAY = timedelta(days=1)
MONTH = "siao=92&since=2026-11-01&until=2026-12-01"


async def offer(seen: Observatory, query: str = MONTH) -> dict[str, dict[str, Any]]:
    """Type of offer -> figures."""
    said = json.loads((await seen.get(f"/offer.json?{query}")).body)
    return {line["offer_type"]: line for line in said["offer"]}


async def test_the_share_of_places_declared_is_of_those_in_sight(seen: Observatory) -> None:
    await seen.keep(
        [
            fact(StructureRegistered, "s", persons=20, number=10),
            fact(StayStarted, "h@p1", detail="direct"),
            fact(VacancyOpened, "v1", detail="published"),
            fact(PlaceOutOfService, "p3", detail="works"),
            fact(VacancyExpected, "v4", detail="announced"),
            fact(StructureRegistered, "t", offer_type=OfferType.ALT, persons=4, number=2),
        ]
    )
    told = await offer(seen)
    standing = ("installed", "capacity", "occupied", "vacant", "unavailable", "announced", "declared")
    assert [told["chrs"][name] for name in standing] == [10, 20, 1, 1, 1, 1, 30.0]
    assert [told["alt"][name] for name in standing] == [2, 4, 0, 0, 0, 0, 0.0]
    assert [told["all"][name] for name in standing] == [12, 24, 1, 1, 1, 1, 25.0]


async def test_what_has_ended_or_was_described_otherwise_does_not_count(seen: Observatory) -> None:
    late = THEN + DAY
    await seen.keep(
        [
            fact(StructureRegistered, "s", persons=20, number=10),
            fact(StructureRegistered, "s", persons=6, number=3, at=late),
            *(fact(StayStarted, "h@p1", detail="direct"), fact(StayEnded, "h@p1", at=late)),
            *(fact(VacancyOpened, "v1", detail="published"), fact(VacancyClosed, "v1", detail="filled")),
            *(fact(PlaceOutOfService, "p3", detail="works"), fact(PlaceBackInService, "p3")),
            *(fact(VacancyExpected, "v4", detail="announced"), fact(VacancyExpected, "v4", detail="no_longer")),
            *(fact(VacancyExpected, "v5", detail="announced"), fact(VacancyOpened, "v5", detail="published")),
        ]
    )
    told = (await offer(seen))["all"]
    standing = ("installed", "capacity", "occupied", "vacant", "unavailable", "announced")
    assert [told[name] for name in standing] == [3, 6, 0, 1, 0, 0]
    before = (await offer(seen, "siao=92&since=2026-11-01&until=2026-11-11"))["all"]
    assert (before["installed"], before["occupied"]) == (10, 1)


@pytest.mark.parametrize(
    ("days", "median", "p90"), [([0], 0, 0), ([0, 0, 0, 0, 7], 0, 7), ([1, 2, 3, 4, 5, 6, 7, 8, 9, 30], 5, 9)]
)
async def test_the_delay_of_publication_is_told_by_its_median_and_ninth_decile(
    seen: Observatory, days: list[int], median: int, p90: int
) -> None:
    opened = [fact(VacancyOpened, f"v{n}", detail="published", days=late) for n, late in enumerate(days)]
    old = fact(VacancyOpened, "old", detail="published", days=None)
    another_month = fact(VacancyOpened, "before", at=THEN - 30 * DAY, detail="published", days=99)
    await seen.keep([*opened, old, another_month])
    told = (await offer(seen))["all"]
    assert (told["opened"], told["median_days"], told["p90_days"]) == (len(days), median, p90)


async def test_a_story_of_the_offer_is_told_from_the_facts_that_the_services_publish(seen: Observatory) -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("studio", 2, count=4)))
    household = siao.caused(siao.send(STRUCTURE, a_stay()))["household"]
    week = TODAY - timedelta(days=7)
    siao.send(STRUCTURE, of(VacancyPublished, "studio", count=2, available_on=week))
    siao.send(STRUCTURE, of(VacancyAnnounced, "A-01", expected_on=TODAY + DAY))
    siao.send(STRUCTURE, of(PlaceUnavailable, "studio", reason=UnavailabilityReason.WORKS))
    left = HouseholdLeft(household=household, left_on=TODAY - 2 * DAY, destination=ExitDestination.DEATH)
    siao.send(STRUCTURE, left)
    await seen.keep(siao.memory(Service.REPORTING).all(FACTS).values())
    told = (await offer(seen))["chrs"]
    assert {name: told[name] for name, _, _ in DEFINITIONS} == {
        "installed": 5,
        "capacity": 9,
        "occupied": 0,
        "vacant": 3,
        "unavailable": 1,
        "announced": 0,
        "declared": 80.0,
        "opened": 3,
        "median_days": 7,
        "p90_days": 7,
    }


async def test_the_sheet_and_the_page_say_the_same_in_french(seen: Observatory) -> None:
    await seen.keep([fact(StructureRegistered, "s", persons=20, number=10), fact(StayStarted, "h@p", detail="direct")])
    sheet = await seen.get(f"/offer.csv?{MONTH}")
    rows = {row["type_offre"]: row for row in csv.DictReader(io.StringIO(sheet.body))}
    for kind, told in (await offer(seen)).items():
        expected = {name: "" if told[name] is None else str(told[name]) for name, _, _ in DEFINITIONS}
        assert {name: rows[kind][name] for name in expected} == expected
    page = await seen.get(f"/offer.html?{MONTH}")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for _, label, definition in DEFINITIONS:
        assert label.replace("'", "&#39;") in page.body
        assert definition.replace("'", "&#39;") in page.body
    assert "<td>10.0</td>" in page.body
    assert "<script" not in page.body


@pytest.mark.parametrize("path", ["/offer.json", "/offer.csv", "/offer.html"])
async def test_a_wrong_address_is_answered_in_words(seen: Observatory, path: str) -> None:
    assert (await seen.get(f"{path}?siao=1")).status == 400


async def test_without_a_fact_there_is_no_share_and_no_delay(seen: Observatory) -> None:
    told = await offer(seen)
    assert set(told) == {"all"}
    assert (told["all"]["declared"], told["all"]["median_days"], told["all"]["installed"]) == (None, None, 0)
    assert date.fromisoformat(json.loads((await seen.get(f"/offer.json?{MONTH}")).body)["since"]) == date(2026, 11, 1)
