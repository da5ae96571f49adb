"""The live list of households ready for ordinary housing, whole and then change by change; never half of it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer

from contracts.kit.compacted import news, present
from contracts.notices import ReadyHousehold


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
    state = await present(consumer, topic, ReadyHousehold)
    yield ReadyChanges(_present(state), frozenset(), whole=True)
    while True:
        if said := await news(consumer, ReadyHousehold):
            gone = frozenset(household for household, record in said.items() if record is None)
            yield ReadyChanges(_present(said), gone, whole=False)


def _present(state: Mapping[str, ReadyHousehold | None]) -> dict[str, ReadyHousehold]:
    return {household: record for household, record in state.items() if record is not None}
