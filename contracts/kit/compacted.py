"""A topic that keeps the last word on each key, read whole and then as it goes on; never half of it."""

from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.event import M, open_envelope, read_body
from contracts.kit.records import Record

POLL_MS: Final = 500


async def present(consumer: AIOKafkaConsumer, topic: str, model: type[M]) -> dict[str, M | None]:
    """The last word on each key, up to where the topic now ends; None where it was a removal."""
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    await consumer.seek_to_beginning(place)
    end = (await consumer.end_offsets([place]))[place]
    state: dict[str, M | None] = {}
    while await consumer.position(place) < end:
        state |= await news(consumer, model)
    return state


async def news(consumer: AIOKafkaConsumer, model: type[M]) -> dict[str, M | None]:
    """What has come since, by key; empty when nothing came for a while."""
    batches = await consumer.getmany(timeout_ms=POLL_MS)
    return {(record.key or b"").decode(): _read(record, model) for records in batches.values() for record in records}


def _read(record: Record, model: type[M]) -> M | None:
    if record.value is None:
        return None
    _, body = open_envelope(record.headers, record.value)
    return read_body(model, body, trusted=True)
