"""What a broker holds of the SIAO now; refuses to guess: what cannot be asked is an error."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar, cast

from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from pydantic import ValidationError

from contracts.event import Fact
from contracts.partners import PartnerRegistered
from contracts.tokens import TokensIssued
from contracts.topics import CHANNELS, CORE, PARTNERS, TOKENS, split_partner_topic
from deploy.provision import compacted, wire
from deploy.provision.holdings import Holdings, KeptTopic
from deploy.provision.rights import Bindings

PATIENCE: Final = 60.0
CORE_TOPICS: Final = {topic.name: topic for topic in (*CORE, TOKENS)}

F = TypeVar("F", bound=Fact)


def read(settings: Mapping[str, str | int]) -> Holdings:
    """The SIAO's side of the broker; raises KafkaException or PlatformError when it does not say."""
    # First, and alone: who may not ask is told so here. confluent-kafka (2.16) crashes when it may not ask for logins.
    limits = wire.quotas(settings)
    admin = AdminClient(dict(settings))
    present = {name: len(topic.partitions) for name, topic in admin.list_topics(timeout=PATIENCE).topics.items()}
    asked = {name: keys for name in present if (keys := _settings_of(name)) is not None}
    with ThreadPoolExecutor() as pool:
        described = pool.submit(wire.topic_settings, settings, asked)
        said = pool.submit(compacted.current, settings, asked.keys() & {PARTNERS.name, TOKENS.name})
        users, bindings = existing_users(admin), existing_rights(admin)
    return Holdings(
        register=_facts(PartnerRegistered, said.result().get(PARTNERS.name, {})),
        topics={name: KeptTopic(present[name], kept) for name, kept in described.result().items()},
        users=users,
        rights=bindings,
        quotas=limits,
        tokens=_facts(TokensIssued, said.result().get(TOKENS.name, {})),
    )


def existing_rights(admin: AdminClient) -> Bindings:
    """Every right that the broker enforces."""
    # None means any; the library's own annotations forget it.
    any_text = cast(str, None)
    everything = AclBindingFilter(
        ResourceType.ANY,
        any_text,
        ResourcePatternType.ANY,
        any_text,
        any_text,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )
    return frozenset(admin.describe_acls(everything, request_timeout=PATIENCE).result(PATIENCE))


def existing_users(admin: AdminClient) -> frozenset[str]:
    """Every Kafka user that has a SCRAM login."""
    described = admin.describe_user_scram_credentials(request_timeout=PATIENCE)
    return frozenset(cast("Future[dict[str, object]]", described).result(PATIENCE))


def _settings_of(topic: str) -> list[str] | None:
    """The settings of a topic that are ours to say; None for a topic that is not the SIAO's."""
    if topic in CORE_TOPICS:
        return list(CORE_TOPICS[topic].config)
    partner = split_partner_topic(topic)
    return next((list(channel.config) for channel in CHANNELS if partner and channel.name == partner[1]), None)


def _facts(model: type[F], values: Mapping[str, bytes]) -> dict[str, F | None]:
    return {key: _fact(model, value) for key, value in values.items()}


def _fact(model: type[F], value: bytes) -> F | None:
    try:
        return model.model_validate_json(value)
    except ValidationError:
        return None
