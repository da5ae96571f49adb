"""What a decision measures is counted once, with its commit; what is read from the database is true or not told."""

import math
from collections.abc import AsyncIterator
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from sqlalchemy import text

from contracts.event import Refusal
from contracts.vacancies import VacancyPublished
from services.chassis import metrics
from services.chassis.fold import Effects, Folds, Heard, Measure, State, no_keys
from services.chassis.readings import Reading, Readings
from tests.integration.chassis.evidence import counted, running
from tests.integration.chassis.rig import NOON, Bench, Log, bench_on
from tests.integration.chassis.wire import until
from tests.servers import Database

pytestmark = pytest.mark.once


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


@pytest.fixture
def registry() -> CollectorRegistry:
    """A registry of one test."""
    return CollectorRegistry()


def measuring(registry: CollectorRegistry) -> Folds:
    """Folds that count each order, and how long its word is, unless it is refused."""
    folds = Folds()
    orders = Counter("orders", "Orders", ["word"], registry=registry)
    lengths = Histogram("lengths", "Lengths of words", ["word"], buckets=(3, 10), registry=registry)

    @folds.on(VacancyPublished, keys=no_keys)
    def decide(heard: Heard[VacancyPublished], _state: State) -> Effects:
        word = heard.event.place_id
        yield Measure(orders, (word,))
        yield Measure(lengths, (word,), len(word))
        if word == "refused":
            raise Refusal("place-occupied")

    return folds


async def test_a_measure_is_taken_once_with_the_commit(bench: Bench, registry: CollectorRegistry) -> None:
    log, unit = Log(), bench.unit(measuring(registry))
    records = [log.order("a", "add"), log.order("b", "add"), log.order("c", "later"), log.order("d", "refused")]
    await unit.handle(records)
    await unit.handle(records)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, labels)

    assert (value("orders_total", word="add"), value("orders_total", word="later")) == (2, 1)
    assert (value("lengths_sum", word="add"), value("lengths_bucket", word="add", le="3.0")) == (6, 2)
    assert value("lengths_bucket", word="later", le="3.0") == 0
    assert value("orders_total", word="refused") is None


async def test_a_measure_is_not_taken_of_what_was_not_committed(bench: Bench, registry: CollectorRegistry) -> None:
    log, unit = Log(), bench.unit(measuring(registry))
    await bench.run("ALTER TABLE inbox ADD CONSTRAINT none CHECK (position = '')")
    await unit.handle([log.order("a", "add")])
    assert await bench.rows("SELECT code FROM quarantine") == ["internal"]
    assert registry.get_sample_value("orders_total", {"word": "add"}) is None


def a_reading(registry: CollectorRegistry) -> tuple[Reading, Any, Any]:
    """A reading of the quarantine: how many by code, and how many in all; its gauges."""
    by_code = Gauge("kept", "Kept", ["code", "when"], registry=registry)
    in_all = Gauge("kept_in_all", "Kept", registry=registry)
    statement = text("SELECT code, count(*) AS n FROM quarantine WHERE at < :now GROUP BY code")
    return Reading(statement, {"n": (by_code, ("before",))}, ("code",), 0.05), by_code, in_all


def samples(gauge: Any) -> dict[str, float]:
    (family,) = gauge.collect()
    return {sample.labels.get("code", ""): sample.value for sample in family.samples}


async def keep(bench: Bench, code: str, offset: int) -> None:
    await bench.run(f"INSERT INTO quarantine VALUES ('t', 0, {offset}, '{code}', '', '{NOON.isoformat()}')")


async def test_a_gauge_shows_what_the_last_reading_found_and_nothing_when_it_fails(
    bench: Bench, registry: CollectorRegistry
) -> None:
    reading, by_code, _ = a_reading(registry)
    failures = counted(metrics.READING_FAILURES)
    later = NOON.replace(hour=13)
    for offset, code in enumerate(("a", "a", "b")):
        await keep(bench, code, offset)
    readings = Readings(bench.engine, lambda: later, (reading,), accelerated=True)
    async with running(readings.run()):
        await until(lambda: samples(by_code) == {"a": 2, "b": 1}, "it was read")
        await bench.run("DELETE FROM quarantine WHERE code = 'a'")
        await until(lambda: samples(by_code) == {"b": 1}, "what is no more is not shown")
        await bench.run("ALTER TABLE quarantine RENAME TO hidden")
        await until(lambda: samples(by_code) == {}, "what cannot be read is not shown")
        assert failures() >= 1
        await bench.run("ALTER TABLE hidden RENAME TO quarantine")
        await until(lambda: samples(by_code) == {"b": 1}, "it is read again")


async def test_a_reading_is_asked_with_business_time(bench: Bench, registry: CollectorRegistry) -> None:
    reading, by_code, _ = a_reading(registry)
    await keep(bench, "a", 0)
    now = NOON.replace(hour=11)
    readings = Readings(bench.engine, lambda: now, (reading,), accelerated=False)
    await readings._read(reading)
    assert samples(by_code) == {}
    now = NOON.replace(hour=13)
    await readings._read(reading)
    assert samples(by_code) == {"a": 1}


def test_a_gauge_without_labels_that_cannot_be_read_is_no_number(registry: CollectorRegistry) -> None:
    _, _, in_all = a_reading(registry)
    reading = Reading(text("SELECT 1 AS n"), {"n": (in_all, ())})
    reading.show([{"n": 3}])
    assert samples(in_all) == {"": 3}
    reading.forget()
    assert math.isnan(samples(in_all)[""])
