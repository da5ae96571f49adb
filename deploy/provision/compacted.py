"""The SIAO's compacted topics as maps: the last value of each key, and new ones; refuses a record unacknowledged."""

import uuid
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from contracts.event import Envelope, Fact, binary_headers

SOURCE: Final = "/siao/provisioning"
PATIENCE: Final = 30.0

Values = dict[str, bytes]


def current(settings: Mapping[str, str | int], topics: Collection[str]) -> dict[str, Values]:
    """For each of these topics (of one partition) the last value of each key. Raises KafkaException."""
    values: dict[str, Values] = {topic: {} for topic in topics}
    if not topics:
        return values
    consumer = Consumer(
        {
            **settings,
            "group.id": "admin.register",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            # The end of a topic is known when a fetch comes back empty: half a second by default.
            "fetch.wait.max.ms": 10,
        }
    )
    waiting = set(topics)
    try:
        consumer.assign([TopicPartition(topic, 0, 0) for topic in topics])
        while waiting:
            record = consumer.poll(PATIENCE)
            if record is None:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
            if (error := record.error()) is None:
                _fold(values, record)
            elif error.code() == KafkaError._PARTITION_EOF:
                waiting.discard(str(record.topic()))
            else:
                raise KafkaException(error)
    finally:
        consumer.close()
    return values


def say(settings: Mapping[str, str | int], topic: str, message_type: str, facts: Mapping[str, Fact | None]) -> None:
    """Each fact, of this type, under its key (None: a tombstone), acknowledged by the broker.

    Raises KafkaException when one is not acknowledged in PATIENCE seconds.
    """
    failures: list[KafkaError] = []
    # Each key once, the last value counts: an idempotent producer would only cost a second at a new broker.
    producer = Producer({**settings, "acks": "all", "linger.ms": 5})
    for key, fact in facts.items():
        producer.produce(
            topic,
            key=key,
            value=None if fact is None else fact.model_dump_json().encode(),
            headers={} if fact is None else dict(binary_headers(_envelope(message_type, key))),
            on_delivery=lambda error, _: failures.append(error) if error else None,
        )
    if producer.flush(PATIENCE):
        raise KafkaException(KafkaError(KafkaError._MSG_TIMED_OUT))
    if failures:
        raise KafkaException(failures[0])


def _envelope(message_type: str, key: str) -> Envelope:
    return Envelope(id=str(uuid.uuid4()), type=message_type, source=SOURCE, time=datetime.now(UTC), subject=key)


def _fold(values: Mapping[str, Values], record: Message) -> None:
    key, value = record.key(), record.value()
    if isinstance(key, bytes):
        if isinstance(value, bytes):
            values[str(record.topic())][key.decode("utf-8", "replace")] = value
        else:
            values[str(record.topic())].pop(key.decode("utf-8", "replace"), None)
