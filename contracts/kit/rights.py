"""May we do what is ours, and nothing else? Asked of Kafka itself; nothing is written on any topic."""

from collections.abc import AsyncIterator
from typing import Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import GroupAuthorizationFailedError, MessageSizeTooLargeError, TopicAuthorizationFailedError

from contracts.kit.connection import client_settings, errors_of, started
from contracts.kit.failure import NotAllowed
from contracts.kit.findings import Finding, ill, well
from contracts.kit.settings import Settings
from contracts.topics import CHANNELS, CORE, NOTICES, PARTNER_MESSAGE_BYTES, TOKENS, Channel, Role, channels_of

# Kafka refuses a record larger than a partner's topic takes, but only of those who may write there.
TOO_LARGE: Final = b" " * (2 * PARTNER_MESSAGE_BYTES)
ASK_OPERATOR_FR: Final = "Demandez à l'opérateur du SIAO de vérifier votre inscription et vos droits."
ASK_OPERATOR_EN: Final = "Ask the SIAO's operator to check your registration and your rights."


async def own_channels(settings: Settings) -> list[Channel]:
    """The channels whose topics of ours we may see."""
    seen = await errors_of(settings, [channel.of(settings.partner) for channel in CHANNELS])
    return [channel for channel in CHANNELS if not seen[channel.of(settings.partner)]]


async def rights(settings: Settings, own: list[Channel]) -> AsyncIterator[Finding]:
    """Roles, writing, groups, and what must be refused."""
    yield _role(settings, own)
    if inbound := [channel for channel in own if channel.inbound]:
        yield await _writing(settings, inbound)
    yield await _group(settings)
    yield await _others(settings)


def _role(settings: Settings, own: list[Channel]) -> Finding:
    roles = [role.value for role in Role if channels_of(role) == tuple(own)]
    names = ", ".join(channel.name for channel in own) or "aucun / none"
    if not roles:
        return ill(
            "Topics",
            f"vos topics partners.{settings.partner}.* ({names}) ne sont ceux d'aucun rôle",
            "your topics are those of no role",
            remedy_fr=f"Vérifiez « partner » : ce doit être votre identifiant. {ASK_OPERATOR_FR}",
            remedy_en=f"Check 'partner': it must be your id. {ASK_OPERATOR_EN}",
        )
    return well("Topics", f"{names} (rôle : {' ou '.join(roles)})", "yours, as your role has them")


async def _writing(settings: Settings, inbound: list[Channel]) -> Finding:
    producer = AIOKafkaProducer(**client_settings(settings), acks="all")
    refused = []
    async with started(producer):
        for channel in inbound:
            try:
                await producer.send_and_wait(channel.of(settings.partner), TOO_LARGE)
            except MessageSizeTooLargeError:
                continue
            except TopicAuthorizationFailedError:
                refused.append(channel.name)
    names = ", ".join(channel.name for channel in inbound)
    if refused:
        return ill(
            "Écriture",
            f"refusée sur {', '.join(refused)}",
            f"refused on {', '.join(refused)}",
            remedy_fr=ASK_OPERATOR_FR,
            remedy_en=ASK_OPERATOR_EN,
        )
    return well("Écriture", f"permise sur {names}", "allowed")


async def _group(settings: Settings) -> Finding:
    group = f"{settings.partner}.doctor"
    consumer = AIOKafkaConsumer(**client_settings(settings), group_id=group, enable_auto_commit=False)
    place = TopicPartition(NOTICES.of(settings.partner), 0)
    try:
        async with started(consumer):
            consumer.assign([place])
            await consumer.committed(place)
    except (NotAllowed, GroupAuthorizationFailedError):
        return ill(
            "Groupes",
            f"le groupe {group} est refusé",
            f"the group {group} is refused",
            remedy_fr=ASK_OPERATOR_FR,
            remedy_en=ASK_OPERATOR_EN,
        )
    return well("Groupes", f"{settings.partner}.* est à vous", "yours")


async def _others(settings: Settings) -> Finding:
    neighbour = f"{settings.partner}-x"
    foreign = [channel.of(neighbour) for channel in CHANNELS] + [topic.name for topic in (*CORE, TOKENS)]
    # Kafka says "not yours" also of a topic that does not exist: any other word means that we may see it.
    opened = [name for name, error in (await errors_of(settings, foreign)).items() if error != NOT_OURS]
    if opened:
        return ill(
            "Cloison",
            f"vous voyez ce qui n'est pas à vous : {', '.join(opened)}",
            "you see what is not yours",
            remedy_fr="Vos droits sont trop larges : prévenez l'opérateur du SIAO sans attendre.",
            remedy_en="Your rights are too wide: tell the SIAO's operator at once.",
        )
    return well(
        "Cloison", "ni les autres partenaires ni le cœur du SIAO ne vous sont ouverts", "others are closed to you"
    )


NOT_OURS: Final = TopicAuthorizationFailedError.errno
