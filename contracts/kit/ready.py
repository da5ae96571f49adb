"""The live list of households ready for ordinary housing, whole and then change by change; never half of it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.event import open_envelope, read_body
from contracts.kit.records import Record
from contracts.notices import ReadyHousehold

POLL_MS: Final = 500


@dataclass(frozen=True, slots=True)
class ReadyChanges:
    """What to do to our copy. whole: replace it by `listed`; else put `listed` in, take `removed` out."""

    listed: Mapping[str, ReadyHousehold]
    removed: frozenset[str]
    whole: bool


async def changes(consumer: AIOKafkaConsumer, topic: str) -> AsyncIterator[ReadyChanges]:
    """The whole list as it now is, then each change of it.

    It is read from its beginning each time: the topic keeps the last word on each household, and a removal only for
    a week, so that a copy which had slept longer could keep a household that is gone.
    """
    place = TopicPartition(topic, 0)
    consumer.assign([place])
    await consumer.seek_to_beginning(place)
    end = (await consumer.end_offsets([place]))[place]
    state: dict[str, ReadyHousehold | None] = {}
    while await consumer.position(place) < end:
        state |= await _poll(consumer)
    yield ReadyChanges(_present(state), frozenset(), whole=True)
    while True:
        if news := await _poll(consumer):
            gone = frozenset(household for household, record in news.items() if record is None)
            yield ReadyChanges(_present(news), gone, whole=False)


async def _poll(consumer: AIOKafkaConsumer) -> dict[str, ReadyHousehold | None]:
    batches = await consumer.getmany(timeout_ms=POLL_MS)
    return {(record.key or b"").decode(): _household(record) for records in batches.values() for record in records}


def _household(record: Record) -> ReadyHousehold | None:
    if record.value is None:
        return None
    _, body = open_envelope(record.headers, record.value)
    return read_body(ReadyHousehold, body, trusted=True)


def _present(state: Mapping[str, ReadyHousehold | None]) -> dict[str, ReadyHousehold]:
    return {household: record for household, record in state.items() if record is not None}
