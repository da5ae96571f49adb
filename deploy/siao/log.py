"""The core topics read whole, from their beginning to where they end now; it commits nothing and joins no group."""

import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.cimpl import Message as Record

from contracts.catalogue import MESSAGES
from contracts.event import Refusal, open_envelope, read_body
from contracts.topics import Topic
from deploy.embedded.failure import PlatformError
from services.orientation.replaying import Logged

ANSWER_SECONDS = 20.0


def read(settings: Mapping[str, Any], topics: Iterable[Topic]) -> list[Logged]:
    """Every fact of some topics, in the order of each topic-partition. Raises PlatformError without a broker."""
    consumer = Consumer(
        {**settings, "group.id": "siao-log-reader", "enable.auto.commit": False, "fetch.wait.max.ms": 50}
    )
    try:
        ends = {
            (topic.name, partition): _end(consumer, topic.name, partition)
            for topic in topics
            for partition in range(topic.partitions)
        }
        consumer.assign([TopicPartition(name, partition, 0) for (name, partition), end in ends.items() if end])
        return [logged for record in _records(consumer, ends) if (logged := _logged(record)) is not None]
    except KafkaException as error:
        raise PlatformError(
            "Le broker ne répond pas, ou refuse ces identifiants.",
            "The broker is silent, or refuses these credentials.",
        ) from error
    finally:
        consumer.close()


def _end(consumer: Consumer, topic: str, partition: int) -> int:
    _, end = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=ANSWER_SECONDS)
    return int(end)


def _records(consumer: Consumer, ends: dict[tuple[str, int], int]) -> Iterator[Record]:
    """Until each partition is read up to its end."""
    left = {place for place, end in ends.items() if end}
    deadline = time.monotonic() + ANSWER_SECONDS
    while left:
        # It waits until it has so many, or that long.
        for record in consumer.consume(5000, 0.1):
            deadline = time.monotonic() + ANSWER_SECONDS
            if record.error():
                raise KafkaException(record.error())
            place, offset = (str(record.topic()), int(record.partition() or 0)), int(record.offset() or 0)
            if offset < ends[place]:
                yield record
            if offset >= ends[place] - 1:
                left.discard(place)
        if time.monotonic() > deadline:
            raise KafkaException("no answer")


def _headers(record: Record) -> list[tuple[str, bytes | None]]:
    headers: Any = record.headers() or []
    return list(headers)


def _logged(record: Record) -> Logged | None:
    """A fact; None for what nobody here could read either: it was set aside when it was heard."""
    topic = str(record.topic())
    try:
        envelope, body = open_envelope(_headers(record), record.value())
        model = MESSAGES[topic].get(envelope.type)
        if model is None:
            return None
        fact = read_body(model, body, trusted=True)
    except Refusal:
        return None
    return Logged(f"{topic}-{record.partition()}", int(record.offset() or 0), envelope.id, fact)
