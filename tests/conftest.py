"""What Kafka and PostgreSQL run in for the tests, real ones, never a mock of either; and in which order tests run."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.backends.backend import Backend
from tests.backends.choosing import CHOICES, Choice, choose
from tests.backends.containers import Containers

CHOICE = pytest.StashKey[Choice]()
LEFT_OUT = pytest.StashKey[int]()
TESTS = Path(__file__).parent
ABOUT_CONTAINERS = TESTS / "containers"
INTEGRATION = TESTS / "integration"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--backend`, or SIAO_TEST_BACKEND: what brokers and databases run in; `--bad-records`, `--bad-requests`: how
    much."""
    asked = os.environ.get("SIAO_TEST_BACKEND", "auto")
    parser.addoption("--backend", default=asked, choices=CHOICES, help="what Kafka and PostgreSQL run in (%(default)s)")
    parser.addoption("--needing-backend", action="store_true", help="only tests that need what the backend gives")
    more = "how many bad requests tests/faults/test_bad_http.py sends (%(default)s; 5000 takes minutes)"
    parser.addoption("--bad-requests", type=int, default=500, help=more)
    much = "how many records tests/faults/test_bad_input.py sends, most of them bad (%(default)s; 20000 takes minutes)"
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
    grouped(items)


def grouped(items: list[pytest.Item]) -> None:
    """Folder by folder, each in the random order that it has: what a folder keeps running stops with its last test.

    Brokers and platforms that wait for a test at the other end of the run take a core from all the others.
    """
    turns: dict[Path, int] = {}
    for item in items:
        turns.setdefault(home_of(item), len(turns))
    items.sort(key=lambda item: turns[home_of(item)])


def home_of(item: pytest.Item) -> Path:
    """The folder below `tests/integration`, or below `tests`, that a test is in; its own when it is not of `tests`."""
    if TESTS not in item.path.parents:
        return item.path.parent
    here = item.path.relative_to(TESTS).parts
    return TESTS.joinpath(*here[: 2 if here[0] == INTEGRATION.name else 1])


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
