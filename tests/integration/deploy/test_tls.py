"""The partners' listener over TLS, for both Kafka clients: the right authority and name pass, any other is refused."""

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError
from faststream.kafka import KafkaBroker

from deploy.embedded import ports
from deploy.embedded.authority import Authority
from deploy.embedded.failure import PlatformError
from deploy.embedded.parts import Broker
from deploy.provision import connection
from services.chassis.kafka import broker_of, producer_of
from services.chassis.settings import Settings
from tests.backends.backend import Backend

# The same machine under a name that its certificate does not bear.
OTHER_NAME = "127.1"


@pytest.fixture(scope="module")
def broker(backend: Backend) -> Iterator[Broker]:
    with backend.broker() as own:
        own.start()
        yield own


@pytest.fixture
def other_authority(tmp_path: Path) -> Path:
    authority = Authority(tmp_path)
    authority.certify(("127.0.0.1",))
    return authority.certificate_path


def settings_of(broker: Broker, **changes: Any) -> Settings:
    return Settings(
        **{
            "kafka": broker.partners_bootstrap,
            "kafka_ca": broker.authority_path,
            "kafka_user": broker.admin_user,
            "kafka_password": broker.admin_password,
            "database": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
            "http_port": 1,
            "vault_key": base64.b64encode(os.urandom(32)).decode(),
            **changes,
        }
    )


async def start_producer(settings: Settings) -> None:
    producer = producer_of(settings)
    try:
        await producer.start()
    finally:
        await producer.stop()


def elsewhere(broker: Broker) -> str:
    return broker.partners_bootstrap.replace("127.0.0.1", OTHER_NAME)


async def test_a_service_s_own_clients_connect_with_the_right_authority(broker: Broker) -> None:
    settings = settings_of(broker)
    await start_producer(settings)
    service = broker_of(settings, KafkaBroker)
    try:
        await service.start()
        assert await service.ping(timeout=10)
    finally:
        await service.stop()


async def test_a_service_refuses_a_broker_of_another_authority(broker: Broker, other_authority: Path) -> None:
    with pytest.raises(KafkaConnectionError):
        await start_producer(settings_of(broker, kafka_ca=other_authority))


async def test_a_service_refuses_a_broker_under_another_name(broker: Broker) -> None:
    with pytest.raises(KafkaConnectionError):
        await start_producer(settings_of(broker, kafka=elsewhere(broker)))


async def test_the_partners_listener_does_not_speak_without_encryption(broker: Broker) -> None:
    with pytest.raises(KafkaConnectionError):
        await start_producer(settings_of(broker, kafka_ca=None))


def login(broker: Broker, address: str, authority: Path, password: str | None = None) -> dict[str, str | int]:
    return connection.librdkafka(address, broker.admin_user, password or broker.admin_password, authority)


def test_provisioning_connects_with_the_right_authority(broker: Broker) -> None:
    connection.require_answer(login(broker, broker.partners_bootstrap, broker.authority_path))


def test_provisioning_says_that_the_certificate_is_wrong(broker: Broker, other_authority: Path) -> None:
    with pytest.raises(PlatformError, match="certificat"):
        connection.require_answer(login(broker, broker.partners_bootstrap, other_authority))
    with pytest.raises(PlatformError, match="certificat"):
        connection.require_answer(login(broker, elsewhere(broker), broker.authority_path))


def test_provisioning_says_that_the_password_is_wrong(broker: Broker) -> None:
    with pytest.raises(PlatformError, match="mot de passe de admin"):
        connection.require_answer(login(broker, broker.partners_bootstrap, broker.authority_path, "wrong"))


def test_provisioning_says_that_nobody_answers(broker: Broker) -> None:
    nobody = f"127.0.0.1:{ports.free_port()}"
    with pytest.raises(PlatformError, match="ne répond pas"):
        connection.require_answer(login(broker, nobody, broker.authority_path), patience=1)
