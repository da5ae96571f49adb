"""The register is followed: who is registered is found at once, who is suspended or removed is refused soon after."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError

from services.chassis.register import PartnerRegister
from services.chassis.unit import Unit
from tests.integration.chassis.evidence import settings_of
from tests.integration.chassis.rig import Bench, Log, a_partner, bench_on
from tests.integration.chassis.stage import Partner
from tests.integration.chassis.wire import until
from tests.servers import Database

pytestmark = pytest.mark.once


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Bench]:
    async with bench_on(database()) as made:
        yield made


@pytest.fixture
async def register(partner: Partner, bench: Bench) -> AsyncIterator[PartnerRegister]:
    """A register that has been read; the partner was registered before."""
    made = PartnerRegister(settings_of(partner.kafka, bench.url), bench.faults)
    await made.start()
    yield made
    await made.stop()


def unit_with(bench: Bench, register: PartnerRegister) -> Unit:
    """A unit that knows its senders from the register."""
    unit = bench.unit()
    unit.find = register.find
    return unit


async def codes(bench: Bench) -> list[Any]:
    """What was answered: False for an acceptance, or the code of a refusal."""
    return [word for _, _, word in await bench.answers()]


async def test_who_is_registered_before_and_after_the_start_is_found(
    bench: Bench, register: PartnerRegister, partner: Partner
) -> None:
    log, later = Log(), f"{partner.name}-later"
    assert register.partners[partner.name] == a_partner(partner.name)
    Partner(partner.kafka, later).register(a_partner(later))
    # No wait: a message can come the moment after a registration.
    await unit_with(bench, register).handle([log.order("a", partner=partner.name), log.order("b", partner=later)])
    assert await codes(bench) == [False, False]
    Partner(partner.kafka, later).register(None)


async def test_who_is_not_registered_is_refused(bench: Bench, register: PartnerRegister) -> None:
    await unit_with(bench, register).handle([Log().order("a", partner="nobody-knows")])
    assert await codes(bench) == ["partner-unknown"]


async def test_who_is_suspended_is_refused_and_when_active_again_taken(
    bench: Bench, register: PartnerRegister, partner: Partner
) -> None:
    log, unit = Log(), unit_with(bench, register)
    for identity, status in (("a", "suspended"), ("b", "active")):
        partner.register(a_partner(partner.name, status=status))
        await until(lambda: register.partners[partner.name].status == status, status)  # noqa: B023  (awaited here)
        await unit.handle([log.order(identity, partner=partner.name)])
    assert await codes(bench) == ["partner-unknown", False]


async def test_a_tombstone_removes(bench: Bench, register: PartnerRegister, partner: Partner) -> None:
    partner.register(None)
    await until(lambda: partner.name not in register.partners, "the partner is removed")
    await unit_with(bench, register).handle([Log().order("a", partner=partner.name)])
    assert await codes(bench) == ["partner-unknown"]


async def test_a_registration_that_cannot_be_read_stops_nothing(register: PartnerRegister, partner: Partner) -> None:
    partner._send("siao.partners", b"\xff", [("ce_id", b"\xff")], "unreadable")
    Partner(partner.kafka, f"{partner.name}-next").register(a_partner(f"{partner.name}-next"))
    await until(lambda: f"{partner.name}-next" in register.partners, "the next registration is read")
    assert (partner.name in register.partners, "unreadable" in register.partners) == (True, False)
    Partner(partner.kafka, f"{partner.name}-next").register(None)


@pytest.mark.parametrize("failure", [KafkaConnectionError, TimeoutError])
async def test_a_failed_look_is_followed_by_another(
    register: PartnerRegister, partner: Partner, monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    failed = asyncio.Event()
    consumer: Any = register._consumer
    ask = consumer.end_offsets

    async def fails_once(partitions: Any) -> Any:
        if not failed.is_set():
            failed.set()
            raise failure
        return await ask(partitions)

    monkeypatch.setattr(consumer, "end_offsets", fails_once)
    await asyncio.wait_for(failed.wait(), 15)
    partner.register(None)
    await until(lambda: partner.name not in register.partners, "the register is still followed")
