"""What partners are told of the figures is what the pages say at that instant; each hears each period once."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.codes import OfferType
from contracts.designations import DesignationEnded, DesignationMade, DesignationProgressed, LegalClockMissed
from contracts.households import HouseholdWaiting, RequestClosed
from contracts.indicators import IndicatorsComputed, rounded
from contracts.offers import VacancyClosed, VacancyOpened
from contracts.partners import PartnerRegistered
from contracts.topics import Role
from services.chassis.database import transaction
from services.chassis.faults import Faults
from services.chassis.rounds import Rounds
from services.reporting.domain import FactRow
from services.reporting.telling import tell_indicators
from tests.integration.reporting.observatory import NOW, Observatory, fact

PACE = timedelta(minutes=1)
DECEMBER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
DETAILS: dict[Any, list[str]] = {
    HouseholdWaiting: [""],
    RequestClosed: ["cancelled", "admitted"],
    VacancyOpened: ["published"],
    VacancyClosed: ["withdrawn", "filled"],
    DesignationMade: [""],
    DesignationProgressed: ["refusal_submitted", "refusal_overruled", "accepted"],
    DesignationEnded: ["admitted", "refused", "expired"],
    LegalClockMissed: [""],
}


def partner(name: str, role: Role, **facts: Any) -> PartnerRegistered:
    return PartnerRegistered.model_validate({"id": name, "role": role, "siao": "92", "name": name, **facts})


PREFECTURE, MEMBER = partner("prefecture-92", Role.PREFECTURE), partner("member-1", Role.MEMBER)
STRUCTURE = partner("chrs-1", Role.STRUCTURE)


def any_facts(seed: int, count: int = 300) -> Iterable[FactRow]:
    """Facts of two months before now, one after another."""
    chance = random.Random(seed)
    for number in range(count):
        kind = chance.choice(list(DETAILS))
        yield fact(
            kind,
            f"{chance.randrange(60)}",
            at=NOW - timedelta(days=60) + number * timedelta(hours=4),
            detail=chance.choice(DETAILS[kind]),
            offer_type=chance.choice([None, *OfferType]),
            persons=chance.randrange(1, 7),
        )


class House:
    """An instance of reporting, and what it has said."""

    def __init__(self, seen: Observatory, *partners: PartnerRegistered) -> None:
        self.seen, self.partners = seen, {each.id: each for each in partners}
        faults = Faults("broker", "database")
        self.rounds = Rounds(
            seen.engine, lambda: seen.now, self.partners, (tell_indicators,), lambda: None, faults, PACE
        )

    async def said(self) -> list[tuple[str, str, IndicatorsComputed]]:
        """Go round once, and what is to be published: the topic's partner, the key, the message."""
        await self.rounds.go(tell_indicators)
        return await self.posted()

    async def posted(self) -> list[tuple[str, str, IndicatorsComputed]]:
        """What waits to be published; it is then taken away."""
        async with transaction(self.seen.engine) as connection:
            rows = await connection.fetch("SELECT id, topic, key, payload FROM outbox ORDER BY seq")
            assert len({row["id"] for row in rows}) == len(rows)
            await connection.execute("TRUNCATE outbox")
        bodies = [IndicatorsComputed.model_validate_json(row["payload"]) for row in rows]
        assert [row["key"] for row in rows] == [body.period for body in bodies]
        return [
            (row["topic"].removeprefix("partners.").removesuffix(".indicators"), row["key"], body)
            for row, body in zip(rows, bodies, strict=True)
        ]


def shown(told: IndicatorsComputed) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = told.model_dump(mode="json")["lines"]
    return lines


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_told_is_what_the_pages_say_at_that_instant(seen: Observatory, seed: int) -> None:
    await seen.keep(any_facts(seed))
    told = {key: body for _, key, body in await House(seen, PREFECTURE).said()}
    assert set(told) == {"live", "2026-09", "2026-10", "2026-11"}
    for period, body in told.items():
        assert (body.computed_at, body.siao, body.rounded_to) == (seen.now, "92", 1)
        assert body.final == (period < "2026-11")
        if period != "live":
            page = await seen.get(f"/indicators.json?siao=92&since={body.since}&until={body.until}")
            assert json.loads(page.body)["indicators"] == shown(body)
    totals = {line.indicator.value: line for line in told["live"].lines if line.offer_type == "all"}
    for name, figure in json.loads((await seen.get("/live.json?siao=92")).body).items():
        households = figure["households"] if isinstance(figure, dict) else figure
        assert (totals.pop(name).households) == households
    assert totals == {}


async def test_the_state_sees_it_exactly_others_rounded_and_a_structure_not_at_all(seen: Observatory) -> None:
    await seen.keep(any_facts(1))
    said = await House(seen, PREFECTURE, MEMBER, STRUCTURE, partner("off", Role.MEMBER, status="suspended")).said()
    assert Counter(name for name, _, _ in said) == {"prefecture-92": 4, "member-1": 4}
    exact = {key: body for name, key, body in said if name == "prefecture-92"}
    assert {key: rounded(body) for key, body in exact.items()} == {
        key: body for name, key, body in said if name == "member-1"
    }


async def test_instances_side_by_side_tell_it_once(seen: Observatory) -> None:
    await seen.keep(any_facts(2))
    houses = [House(seen, PREFECTURE, MEMBER) for _ in range(3)]
    await asyncio.gather(*(house.rounds.go(tell_indicators) for house in houses), return_exceptions=True)
    said = await houses[0].posted()
    assert Counter((name, key) for name, key, _ in said) == {
        (name, key): 1 for name in ("prefecture-92", "member-1") for key in ("live", "2026-09", "2026-10", "2026-11")
    }
    assert await houses[1].said() == []


async def test_a_month_is_told_as_over_once_and_again_when_a_fact_comes_late(seen: Observatory) -> None:
    house = House(seen, PREFECTURE)
    await seen.keep([fact(DesignationMade, "d1")])
    assert {key: body.final for _, key, body in await house.said()} == {"live": False, "2026-11": False}
    seen.now = DECEMBER
    first = {key: body for _, key, body in await house.said()}
    assert {key: body.final for key, body in first.items()} == {"live": False, "2026-12": False, "2026-11": True}
    # Another process of the same service, after a restart.
    house = House(seen, PREFECTURE)
    assert await house.said() == []
    seen.now += PACE
    await seen.keep([fact(DesignationMade, "d2")])
    again = {key: body for _, key, body in await house.said()}
    assert again["2026-11"].final
    assert again["2026-11"].computed_at == seen.now
    made = [line.households for line in again["2026-11"].lines if line.indicator == "designations_made"]
    assert made == [2, 2]


async def test_who_joins_is_told_all_that_was_told_before_and_nobody_else_again(seen: Observatory) -> None:
    await seen.keep(any_facts(3))
    house = House(seen, PREFECTURE)
    before = {key: body for _, key, body in await house.said()}
    house.partners[MEMBER.id] = MEMBER
    joined = await house.said()
    assert {name for name, _, _ in joined} == {"member-1"}
    assert {key: body for _, key, body in joined} == {key: rounded(body) for key, body in before.items()}
    assert await house.said() == []
    # The same partner as operator is told exactly; gone and back, it is told again.
    house.partners[MEMBER.id] = partner("member-1", Role.OPERATOR)
    assert {key: body for _, key, body in await house.said()} == before
    del house.partners[MEMBER.id]
    assert await house.said() == []
    house.partners[MEMBER.id] = MEMBER
    assert len(await house.said()) == len(before)


async def test_another_siao_s_partners_are_told_nothing_of_it(seen: Observatory) -> None:
    await seen.keep(any_facts(1, 30))
    assert await House(seen, partner("prefecture-75", Role.PREFECTURE, siao="75")).said() == []
