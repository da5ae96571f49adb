"""What partners send to a running platform, with their own credentials, and what they are answered."""

import json
import time
from dataclasses import dataclass, field
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from contracts.topics import NOTICES
from deploy.embedded.platform import Platform
from tests.faults.bad_records import ACCEPTED, DUPLICATE, PRESCRIBER, STRUCTURE, Headers, Value

# A record by its place in the log: topic and offset; every partner's topic has one partition.
At = tuple[str, int]


@dataclass(frozen=True)
class Sent:
    """A record that the broker took: its kind, its id if it has a readable one, the answer it deserves."""

    kind: str
    identity: str | None
    answer: str
    at_ms: int
    good: bool


@dataclass
class Traffic:
    """What partners send, and what they are answered."""

    platform: Platform
    sent: dict[At, Sent] = field(default_factory=dict)
    rejected: dict[At, list[dict[str, Any]]] = field(default_factory=dict)
    accepted: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answered_ms: dict[str, int] = field(default_factory=dict)
    given: int = 0

    def __post_init__(self) -> None:
        self._producers: dict[tuple[str, str], Producer] = {}
        self._listeners = {name: self._listener(name) for name in (STRUCTURE, PRESCRIBER)}

    def login(self, partner: str) -> dict[str, Any]:
        """A partner's own librdkafka settings."""
        login = self.platform.credentials.partners[partner]
        return {**self.platform.kafka.client_settings(login.user, login.password), "log_level": 0}

    def _listener(self, partner: str) -> Consumer:
        client = Consumer({**self.login(partner), "group.id": f"{partner}.test", "enable.auto.commit": False})
        client.assign([TopicPartition(NOTICES.of(partner), 0, OFFSET_BEGINNING)])
        return client

    def send(
        self, partner: str, topic: str, value: Value, headers: Headers, kind: str, answer: str, codec: str = "none"
    ) -> None:
        """Give a record to the broker, in a batch compressed so."""
        if (partner, codec) not in self._producers:
            settings = {**self.login(partner), "compression.type": codec, "linger.ms": 5}
            self._producers[partner, codec] = Producer(settings)
        identity = dict(headers).get("ce_id")

        def delivered(error: Any, record: Any) -> None:
            assert error is None, f"{kind}: {error}"
            named = identity if isinstance(identity, str) else None
            good = answer in (ACCEPTED, DUPLICATE)
            self.sent[topic, record.offset()] = Sent(kind, named, answer, record.timestamp()[1], good)

        self.given += 1
        producer = self._producers[partner, codec]
        producer.produce(topic, value, None, headers=headers, partition=0, on_delivery=delivered)
        producer.poll(0)

    def flush(self) -> None:
        """Returns when the broker has everything."""
        for producer in self._producers.values():
            assert producer.flush(30) == 0

    def listen(self, seconds: float) -> None:
        """Read answers for a while."""
        for listener in self._listeners.values():
            records: list[Any] = listener.consume(2_000, seconds / len(self._listeners))
            for record in records:
                assert record.error() is None
                self._hear(dict(record.headers())["ce_type"].decode(), record)

    def _hear(self, kind: str, record: Any) -> None:
        said = json.loads(record.value())
        if kind == "message.rejected.v1":
            self.rejected.setdefault((said["topic"], said["offset"]), []).append(said)
        elif kind == "message.accepted.v1":
            self.accepted.setdefault(said["message_id"], []).append(said)
            self.answered_ms.setdefault(said["message_id"], record.timestamp()[1])

    @property
    def answers(self) -> int:
        """How many answers were heard."""
        return sum(map(len, self.rejected.values())) + sum(map(len, self.accepted.values()))

    def until_few_wait(self, few: int, seconds: float = 60) -> None:
        """Returns when no more than a few records wait for their answer."""
        deadline = time.monotonic() + seconds
        self.listen(0.04)
        while self.given - self.answers > few:
            assert time.monotonic() < deadline, f"{self.answers} answers to {self.given} records"
            self.listen(0.04)

    def until_answered(self, seconds: float = 30) -> None:
        """Returns when as many answers came as records were sent."""
        deadline = time.monotonic() + seconds
        while self.answers < len(self.sent):
            assert time.monotonic() < deadline, f"{self.answers} answers to {len(self.sent)} records"
            self.listen(0.2)

    def close(self) -> None:
        """Leave the broker."""
        for listener in self._listeners.values():
            listener.close()
