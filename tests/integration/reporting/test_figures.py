"""The gauges of a SIAO say what its observatory says, and what is overdue; one bounded statement each."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.codes import DesignationState
from contracts.decisions import HouseholdRefusalJudged
from contracts.topics import Service
from services.chassis.database import transaction
from services.chassis.metrics import REGISTRY
from services.chassis.readings import Reading, Readings
from services.chassis.store import Store
from services.chassis.vault import Vault
from services.reporting import figures
from services.reporting.figures import CLOCKS, READINGS, REFUSALS, STOCKS
from services.reporting.store import FACTS, SUBJECTS
from services.reporting.subjects import INCOMPLETE, Subject
from tests.builders import CCAS, OPERATOR, a_child, a_member, a_place, a_request, a_structure, ready
from tests.builders import STRUCTURE as PARTNER
from tests.integration.reporting.observatory import NOW, SIAO, Observatory
from tests.unit.situations import accepted, declined, hosted, with_structure

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
Figures = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def _shown_by_nobody_else() -> Iterator[None]:
    yield
    for reading in READINGS:
        reading.forget()


def designation(due: datetime = NOW + DAY, state: str = "notified", **facts: Any) -> Subject:
    plain: dict[str, Any] = {"siao": SIAO, "kind": "designation", "persons": 1, "since": NOW - DAY}
    return Subject(**{**plain, "state": state, "due_at": due, "structure": "chrs/a", "about": "request:none", **facts})


def request(due: datetime | None = None, **facts: Any) -> Subject:
    return Subject(**{"siao": SIAO, "kind": "request", "persons": 1, "since": NOW, "due_at": due, **facts})


async def keep(seen: Observatory, subjects: Iterable[tuple[str, Subject]]) -> None:
    async with transaction(seen.engine) as connection:
        await Store(connection, Vault(bytes(32))).save(SUBJECTS, {key: (value, 0) for key, value in subjects})


def numbered(kind: str, *subjects: Subject) -> Iterable[tuple[str, Subject]]:
    return [(f"{kind}:{number}", subject) for number, subject in enumerate(subjects)]


async def shown(seen: Observatory, reading: Reading, gauge: Any) -> Figures:
    """What a gauge shows after a reading, by the labels that come after the SIAO's."""
    await Readings(seen.engine, lambda: seen.now, (reading,), accelerated=False)._read(reading)
    (family,) = gauge.collect()
    return {tuple(sample.labels.values())[1:]: sample.value for sample in family.samples}


async def test_what_stands_now_is_what_the_live_view_says(seen: Observatory) -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B", 3)))
    siao.send(PARTNER, ready(hosted(siao).household))
    accepted(siao, "B", request_id="second", members=(a_member(), a_child(), a_child(2)))
    memory = siao.memory(Service.REPORTING)
    await seen.keep(memory.all(FACTS).values())
    await keep(seen, memory.all(SUBJECTS).items())
    live = await seen.live()
    gauges = {"waiting": "waiting", "ready": "ready", "hosted": "hosted"}
    for stock, name in gauges.items():
        for unit in ("households", "persons"):
            gauge = getattr(figures, f"{name}_{unit}".upper())
            assert await shown(seen, STOCKS, gauge) == {(): live[stock][unit]}, (stock, unit)
    assert await shown(seen, STOCKS, figures.VACANCIES) == {("designated",): 1, ("undesignated",): live["vacant"] - 1}
    under_way = await shown(seen, STOCKS, figures.DESIGNATIONS)
    assert (sum(under_way.values()), under_way["accepted",]) == (live["designated"], 1)
    assert set(under_way) == {(state.value,) for state in figures.UNDER_WAY}


async def test_vacancies_are_told_with_and_without_a_designation(seen: Observatory) -> None:
    vacancy = Subject(siao=SIAO, kind="vacancy", persons=1, since=NOW)
    await keep(seen, [*numbered("vacancy", vacancy, vacancy, vacancy), *numbered("designation", designation())])
    assert await shown(seen, STOCKS, figures.VACANCIES) == {("designated",): 1, ("undesignated",): 2}


async def test_what_waits_beyond_its_day_is_stuck_until_somebody_acts(seen: Observatory) -> None:
    late = [designation(NOW - MINUTE, state.value) for state in figures.UNDER_WAY]
    await keep(seen, numbered("designation", *late, *late[:1], designation(NOW + MINUTE)))
    assert await shown(seen, STOCKS, figures.STUCK) == {
        ("notified",): 2,
        **{(state.value,): 1 for state in figures.UNDER_WAY[1:]},
        (figures.TO_JUDGE.value,): 0,
    }
    seen.now = NOW + 2 * MINUTE
    assert (await shown(seen, STOCKS, figures.STUCK))["notified",] == 3


async def test_a_refusal_to_judge_holds_neither_its_vacancy_nor_its_household_s_legal_day(seen: Observatory) -> None:
    vacancy = Subject(siao=SIAO, kind="vacancy", persons=1, since=NOW)
    declined = designation(NOW - MINUTE, figures.TO_JUDGE.value, about="request:0")
    await keep(seen, [*numbered("vacancy", vacancy), *numbered("request", request(NOW - MINUTE))])
    await keep(seen, numbered("designation", declined))
    assert await shown(seen, STOCKS, figures.VACANCIES) == {("designated",): 0, ("undesignated",): 1}
    assert (await shown(seen, STOCKS, figures.STUCK))[figures.TO_JUDGE.value,] == 1
    assert (await shown(seen, CLOCKS, figures.LEGAL_CLOCKS))["missed",] == 1


async def test_a_request_that_is_not_complete_does_not_wait_and_its_legal_day_counts(seen: Observatory) -> None:
    await keep(seen, numbered("request", request(NOW - MINUTE, state=INCOMPLETE), request()))
    assert await shown(seen, STOCKS, figures.WAITING_HOUSEHOLDS) == {(): 1}
    assert (await shown(seen, CLOCKS, figures.LEGAL_CLOCKS))["missed",] == 1


async def test_what_has_ended_is_not_stuck_and_stands_no_more(seen: Observatory) -> None:
    ended = designation(NOW - DAY, DesignationState.ENDED.value, live=False)
    await keep(seen, [*numbered("designation", ended), *numbered("request", request())])
    assert set((await shown(seen, STOCKS, figures.STUCK)).values()) == {0}
    assert set((await shown(seen, STOCKS, figures.DESIGNATIONS)).values()) == {0}


@pytest.mark.parametrize(
    ("due", "status"),
    [
        (8 * DAY, "running"),
        (7 * DAY, "running"),
        (7 * DAY - MINUTE, "due_soon"),
        (timedelta(), "due_soon"),
        (-MINUTE, "missed"),
        (-DAY, "missed"),
        (-DAY - MINUTE, "overdue"),
        (-400 * DAY, "overdue"),
    ],
)
async def test_a_legal_clock_runs_is_due_soon_missed_or_overdue(seen: Observatory, due: timedelta, status: str) -> None:
    await keep(seen, numbered("request", request(NOW + due), request()))
    found = await shown(seen, CLOCKS, figures.LEGAL_CLOCKS)
    assert found == {("running",): 0, ("due_soon",): 0, ("missed",): 0, ("overdue",): 0, (status,): 1}


async def test_a_legal_clock_is_of_no_concern_while_a_designation_is_under_way(seen: Observatory) -> None:
    await keep(seen, numbered("request", request(NOW - DAY), request(NOW - DAY)))
    await keep(seen, [("designation:d", designation(about="request:0"))])
    assert (await shown(seen, CLOCKS, figures.LEGAL_CLOCKS))["missed",] == 1
    await keep(seen, [("designation:e", designation(about="request:1", live=False))])
    assert (await shown(seen, CLOCKS, figures.LEGAL_CLOCKS))["missed",] == 1


async def test_refusals_are_told_of_structures_with_enough_designations_of_the_last_ninety_days(
    seen: Observatory,
) -> None:
    of_a = [designation(contested=number < 4, live=number % 2 == 0) for number in range(10)]
    of_b = [designation(structure="chrs/b", contested=True) for _ in range(9)]
    of_c = [designation(structure="chrs/c", since=NOW - 91 * DAY) for _ in range(20)]
    await keep(seen, numbered("designation", *of_a, *of_b, *of_c))
    assert await shown(seen, REFUSALS, figures.STRUCTURE_DESIGNATIONS) == {("chrs/a",): 10}
    assert await shown(seen, REFUSALS, figures.STRUCTURE_REFUSALS) == {("chrs/a",): 4}
    seen.now = NOW + 90 * DAY
    assert await shown(seen, REFUSALS, figures.STRUCTURE_DESIGNATIONS) == {}


async def test_each_siao_has_its_own_figures(seen: Observatory) -> None:
    await keep(seen, numbered("request", request(persons=3), request(siao="75"), request(siao="75")))
    await shown(seen, STOCKS, figures.WAITING_PERSONS)
    told = {siao: REGISTRY.get_sample_value("siao_waiting_persons", {"siao": siao}) for siao in (SIAO, "75", "93")}
    assert told == {SIAO: 3, "75": 2, "93": None}


async def test_a_request_to_update_does_not_wait_until_it_is_sent_again(seen: Observatory) -> None:
    siao = with_structure()
    notice = declined(siao)
    judgement = HouseholdRefusalJudged(designation=notice.designation, verdict="inadmissible")
    waits = {"households": 1, "persons": 1}
    for act, expected in (
        (lambda: None, waits),
        (lambda: siao.send(OPERATOR, judgement), {"households": 0, "persons": 0}),
        (lambda: siao.send(CCAS, a_request(revision=2)), waits),
    ):
        siao.wait(timedelta(hours=1))
        act()
        async with transaction(seen.engine) as connection:
            await connection.execute("TRUNCATE facts, subjects")
        memory = siao.memory(Service.REPORTING)
        await seen.keep(memory.all(FACTS).values())
        await keep(seen, memory.all(SUBJECTS).items())
        assert (await seen.live())["waiting"] == expected
        for unit, figure in expected.items():
            assert await shown(seen, STOCKS, getattr(figures, f"WAITING_{unit.upper()}")) == {(): figure}
