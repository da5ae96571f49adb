"""A fault is named from what the driver or the client raises, said once, then calmly, and never with a secret."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from aiokafka import errors
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from services.chassis.faults import TEXTS, Fault, Faults
from services.chassis.logs import ALLOWED
from services.chassis.settings import Settings

BROKER, DATABASE = "kafka:9092", "postgres:5432/offers"
SECRET = "hunter2"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The instant, as the faults see it: it moves when a test moves it."""
    now = [1000.0]
    monkeypatch.setattr("services.chassis.faults.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def said() -> Iterator[list[Any]]:
    with capture_logs() as lines:
        yield lines


def wrapped(error: Exception) -> DBAPIError:
    """An error as SQLAlchemy hands it over."""
    return DBAPIError("SELECT 1", {}, error)


@pytest.mark.parametrize(
    ("error", "code", "where"),
    [
        (asyncpg.InvalidPasswordError(SECRET), "database-login-refused", DATABASE),
        (asyncpg.InvalidCatalogNameError(SECRET), "database-missing", DATABASE),
        (asyncpg.InsufficientPrivilegeError(SECRET), "database-right-missing", DATABASE),
        (asyncpg.DiskFullError(SECRET), "database-full", DATABASE),
        (wrapped(asyncpg.DiskFullError(SECRET)), "database-full", DATABASE),
        (asyncpg.TooManyConnectionsError(SECRET), "database-busy", DATABASE),
        (asyncpg.ReadOnlySQLTransactionError(SECRET), "database-read-only", DATABASE),
        (asyncpg.CannotConnectNowError(SECRET), "database-unreachable", DATABASE),
        (ConnectionRefusedError(SECRET), "database-unreachable", DATABASE),
        (asyncpg.UniqueViolationError(SECRET), "unexpected", DATABASE),
        (errors.KafkaConnectionError(SECRET), "broker-unreachable", BROKER),
        (errors.SaslAuthenticationFailed(SECRET), "broker-login-refused", BROKER),
        (errors.TopicAuthorizationFailedError("siao.offers"), "right-missing", "siao.offers"),
        (errors.TopicAuthorizationFailedError({"b", "a"}), "right-missing", "a, b"),
        (errors.GroupAuthorizationFailedError("offers.core"), "right-missing", "offers.core"),
        (errors.InvalidRequestError(SECRET), "broker-refuses", BROKER),
        (Fault("schema-old", "x"), "schema-old", "x"),
        (ValueError(SECRET), "unexpected", ""),
    ],
)
def test_a_fault_is_named(error: Exception, code: str, where: str, said: list[Any]) -> None:
    faults = Faults(BROKER, DATABASE)
    faults.tell("part", error)
    assert faults.now() == {"part": code}
    (line,) = said
    assert (line["code"], line["where"]) == (code, where)
    assert SECRET not in repr(line)
    assert line.keys() - {"log_level"} <= ALLOWED
    assert (line["text_fr"], line["text_en"]) == TEXTS[code]


def test_the_places_are_told_without_the_password() -> None:
    settings = Settings(
        kafka="127.0.0.1:9092",
        kafka_user="u",
        kafka_password=SECRET,
        database=f"postgresql+asyncpg://u:{SECRET}@10.0.0.1/offers",
        http_port=1,
        vault_key=bytes(32),
    )
    faults = Faults.of(settings)
    assert (faults.broker, faults.database) == ("127.0.0.1:9092", "10.0.0.1:5432/offers")


def test_what_many_parts_suffer_from_is_said_once_and_then_every_thirty_seconds(
    said: list[Any], clock: list[float]
) -> None:
    faults = Faults(BROKER, DATABASE)
    for _ in range(100):
        for part in ("start", "database", "relay"):
            faults.tell(part, ConnectionRefusedError())
        faults.remind()
        clock[0] += 1.0
    assert [(line["code"], line["seconds"]) for line in said] == [
        ("database-unreachable", seconds) for seconds in (0.0, 31.0, 62.0, 93.0)
    ]


def test_another_fault_is_said_at_once(said: list[Any], clock: list[float]) -> None:
    faults = Faults(BROKER, DATABASE)
    for error in (ConnectionRefusedError(), asyncpg.InvalidPasswordError(), Fault("schema-old", "x")):
        faults.tell("start", error)
        clock[0] += 1.0
    assert [line["code"] for line in said] == ["database-unreachable", "database-login-refused", "schema-old"]
    assert faults.now() == {"start": "schema-old"}


def test_the_end_is_said_when_no_part_suffers_any_more(said: list[Any], clock: list[float]) -> None:
    faults = Faults(BROKER, DATABASE)
    faults.tell("start", ConnectionRefusedError())
    faults.tell("database", ConnectionRefusedError())
    clock[0] += 10.0
    faults.mended("start")
    assert faults.now() == {"database": "database-unreachable"}
    faults.mended("database")
    assert faults.now() == {}
    for _ in range(7):
        faults.remind()
        clock[0] += 1.0
    assert [(line["event"], line["code"], line["seconds"]) for line in said] == [
        ("fault", "database-unreachable", 0.0),
        ("mended", "database-unreachable", 10.0),
    ]


def test_a_fault_that_comes_and_goes_is_one_fault(said: list[Any], clock: list[float]) -> None:
    faults = Faults(BROKER, DATABASE)
    for _ in range(10):
        faults.tell("relay", Fault("right-missing", "siao.offers"))
        faults.mended("relay")
        faults.remind()
        clock[0] += 2.0
    assert [line["event"] for line in said] == ["fault"]
