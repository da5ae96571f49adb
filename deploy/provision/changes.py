"""The single changes to a broker, each for many at once; every one is acknowledged, or raises what the broker says."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from confluent_kafka.cimpl import NewTopic

from deploy.embedded.failure import PlatformError
from deploy.provision.credentials import Credential
from deploy.provision.holdings import KeptTopic
from deploy.provision.plan import Change

SCRAM_ITERATIONS: Final = 8192
PATIENCE: Final = 60.0
# Far under what a controller takes in one request (10,000 records), with room for a topic's configuration.
TOPICS_AT_ONCE: Final = 500
RIGHTS_AT_ONCE: Final = 1000
USERS_AT_ONCE: Final = 25

T = TypeVar("T")


def create_topics(admin: AdminClient, wanted: Mapping[str, KeptTopic], replication: int) -> None:
    """Each topic on `replication` brokers."""
    made = [
        NewTopic(name, topic.partitions, replication_factor=replication, config=dict(topic.settings))
        for name, topic in wanted.items()
    ]
    for some in _chunks(made, TOPICS_AT_ONCE):
        _settle(admin.create_topics(some, request_timeout=PATIENCE))


def delete_topics(admin: AdminClient, names: Sequence[str]) -> None:
    """With all that they hold."""
    if names:
        _settle(admin.delete_topics(list(names), request_timeout=PATIENCE))


def set_topics(admin: AdminClient, changes: Mapping[str, Mapping[str, Change]]) -> None:
    """These settings of these topics; the others stay as they are."""
    resources = [
        ConfigResource(
            ResourceType.TOPIC,
            name,
            incremental_configs=[
                ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                for key, (_, value) in changed.items()
            ],
        )
        for name, changed in changes.items()
    ]
    for some in _chunks(resources, TOPICS_AT_ONCE):
        _settle(admin.incremental_alter_configs(some, request_timeout=PATIENCE))


def set_users(settings: Mapping[str, str | int], credentials: Iterable[Credential]) -> None:
    """Each one's SCRAM login, whatever it was."""
    info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, SCRAM_ITERATIONS)
    wanted: list[UserScramCredentialAlteration] = [
        UserScramCredentialUpsertion(credential.user, info, credential.password.encode()) for credential in credentials
    ]

    def upsert(some: list[UserScramCredentialAlteration]) -> None:
        # A client of its own: each derives the keys (20 ms a user) on its own thread.
        client = AdminClient(dict(settings))
        _settle(client.alter_user_scram_credentials(some, request_timeout=PATIENCE))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(upsert, _chunks(wanted, USERS_AT_ONCE)))


def delete_users(admin: AdminClient, users: Sequence[str]) -> None:
    """Nobody logs in as one of these users any more; a connection that is open stays open."""
    deletions: list[UserScramCredentialAlteration] = [
        UserScramCredentialDeletion(user, ScramMechanism.SCRAM_SHA_512) for user in users
    ]
    if deletions:
        _settle(admin.alter_user_scram_credentials(deletions, request_timeout=PATIENCE))


def grant(admin: AdminClient, missing: Iterable[AclBinding]) -> None:
    """Each of these rights."""
    for some in _chunks(list(missing), RIGHTS_AT_ONCE):
        _settle(admin.create_acls(some, request_timeout=PATIENCE))


def revoke(admin: AdminClient, unwanted: Iterable[AclBinding]) -> None:
    """Takes back each of these rights: the next request that needs one is refused, on an open connection too."""
    for some in _chunks(list(unwanted), RIGHTS_AT_ONCE):
        _settle(admin.delete_acls([_exactly(right) for right in some], request_timeout=PATIENCE))


def wait_until(holds: Callable[[], bool]) -> None:
    """Returns when it holds; the controller accepts a change, the broker enforces it a moment later."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            raise PlatformError("Kafka n'applique pas ce qui est demandé.", "Kafka does not do what was asked.")
        time.sleep(0.02)


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
