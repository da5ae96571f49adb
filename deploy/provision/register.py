"""The register of partners on `siao.partners`: said when it changes; refuses to repeat what the topic already says."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from contracts import topics
from contracts.event import Envelope, binary_headers
from contracts.partners import PartnerRegistered

SOURCE = "/siao/provisioning"
PATIENCE = 30.0


def publish(settings: Mapping[str, str | int], partners: Iterable[PartnerRegistered]) -> int:
    """Says each partner that the register does not know so yet; returns how many, acknowledged by the broker.

    Raises KafkaException when one is not acknowledged in PATIENCE seconds.
    """
    known = _current(settings)
    changed = [partner for partner in partners if known.get(partner.id) != partner.model_dump_json().encode()]
    failures: list[KafkaError] = []
    # Each key once, the last value counts: an idempotent producer would only cost a second at a new broker.
    producer = Producer({**settings, "acks": "all", "linger.ms": 5})
    for partner in changed:
        envelope = Envelope(
            id=str(uuid.uuid4()),
            type=PartnerRegistered.type,
            source=SOURCE,
            time=datetime.now(UTC),
            subject=partner.id,
        )
        producer.produce(
            topics.PARTNERS.name,
            key=partner.id,
            value=partner.model_dump_json().encode(),
            headers=dict(binary_headers(envelope)),
            on_delivery=lambda error, _: failures.append(error) if error else None,
        )
    if producer.flush(PATIENCE):
        raise KafkaException(KafkaError(KafkaError._MSG_TIMED_OUT))
    if failures:
        raise KafkaException(failures[0])
    return len(changed)


def _current(settings: Mapping[str, str | int]) -> dict[str, bytes]:
    """The last value of each key."""
    consumer = Consumer(
        {
            **settings,
            "group.id": "admin.register",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            # The end of the topic is known when a fetch comes back empty: half a second by default.
            "fetch.wait.max.ms": 10,
        }
    )
    partition = TopicPartition(topics.PARTNERS.name, 0, 0)
    values: dict[str, bytes] = {}
    try:
        consumer.assign([partition])
        while (record := consumer.poll(PATIENCE)) is not None:
            if (error := record.error()) is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    return values
                raise KafkaException(error)
            _fold(values, record)
    finally:
        consumer.close()
    raise KafkaException(KafkaError(KafkaError._TIMED_OUT))


def _fold(values: dict[str, bytes], record: Message) -> None:
    key, value = record.key(), record.value()
    if isinstance(key, bytes):
        if isinstance(value, bytes):
            values[key.decode()] = value
        else:
            values.pop(key.decode(), None)
