"""One trace from a partner's message to the notice that it brings about, through three services, and told of each."""

import asyncio
import time
from typing import Final

from contracts.designations import DesignationMade
from contracts.notices import HouseholdDesignated, RequestUpdated
from contracts.offers import VacancyOpened
from contracts.vacancies import VacancyPublished
from tests.builders import CANARY, a_place, a_request, a_structure, a_vacancy
from tests.e2e.partner import PATIENCE_SECONDS
from tests.e2e.territory import Territory
from tests.receiver import Receiver, Told

TRACE: Final = "7c2f3b9d1e504a68b0c4d2e6f8a19b37"
SENDER: Final = "1f3a5c7e9b2d4f60"


# Service, what it published, what it handled then.
PUBLISHED: Final = {
    ("offers", f"publish {VacancyOpened.type}", f"handle {VacancyPublished.type}"),
    ("orientation", f"publish {DesignationMade.type}", f"handle {VacancyOpened.type}"),
    ("intake", f"publish {HouseholdDesignated.type}", f"handle {DesignationMade.type}"),
}


def published(spans: list[Told]) -> set[tuple[str, str, str]]:
    """What was published, by whom, while handling what; a span whose parent is not told yet does not count."""
    names = {span.span: span.name for span in spans}
    producers = [span for span in spans if span.kind == "producer" and span.parent in names]
    return {(span.service, span.name, names[span.parent]) for span in producers}


async def until_told(receiver: Receiver) -> list[Told]:
    """The spans of the trace, once all those on the way are there: each service tells its own when it likes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not published(spans := receiver.of_trace(TRACE)) >= PUBLISHED:
        assert time.monotonic() < deadline, f"{PUBLISHED - published(spans)} is not told"
        await asyncio.sleep(0.05)
    return spans


async def test_one_trace_from_a_vacancy_to_its_designation(territory: Territory, receiver: Receiver) -> None:
    structure, ccas = territory.structure, territory.ccas
    await structure.tells(a_structure(a_place("studio")))
    await ccas.tells(a_request("lina"))
    await ccas.hears(RequestUpdated, request_id="lina", status="waiting")
    await structure.tells(a_vacancy("studio"), f"00-{TRACE}-{SENDER}-01")
    await structure.hears(HouseholdDesignated)
    version, trace, parent, flags = str(structure.traceparents[HouseholdDesignated.type]).split("-")
    assert (version, trace, flags) == ("00", TRACE, "01")

    spans = await until_told(receiver)
    by_id = {span.span: span for span in spans}
    way = []
    while parent != SENDER:
        way.append((by_id[parent].service, by_id[parent].name, by_id[parent].facts["siao.outcome"]))
        parent = by_id[parent].parent
    assert way == [
        ("intake", f"handle {DesignationMade.type}", "taken"),
        ("orientation", f"handle {VacancyOpened.type}", "taken"),
        ("offers", f"handle {VacancyPublished.type}", "taken"),
    ]
    assert {span.facts["siao.territory"] for span in spans if span.kind == "consumer"} == {territory.siao}
    # Whoever looks at traces learns of no person, and of no partner.
    said = repr(receiver.spans)
    assert [word for word in (CANARY, *territory.partners) if word in said] == []
