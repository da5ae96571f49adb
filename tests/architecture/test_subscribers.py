"""Every subscription of every service is safe: at least once, silent, from the beginning, read by nobody but us."""

import ast
import base64
import importlib
from pathlib import Path
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.asgi import AsgiFastStream
from faststream.kafka import KafkaBroker

from contracts.topics import CORE, Service
from services.chassis.app import application
from services.chassis.settings import Settings
from services.chassis.subscribing import Listener, Reader, undecoded
from services.chassis.tables import StateTable

ROOT = Path(__file__).parents[2]
SETTINGS = Settings(
    kafka="127.0.0.1:1",
    kafka_user="nobody",
    kafka_password="none",
    database="postgresql+asyncpg://nobody:none@127.0.0.1:1/none",
    http_port=1,
    vault_key=base64.b64encode(bytes(32)).decode(),
)


def assembled(service: Service) -> AsgiFastStream:
    """A service as its description makes it; nothing is connected."""
    return application(importlib.import_module(f"services.{service}.app").DESCRIPTION, SETTINGS)


def subscribers(service: Service) -> list[Any]:
    """FastStream's subscribers of a service."""
    broker = assembled(service).broker
    assert isinstance(broker, KafkaBroker)
    return list(broker.subscribers)


def departures(subscriber: Any) -> list[str]:
    """The safe settings that a subscriber lacks."""
    arguments, options = subscriber._connection_args, subscriber._call_options
    safe = {
        "ack_policy": subscriber.ack_policy is AckPolicy.NACK_ON_ERROR,
        "no auto commit": arguments.get("enable_auto_commit") is False,
        "no_reply": subscriber._no_reply is True,
        "earliest": arguments.get("auto_offset_reset") == "earliest",
        "read_committed": arguments.get("isolation_level") == "read_committed",
        "batch": type(subscriber).__name__ == "BatchSubscriber",
        "safe parser": getattr(options.parser, "__func__", None) is Reader.parse,
        "no decoding": options.decoder is undecoded,
        "listener": isinstance(subscriber._listener, Listener),
        "one handler": len(subscriber.calls) == 1,
    }
    return [name for name, held in safe.items() if not held]


@pytest.mark.parametrize("service", Service)
def test_every_subscription_is_safe(service: Service) -> None:
    found = subscribers(service)
    assert found
    assert [departures(subscriber) for subscriber in found] == [[]] * len(found)


@pytest.mark.parametrize("service", Service)
def test_every_group_is_the_services_own_and_used_once(service: Service) -> None:
    groups = [subscriber.group_id for subscriber in subscribers(service)]
    assert len(set(groups)) == len(groups)
    assert all(group.startswith(f"{service}.") for group in groups)


def test_a_subscription_as_the_framework_makes_it_would_be_refused() -> None:
    broker = KafkaBroker("127.0.0.1:1")
    stock: Any = broker.subscriber("topic")
    stock(lambda message: message)
    assert departures(stock) == [
        "ack_policy",
        "no auto commit",
        "no_reply",
        "earliest",
        "read_committed",
        "batch",
        "safe parser",
        "no decoding",
        "listener",
    ]


@pytest.mark.parametrize("service", Service)
def test_no_service_makes_topics_and_none_publishes_through_the_framework(service: Service) -> None:
    broker = assembled(service).broker
    assert isinstance(broker, KafkaBroker)
    assert broker.config.broker_config.allow_auto_create_topics is False
    assert broker.publishers == []


def test_only_the_chassis_subscribes() -> None:
    callers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("services", "deploy", "contracts")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("subscriber", "publisher")
    }
    assert callers == {"services/chassis/subscribing.py"}


@pytest.mark.parametrize("service", Service)
def test_a_service_declares_the_core_topics_that_it_writes(service: Service) -> None:
    """They are looked for before it starts, and their messages are never given up."""
    description = importlib.import_module(f"services.{service}.app").DESCRIPTION
    assert {topic.name for topic in description.publishes} == {t.name for t in CORE if service in t.writers}


@pytest.mark.parametrize("service", Service)
def test_a_service_declares_the_tables_that_it_seals(service: Service) -> None:
    """The key is tried on each of them before it starts."""
    description = importlib.import_module(f"services.{service}.app").DESCRIPTION
    tables = vars(importlib.import_module(f"services.{service}.store")).values()
    sealed = {table.name for table in tables if isinstance(table, StateTable) and table.sealed}
    assert {table.name for table in description.sealed} == sealed
