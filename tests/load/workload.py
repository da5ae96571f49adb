"""The events that every contender folds, and the check of what comes out; refuses an output lost or out of order."""

import random
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from confluent_kafka import OFFSET_BEGINNING, TIMESTAMP_NOT_AVAILABLE, Consumer, Message, Producer, TopicPartition
from pydantic_core import from_json, to_json

from tests.load.place import PARTITIONS, Place

TYPE: Final = "load.happened.v1"
SENDER: Final = "bench"
SEED: Final = 92
READ_AT_ONCE: Final = 10_000
# Our clients and everyone else's must agree on a key's partition.
PARTITIONER: Final = "murmur2_random"

Headers: TypeAlias = list[tuple[str, str | bytes | None]]


@dataclass(frozen=True, slots=True)
class Workload:
    """`events` events spread over `keys` keys; one in `bad_every` carries "bad": true (0: none)."""

    events: int
    keys: int = 20_000
    bad_every: int = 0

    @property
    def good(self) -> int:
        """How many events a contender must answer."""
        return self.events - (self.events // self.bad_every if self.bad_every else 0)


def event(seq: int, key: str, at: int, bad: bool = False) -> tuple[bytes, Headers]:
    """One event's body and CloudEvents headers. at: when it was to be sent, in ns since the epoch."""
    body = to_json({"key": key, "seq": seq, "at": at, "bad": bad})
    headers: Headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(uuid.uuid4()).encode()),
        ("ce_type", TYPE.encode()),
        ("ce_source", f"/partners/{SENDER}".encode()),
        ("ce_time", b"2026-11-24T08:00:00+00:00"),
        ("content-type", b"application/json"),
    ]
    return body, headers


def producer(place: Place, linger_ms: int) -> Producer:
    """The driver's producer: written in C, so that it takes little of the two cores that are being measured."""
    settings = {"linger.ms": linger_ms, "enable.idempotence": True, "partitioner": PARTITIONER}
    return Producer(place.librdkafka() | settings | {"queue.buffering.max.messages": 200_000})


def preload(place: Place, workload: Workload) -> None:
    """Writes the whole workload to the source topic; raises RuntimeError if the broker did not take all of it."""
    chance = random.Random(SEED)
    sender = producer(place, linger_ms=20)
    for seq in range(1, workload.events + 1):
        key = f"household-{chance.randrange(workload.keys):06}"
        bad = bool(workload.bad_every) and seq % workload.bad_every == 0
        body, headers = event(seq, key, 0, bad)
        while True:
            try:
                sender.produce(place.source, body, key, headers=headers)
                break
            except BufferError:
                sender.poll(0.1)
        if seq % 1_000 == 0:
            sender.poll(0)
    if left := sender.flush(60):
        raise RuntimeError(f"{left} events of the workload were not taken by the broker")


@dataclass(slots=True)
class Output:
    """What a run wrote: distinct answers, repeated ones, inversions per key, seconds from the first to the last.

    cpu: microseconds that the contender's own processes used for an event, once warm; 0 where it is not measured.
    """

    distinct: int = 0
    repeated: int = 0
    inversions: int = 0
    seconds: float = 0.0
    cpu: float = 0.0


def check(place: Place) -> Output:
    """Reads the target topic whole. Seconds are the broker's clock (the topic stamps on append).

    An inversion is an answer whose counter is not one more than the last new one of its key: lost, or out of order.
    """
    output = Output()
    counters: dict[str, int] = {}
    first, last = 2**63, 0
    for message in read_all(place, place.target):
        kind, stamp = message.timestamp()
        assert kind != TIMESTAMP_NOT_AVAILABLE
        first, last = min(first, stamp), max(last, stamp)
        value = message.value()
        assert value is not None
        body = from_json(value)
        known = counters.get(body["key"], 0)
        if body["n"] <= known:
            output.repeated += 1
            continue
        output.distinct += 1
        output.inversions += body["n"] != known + 1
        counters[body["key"]] = body["n"]
    output.seconds = max(last - first, 1) / 1_000
    return output


def reader(place: Place, group: str) -> Consumer:
    """A consumer for the driver, in C as well; it never commits."""
    settings = {"group.id": group, "enable.auto.commit": False, "fetch.wait.max.ms": 50}
    return Consumer(place.librdkafka() | settings)


def ends(consumer: Consumer, topic: str) -> list[int]:
    """The end offset of each partition."""
    return [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=10)[1] for p in range(PARTITIONS)]


def read_all(place: Place, topic: str) -> Iterator[Message]:
    """Every record that the topic holds now; TimeoutError if the broker stops giving."""
    consumer = reader(place, f"{place.group}.check")
    left = sum(ends(consumer, topic))
    consumer.assign([TopicPartition(topic, p, OFFSET_BEGINNING) for p in range(PARTITIONS)])
    deadline = time.monotonic() + 60
    while left > 0:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left} records of {topic} could not be read in 60 s")
        for message in consumer.consume(READ_AT_ONCE, timeout=1.0):
            if message.error() is not None:
                raise RuntimeError(str(message.error()))
            left -= 1
            yield message
    consumer.close()
