"""How the kit speaks to Kafka: SCRAM-SHA-512 always, TLS unless on this machine; says plainly what went wrong."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupAuthorizationFailedError, KafkaError, TopicAuthorizationFailedError

from contracts.kit.failure import NotAllowed, NotConnected
from contracts.kit.settings import Settings

Client = TypeVar("Client", AIOKafkaProducer, AIOKafkaConsumer, AIOKafkaAdminClient)

REQUEST_MS: Final = 20_000


def client_settings(settings: Settings) -> dict[str, Any]:
    """Settings for any aiokafka client. Raises NotConnected when the authority's file cannot be used."""
    return {
        "bootstrap_servers": settings.address,
        "security_protocol": "SASL_SSL" if settings.encrypted else "SASL_PLAINTEXT",
        "ssl_context": authority(settings),
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": settings.login,
        "sasl_plain_password": settings.password.get_secret_value(),
        "client_id": settings.partner,
        "request_timeout_ms": REQUEST_MS,
    }


def authority(settings: Settings) -> ssl.SSLContext | None:
    """Whom we trust: the authority of the settings, else those of this machine; the host's name is checked."""
    if not settings.encrypted:
        return None
    try:
        return ssl.create_default_context(cafile=settings.ca)
    except (OSError, ssl.SSLError):
        raise NotConnected(
            f"L'autorité {settings.ca} ne se lit pas : demandez son fichier PEM à l'opérateur du SIAO.",
            f"The authority {settings.ca} cannot be read: ask the SIAO's operator for its PEM file.",
        ) from None


@asynccontextmanager
async def started(client: Client) -> AsyncIterator[Client]:
    """The client, connected; stopped afterwards. Raises NotConnected, or NotAllowed while it is used."""
    try:
        try:
            await client.start()
        except TopicAuthorizationFailedError:
            raise
        except KafkaError as error:
            raise not_connected(error) from None
        yield client
    except (TopicAuthorizationFailedError, GroupAuthorizationFailedError) as error:
        raise not_allowed(error) from None
    finally:
        await (client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop())


async def errors_of(settings: Settings, topics: list[str]) -> dict[str, int]:
    """What Kafka says of each topic to us: 0, or its error code (29: not ours, 3: it does not exist)."""
    async with started(AIOKafkaAdminClient(**client_settings(settings))) as admin:
        return {found["topic"]: int(found["error_code"]) for found in await admin.describe_topics(topics)}


async def require(settings: Settings, topic: str) -> None:
    """Raises NotAllowed when we may not see the topic: the client library asks again and again without a word."""
    if (await errors_of(settings, [topic]))[topic]:
        raise not_allowed(TopicAuthorizationFailedError(topic))


def not_connected(error: KafkaError) -> NotConnected:
    """No connection, with the way to find out why: a wrong password and a wrong address look alike here."""
    kind = type(error).__name__
    return NotConnected(
        f"Pas de connexion au SIAO ({kind}). La commande « siao-partner doctor » dit pourquoi.",
        f"No connection to the SIAO ({kind}). The command 'siao-partner doctor' says why.",
    )


def not_allowed(error: KafkaError) -> NotAllowed:
    """A topic or group that is not ours."""
    subject = error.args[0] if error.args else ""
    names = subject if isinstance(subject, str) else ", ".join(sorted(subject))
    return NotAllowed(
        f"Vous n'avez pas accès à {names} : ce topic ou ce groupe n'est pas celui d'un partenaire de votre rôle.",
        f"You have no access to {names}: it does not belong to a partner of your role.",
    )
