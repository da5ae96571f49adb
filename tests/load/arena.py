"""A broker and a database server for one benchmark run, on loopback and free ports; nothing of them stays."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from contracts.topics import PARTNERS
from deploy.embedded.kafka import Kafka
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Postgres
from tests.load.place import PARTITIONS, Place
from tests.load.workload import Workload, preload

# The broker stamps the answers: the clock of a run is not the contender's, nor the driver's.
STAMPED = {"message.timestamp.type": "LogAppendTime"}


class Arena:
    """Gives each run a new database, a new consumer group and a new target topic."""

    def __init__(self, kafka: Kafka, postgres: Postgres, logs: Path) -> None:
        self.kafka, self.postgres, self.logs = kafka, postgres, logs
        self.admin = AdminClient({**kafka.client_settings(), "log_level": 0})
        self.sources: dict[Workload, str] = {}
        # Every service reads the register of partners before it starts.
        self.topic(PARTNERS.name, PARTNERS.config, PARTNERS.partitions)

    def place(self, name: str, source: str | None = None) -> Place:
        """A place for one run of the contender `name`, from `source` or from a new empty topic."""
        run = f"{name}-{uuid.uuid4().hex[:8]}"
        database = run.replace("-", "_")
        self.postgres.sql(f"create database {database}")
        # No run pays for the pages that the one before it left dirty.
        self.postgres.sql("checkpoint")
        return Place(
            bootstrap=self.kafka.bootstrap,
            user=self.kafka.admin_user,
            password=self.kafka.admin_password,
            dsn=self.postgres.dsn(database).replace("postgresql+asyncpg", "postgresql"),
            source=source or self.topic(f"{run}.source"),
            target=self.topic(f"{run}.target", STAMPED),
            group=run,
        )

    def topic(self, name: str, config: dict[str, str] | None = None, partitions: int = PARTITIONS) -> str:
        """Creates a topic and returns its name."""
        made = self.admin.create_topics([NewTopic(name, partitions, 1, config=config or {})])
        made[name].result(timeout=30)
        return name

    def preloaded(self, workload: Workload) -> str:
        """The topic that holds this workload: written the first time, read again by each run."""
        if workload not in self.sources:
            topic = self.topic(f"preloaded-{uuid.uuid4().hex[:8]}.source")
            preload(self.place("preload", topic), workload)
            self.sources[workload] = topic
        return self.sources[workload]

    def clear(self, place: Place) -> None:
        """Drops the run's database and answers."""
        self.postgres.sql(f"drop database {place.dsn.rsplit('/', 1)[1]} with (force)")
        self.admin.delete_topics([place.target])[place.target].result(timeout=30)


@contextmanager
def arena(logs: Path) -> Iterator[Arena]:
    """Starts both servers, stops them at the end; raises PlatformError when one does not start."""
    logs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="siao-load-") as folder:
        kafka = Kafka(Path(folder, "kafka"), port=free_port(3))
        postgres = Postgres(Path(folder, "postgres"), port=free_port())
        try:
            kafka.start()
            postgres.start()
            yield Arena(kafka, postgres, logs)
        finally:
            kafka.stop()
            postgres.stop()
