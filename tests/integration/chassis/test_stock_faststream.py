"""What stock FastStream does with a message that goes wrong: each fact the chassis was built around, on a real broker.

When one of these tests fails after an upgrade, upstream has mended something: read the fact, then simplify the chassis.
Each has its other side in `test_safe_consumption.py`, where the chassis meets the same records.
"""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import IllegalOperation
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.prometheus import KafkaPrometheusMiddleware
from prometheus_client import CollectorRegistry

from tests.integration.chassis.wire import RecordHeaders, Wire, a_group, started, until, until_true
from tests.servers import Topics

pytestmark = pytest.mark.asyncio

UNREADABLE: dict[str, RecordHeaders] = {"null": [("trace", None)], "not-utf8": [("trace", b"\xff\xfe")]}


class Poison(Exception):
    """What the handlers of these tests raise."""


def fails_on(broker: KafkaBroker, topic: str, poison: bytes, **options: Any) -> list[bytes]:
    """Subscribes a handler that raises on one message; the list grows with every message handled to the end."""
    handled: list[bytes] = []

    @broker.subscriber(topic, auto_offset_reset="earliest", **options)  # type: ignore[untyped-decorator]  # **options
    async def handle(message: KafkaMessage) -> None:
        if message.body == poison:
            raise Poison
        handled.append(message.body)
        if options.get("ack_policy") is AckPolicy.MANUAL:
            await message.ack()

    return handled


async def test_fact_1_the_default_policy_loses_the_message_in_hand(wire: Wire, topics: Topics) -> None:
    topic, group = topics(), a_group()
    wire.send(topic, b"in hand")
    broker, taken = wire.stock(graceful_timeout=0.01), asyncio.Event()

    @broker.subscriber(topic, group_id=group, auto_offset_reset="earliest")
    async def never_ends(_message: KafkaMessage) -> None:
        taken.set()
        await asyncio.Event().wait()

    async with started(broker):
        await asyncio.wait_for(taken.wait(), 15)
    broker = wire.stock()
    handled = fails_on(broker, topic, b"none", group_id=group)
    async with started(broker):
        wire.send(topic, b"next")
        await until(lambda: b"next" in handled, "the next message handled")
    assert handled == [b"next"]


@pytest.mark.filterwarnings("ignore:AckPolicy.REJECT_ON_ERROR has the same effect")
@pytest.mark.parametrize("policy", [AckPolicy.ACK, AckPolicy.REJECT_ON_ERROR, AckPolicy.MANUAL])
async def test_facts_2_and_3_a_failed_message_is_committed(wire: Wire, topics: Topics, policy: AckPolicy) -> None:
    topic, group = topics(), a_group()
    wire.send(topic, b"1", b"2", b"3")
    broker = wire.stock()
    handled = fails_on(broker, topic, b"2", group_id=group, ack_policy=policy)
    async with started(broker):
        await wire.until_committed(group, topic, 3)
    assert handled == [b"1", b"3"]


@pytest.mark.parametrize("headers", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_fact_4_an_unreadable_header_makes_a_message_vanish(
    wire: Wire, topics: Topics, headers: RecordHeaders
) -> None:
    topic, group, registry = topics(), a_group(), CollectorRegistry()
    wire.send(topic, b"1")
    wire.send(topic, b"2", headers=headers)
    wire.send(topic, b"3")
    broker = wire.stock(middlewares=(KafkaPrometheusMiddleware(registry=registry),))
    handled = fails_on(broker, topic, b"none", group_id=group, ack_policy=AckPolicy.NACK_ON_ERROR)
    async with started(broker):
        await wire.until_committed(group, topic, 3)
    counted = [
        sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "faststream_received_messages_total"
    ]
    assert (handled, counted) == ([b"1", b"3"], [2.0])


async def test_fact_5_in_a_batch_it_takes_the_others_with_it(wire: Wire, topics: Topics) -> None:
    topic, group = topics(), a_group()
    for number in range(10):
        wire.producer.produce(topic, b"%d" % number, headers=UNREADABLE["null"] if number == 5 else None, partition=0)
    wire.producer.flush()
    broker, handled = wire.stock(), list[bytes]()

    @broker.subscriber(
        topic, group_id=group, batch=True, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR
    )
    async def handle(bodies: list[bytes]) -> None:
        handled.extend(bodies)

    async with started(broker):
        consumer = only_subscriber(broker).consumer
        await until_assigned(consumer, topic)
        await until_position(consumer, topic, 10)
        wire.send(topic, b"later")
        await until(lambda: b"later" in handled, "the later message handled")
        await wire.until_committed(group, topic, 11)
    assert handled == [b"later"]


async def test_fact_6_a_poison_message_is_a_hot_loop_that_blocks(wire: Wire, topics: Topics) -> None:
    topic, group = topics(), a_group()
    wire.send(topic, b"poison", b"behind it")
    broker, calls = wire.stock(), list[bytes]()

    @broker.subscriber(topic, group_id=group, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
    async def handle(message: KafkaMessage) -> None:
        calls.append(message.body)
        raise Poison

    async with started(broker):
        # Three hundred calls within the deadline: no back-off worth the name, and no last attempt.
        await until(lambda: len(calls) >= 300, "300 calls for one message")
    assert set(calls) == {b"poison"}
    assert await wire.committed(group, topic) == 0


@pytest.mark.parametrize("no_reply", [False, True])
async def test_fact_7_the_sender_chooses_where_the_service_writes(wire: Wire, topics: Topics, no_reply: bool) -> None:
    topic, victim, group = topics(), topics("victim"), a_group()
    wire.send(topic, b"1", headers=[("reply_to", victim.encode())])
    broker = wire.stock()
    handled = fails_on(broker, topic, b"none", group_id=group, ack_policy=AckPolicy.NACK_ON_ERROR, no_reply=no_reply)
    async with started(broker):
        await wire.until_committed(group, topic, 1)
    # The handler returned None: even so, an empty record lands in a topic that the sender may not write.
    assert (handled, wire.end(victim)) == ([b"1"], 0 if no_reply else 1)


async def test_fact_8_ping_is_true_while_nothing_is_consumed(wire: Wire, topics: Topics) -> None:
    topic, taken = topics(), asyncio.Event()
    wire.send(topic, b"1", b"2")
    broker = wire.stock(graceful_timeout=0.01)

    @broker.subscriber(topic, group_id=a_group(), auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
    async def hangs(_message: KafkaMessage) -> None:
        taken.set()
        await asyncio.Event().wait()

    async with started(broker):
        await asyncio.wait_for(taken.wait(), 15)
        assert await broker.ping(5)
        tasks = list(only_subscriber(broker).tasks)
        for task in tasks:
            task.cancel()
        await until(lambda: all(task.done() for task in tasks), "the consuming task is dead")
        assert await broker.ping(5)


async def test_fact_8_ping_is_false_for_a_healthy_consumer(wire: Wire, topics: Topics) -> None:
    topic = topics()
    wire.send(topic, b"1")
    broker = wire.stock(consumer_only=True)
    handled = fails_on(broker, topic, b"none", group_id=a_group(), ack_policy=AckPolicy.NACK_ON_ERROR)
    async with started(broker):
        await until(lambda: handled == [b"1"], "the message handled")
        assert not await broker.ping(1)


@pytest.mark.parametrize(("reset", "expected"), [("latest", [b"after"]), ("earliest", [b"before", b"after"])])
async def test_fact_9_latest_loses_what_a_new_topic_held(
    wire: Wire, topics: Topics, reset: Any, expected: list[bytes]
) -> None:
    prefix, group = a_group("partners"), a_group()
    broker, handled = wire.stock(metadata_max_age_ms=500), list[bytes]()

    @broker.subscriber(
        pattern=f"^{prefix}.*", group_id=group, auto_offset_reset=reset, ack_policy=AckPolicy.NACK_ON_ERROR
    )
    async def handle(message: KafkaMessage) -> None:
        handled.append(message.body)

    async with started(broker):
        topic = topics(prefix)
        wire.send(topic, b"before")
        consumer = only_subscriber(broker).consumer
        await until_assigned(consumer, topic)
        await until_position(consumer, topic, 0)
        wire.send(topic, b"after")
        await until(lambda: b"after" in handled, "the message sent after the assignment handled")
    assert handled == expected


async def until_assigned(consumer: Any, topic: str) -> None:
    """Returns when the consumer has the topic's only partition."""
    await until(lambda: TopicPartition(topic, 0) in consumer.assignment(), f"{topic} is assigned")


async def until_position(consumer: Any, topic: str, offset: int) -> None:
    """Returns when the consumer has read the topic's only partition up to an offset."""

    async def reached() -> bool:
        return int(await asyncio.wait_for(consumer.position(TopicPartition(topic, 0)), 15)) >= offset

    await until_true(reached, f"{topic} read up to {offset}")


def only_subscriber(broker: KafkaBroker) -> Any:
    """FastStream's subscriber; Any, since its consumer and tasks are not part of its public type."""
    return broker.subscribers[0]


async def test_fact_10_there_are_no_transactions(wire: Wire, topics: Topics) -> None:
    topic = topics()
    async with started(wire.stock(transactional_id=a_group("transaction"))) as broker:
        with pytest.raises(IllegalOperation):
            await broker.publish(b"1", topic)
    assert wire.end(topic) == 0


async def test_a_message_id_is_not_an_identity(wire: Wire, topics: Topics) -> None:
    topic = topics(partitions=2)
    for partition in (0, 1):
        wire.producer.produce(topic, b"%d" % partition, partition=partition, timestamp=1_700_000_000_000)
    wire.producer.flush()
    broker, identities = wire.stock(), list[str]()

    @broker.subscriber(topic, group_id=a_group(), auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR)
    async def handle(message: KafkaMessage) -> None:
        identities.append(message.message_id)

    async with started(broker):
        await until(lambda: len(identities) == 2, "both messages handled")
    assert identities[0] == identities[1]


async def test_a_tombstone_and_an_empty_body_look_the_same(wire: Wire, topics: Topics) -> None:
    topic = topics()
    wire.send(topic, None, b"", key="household")
    broker = wire.stock()
    handled = fails_on(broker, topic, b"none", group_id=a_group(), ack_policy=AckPolicy.NACK_ON_ERROR)
    async with started(broker):
        await until(lambda: len(handled) == 2, "both messages handled")
    assert handled == [b"", b""]


async def test_a_batch_put_back_is_put_back_on_all_its_partitions(wire: Wire, topics: Topics) -> None:
    """Mended in 0.7.8: until then, only the first record's partition was rewound. The chassis relies on it."""
    topic, group = topics(partitions=2), a_group()
    wire.send(topic, b"a0", b"a1", partition=0)
    wire.send(topic, b"b0", b"b1", partition=1)
    broker, seen, handled = wire.stock(), set[bytes](), list[bytes]()

    @broker.subscriber(
        topic, group_id=group, batch=True, auto_offset_reset="earliest", ack_policy=AckPolicy.NACK_ON_ERROR
    )
    async def handle(bodies: list[bytes]) -> None:
        new = set(bodies) - seen
        seen.update(new)
        if new:
            raise Poison
        handled.extend(bodies)

    async with started(broker):
        await until(lambda: len(set(handled)) == 4, "all four handled")
    assert seen == {b"a0", b"a1", b"b0", b"b1"}


async def test_a_missing_topic_is_made_without_being_asked(wire: Wire) -> None:
    topic = a_group("misspelt")
    broker = wire.stock()
    fails_on(broker, topic, b"none", group_id=a_group(), ack_policy=AckPolicy.NACK_ON_ERROR)
    async with started(broker):
        assert wire.end(topic) == 0
