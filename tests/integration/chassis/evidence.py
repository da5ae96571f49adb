"""What the chassis's tests need of the machine: settings, ended sessions, counted metrics, records read back, works."""

import asyncio
import base64
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from deploy.embedded.parts import Broker
from services.chassis.settings import Settings


def settings_of(kafka: Broker, database: str, **changes: Any) -> Settings:
    """Settings of a service on the session's broker."""
    return Settings(
        **{
            "kafka": kafka.bootstrap,
            "kafka_user": kafka.admin_user,
            "kafka_password": kafka.admin_password,
            "database": database,
            "http_port": 1,
            "vault_key": base64.b64encode(os.urandom(32)).decode(),
            **changes,
        }
    )


def backends_of(url: str) -> str:
    """The SQL that ends every session of a database but the one that runs it."""
    name = url.rsplit("/", 1)[1]
    return (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )


Counter = Callable[[], float]


def counted(metric: Any, *labels: str) -> Counter:
    """How much a counter has grown since now."""
    child = metric.labels(*labels) if labels else metric
    before = child._value.get()
    return lambda: child._value.get() - before


def taken_from(kafka: Broker, topic: str, count: int, partitions: int = 1, seconds: float = 30) -> list[Any]:
    """The first `count` records of a topic, or more, as confluent's; AssertionError when they are not there in time."""
    client = Consumer({**kafka.client_settings(), "group.id": "reader", "enable.auto.commit": False, "log_level": 0})
    client.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in range(partitions)])
    found: list[Any] = []
    deadline = time.monotonic() + seconds
    try:
        while len(found) < count:
            assert time.monotonic() < deadline, f"{len(found)} of {count} records of {topic} in {seconds:.0f} s"
            found.extend(record for record in client.consume(5000, 0.2) if record.error() is None)
    finally:
        client.close()
    return found


def id_of(record: Any) -> str:
    """The ce_id of a record that confluent read; "" for a tombstone."""
    return str(dict(record.headers() or []).get("ce_id", b"").decode())


@asynccontextmanager
async def running(*works: Coroutine[Any, Any, None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Endless works, running within the block."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
