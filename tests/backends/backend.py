"""What tests run on: brokers and databases, each started by whoever asked for it and gone when its context ends."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from contracts.partners import PartnerRegistered
from deploy.embedded import ports
from deploy.embedded.parts import Broker, DatabaseServer
from deploy.embedded.platform import SERVICES_PORTS, Addresses, Platform
from deploy.embedded.service import Clock


class Backend(Protocol):
    """Where Apache Kafka and PostgreSQL of the tests come from."""

    name: str

    def description(self) -> str:
        """What the header of a test run says of it."""

    def session(self) -> AbstractContextManager[None]:
        """Around the whole run: what was left by others before, and by us after, is removed."""

    def broker(self) -> AbstractContextManager[Broker]:
        """A broker of one's own, not started; stopped and gone with all that it held at the end."""

    def database(self, *, durable: bool = False) -> AbstractContextManager[DatabaseServer]:
        """A server of one's own, not started. durable: False spares the disk; a killed server loses nothing even so."""


@contextmanager
def platform_on(
    backend: Backend,
    directory: Path,
    partners: Sequence[PartnerRegistered],
    otlp: str | None = None,
    clock: Clock | None = None,
    edge: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Platform]:
    """The whole platform, ready: broker and database of this backend, the services and the edge as processes.

    otlp: where they send their spans; clock: the time they live in, the real one by default; edge: settings of the
    edge's own.
    """
    with backend.broker() as kafka, backend.database(durable=True) as postgres:
        addresses = Addresses(services=ports.free_port(SERVICES_PORTS))
        platform = Platform(
            directory,
            partners=partners,
            addresses=addresses,
            kafka=kafka,
            postgres=postgres,
            otlp=otlp,
            clock=clock,
            edge=edge,
        )
        try:
            platform.start()
            yield platform
        finally:
            platform.stop()
