"""A trace goes through a service with each of its messages, told to a receiver or not, and never at its expense."""

import asyncio
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from contracts.event import Envelope, binary_headers, partner_source
from deploy.embedded.parts import Broker
from services.chassis import faults
from tests.integration.chassis.evidence import running, settings_of, taken_from
from tests.integration.chassis.rig import CANARY, NOON, Bench, Log, an_order, bench_on
from tests.integration.chassis.stage import Partner, assembled, get, started, until_ready
from tests.integration.chassis.test_deadlines import timers_of
from tests.integration.chassis.wire import Wire, until, until_true
from tests.receiver import Receiver, Told, a_receiver
from tests.servers import Topics

pytestmark = pytest.mark.once

SENT: Final = "4bf92f3577b34da6a3ce929d0e0e4736"
SENDER: Final = "00f067aa0ba902b7"


@pytest.fixture
async def bench(url: str) -> AsyncIterator[Bench]:
    async with bench_on(url) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as made:
        yield made


def send(wire: Wire, partner: Partner, order: str, trace: str | None) -> None:
    """A message of the partner's, in a trace of its own or in none."""
    traceparent = trace and f"00-{trace}-{SENDER}-01"
    envelope = Envelope(uuid.uuid4().hex, an_order().type, partner_source(partner.name), NOON, traceparent=traceparent)
    wire.send(partner.inbound, an_order(order).model_dump_json().encode(), headers=[*binary_headers(envelope)])


def traceparent_of(record: Any) -> tuple[str, str]:
    """The trace and the parent of a record."""
    version, trace, span, flags = dict(record.headers())["traceparent"].decode().split("-")
    assert (version, flags) == ("00", "01")
    return trace, span


async def test_without_a_receiver_the_trace_is_carried_all_the_same(
    kafka: Broker, url: str, partner: Partner, wire: Wire, topics: Topics
) -> None:
    out = topics()
    async with started(assembled(settings_of(kafka, url), out)):
        for answers, (order, trace) in enumerate((("add", SENT), ("refused", SENT), ("add", None)), 1):
            send(wire, partner, order, trace)
            await asyncio.to_thread(taken_from, kafka, partner.notices, answers)
        wire.send(partner.inbound, b"unreadable", headers=[("traceparent", f"00-{SENT}-{SENDER}-01".encode())])
        notices = [traceparent_of(record) for record in await asyncio.to_thread(taken_from, kafka, partner.notices, 4)]
        facts = [traceparent_of(record) for record in await asyncio.to_thread(taken_from, kafka, out, 2)]
    (accepted, refused, fresh, unreadable) = notices
    # One handling, one span, whatever it sends; it is not the sender's own.
    assert facts == [accepted, fresh]
    assert {accepted[0], refused[0]} == {SENT}
    assert len({SENDER, accepted[1], refused[1], fresh[1], unreadable[1]}) == 5
    assert fresh[0] not in (SENT, unreadable[0])


async def test_what_is_handled_again_is_the_same_span(bench: Bench) -> None:
    record, unit = Log().order("a"), bench.unit()
    carried = []
    for _ in range(2):
        await unit.handle([record])
        carried.append(await bench.rows("SELECT traceparent FROM outbox ORDER BY seq"))
        await bench.run("TRUNCATE inbox, outbox, counts")
    assert carried[0] == carried[1]
    assert None not in carried[0]


async def test_a_deadline_that_comes_begins_a_trace_of_its_own(bench: Bench) -> None:
    await bench.unit().handle([Log().order("a", "later")])
    await bench.run("TRUNCATE outbox")
    bench.now = NOON.replace(hour=23)
    async with running(timers_of(bench).run()):

        async def came() -> bool:
            return await bench.rows("SELECT traceparent FROM outbox") == [None]

        await until_true(came, "the deadline comes")


def told(spans: list[Told], name: str) -> list[Told]:
    """The spans of this name, oldest first."""
    return sorted((span for span in spans if span.name.startswith(name)), key=lambda span: span.ended)


async def test_a_receiver_is_told_each_handling_and_each_publication(
    kafka: Broker, url: str, partner: Partner, wire: Wire, topics: Topics, receiver: Receiver
) -> None:
    settings = settings_of(kafka, url, otlp=receiver.address)
    async with started(assembled(settings, topics())):
        for order in ("secret", "refused", "broken"):
            send(wire, partner, order, SENT)
        await asyncio.to_thread(taken_from, kafka, partner.notices, 3)
        await until(lambda: len(receiver.of_trace(SENT)) >= 7, "the spans are told")
    spans = receiver.of_trace(SENT)
    handled = told(spans, "handle")
    assert [span.facts["siao.outcome"] for span in handled] == ["taken", "refused", "failed"]
    assert {span.parent for span in handled} == {SENDER}
    assert {(span.service, span.kind) for span in handled} == {("offers", "consumer")}
    first = handled[0].facts
    assert (first["siao.type"], first["siao.territory"], first["siao.sent"]) == ("vacancy.published.v1", "92", 2)
    assert (first["messaging.destination.name"], first["messaging.consumer.group.name"]) == (
        "vacancies",
        "offers.partners",
    )
    published = told(spans, "publish")
    # A fact and an acceptance, and two rejections: each the child of what brought it about.
    assert sorted(span.parent for span in published) == sorted([handled[0].span, *(span.span for span in handled)])
    assert all(span.began <= span.ended for span in spans)
    assert len({span.span for span in spans}) == 7
    assert CANARY not in repr(receiver.spans)
    assert partner.name not in repr(receiver.spans)


async def test_a_share_of_the_traces_is_told(
    kafka: Broker, url: str, partner: Partner, wire: Wire, topics: Topics, receiver: Receiver
) -> None:
    low, high = f"{'4' * 16}0000000000000001", f"{'4' * 16}ffffffffffffffff"
    settings = settings_of(kafka, url, otlp=receiver.address, otlp_share=0.5)
    async with started(assembled(settings, topics())):
        for trace in (high, low):
            send(wire, partner, "add", trace)
        await asyncio.to_thread(taken_from, kafka, partner.notices, 2)
        await until(lambda: len(receiver.of_trace(low)) == 3, "the spans are told")
    assert receiver.of_trace(high) == []


async def test_a_receiver_that_is_away_disturbs_nothing_and_is_said_once(
    kafka: Broker, url: str, partner: Partner, wire: Wire, topics: Topics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(faults, "OVER_SECONDS", 0.5)
    receiver = Receiver()
    with capture_logs() as said:
        async with started(assembled(settings_of(kafka, url, otlp=receiver.address), topics())) as app:
            send(wire, partner, "add", SENT)
            await asyncio.to_thread(taken_from, kafka, partner.notices, 1)
            await until(lambda: any(line["event"] == "fault" for line in said), "the fault is said")
            await until_ready(app)
            assert (await get(app, "/health"))[0] == 200
            receiver.listen()
            try:
                send(wire, partner, "add", SENT)
                await until(lambda: bool(receiver.of_trace(SENT)), "the spans are told")
                await until(lambda: any(line["event"] == "mended" for line in said), "it is said that it is over", 30)
            finally:
                receiver.close()
    lines = [(line["event"], line["code"]) for line in said if line["event"] in ("fault", "mended")]
    assert lines == [("fault", "traces-unreachable"), ("mended", "traces-unreachable")]


def test_without_a_receiver_the_library_is_not_even_loaded() -> None:
    program = "import sys, services.chassis.app; print('opentelemetry.sdk' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout == "False\n"
