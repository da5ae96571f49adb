"""A service's own login at the broker, whose password and rights a test gives and takes away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

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
    UserScramCredentialUpsertion,
)

from contracts.topics import PARTNERS
from deploy.embedded import state
from tests.integration.chassis.stage import Partner

READ: Final = AclOperation.READ
WRITE: Final = AclOperation.WRITE


class Login:
    """A user: its name, the password it will give, its rights. None of them is there before it is given."""

    def __init__(self, admin: AdminClient, user: str) -> None:
        self.user, self.password = user, state.password()
        self._admin = admin
        self._rights: list[AclBinding] = []

    @property
    def settings(self) -> dict[str, str]:
        """What the service is told."""
        return {"kafka_user": self.user, "kafka_password": self.password}

    def set_password(self, password: str | None = None) -> None:
        """The broker takes this password from now on, its own by default."""
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8192)
        change = UserScramCredentialUpsertion(self.user, info, (password or self.password).encode())
        self._admin.alter_user_scram_credentials([change])[self.user].result(timeout=30)

    def allow(self, operation: AclOperation, *topics: str) -> None:
        """It may do this with these topics."""
        self._give([self._right(ResourceType.TOPIC, topic, operation) for topic in topics])

    def allow_groups(self, *names: str) -> None:
        """It may use these consumer groups."""
        self._give([self._right(ResourceType.GROUP, name, READ) for name in names])

    def forbid(self, operation: AclOperation, topic: str) -> None:
        """It may not do this with a topic any more."""
        self._forbid(self._right(ResourceType.TOPIC, topic, operation))

    def forbid_group(self, name: str) -> None:
        """It may not use this consumer group any more."""
        self._forbid(self._right(ResourceType.GROUP, name, READ))

    def forbid_everything(self) -> None:
        """It has no right left."""
        self._take(self._rights)

    def _right(self, kind: ResourceType, name: str, operation: AclOperation) -> AclBinding:
        user = f"User:{self.user}"
        return AclBinding(kind, name, ResourcePatternType.LITERAL, user, "*", operation, AclPermissionType.ALLOW)

    def _give(self, rights: list[AclBinding]) -> None:
        self._rights += rights
        for given in self._admin.create_acls(rights).values():
            given.result(timeout=30)

    def _forbid(self, right: AclBinding) -> None:
        self._rights.remove(right)
        self._take([right])

    def _take(self, rights: list[AclBinding]) -> None:
        for taken in self._admin.delete_acls([_filter_of(right) for right in rights]).values():
            taken.result(timeout=30)


def _filter_of(right: AclBinding) -> AclBindingFilter:
    return AclBindingFilter(
        right.restype,
        right.name,
        right.resource_pattern_type,
        right.principal,
        right.host,
        right.operation,
        right.permission_type,
    )


@contextmanager
def a_login(admin: AdminClient, partner: Partner, out: str, *groups: str) -> Iterator[Login]:
    """A login with every right that the counting service needs, and these groups."""
    login = Login(admin, f"service-{partner.name}")
    login.set_password()
    login.allow(READ, PARTNERS.name, partner.inbound)
    login.allow(WRITE, partner.notices, out)
    login.allow_groups("offers.partners", *groups)
    try:
        yield login
    finally:
        login.forbid_everything()
