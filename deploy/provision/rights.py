"""Who may do what on which topic and group, as Kafka's own bindings; whatever is not here is refused by the broker.

READ and WRITE carry DESCRIBE with them, and WRITE on any topic the right to an idempotent producer (Kafka >= 3.0):
neither is granted apart.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from contracts.topics import CORE, EDGE, EDGE_READS, Service, channels_of, split_partner_topic
from deploy.provision.credentials import OWN_USERS, users_of
from deploy.provision.partners import Partner

Bindings = frozenset[AclBinding]


class Words(NamedTuple):
    """A right, to be written down: Kafka's user, its operation ("READ"), on what, and if only the name's start."""

    user: str
    operation: str
    kind: str
    name: str
    prefixed: bool


def words_of(right: AclBinding) -> Words:
    """What a right says."""
    return Words(
        right.principal.removeprefix("User:"),
        AclOperation(right.operation).name,
        ResourceType(right.restype).name.lower(),
        right.name,
        ResourcePatternType(right.resource_pattern_type) is ResourcePatternType.PREFIXED,
    )


def bindings_of(partners: Iterable[Partner], users: Mapping[str, Sequence[str]]) -> Bindings:
    """Every right of the services, of the edge and of these partners; `users`: each partner's one or two."""
    rights = set(_own_rights())
    for partner in partners:
        rights.update(_partner_rights(partner, users[partner.id]))
    return frozenset(rights)


def obsolete(existing: Iterable[AclBinding], wanted: Bindings, named: Collection[str]) -> list[AclBinding]:
    """The existing rights to take back: those of these partners and of the SIAO that are not wanted any more.

    The rights on the topics of partners that are not named are left alone: the file may hold only some partners.
    """
    principals = {f"User:{user}" for user in (*OWN_USERS, *(user for name in named for user in users_of(name)))}

    def ours(right: AclBinding) -> bool:
        owner = split_partner_topic(right.name) if right.restype == ResourceType.TOPIC else None
        return right.principal in principals and (owner is None or owner[0] in named)

    return [right for right in existing if right not in wanted and ours(right)]


def of_removed(existing: Iterable[AclBinding], partner: str, topics: Collection[str]) -> list[AclBinding]:
    """The rights that go with a partner: its own, the edge's in its name, and any on these topics."""
    theirs = {f"User:{user}" for user in users_of(partner)}

    def goes(right: AclBinding) -> bool:
        owner = split_partner_topic(right.name) if right.restype == ResourceType.TOPIC else None
        in_its_name = owner is not None and owner[0] == partner and right.principal == f"User:{EDGE}"
        return right.principal in theirs or in_its_name or right.name in topics

    return [right for right in existing if goes(right)]


def handed_to(existing: Iterable[AclBinding], user: str, heir: str) -> list[AclBinding]:
    """The rights of `user` again, for `heir`."""
    return [
        AclBinding(
            right.restype,
            right.name,
            right.resource_pattern_type,
            f"User:{heir}",
            right.host,
            right.operation,
            right.permission_type,
        )
        for right in existing
        if right.principal == f"User:{user}"
    ]


def _own_rights() -> Iterator[AclBinding]:
    for topic in CORE:
        for reader in topic.readers:
            yield _on_topic(topic.name, reader, AclOperation.READ)
        for writer in topic.writers:
            yield _on_topic(topic.name, writer, AclOperation.WRITE)
    for service in Service:
        yield _on_groups(service, service)
    # No group, no pattern: the edge remembers no position, and reaches partners one topic at a time.
    for topic in EDGE_READS:
        yield _on_topic(topic.name, EDGE, AclOperation.READ)


def _partner_rights(partner: Partner, users: Sequence[str]) -> Iterator[AclBinding]:
    # One literal right per topic for the services too: a pattern such as `partners.` would show `offers` the requests.
    for channel in channels_of(partner.role):
        topic = channel.of(partner.id)
        theirs, ours = AclOperation.WRITE, AclOperation.READ
        if not channel.inbound:
            theirs, ours = ours, theirs
        for user in (*users, EDGE) if partner.http else users:
            yield _on_topic(topic, user, theirs)
        for service in channel.services:
            yield _on_topic(topic, service, ours)
    # The dot keeps `chrs-1` out of the groups of `chrs-10`.
    for user in users:
        yield _on_groups(f"{partner.id}.", user)


def _on_topic(topic: str, user: str, operation: AclOperation) -> AclBinding:
    return _allow(ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, user, operation)


def _on_groups(prefix: str, user: str) -> AclBinding:
    return _allow(ResourceType.GROUP, prefix, ResourcePatternType.PREFIXED, user, AclOperation.READ)


def _allow(
    kind: ResourceType, name: str, pattern: ResourcePatternType, user: str, operation: AclOperation
) -> AclBinding:
    return AclBinding(kind, str(name), pattern, f"User:{user}", "*", operation, AclPermissionType.ALLOW)
