"""An operator at the command line, with their own broker; and partners' clients that say at once what is refused."""

import json
from pathlib import Path

import pytest
import yaml
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from deploy.embedded.parts import Broker
from deploy.provision import credentials
from deploy.provision.__main__ import main
from deploy.provision.credentials import Credential, Credentials

PATIENCE = 30.0


class Desk:
    """The commands of `deploy.provision` on one broker, from a directory with a file of partners and of credentials."""

    def __init__(self, broker: Broker, directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.broker, self._directory, self._capsys = broker, directory, capsys
        self.file = directory / "partners.yaml"
        self.admin = AdminClient(dict(broker.client_settings()))
        administrator = {"kafka": broker.bootstrap, "user": broker.admin_user, "password": broker.admin_password}
        (directory / "administrator.json").write_text(json.dumps(administrator))

    @property
    def keys(self) -> Credentials:
        """The file of credentials, as it is now."""
        return credentials.read(self._directory / "credentials.json")

    def write(self, *partners: dict[str, object]) -> None:
        """The file of partners: `{"id": ..., "role": ...}`, with what else differs."""
        entries = [{"siao": "92", "name": str(partner["id"]), **partner} for partner in partners]
        self.file.write_text(yaml.safe_dump({"partners": entries}))

    def says(self, *arguments: object) -> str:
        """What a command prints; it must end well."""
        status, said, wrong = self.ends(*arguments)
        assert (status, wrong) == (0, "")
        return said

    def ends(self, *arguments: object) -> tuple[int, str, str]:
        """A command's exit status, output and errors."""
        self._capsys.readouterr()
        status = main([str(argument) for argument in (*arguments, "--state", self._directory)])
        said = self._capsys.readouterr()
        return status, said.out, said.err

    def apply(self, *options: str) -> str:
        """Apply the file."""
        return self.says("apply", self.file, *options)

    def plan(self) -> str:
        """The plan of the file."""
        return self.says("plan", self.file)

    def partner(self, credential: Credential) -> dict[str, str | int]:
        """librdkafka settings of a partner's software."""
        return self.broker.client_settings(credential.user, credential.password)

    def topics(self) -> set[str]:
        """The names of all topics."""
        return set(self.admin.list_topics(timeout=PATIENCE).topics)

    def records(self, topic: str, key: str) -> list[Message]:
        """What a topic of one partition has held under a key, oldest first."""
        consumer = Consumer({**self.broker.client_settings(), "group.id": "admin.test"})
        partition = TopicPartition(topic, 0, 0)
        _, end = consumer.get_watermark_offsets(partition, timeout=PATIENCE)
        consumer.assign([partition])
        found = consumer.consume(end, timeout=PATIENCE) if end else []
        consumer.close()
        return [record for record in found if record.key() == key.encode()]


class Writer:
    """A producer with an open connection."""

    def __init__(self, settings: dict[str, str | int]) -> None:
        self._producer = Producer({**settings, "linger.ms": 0})

    def write(self, topic: str, value: bytes = b"{}") -> KafkaError | None:
        """Writes one record; what the broker says of it, None for a receipt."""
        said: list[KafkaError | None] = []
        self._producer.produce(topic, value=value, on_delivery=lambda error, _: said.append(error))
        assert self._producer.flush(PATIENCE) == 0
        return said[0]


def refusal_of(writer: Writer, topic: str) -> int | None:
    """The code of the refusal of one record; None when it was taken."""
    error = writer.write(topic)
    return None if error is None else error.code()
