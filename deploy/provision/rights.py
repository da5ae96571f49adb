"""Who may do what on which topic and group, as Kafka's own bindings; whatever is not here is refused by the broker.

READ and WRITE carry DESCRIBE with them, and WRITE on any topic the right to an idempotent producer (Kafka >= 3.0):
neither is granted apart.
"""

from collections.abc import Iterable, Iterator

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from contracts.partners import PartnerRegistered
from contracts.topics import CORE, Service, channels_of, split_partner_topic

Bindings = frozenset[AclBinding]


def bindings_of(partners: Iterable[PartnerRegistered]) -> Bindings:
    """Every right of the four services and of these partners."""
    rights = set(_service_rights())
    for partner in partners:
        rights.update(_partner_rights(partner))
    return frozenset(rights)


def obsolete(
    existing: Iterable[AclBinding], wanted: Bindings, partners: Iterable[PartnerRegistered]
) -> list[AclBinding]:
    """The existing rights to take back: those of these partners and of the services that are not wanted any more.

    The rights on the topics of partners that are not named are left alone: the file may hold only some partners.
    """
    named = {partner.id for partner in partners}
    principals = {f"User:{name}" for name in (*named, *Service)}

    def ours(right: AclBinding) -> bool:
        owner = split_partner_topic(right.name) if right.restype == ResourceType.TOPIC else None
        return right.principal in principals and (owner is None or owner[0] in named)

    return [right for right in existing if right not in wanted and ours(right)]


def _service_rights() -> Iterator[AclBinding]:
    for topic in CORE:
        for reader in topic.readers:
            yield _on_topic(topic.name, reader, AclOperation.READ)
        for writer in topic.writers:
            yield _on_topic(topic.name, writer, AclOperation.WRITE)
    for service in Service:
        yield _on_groups(service, service)


def _partner_rights(partner: PartnerRegistered) -> Iterator[AclBinding]:
    # One literal right per topic for the services too: a pattern such as `partners.` would show `offers` the requests.
    for channel in channels_of(partner.role):
        topic = channel.of(partner.id)
        theirs, ours = AclOperation.WRITE, AclOperation.READ
        if not channel.inbound:
            theirs, ours = ours, theirs
        yield _on_topic(topic, partner.id, theirs)
        for service in channel.services:
            yield _on_topic(topic, service, ours)
    # The dot keeps `chrs-1` out of the groups of `chrs-10`.
    yield _on_groups(f"{partner.id}.", partner.id)


def _on_topic(topic: str, user: str, operation: AclOperation) -> AclBinding:
    return _allow(ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, user, operation)


def _on_groups(prefix: str, user: str) -> AclBinding:
    return _allow(ResourceType.GROUP, prefix, ResourcePatternType.PREFIXED, user, AclOperation.READ)


def _allow(
    kind: ResourceType, name: str, pattern: ResourcePatternType, user: str, operation: AclOperation
) -> AclBinding:
    return AclBinding(kind, str(name), pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW)
