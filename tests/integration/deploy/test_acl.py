"""Every principal x every topic x {read, write, describe}, and every group, on a real broker: no more and no less.

What is expected is written here from the architecture's sentences, not taken from the contracts or from provisioning.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass

import pytest
from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    ResourcePatternType,
    ResourceType,
)
from confluent_kafka.cimpl import NewTopic

from contracts.topics import Role
from deploy.embedded.parts import Broker
from deploy.provision import credentials, rotation
from deploy.provision.apply import apply
from deploy.provision.credentials import Credentials
from deploy.provision.partners import Partner
from tests.backends.backend import Backend

# `chrs-1` and `chrs-10`: one name begins the other.
PARTNERS = {
    "chrs-1": "structure",
    "chrs-10": "structure",
    "mairie": "prescriber",
    "mairie-annexe": "prescriber",
    "bailleur-a": "bailleur",
    "bailleur-b": "bailleur",
    "action-logement": "reservataire",
    "prefecture": "prefecture",
    "departement": "collectivite",
    "siao-92": "operator",
    "federation": "member",
}
SERVICES = ("offers", "intake", "orientation", "reporting")
# Who may come by HTTP too: the edge acts in their names, and in no other's.
HTTP = {"chrs-10", "mairie", "bailleur-a", "siao-92"}
# Their credentials are being replaced: a second user beside the first, which may do the same. One has a token too.
SECOND = {"chrs-1.b": "chrs-1", "bailleur-a.b": "bailleur-a"}

# "structures -> partners.<id>.vacancies -> offers", and so on down the architecture's table of message families.
INBOUND = {
    "vacancies": ("offers", {"structure"}),
    "requests": ("intake", {"structure", "prescriber", "prefecture", "collectivite"}),
    "answers": ("orientation", {"structure", "bailleur", "reservataire", "prefecture", "collectivite", "member"}),
    "decisions": ("orientation", {"operator", "prefecture"}),
}
# "receipts" from offers, intake and orientation to everyone; the list of names from intake; figures from reporting.
OUTBOUND = {
    "notices": ({"offers", "intake", "orientation"}, set(PARTNERS.values())),
    "ready-households": ({"intake"}, {"bailleur", "reservataire", "prefecture"}),
    "indicators": (
        {"reporting"},
        {"prefecture", "operator", "collectivite", "member", "bailleur", "reservataire"},
    ),
}
# topic -> (who writes, who reads)
CORE = {
    "siao.partners": (set(), {"offers", "intake", "orientation", "reporting", "edge"}),
    "siao.tokens": (set(), {"edge"}),
    "siao.offers": ({"offers"}, {"orientation", "reporting"}),
    "siao.households": ({"intake"}, {"orientation", "reporting"}),
    "siao.answers": ({"orientation"}, {"orientation", "intake", "offers"}),
    "siao.designations": ({"orientation"}, {"offers", "intake", "reporting"}),
}
GROUPS = (
    *SERVICES,
    *(f"{service}.rebuild" for service in SERVICES),
    *(f"{partner}.software" for partner in PARTNERS),
    # Without its dot a partner's name is not its group; the edge has none.
    *PARTNERS,
    "edge",
    "edge.tail",
    *(f"{user}.software" for user in SECOND),
    "anything",
)

Deed = tuple[str, str]
Settings = dict[str, str | int | float | bool]


def topic_names() -> set[str]:
    """Every topic that exists."""
    names = set(CORE)
    for partner, role in PARTNERS.items():
        names |= {f"partners.{partner}.{channel}" for channel, (_, roles) in INBOUND.items() if role in roles}
        names |= {f"partners.{partner}.{channel}" for channel, (_, roles) in OUTBOUND.items() if role in roles}
    return names


def expected_of(principal: str) -> set[Deed]:
    """What this principal may do: ("write" or "read", topic), ("group", group)."""
    deeds: set[Deed] = set()
    # A second user is its partner; the edge is each partner that comes by HTTP.
    acts_for = HTTP if principal == "edge" else {SECOND.get(principal, principal)}
    for topic, (writers, readers) in CORE.items():
        deeds |= {("write", topic)} if principal in writers else set()
        deeds |= {("read", topic)} if principal in readers else set()
    for partner, role in PARTNERS.items():
        for channel, (service, roles) in INBOUND.items():
            if role in roles:
                deeds |= {("write", f"partners.{partner}.{channel}")} if partner in acts_for else set()
                deeds |= {("read", f"partners.{partner}.{channel}")} if principal == service else set()
        for channel, (services, roles) in OUTBOUND.items():
            if role in roles:
                deeds |= {("read", f"partners.{partner}.{channel}")} if partner in acts_for else set()
                deeds |= {("write", f"partners.{partner}.{channel}")} if principal in services else set()
    mine = principal if principal in SERVICES else f"{SECOND.get(principal, principal)}."
    deeds |= {("group", group) for group in GROUPS if group.startswith(mine) and principal != "edge"}
    # Whoever may read or write a topic may see that it exists; nobody else.
    return deeds | {("describe", name) for deed, name in deeds if deed in ("read", "write")}


@dataclass(frozen=True)
class Provisioned:
    """A broker of this module's own, provisioned."""

    kafka: Broker
    keys: Credentials

    def settings(self, principal: str) -> Settings:
        credential = self.keys.everyone()[principal]
        return {**self.kafka.client_settings(credential.user, credential.password), "log_level": 0}


@pytest.fixture(scope="module")
def provisioned(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provisioned]:
    with backend.broker() as kafka:
        kafka.start()
        partners = [
            Partner(id=partner, role=Role(role), siao="92", name=partner, http=partner in HTTP)
            for partner, role in PARTNERS.items()
        ]
        path = tmp_path_factory.mktemp("acl") / "credentials.json"
        apply(kafka.client_settings(), partners, path)
        rotation.begin(kafka.client_settings(), list(SECOND.values()), path)
        _leave_a_record_everywhere(kafka)
        yield Provisioned(kafka, credentials.read(path))


def _leave_a_record_everywhere(kafka: Broker) -> None:
    producer = Producer({**kafka.client_settings(), "log_level": 0})
    for topic in topic_names():
        producer.produce(topic, key="probe", value=b"probe", partition=0)
    assert producer.flush(30) == 0


def test_the_broker_has_these_topics_and_no_other(provisioned: Provisioned) -> None:
    admin = AdminClient({**provisioned.kafka.client_settings(), "log_level": 0})
    assert {name for name in admin.list_topics(timeout=30).topics if not name.startswith("__")} == topic_names()


@pytest.mark.parametrize("principal", [*SERVICES, "edge", *PARTNERS, *SECOND])
def test_a_principal_can_do_what_it_must_and_nothing_else(provisioned: Provisioned, principal: str) -> None:
    settings = provisioned.settings(principal)
    done = described(settings) | written(settings, principal) | read(settings) | joined(settings, principal)
    expected = expected_of(principal)
    assert (sorted(done - expected), sorted(expected - done)) == ([], []), "(unexpected allow, unexpected deny)"


def described(settings: Settings) -> set[Deed]:
    """The topics that the broker shows to this client."""
    seen = AdminClient(settings).list_topics(timeout=30).topics
    return {("describe", name) for name, topic in seen.items() if topic.error is None}


def written(settings: Settings, principal: str) -> set[Deed]:
    """The topics that take a record. Who may write somewhere may do so idempotently, with no right apart."""
    outcome: dict[str | None, KafkaError | None] = {}
    idempotent = any(deed == "write" for deed, _ in expected_of(principal))
    producer = Producer({**settings, "enable.idempotence": idempotent, "message.timeout.ms": 30_000})
    for topic in topic_names():
        producer.produce(
            topic,
            key="probe",
            value=b"probe",
            partition=0,
            on_delivery=lambda error, message: outcome.__setitem__(message.topic(), error),
        )
    assert producer.flush(60) == 0
    refusals = {error.code() for error in outcome.values() if error is not None}
    assert refusals == {KafkaError.TOPIC_AUTHORIZATION_FAILED}
    return {("write", topic) for topic, error in outcome.items() if topic and error is None}


def read(settings: Settings) -> set[Deed]:
    """The topics that give their first record; a topic whose very existence is refused gives none."""
    waiting, got = {topic for _, topic in described(settings)}, set()
    admin = AdminClient(settings)
    for topic in topic_names() - waiting:
        hidden = admin.list_topics(topic, timeout=30).topics[topic].error
        assert hidden is not None
        assert hidden.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
    consumer = Consumer({**settings, "group.id": "unused", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, 0, 0) for topic in waiting])
    deadline = time.monotonic() + 60
    while waiting:
        assert time.monotonic() < deadline, f"neither a record nor a refusal for {waiting}"
        message = consumer.poll(1)
        # A message without a topic says that the unused group is refused: another question.
        if message is None or (name := message.topic()) is None:
            continue
        if (error := message.error()) is None:
            got.add(("read", name))
        else:
            assert error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
        waiting.discard(name)
    consumer.close()
    return got


def joined(settings: Settings, principal: str) -> set[Deed]:
    """The groups in whose name this client may commit a position."""
    readable = next(topic for deed, topic in sorted(expected_of(principal)) if deed == "read")
    admin = AdminClient(settings)
    got = set()
    for group in GROUPS:
        position = ConsumerGroupTopicPartitions(group, [TopicPartition(readable, 0, 0)])
        [future] = admin.alter_consumer_group_offsets([position], request_timeout=30).values()
        refusal = future.exception(30)
        if refusal is None:
            got.add(("group", group))
        else:
            assert refusal.args[0].code() == KafkaError.GROUP_AUTHORIZATION_FAILED, (group, refusal)
    return got


def test_nobody_but_the_administrator_manages_the_broker(provisioned: Provisioned) -> None:
    for principal in ("chrs-1", "siao-92", "intake", "edge", "chrs-1.b"):
        admin = AdminClient(provisioned.settings(principal))
        [created] = admin.create_topics([NewTopic(f"partners.{principal}.more", 1, 1)]).values()
        assert_refused(created, KafkaError.TOPIC_AUTHORIZATION_FAILED)
        [widened] = admin.create_acls([a_right_to_everything(principal)]).values()
        assert_refused(widened, KafkaError.CLUSTER_AUTHORIZATION_FAILED)
        own = ConfigResource(ResourceType.TOPIC, f"partners.{principal}.notices")
        [configured] = admin.describe_configs([own]).values()
        assert_refused(configured, KafkaError.TOPIC_AUTHORIZATION_FAILED)


def a_right_to_everything(principal: str) -> AclBinding:
    return AclBinding(
        ResourceType.TOPIC,
        "*",
        ResourcePatternType.LITERAL,
        f"User:{principal}",
        "*",
        AclOperation.ALL,
        AclPermissionType.ALLOW,
    )


def assert_refused(future: "Future[object]", code: int) -> None:
    with pytest.raises(KafkaException) as refusal:
        future.result(30)
    assert refusal.value.args[0].code() == code
