"""How a service speaks to Kafka: one set of connection settings for its broker, its relay and its register."""

import asyncio
import contextlib
import ssl
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaProducer
from faststream.kafka import KafkaBroker
from faststream.security import SASLScram512

from services.chassis.settings import ProcessSettings, Settings

CLOSE_SECONDS: Final = 5.0


def _trust(settings: ProcessSettings) -> ssl.SSLContext | None:
    """What verifies the broker: its certificate is the authority's, and bears the name that was asked for."""
    return ssl.create_default_context(cafile=settings.kafka_ca) if settings.kafka_ca else None


def client_settings(settings: ProcessSettings) -> dict[str, Any]:
    """Settings for any aiokafka client."""
    return {
        "bootstrap_servers": settings.kafka,
        "security_protocol": "SASL_SSL" if settings.kafka_ca else "SASL_PLAINTEXT",
        "ssl_context": _trust(settings),
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": settings.kafka_user,
        "sasl_plain_password": settings.kafka_password.get_secret_value(),
        "client_id": settings.kafka_user,
    }


B = TypeVar("B", bound=KafkaBroker)


def broker_of(settings: Settings, kind: type[B]) -> B:
    """FastStream's broker. It publishes nothing: the relay does.

    It creates no topic, logs nothing, and learns of new topics in 15 s.
    """
    return kind(
        settings.kafka,
        security=SASLScram512(
            username=settings.kafka_user,
            password=settings.kafka_password.get_secret_value(),
            use_ssl=settings.kafka_ca is not None,
            ssl_context=_trust(settings),
        ),
        client_id=settings.kafka_user,
        metadata_max_age_ms=15_000,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=25.0,
        logger=None,
    )


def producer_of(settings: ProcessSettings, batch_bytes: int = 1_000_000) -> AIOKafkaProducer:
    """A producer: idempotent, acknowledged by all replicas, without delay of its own."""
    return AIOKafkaProducer(
        **client_settings(settings),
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        max_batch_size=batch_bytes,
        request_timeout_ms=20_000,
    )


async def let_go(producer: AIOKafkaProducer) -> None:
    """Close a producer with whatever it still holds.

    Its own `stop` would first wait for the broker to take it, for ever if need be; and whatever it sent after its
    successor would be out of order.
    """
    producer._closed = True
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            if producer._sender is not None:
                await producer._sender.close()
    with contextlib.suppress(Exception):
        await producer.client.close()
