"""Reads everything that the platform wrote, as its administrator may: all topics, logs and metrics pages."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from contracts.designations import VacancyUnmatched
from contracts.offers import VacancyOpened
from contracts.topics import DESIGNATIONS, OFFERS
from deploy.demo.ledger.names import Searched
from deploy.demo.lines import Access

PATIENCE: Final = 30.0
BATCH: Final = 5_000


def search(administrator: Access, logs: Path, urls: Mapping[str, str]) -> Searched:
    """What was found. Raises KafkaException when the topics cannot be read to their end."""
    searched = Searched()
    _read_topics(administrator, searched)
    for log in sorted(logs.glob("*.log*")):
        searched.text(f"logs/{log.name}", log.read_text(encoding="utf-8", errors="replace"))
    for service, url in urls.items():
        for page in ("/metrics", "/health", "/ready"):
            searched.text(f"{service}{page}", httpx.get(f"{url}{page}", timeout=10).text)
    return searched


def _read_topics(administrator: Access, searched: Searched) -> None:
    consumer = Consumer(
        {
            **administrator.librdkafka(),
            "group.id": f"{administrator.user}.search",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 50,
        }
    )
    try:
        left = _to_read(administrator)
        consumer.assign([TopicPartition(topic, partition, 0) for topic, partition in left])
        deadline, places = time.monotonic() + PATIENCE, dict[str, str]()
        unmatched = set[str]()
        while left:
            if time.monotonic() > deadline:
                raise KafkaException(f"{len(left)} partitions not read to their end in {PATIENCE:.0f} s")
            for record in consumer.consume(BATCH, timeout=0.1):
                if record.error() is not None:
                    raise KafkaException(record.error())
                place = (str(record.topic()), record.partition() or 0)
                headers = [header[1] for header in record.headers() or []]
                _note_vacancy(record, places, unmatched)
                searched.record(place[0], *(_bytes(part) for part in (record.key(), record.value(), *headers)))
                if (record.offset() or 0) + 1 >= left.get(place, 0):
                    left.pop(place, None)
        searched.unmatched = {places[vacancy] for vacancy in unmatched}
    finally:
        consumer.close()


def _note_vacancy(record: Message, places: dict[str, str], unmatched: set[str]) -> None:
    """Which place each vacancy is of, and for which vacancies nobody was found at first."""
    if record.topic() == OFFERS.name and ("ce_type", VacancyOpened.type.encode()) in (record.headers() or []):
        opened = VacancyOpened.model_validate_json(record.value() or b"")
        places[opened.vacancy] = opened.place
    elif record.topic() == DESIGNATIONS.name and ("ce_type", VacancyUnmatched.type.encode()) in (
        record.headers() or []
    ):
        unmatched.add(VacancyUnmatched.model_validate_json(record.value() or b"").vacancy)


def _to_read(administrator: Access) -> dict[tuple[str, int], int]:
    """Partitions that hold something, and where each ends."""
    client = AdminClient(dict(administrator.librdkafka()))
    partitions = [
        TopicPartition(name, partition)
        for name, topic in client.list_topics(timeout=PATIENCE).topics.items()
        for partition in topic.partitions
        if not name.startswith("__")
    ]
    ends = client.list_offsets({partition: OffsetSpec.latest() for partition in partitions}, request_timeout=PATIENCE)
    return {
        (partition.topic, partition.partition): found
        for partition, end in ends.items()
        if (found := end.result().offset) > 0
    }


def _bytes(part: str | bytes | None) -> bytes | None:
    return part.encode() if isinstance(part, str) else part
