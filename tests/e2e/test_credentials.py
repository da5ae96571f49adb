"""With its own password a structure reaches its own topics; with the same password, no one else's, on the platform."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final, TypeVar

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import GroupAuthorizationFailedError, KafkaConnectionError, TopicAuthorizationFailedError

from contracts.topics import CORE, NOTICES, PARTNER_ANSWERS, READY_HOUSEHOLDS, REQUESTS, VACANCIES
from deploy.embedded.platform import Platform
from tests.e2e.partner import PATIENCE_SECONDS, login
from tests.e2e.territory import SIAO_WITHOUT_STORY

Client = TypeVar("Client", AIOKafkaProducer, AIOKafkaConsumer)

SIAO: Final = SIAO_WITHOUT_STORY
ME, NEIGHBOUR, BAILLEUR = f"chrs-les-acacias-{SIAO}", f"chrs-les-tilleuls-{SIAO}", f"bailleur-de-nanterre-{SIAO}"

NOT_MINE_TO_WRITE: Final = (
    VACANCIES.of(NEIGHBOUR),
    REQUESTS.of(NEIGHBOUR),
    PARTNER_ANSWERS.of(BAILLEUR),
    NOTICES.of(NEIGHBOUR),
    # What the SIAO tells me is mine to read, not to write.
    NOTICES.of(ME),
    *(topic.name for topic in CORE),
)
NOT_MINE_TO_READ: Final = (
    NOTICES.of(NEIGHBOUR),
    READY_HOUSEHOLDS.of(BAILLEUR),
    VACANCIES.of(NEIGHBOUR),
    # What I tell the SIAO is mine to write, not to read.
    VACANCIES.of(ME),
    *(topic.name for topic in CORE),
)


@contextlib.asynccontextmanager
async def started(client: Client) -> AsyncIterator[Client]:
    """The client, stopped afterwards even when the broker lets it do nothing."""
    try:
        await client.start()
        yield client
    finally:
        await client.stop()


async def write(platform: Platform, topic: str, **settings: str) -> int:
    """The offset at which a record was written with my password."""
    async with started(AIOKafkaProducer(**{**login(platform, ME), **settings})) as producer:
        written = await asyncio.wait_for(producer.send_and_wait(topic, b"{}"), PATIENCE_SECONDS)
        return int(written.offset)


async def read(platform: Platform, topic: str, group: str = f"{ME}.software") -> Any:
    """A record of a topic, read with my password."""
    settings = {**login(platform, ME), "group_id": group, "auto_offset_reset": "earliest", "enable_auto_commit": False}
    async with started(AIOKafkaConsumer(topic, **settings)) as consumer:
        return await asyncio.wait_for(consumer.getone(), PATIENCE_SECONDS)


async def test_what_is_mine_i_write_and_read(platform: Platform) -> None:
    offset = await write(platform, VACANCIES.of(ME))
    answer = await read(platform, NOTICES.of(ME))
    assert dict(answer.headers)["ce_source"] == b"/siao/offers"
    assert offset >= 0


@pytest.mark.parametrize("topic", NOT_MINE_TO_WRITE)
async def test_what_is_not_mine_i_cannot_write(platform: Platform, topic: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await write(platform, topic)


@pytest.mark.parametrize("topic", NOT_MINE_TO_READ)
async def test_what_is_not_mine_i_cannot_read(platform: Platform, topic: str) -> None:
    with pytest.raises(TopicAuthorizationFailedError):
        await read(platform, topic)


@pytest.mark.parametrize("group", [f"{NEIGHBOUR}.software", "offers.partners", f"{ME}0.software"])
async def test_i_cannot_take_a_place_in_anothers_group(platform: Platform, group: str) -> None:
    with pytest.raises(GroupAuthorizationFailedError):
        await read(platform, NOTICES.of(ME), group)


async def test_my_password_does_not_open_anothers_account(platform: Platform) -> None:
    with pytest.raises(KafkaConnectionError):
        await write(platform, VACANCIES.of(NEIGHBOUR), sasl_plain_username=NEIGHBOUR)
