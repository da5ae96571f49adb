"""Two questions and an order that librdkafka's administration does not have; refuses what the broker refuses.

Quotas of clients it lacks altogether; of a topic's settings it only gets all forty, for a thousand topics too much.
They are small requests of Kafka's protocol, sent over the connection of aiokafka, which the services use.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.admin import DescribeClientQuotasRequest, DescribeConfigsRequest
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Float64, Int16, Int32, Schema, String

from deploy.embedded.failure import PlatformError
from deploy.provision.quotas import Quota

Settings = Mapping[str, str | int]
T = TypeVar("T")

TOPIC: Final = 2
ANY_NAME: Final = 2
# Kafka's names of the limits, in the order of `Quota`.
LIMITS: Final = ("producer_byte_rate", "consumer_byte_rate", "request_percentage")
# Far under what a controller takes in one request (10,000 records), three a user.
USERS_AT_ONCE: Final = 1000
TOPICS_AT_ONCE: Final = 500
UNKNOWN_TOPIC: Final = 3

_ENTITY: Final = Array(("type", String()), ("name", String()))


class AlterClientQuotasResponse(Response):
    """What became of each entity's quotas (Kafka's protocol, API 49, version 0)."""

    API_KEY = 49
    API_VERSION = 0
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("entries", Array(("error_code", Int16), ("error_message", String()), ("entity", _ENTITY))),
    )


class AlterClientQuotasStruct(RequestStruct):
    """Quotas to set or remove, by entity (Kafka's protocol, API 49, version 0)."""

    API_KEY = 49
    API_VERSION = 0
    RESPONSE_TYPE = AlterClientQuotasResponse
    SCHEMA = Schema(
        (
            "entries",
            Array(("entity", _ENTITY), ("ops", Array(("key", String()), ("value", Float64), ("remove", Boolean)))),
        ),
        ("validate_only", Boolean),
    )


class AlterClientQuotasRequest(Request[AlterClientQuotasStruct]):
    """Sets the limits of users; None takes them away."""

    API_KEY = 49

    def __init__(self, quotas: Mapping[str, Quota | None]) -> None:
        self._quotas = quotas

    def build(self, request_struct_class: type[AlterClientQuotasStruct]) -> AlterClientQuotasStruct:
        """The request as it is sent."""
        entries = [([("user", user)], _operations(quota)) for user, quota in self._quotas.items()]
        return request_struct_class(entries, False)


def _operations(quota: Quota | None) -> list[tuple[str, float, bool]]:
    if quota is None:
        return [(limit, 0.0, True) for limit in LIMITS]
    values = (quota.write, quota.read, quota.requests)
    return [(limit, float(value), False) for limit, value in zip(LIMITS, values, strict=True)]


def quotas(settings: Settings) -> dict[str, Quota]:
    """The limits of every Kafka user that has one; 0 for one that is not set. Raises PlatformError."""

    async def ask(client: AIOKafkaClient) -> dict[str, Quota]:
        request = DescribeClientQuotasRequest([("user", ANY_NAME, None)], True)  # type: ignore[list-item]
        answer = await client.send(client.get_random_node(), request)
        _require(answer.error_code, "client-quotas")
        found = {}
        for [(_, user)], values in answer.entries or ():
            limits = dict(values)
            found[user] = Quota(*(int(limits.get(limit, 0)) for limit in LIMITS))
        return found

    return _asked(settings, ask)


def topic_settings(settings: Settings, wanted: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """Of each topic these settings of Kafka's; one that is not there is left out. Raises PlatformError."""

    async def ask(client: AIOKafkaClient) -> dict[str, dict[str, str]]:
        found = {}
        for some in _chunks(sorted(wanted), TOPICS_AT_ONCE):
            request = DescribeConfigsRequest([(TOPIC, topic, list(wanted[topic])) for topic in some])
            answer = await client.send(client.get_random_node(), request)
            for code, _, _, topic, entries in answer.resources:
                if code != UNKNOWN_TOPIC:
                    _require(code, topic)
                    found[topic] = {name: value for name, value, *_ in entries}
        return found

    return _asked(settings, ask)


def set_quotas(settings: Settings, wanted: Mapping[str, Quota | None]) -> None:
    """Sets the limits of these Kafka users; None takes them away. Raises PlatformError when the broker refuses."""

    async def tell(client: AIOKafkaClient) -> None:
        for some in _chunks(sorted(wanted), USERS_AT_ONCE):
            request = AlterClientQuotasRequest({user: wanted[user] for user in some})
            answer = await client.send(client.get_random_node(), request)
            for code, _, [(_, user)] in answer.entries:
                _require(code, user)

    if wanted:
        _asked(settings, tell)


def _require(code: int, what: str) -> None:
    if code:
        raise PlatformError(
            f"Kafka refuse ({for_code(code).__name__}) : {what}.", f"Kafka refuses ({for_code(code).__name__}): {what}."
        )


def _asked(settings: Settings, talk: Callable[[AIOKafkaClient], Awaitable[T]]) -> T:
    # On a thread of its own: whoever provisions may be in an event loop already.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_connected(settings, talk))).result()


async def _connected(settings: Settings, talk: Callable[[AIOKafkaClient], Awaitable[T]]) -> T:
    client = AIOKafkaClient(**_options(settings))
    try:
        await client.bootstrap()
        return await talk(client)
    except KafkaError as error:
        raise PlatformError(
            f"Kafka ({settings['bootstrap.servers']}) ne répond pas comme attendu : {error!r}",
            f"Kafka ({settings['bootstrap.servers']}) does not answer as expected: {error!r}",
        ) from error
    finally:
        await client.close()


def _options(settings: Settings) -> dict[str, Any]:
    authority = settings.get("ssl.ca.location")
    return {
        "bootstrap_servers": settings["bootstrap.servers"],
        "security_protocol": settings["security.protocol"],
        "ssl_context": ssl.create_default_context(cafile=str(authority)) if authority else None,
        "sasl_mechanism": settings["sasl.mechanism"],
        "sasl_plain_username": settings["sasl.username"],
        "sasl_plain_password": settings["sasl.password"],
    }


def _chunks(items: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]
