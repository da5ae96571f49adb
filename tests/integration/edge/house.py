"""A broker with partners who may come by HTTP, and edges that lead to it; no service answers there."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import httpx
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

from contracts.event import Envelope, Message, binary_headers
from contracts.notices import MessageAccepted
from contracts.tokens import Token, TokensIssued
from contracts.topics import EDGE, NOTICES, TOKENS, Role
from deploy.embedded import ports
from deploy.embedded.child import wait_until
from deploy.embedded.parts import Broker
from deploy.embedded.service import Commands, ServiceProcess, environment_of_edge
from deploy.provision.apply import apply
from deploy.provision.credentials import new_token
from deploy.provision.partners import Partner

PATIENCE_SECONDS: Final = 20.0
ROLES: Final = {
    "chrs-a": Role.STRUCTURE,
    "chrs-b": Role.STRUCTURE,
    "chrs-busy": Role.STRUCTURE,
    "chrs-waiting": Role.STRUCTURE,
    "chrs-rotating": Role.STRUCTURE,
    "chrs-leaving": Role.STRUCTURE,
    "ccas-a": Role.PRESCRIBER,
    "bailleur-a": Role.BAILLEUR,
    "prefecture-a": Role.PREFECTURE,
    "operateur-a": Role.OPERATOR,
    "membre-a": Role.MEMBER,
}
ONLY_KAFKA: Final = "chrs-kafka"


@dataclass
class House:
    """What tests ask of it: an edge's address, tokens, what is on a topic, what is said to a partner."""

    kafka: Broker
    directory: Path
    tokens: dict[str, str]
    password: str
    url: str = ""
    edge: ServiceProcess | None = None
    _producers: list[Producer] = field(default_factory=list)

    def caller(self, partner: str, **options: Any) -> httpx.Client:
        """A partner's client of the edge."""
        headers = {"authorization": f"Bearer {self.tokens[partner]}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False, **options)

    def stranger(self, token: str | None = None) -> httpx.Client:
        """A client with another token, or none."""
        headers = {} if token is None else {"authorization": f"Bearer {token}".strip()}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)

    def written(self, topic: str) -> list[Any]:
        """Every record of a topic of one partition, as the administrator reads it."""
        client = Consumer({**self.kafka.client_settings(), "group.id": "look", "log_level": 0})
        place = TopicPartition(topic, 0, OFFSET_BEGINNING)
        first, end = client.get_watermark_offsets(place, timeout=15)
        client.assign([place])
        found: list[Any] = []
        while len(found) < end - first:
            found += client.consume(end - first, 5)
        client.close()
        return found

    def write(self, topic: str, value: bytes | None, headers: Any = (), key: str | None = None) -> None:
        """Write a record as the administrator."""
        if not self._producers:
            self._producers.append(Producer({**self.kafka.client_settings(), "log_level": 0}))
        (producer,) = self._producers
        producer.produce(topic, value, key, headers=list(headers), partition=0)
        assert producer.flush(20) == 0

    def tell(self, partner: str, fact: Message, key: str | None = None, topic: str | None = None) -> str:
        """Say something to a partner as a service would; the fact's id."""
        kind: str = getattr(fact, "type")  # noqa: B009  (a class variable of each fact)
        identity = f"fact-{time.monotonic_ns()}"
        envelope = Envelope(identity, kind, "/siao/offers", datetime.now(UTC))
        self.write(topic or NOTICES.of(partner), fact.model_dump_json().encode(), binary_headers(envelope), key)
        return identity

    def accept(self, partner: str, message: str = "m") -> str:
        """The plainest notice."""
        return self.tell(partner, MessageAccepted(message_id=message, message_type="vacancy.published.v1"))

    def issue(self, partner: str, *tokens: tuple[str, datetime | None]) -> None:
        """These are a partner's tokens from now on; none: it has none any more."""
        if not tokens:
            self.write(TOKENS.name, None, (), partner)
            return
        live = tuple(Token(sha256=sha256(token.encode()).hexdigest(), expires_at=until) for token, until in tokens)
        self.tell(partner, TokensIssued(partner=partner, tokens=live), partner, TOKENS.name)

    def fresh_token(self, partner: str) -> str:
        """A token that is not in force yet."""
        return new_token(partner)

    def metrics(self) -> dict[str, float]:
        """What the edge tells Prometheus."""
        assert self.edge is not None
        lines = httpx.get(f"{self.edge.url}/metrics", trust_env=False).text.splitlines()
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


@contextmanager
def an_edge(kafka: Broker, directory: Path, password: str, settings: Mapping[str, str]) -> Iterator[ServiceProcess]:
    """An edge as a process, ready; its `port` is of its pages, the next one is the partners'."""
    port = ports.free_port(2)
    edge = ServiceProcess(EDGE, port, directory, Commands().service(EDGE))
    environment = environment_of_edge(kafka=kafka.bootstrap, port=port, edge_port=port + 1, log_level="INFO")
    login = {"SIAO_KAFKA_USER": EDGE, "SIAO_KAFKA_PASSWORD": password}
    try:
        edge.start({**environment, **login, **settings})
        wait_until("/ready", edge.is_ready, edge.child, 30)
        yield edge
    finally:
        edge.child.stop()


@contextmanager
def another_edge(house: House, **settings: str) -> Iterator[str]:
    """The address of an edge beside the house's own, just started, with settings of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="siao-edge-") as directory,
        an_edge(house.kafka, Path(directory), house.password, settings) as edge,
    ):
        yield f"http://{ports.HOST}:{edge.port + 1}"


@contextmanager
def a_house(kafka: Broker, directory: Path, settings: Mapping[str, str]) -> Iterator[House]:
    """A started broker is provisioned, and an edge leads to it."""
    partners = [Partner(id=name, role=role, siao="92", name=name, http=True) for name, role in ROLES.items()]
    partners.append(Partner(id=ONLY_KAFKA, role=Role.STRUCTURE, siao="92", name="No HTTP"))
    made = apply({**kafka.client_settings(), "log_level": 0}, partners, directory / "credentials.json").credentials
    tokens = {name: login.token for name, login in made.partners.items() if login.token is not None}
    password = made.services[EDGE].password
    with an_edge(kafka, directory, password, settings) as edge:
        yield House(kafka, directory, tokens, password, f"http://{ports.HOST}:{edge.port + 1}", edge)


def until(fact: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """What `fact` gives once it is something."""
    deadline = time.monotonic() + seconds
    while not (found := fact()):
        assert time.monotonic() < deadline, f"not in {seconds} s: {what}"
        time.sleep(0.02)
    return found


def a_vacancy(place: str = "A") -> bytes:
    """The body of a message."""
    return json.dumps({"structure_id": "S", "place_id": place, "available_on": "2026-11-24"}).encode()


def send(client: httpx.Client, body: bytes | Any = None, kind: str = "vacancy.published.v1", **headers: str) -> Any:
    """Send a message; `ce_id` is the header ce-id."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    content = a_vacancy() if body is None else body
    return client.post(f"/v1/messages/{kind}", content=content, headers={"content-type": "application/json", **named})
