"""Makes the broker as a list of partners says: register, topics, credentials, rights; never widens what is listed.

The order matters: a partner can send only once the register names it, so no service ever meets an unknown sender.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)
from confluent_kafka.cimpl import NewTopic

from contracts import topics
from contracts.partners import PartnerRegistered
from contracts.topics import Service, channels_of
from deploy.embedded.failure import PlatformError
from deploy.provision import credentials, register, rights
from deploy.provision import partners as partners_file
from deploy.provision.credentials import Credential, Credentials

SCRAM_ITERATIONS = 8192
PATIENCE = 60.0
# Far under what a controller takes in one request (10,000 records), with room for a topic's configuration.
TOPICS_AT_ONCE = 500
RIGHTS_AT_ONCE = 1000
USERS_AT_ONCE = 25

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed (counts), in how many seconds, and everyone's credentials."""

    registered: int
    topics: int
    users: int
    granted: int
    revoked: int
    seconds: float
    credentials: Credentials


def apply(
    settings: Mapping[str, str | int],
    partners: Sequence[PartnerRegistered],
    credentials_path: Path,
    replication: int = 1,
) -> Applied:
    """Provisions the core topics, the services and these partners; returns when the broker enforces it.

    `settings`: librdkafka settings of a super user. `replication`: on how many brokers each topic is kept. Partners
    that are not named keep what they have.
    Raises PlatformError for a wrong list, KafkaException when the broker refuses.
    """
    began = time.monotonic()
    partners_file.check(partners)
    admin = AdminClient(dict(settings))
    created = _create_topics(admin, _core_topics(replication))
    registered = register.publish(settings, partners)
    created += _create_topics(admin, _partner_topics(partners, replication))
    keys = credentials.complete(credentials_path, Service, (partner.id for partner in partners))
    users = _create_users(settings, keys)
    wanted = rights.bindings_of(partners)
    existing = _existing_rights(admin)
    revoked = _revoke(admin, rights.obsolete(existing, wanted, partners))
    granted = _grant(admin, wanted - existing)
    _wait_until(lambda: wanted <= _existing_rights(admin))
    return Applied(registered, created, users, granted, revoked, time.monotonic() - began, keys)


def _core_topics(replication: int) -> list[NewTopic]:
    return [
        NewTopic(topic.name, num_partitions=topic.partitions, replication_factor=replication, config=topic.config)
        for topic in topics.CORE
    ]


def _partner_topics(partners: Iterable[PartnerRegistered], replication: int) -> list[NewTopic]:
    # One partition: what a partner says is in order, whatever keys its software gives.
    return [
        NewTopic(channel.of(partner.id), num_partitions=1, replication_factor=replication, config=channel.config)
        for partner in partners
        for channel in channels_of(partner.role)
    ]


def _create_topics(admin: AdminClient, wanted: Sequence[NewTopic]) -> int:
    present = admin.list_topics(timeout=PATIENCE).topics
    missing = [topic for topic in wanted if topic.topic not in present]
    for some in _chunks(missing, TOPICS_AT_ONCE):
        _settle(admin.create_topics(some, request_timeout=PATIENCE))
    return len(missing)


def _create_users(settings: Mapping[str, str | int], keys: Credentials) -> int:
    """Everyone's SCRAM login, the administrator's too: it may have come by another mechanism. How many were not there.

    A partner's password is set once. Those of the SIAO itself are set each time: a secret that was lost or changed is
    mended by provisioning again.
    """
    administrator = Credential(str(settings["sasl.username"]), str(settings["sasl.password"]))
    own = {credential.user: credential for credential in (administrator, *keys.services.values())}
    admin = AdminClient(dict(settings))
    described = admin.describe_user_scram_credentials(request_timeout=PATIENCE)
    known = cast("Future[dict[str, object]]", described).result(PATIENCE)
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
    everyone = {**keys.everyone(), **own}
    wanted: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(user, info, credential.password.encode())
        for user, credential in everyone.items()
        if user in own or user not in known
    ]

    def upsert(some: list[UserScramCredentialAlteration]) -> None:
        # A client of its own: each derives the keys (20 ms a user) on its own thread.
        client = AdminClient(dict(settings))
        _settle(client.alter_user_scram_credentials(some, request_timeout=PATIENCE))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(upsert, _chunks(wanted, USERS_AT_ONCE)))
    return len(everyone.keys() - known.keys())


def _existing_rights(admin: AdminClient) -> rights.Bindings:
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


def _grant(admin: AdminClient, missing: Iterable[AclBinding]) -> int:
    granted = list(missing)
    for some in _chunks(granted, RIGHTS_AT_ONCE):
        _settle(admin.create_acls(some, request_timeout=PATIENCE))
    return len(granted)


def _revoke(admin: AdminClient, unwanted: Sequence[AclBinding]) -> int:
    for some in _chunks(unwanted, RIGHTS_AT_ONCE):
        _settle(admin.delete_acls([_exactly(right) for right in some], request_timeout=PATIENCE))
    return len(unwanted)


def _exactly(right: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        right.restype,
        right.name,
        right.resource_pattern_type,
        right.principal,
        right.host,
        right.operation,
        right.permission_type,
    )


def _settle(futures: Mapping[Any, "Future[Any]"]) -> None:
    for future in futures.values():
        future.result(PATIENCE)


def _chunks(items: Sequence[T], size: int) -> Iterator[list[T]]:
    for first in range(0, len(items), size):
        yield list(items[first : first + size])


def _wait_until(holds: Callable[[], bool]) -> None:
    # The controller has accepted; the broker enforces a moment later, and only then may a partner be told.
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise PlatformError("Kafka n'applique pas les droits demandés.", "Kafka does not enforce the rights.")
        time.sleep(0.02)
