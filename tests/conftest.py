"""Real Kafka and PostgreSQL for the tests, started once a session on free ports; never a mock of either."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from deploy.embedded import state
from deploy.embedded.parts import Broker, DatabaseServer
from tests.backends.backend import Backend
from tests.backends.choosing import CHOICES, Choice, choose
from tests.backends.containers import Containers

OWNER = "tests"
CHOICE = pytest.StashKey[Choice]()
LEFT_OUT = pytest.StashKey[int]()
ABOUT_CONTAINERS = Path(__file__).parent / "containers"

# Database(service): the address of a fresh database, migrated for that service when one is named.
Database = Callable[..., str]
# Topics(name, partitions, config): the name of a fresh topic.
Topics = Callable[..., str]


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--backend`, or SIAO_TEST_BACKEND: what brokers and databases run in; `--bad-records`, `--bad-requests`: how
    much."""
    asked = os.environ.get("SIAO_TEST_BACKEND", "auto")
    parser.addoption("--backend", default=asked, choices=CHOICES, help="what Kafka and PostgreSQL run in (%(default)s)")
    parser.addoption("--needing-backend", action="store_true", help="only tests that need what the backend gives")
    more = "how many bad requests tests/e2e/test_bad_http.py sends (%(default)s; 5000 takes minutes)"
    parser.addoption("--bad-requests", type=int, default=500, help=more)
    much = "how many records tests/e2e/test_bad_input.py sends, most of them bad (%(default)s; 20000 takes minutes)"
    parser.addoption("--bad-records", type=int, default=2_000, help=much)


def pytest_configure(config: pytest.Config) -> None:
    """Chooses the backend; a run that is asked to end by SIGTERM ends as by Ctrl-C, and leaves nothing behind."""
    config.stash[CHOICE] = choose(config.getoption("--backend"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_report_header(config: pytest.Config) -> str:
    """Says what the tests run on."""
    return config.stash[CHOICE].header()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out the tests that are about containers where there are none, and says so at the end of the run.

    With `--needing-backend` also those that are the same on every backend: they run with the other one.
    """
    contained = config.stash[CHOICE].backend.name == Containers.name
    away = [] if contained else [item for item in items if ABOUT_CONTAINERS in item.path.parents]
    same = [item for item in items if is_the_same_everywhere(item)] if config.getoption("--needing-backend") else []
    if away or same:
        config.hook.pytest_deselected(items=[*away, *same])
        items[:] = [item for item in items if item not in away and item not in same]
        config.stash[LEFT_OUT] = len(away)


def is_the_same_everywhere(item: pytest.Item) -> bool:
    """Whether a test takes neither a broker nor a database from the backend, or says that it is run once."""
    if ABOUT_CONTAINERS in item.path.parents:
        return False
    return "backend" not in getattr(item, "fixturenames", ()) or item.get_closest_marker("once") is not None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Why tests were left out."""
    if left_out := config.stash.get(LEFT_OUT, 0):
        header = config.stash[CHOICE].header()
        terminalreporter.write_line(f"{left_out} tests of tests/containers left out: they need containers; {header}")


@pytest.fixture(scope="session")
def backend(pytestconfig: pytest.Config) -> Iterator[Backend]:
    """Where brokers and databases come from: the one way for a test to have one of its own."""
    chosen = pytestconfig.stash[CHOICE].backend
    with chosen.session():
        yield chosen


@pytest.fixture(scope="session")
def kafka(backend: Backend) -> Iterator[Broker]:
    """A broker of this session, SASL and ACLs on, without topics."""
    with backend.broker() as broker:
        broker.start()
        yield broker


@pytest.fixture(scope="session")
def kafka_admin(kafka: Broker) -> AdminClient:
    """The administrator's client."""
    return AdminClient({**kafka.client_settings(), "log_level": 0})


@pytest.fixture(scope="session")
def postgres(backend: Backend) -> Iterator[DatabaseServer]:
    """A server of this session, without databases."""
    with backend.database() as server:
        server.start()
        yield server


@pytest.fixture(scope="session")
def owner_password(postgres: DatabaseServer) -> str:
    """The password of the one role that owns every test's database."""
    password = state.password()
    postgres.ensure_role_and_database(OWNER, password)
    return password


@pytest.fixture(scope="session")
def migrated(postgres: DatabaseServer, owner_password: str) -> Callable[[str], str]:
    """The name of a service's migrated template, made the first time it is asked for."""
    made: dict[str, str] = {}

    def template(service: str) -> str:
        if service not in made:
            name = f"template_{service}"
            postgres.sql(f"create database {name} owner {OWNER}")
            environment = {**os.environ, "SIAO_DATABASE": postgres.dsn(name, OWNER, owner_password)}
            command = [sys.executable, "-m", "services.chassis.migrate", service]
            subprocess.run(command, env=environment, check=True, timeout=60)
            made[service] = name
        return made[service]

    return template


@pytest.fixture
def database(postgres: DatabaseServer, owner_password: str, migrated: Callable[[str], str]) -> Iterator[Database]:
    """`database("intake")` -> SQLAlchemy address of a fresh copy of intake's migrated database; `database()`: empty."""
    made: list[str] = []

    def create(service: str | None = None) -> str:
        name = f"test_{uuid.uuid4().hex[:12]}"
        template = migrated(service) if service else "template1"
        postgres.sql(f"create database {name} owner {OWNER} template {template}")
        made.append(name)
        return postgres.dsn(name, OWNER, owner_password)

    yield create
    for name in made:
        postgres.sql(f"drop database {name} with (force)")


@pytest.fixture
def topics(kafka_admin: AdminClient) -> Iterator[Topics]:
    """`topics("siao.offers", partitions=4)` -> the unique name of a new topic that begins so; deleted afterwards."""
    made: list[str] = []

    def create(name: str = "topic", partitions: int = 1, config: dict[str, str] | None = None) -> str:
        unique = f"{name}-{uuid.uuid4().hex[:8]}"
        topic = NewTopic(unique, num_partitions=partitions, replication_factor=1, config=config or {})
        kafka_admin.create_topics([topic])[unique].result(timeout=30)
        made.append(unique)
        return unique

    yield create
    if made:
        for deleted in kafka_admin.delete_topics(made).values():
            deleted.result(timeout=30)
