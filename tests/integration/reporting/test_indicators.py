"""Every indicator, over real PostgreSQL: what counts, in ménages and personnes, when, and by which type of offer."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.codes import OfferType
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    LegalClockMissed,
    StayEnded,
    StayStarted,
)
from contracts.households import (
    HouseholdWaiting,
    ReadinessDeclared,
    ReadinessEnded,
    RequestClosed,
    RequestRegistered,
)
from contracts.offers import VacancyClosed, VacancyOpened
from contracts.topics import Service
from services.reporting.counted import INDICATORS
from services.reporting.store import FACTS
from tests.builders import STRUCTURE, a_child, a_member, a_place, a_structure, ready
from tests.integration.reporting.counting import COUNTED
from tests.integration.reporting.observatory import THEN, Observatory, fact
from tests.unit.situations import accepted, hosted, with_structure

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_each_fact_is_counted_where_its_definition_says_and_nowhere_else(seen: Observatory) -> None:
    for number, (kind, facts, _) in enumerate(COUNTED):
        await seen.keep([fact(kind, f"subject-{number}", siao=f"{number + 1:02}", persons=2, **facts)])
    for number, (kind, facts, expected) in enumerate(COUNTED):
        found = await seen.figures(siao=f"{number + 1:02}")
        assert found == dict.fromkeys(expected, (1, 2)), (kind.__name__, facts)
        typed = await seen.figures(siao=f"{number + 1:02}", kind="chrs")
        assert typed == ({} if "offer_type" in facts else found), (kind.__name__, facts)


def test_every_indicator_is_counted_by_some_fact() -> None:
    assert {name for _, _, names in COUNTED for name in names} == {indicator.id for indicator in INDICATORS}


@pytest.mark.parametrize(
    ("at", "inside"),
    [
        (datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), False),
    ],
)
async def test_a_month_begins_and_ends_at_midnight_in_paris(seen: Observatory, at: datetime, inside: bool) -> None:
    await seen.keep([fact(DesignationMade, at=at)])
    assert (await seen.figures()) == ({"designations_made": (1, 1)} if inside else {})


async def test_summer_days_begin_at_midnight_in_paris_too(seen: Observatory) -> None:
    await seen.keep([fact(DesignationMade, at=datetime(2026, 6, 30, 22, 0, tzinfo=UTC))])
    assert await seen.figures(date(2026, 7, 1), date(2026, 7, 2)) == {"designations_made": (1, 1)}
    assert await seen.figures(date(2026, 6, 30), date(2026, 7, 1)) == {}


async def test_another_siao_is_not_counted(seen: Observatory) -> None:
    await seen.keep([fact(DesignationMade, siao="75"), fact(HouseholdWaiting, siao="75")])
    assert await seen.figures() == {}
    assert await seen.figures(siao="75") == {"designations_made": (1, 1), "waiting": (1, 1)}


async def test_the_total_is_the_sum_of_the_types_and_of_what_has_none(seen: Observatory) -> None:
    kinds = [OfferType.CHRS, OfferType.CHRS, OfferType.PENSION_DE_FAMILLE, None]
    rows = [
        fact(DesignationMade, f"d{number}", offer_type=kind, persons=number + 1) for number, kind in enumerate(kinds)
    ]
    await seen.keep(rows)
    assert await seen.figures() == {"designations_made": (4, 10)}
    assert await seen.figures(kind="chrs") == {"designations_made": (2, 3)}
    assert await seen.figures(kind="pension_de_famille") == {"designations_made": (1, 3)}
    assert await seen.figures(kind="alt") == {}


async def test_a_request_is_registered_once_at_its_first_version_whatever_is_amended(seen: Observatory) -> None:
    october = THEN - 30 * DAY
    await seen.keep(
        [
            fact(RequestRegistered, "old", at=october, turn=1, detail="incomplete"),
            fact(RequestRegistered, "old", at=THEN, turn=2, detail="complete", persons=3),
            fact(RequestRegistered, "new", at=THEN, turn=4, detail="incomplete", offer_type=OfferType.ALT),
            fact(RequestRegistered, "new", at=THEN + DAY, turn=9, detail="complete", persons=5),
        ]
    )
    assert await seen.figures() == {"requests_registered": (1, 1), "requests_incomplete": (1, 1)}
    assert await seen.figures(kind="alt") == {"requests_registered": (1, 1), "requests_incomplete": (1, 1)}
    in_october = await seen.figures(date(2026, 10, 1), date(2026, 11, 1))
    assert in_october == {"requests_registered": (1, 1), "requests_incomplete": (1, 1)}


async def test_an_amended_request_waits_once_as_last_amended(seen: Observatory) -> None:
    await seen.keep(
        [
            fact(HouseholdWaiting, "r", persons=1),
            fact(HouseholdWaiting, "r", at=THEN + DAY, persons=4, offer_type=OfferType.ALT),
        ]
    )
    assert await seen.figures() == {"waiting": (1, 4)}
    assert await seen.figures(kind="alt") == {"waiting": (1, 4)}
    assert await seen.figures(until=(THEN + DAY).date()) == {"waiting": (1, 1)}


async def test_a_household_waits_until_its_request_is_closed(seen: Observatory) -> None:
    closed = fact(RequestClosed, "r", at=THEN + 5 * DAY, offer_type=None, detail="admitted")
    await seen.keep([fact(HouseholdWaiting, "r"), fact(HouseholdWaiting, "other"), closed])
    assert (await seen.figures(until=date(2026, 11, 15)))["waiting"] == (2, 2)
    assert (await seen.figures(until=date(2026, 11, 16)))["waiting"] == (1, 1)


async def test_a_household_ready_twice_is_declared_twice_and_is_one_in_stock(seen: Observatory) -> None:
    def ready_at(day: int) -> Any:
        return fact(ReadinessDeclared, "h", at=THEN + day * DAY, offer_type=None, persons=3)

    def ended_at(day: int, reason: str) -> Any:
        return fact(ReadinessEnded, "h", at=THEN + day * DAY, offer_type=None, persons=3, detail=reason)

    await seen.keep([ready_at(0), ended_at(2, "withdrawn"), ready_at(4), ended_at(6, "rehoused")])
    stocks = [(await seen.figures(until=(THEN + day * DAY).date())).get("ready") for day in range(1, 8)]
    assert stocks == [(1, 3), (1, 3), None, None, (1, 3), (1, 3), None]
    figures = await seen.figures()
    assert (figures["ready_declared"], figures["rehoused"]) == ((2, 6), (1, 3))


async def test_a_stay_that_begins_and_ends_at_one_instant_is_not_in_stock(seen: Observatory) -> None:
    await seen.keep([fact(StayEnded, "h@p", detail="deces"), fact(StayStarted, "h@p", detail="direct")])
    assert await seen.figures() == {"departures": (1, 1), "direct_stays": (1, 1)}


async def test_the_live_view_says_what_is_true_now(seen: Observatory) -> None:
    await seen.keep(
        [
            *(fact(VacancyOpened, f"v{n}") for n in range(5)),
            *(fact(VacancyClosed, f"v{n}", detail="filled") for n in range(2)),
            *(fact(DesignationMade, f"d{n}") for n in range(4)),
            fact(DesignationEnded, "d0", detail="admitted"),
            *(fact(HouseholdWaiting, f"r{n}", persons=n) for n in (1, 2)),
            fact(StayStarted, "h@p", persons=3, detail="designated"),
            fact(ReadinessDeclared, "h", persons=3, offer_type=None),
            *(fact(LegalClockMissed, f"r{n}", offer_type=None) for n in (1, 2)),
        ]
    )
    assert await seen.live() == {
        "waiting": {"households": 2, "persons": 3},
        "ready": {"households": 1, "persons": 3},
        "hosted": {"households": 1, "persons": 3},
        "vacant": 3,
        "designated": 3,
        "refusals_to_judge": 0,
        "legal_missed": 2,
    }


@pytest.mark.parametrize(
    ("then", "to_judge"),
    [
        ([], 1),
        (["refusal_overruled"], 0),
        (["refusal_overruled", "acknowledged", "refusal_submitted"], 1),
        (["refused"], 0),
        (["withdrawn"], 0),
        (["cancelled"], 0),
        (["refusal_overruled", "expired"], 0),
    ],
)
async def test_a_refusal_waits_for_its_judgement_until_it_is_overruled_or_the_designation_ends(
    seen: Observatory, then: list[str], to_judge: int
) -> None:
    ended = {"refused", "withdrawn", "cancelled", "expired"}
    steps = ["refusal_submitted", *then]
    rows = [
        fact(DesignationEnded if step in ended else DesignationProgressed, "d", at=THEN + n * HOUR, detail=step)
        for n, step in enumerate(steps)
    ]
    await seen.keep([fact(DesignationMade, "d"), fact(DesignationMade, "other"), *rows])
    assert (await seen.live())["refusals_to_judge"] == to_judge


async def test_a_whole_story_is_counted_from_the_facts_that_the_services_publish(seen: Observatory) -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B", 3)))
    household = hosted(siao).household
    siao.send(STRUCTURE, ready(household))
    accepted(siao, "B", request_id="second", members=(a_member(), a_child(), a_child(2)))
    await seen.keep(siao.memory(Service.REPORTING).all(FACTS).values())
    assert await seen.figures() == {
        "requests_registered": (2, 4),
        "vacancies_opened": (2, 4),
        "designations_made": (2, 4),
        "designations_admitted": (1, 1),
        "ready_declared": (1, 1),
        "waiting": (1, 3),
        "ready": (1, 1),
        "hosted": (1, 1),
    }
    assert (await seen.live())["designated"] == 1
    assert (await seen.live())["vacant"] == 1
