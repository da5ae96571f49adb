"""What a service needs before it may begin, asked of the broker and the database; each lack is a named fault."""

import asyncio
import ssl
from collections.abc import Iterable, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import collect_hosts, create_conn
from aiokafka.errors import KafkaConnectionError, KafkaError
from alembic.script import ScriptDirectory
from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.topics import PARTNERS
from services.chassis.faults import Fault
from services.chassis.kafka import client_settings
from services.chassis.migrate import config_of, newest_revision, present_revision
from services.chassis.quarantine import context_of
from services.chassis.settings import ProcessSettings
from services.chassis.tables import StateTable
from services.chassis.vault import Vault

# How long the broker may take for one answer.
ANSWER_SECONDS: Final = 10.0


async def check_broker(settings: ProcessSettings) -> None:
    """One login. The client's own start only says that it could not; this says why. Raises Fault or KafkaError."""
    options = client_settings(settings)
    del options["bootstrap_servers"]
    failure: Exception = KafkaConnectionError()
    for host, port, _ in collect_hosts(settings.kafka):
        try:
            connection = await create_conn(host, port, request_timeout_ms=int(ANSWER_SECONDS * 1000), **options)
        except ssl.SSLError as error:
            failure = Fault("broker-untrusted", settings.kafka)
            failure.__cause__ = error
        except (OSError, TimeoutError) as error:
            failure = Fault("broker-unreachable", settings.kafka)
            failure.__cause__ = error
        except KafkaError as error:
            failure = error
        else:
            await connection.close()
            return
    raise failure


async def reason_of(error: Exception, settings: ProcessSettings) -> Exception:
    """Why the broker could not be used, where a login says it better than the client's error."""
    try:
        await check_broker(settings)
    except Exception as better:
        return better
    return error


async def check_topics(settings: ProcessSettings, topics: Iterable[str]) -> None:
    """The topics that a service names are there, and shown to it. Raises Fault for the first that is not."""
    names = {PARTNERS.name, *topics}
    client = AIOKafkaClient(**client_settings(settings))
    try:
        await client.bootstrap()
        await client.set_topics(names)
        hidden, there = client.cluster.unauthorized_topics, client.cluster.topics()
    finally:
        await client.close()
    for name in sorted(names):
        if name in hidden:
            raise Fault("right-missing", name)
        if name not in there:
            raise Fault("topic-missing", name)


async def check_reading(settings: ProcessSettings, group: str, topics: Sequence[str]) -> None:
    """The group and the topics of a subscription may be read; the topics are there. Raises KafkaError.

    What partners write cannot be asked for: a topic that may not be read is not shown at all.
    """
    consumer = AIOKafkaConsumer(
        **client_settings(settings), group_id=group, enable_auto_commit=False, fetch_max_wait_ms=10
    )
    places = [TopicPartition(topic, 0) for topic in (PARTNERS.name, *topics)]
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await consumer.start()
            consumer.assign(places)
            await consumer.committed(places[0])
            await consumer.seek_to_end(*places)
            # The broker's answer to a fetch brings the end of the partition, or its refusal.
            while any(consumer.highwater(place) is None for place in places):
                await consumer.getmany(timeout_ms=20)
    except TimeoutError:
        raise Fault("broker-unreachable", settings.kafka) from None
    finally:
        await consumer.stop()


async def check_schema(service: str, engine: AsyncEngine) -> None:
    """The database is at the revision that this code expects. Raises Fault, or what the database raises."""
    present, expected = await present_revision(engine), newest_revision(service)
    if present == expected:
        return
    known = {script.revision for script in ScriptDirectory.from_config(config_of(service)).walk_revisions()}
    code = "schema-old" if present is None or present in known else "schema-new"
    raise Fault(code, f"{engine.url.database}: {present} → {expected}")


async def check_key(engine: AsyncEngine, vault: Vault, sealed: Sequence[StateTable[Any]]) -> None:
    """The key opens what was sealed before. Raises Fault: with another one, every message would be refused."""
    where = "quarantine"
    try:
        async with engine.connect() as connection:
            newest = 'SELECT topic, partition, "offset", sealed FROM quarantine ORDER BY at DESC LIMIT 1'
            for topic, partition, offset, content in await connection.execute(text(newest)):
                vault.open(content, context_of(topic, partition, offset))
            for table in sealed:
                where = table.name
                for key, body in await connection.execute(text(f"SELECT key, body::text FROM {where} LIMIT 1")):
                    vault.open_json(body, f"{where}:{key}")
    except InvalidTag:
        raise Fault("vault-key-wrong", where) from None
