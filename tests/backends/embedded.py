"""Kafka and PostgreSQL as child processes of the test run, on free ports, in folders of their own."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.embedded import ports
from deploy.embedded.kafka import PORTS, Kafka
from deploy.embedded.parts import Broker, DatabaseServer
from deploy.embedded.postgres import Postgres


class Embedded:
    """Works wherever the project is installed."""

    name = "embedded"

    def description(self) -> str:
        """What the header of a test run says of it."""
        return "embedded (Apache Kafka and PostgreSQL as child processes)"

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Each process ends with the context that started it: nothing to do around the run."""
        yield

    @contextlib.contextmanager
    def broker(self) -> Iterator[Broker]:
        """A broker of one's own, not started."""
        with tempfile.TemporaryDirectory(prefix="siao-kafka-") as directory:
            broker = Kafka(Path(directory), port=ports.free_port(PORTS))
            try:
                yield broker
            finally:
                broker.stop()

    @contextlib.contextmanager
    def database(self, *, durable: bool = False) -> Iterator[DatabaseServer]:
        """A server of one's own, not started."""
        with tempfile.TemporaryDirectory(prefix="siao-postgres-") as directory:
            server = Postgres(Path(directory), port=ports.free_port(), durable=durable)
            try:
                yield server
            finally:
                server.stop()
