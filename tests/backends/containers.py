"""Kafka and PostgreSQL in containers, through testcontainers; leaves nothing, not even of a run that was killed."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.embedded.parts import Broker, DatabaseServer
from deploy.images import engine, names
from deploy.images.names import Part
from tests.backends.contained import sweep
from tests.backends.kafka_container import KafkaContainer
from tests.backends.postgres_container import PostgresContainer


def unavailable() -> str | None:
    """Why tests cannot run on containers here, None when they can."""
    reason = engine.unavailable()
    if reason is not None:
        return f"no Docker engine answers: {reason}"
    wanted = [names.image(part) for part in (Part.KAFKA, Part.POSTGRES)]
    missing = [image for image in wanted if not engine.has(image)]
    return f"no image {', '.join(missing)} here (make images)" if missing else None


class Containers:
    """Where a Docker engine answers."""

    name = "containers"

    def __init__(self) -> None:
        self.kafka, self.postgres = names.image(Part.KAFKA), names.image(Part.POSTGRES)

    def description(self) -> str:
        """What the header of a test run says of it."""
        return f"containers ({self.kafka}, {self.postgres}, through testcontainers)"

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """What killed runs left is removed before, what we left after."""
        sweep(ours=False)
        try:
            yield
        finally:
            sweep(ours=True)

    @contextlib.contextmanager
    def broker(self) -> Iterator[Broker]:
        """A broker of one's own, not started."""
        with tempfile.TemporaryDirectory(prefix="siao-kafka-") as directory:
            broker = KafkaContainer(Path(directory), self.kafka)
            try:
                yield broker
            finally:
                broker.child.remove()

    @contextlib.contextmanager
    def database(self, *, durable: bool = False) -> Iterator[DatabaseServer]:
        """A server of one's own, not started."""
        with tempfile.TemporaryDirectory(prefix="siao-postgres-") as directory:
            server = PostgresContainer(Path(directory), self.postgres, durable=durable)
            try:
                yield server
            finally:
                server.child.remove()
