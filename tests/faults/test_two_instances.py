"""Two orientation instances share the territories; one joins and is killed under load: nothing is designated twice."""

import asyncio
import http.client
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
import pytest_asyncio

from contracts.answers import DesignationAccepted, HouseholdAdmitted, HouseholdDeclined, HouseholdLeft
from contracts.codes import ExitDestination, HouseholdRefusal, OfferType
from contracts.decisions import RefusalJudged
from contracts.designations import DesignationEnded, DesignationMade
from contracts.notices import HouseholdDesignated, RefusalToJudge
from contracts.topics import DESIGNATIONS, Service
from deploy.embedded import ports
from deploy.embedded.child import wait_until
from deploy.embedded.platform import Platform
from deploy.embedded.service import ServiceProcess
from deploy.siao.log import read
from tests.backends.backend import Backend
from tests.builders import TODAY, a_place, a_request, a_structure, a_vacancy
from tests.e2e.partner import Partner
from tests.e2e.running import running_platform
from tests.e2e.territory import Territory
from tests.oracles import the_log_is_sound
from tests.unit.situations import a_refusal

pytestmark = pytest.mark.once

# On four partitions, so that both instances have some.
SIAOS: Final = ("92", "93", "94", "95", "75", "77")
HOUSEHOLDS, PLACES = 24, 8
LONGEST: Final = 90.0


@pytest.fixture(scope="module")
def shared(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """A platform of its own: what is killed here disturbs no other story."""
    with running_platform(backend, tmp_path_factory.mktemp("two"), SIAOS) as running:
        yield running


@pytest_asyncio.fixture
async def territories(shared: Platform) -> AsyncIterator[list[Territory]]:
    """Six SIAOs, their partners logged in."""
    siaos = [Territory(shared, siao) for siao in SIAOS]
    await asyncio.gather(*(siao.connect() for siao in siaos))
    try:
        yield siaos
    finally:
        await asyncio.gather(*(siao.leave() for siao in siaos))


class Second:
    """Another instance of orientation, on the same database, in the same groups."""

    def __init__(self, platform: Platform, directory: Path) -> None:
        first = platform.services[Service.ORIENTATION]
        self.process = ServiceProcess(
            Service.ORIENTATION, ports.free_port(), directory, (sys.executable, "-m", "services.orientation")
        )
        self._environment = {**first._environment, "SIAO_HTTP_PORT": str(self.process.port)}

    async def join(self) -> None:
        """Returns when it is ready."""
        self.process.start(self._environment)
        await asyncio.to_thread(wait_until, "/ready", self.process.is_ready, self.process.child)

    def kill(self) -> None:
        """As a crash does."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)


async def prepare(siao: Territory) -> None:
    """A structure with some places; more households wait than there are places."""
    await siao.structure.tells(
        a_structure(*(a_place(f"P{number}") for number in range(PLACES)), offer_type=OfferType.CHRS)
    )
    for number in range(HOUSEHOLDS):
        await siao.ccas.tells(a_request(f"request-{number}"))


async def live(siao: Territory, done: asyncio.Event) -> int:
    """Places open; each designation is answered, one way or another, until told to stop; how many there were.

    Another household asks each time, and who was admitted leaves again: it goes on as long as the others take to join.
    """
    for number in range(PLACES):
        await siao.structure.tells(a_vacancy(f"P{number}"))
    answered = 0
    while not done.is_set():
        notice = await next_of(siao.structure, HouseholdDesignated)
        if notice is not None:
            await answer(siao, notice, answered)
            answered += 1
            await siao.ccas.tells(a_request(f"request-{HOUSEHOLDS + answered}"))
    return answered


async def next_of(partner: Partner, kind: type[Any]) -> Any:
    """A notice that waits, if there is one after a glance."""
    await partner._read()
    found = next((notice for notice in partner._notices if isinstance(notice, kind)), None)
    if found is not None:
        partner._notices.remove(found)
    return found


async def answer(siao: Territory, notice: HouseholdDesignated, turn: int) -> None:
    """Declined, refused and upheld, or admitted and gone again; in turn."""
    designation = notice.designation
    if turn % 3 == 0:
        await siao.structure.tells(HouseholdDeclined(designation=designation, reason=HouseholdRefusal.OTHER))
    elif turn % 3 == 1:
        await siao.structure.tells(a_refusal(designation))
        await siao.operator.hears(RefusalToJudge, designation=designation)
        await siao.operator.tells(RefusalJudged(designation=designation, verdict="upheld"))
    else:
        await siao.structure.tells(DesignationAccepted(designation=designation, entry_on=TODAY))
        await siao.structure.tells(HouseholdAdmitted(designation=designation, entered_on=TODAY))
        await siao.structure.tells(
            HouseholdLeft(household=notice.household, left_on=TODAY, destination=ExitDestination.SOCIAL_HOUSING)
        )


@pytest.mark.timeout(400)
async def test_one_joins_another_is_killed_and_no_place_and_no_household_is_designated_twice(
    shared: Platform, territories: list[Territory], tmp_path: Path
) -> None:
    await asyncio.gather(*(prepare(siao) for siao in territories))
    done = asyncio.Event()
    living = [asyncio.create_task(live(siao, done)) for siao in territories]
    second, third = Second(shared, tmp_path / "second"), Second(shared, tmp_path / "third")
    try:
        await asyncio.wait_for(second.join(), LONGEST)
        await until_it_decides(second)
        second.kill()
        await asyncio.wait_for(third.join(), LONGEST)
        await until_it_decides(third)
    finally:
        done.set()
        answered = await asyncio.gather(*living)
        for other in (second, third):
            other.process.child.stop()
    assert sum(answered) > PLACES * len(SIAOS)
    for siao in territories:
        await siao.everyone_has_read()
    await everything_is_published(shared)
    made = await asyncio.to_thread(the_log_is_sound, shared.kafka.client_settings())
    assert made > PLACES * len(SIAOS)
    await the_tables_say_the_same(shared)


async def until_it_decides(other: Second) -> None:
    """Returns when the instance has taken part in the decisions: its own metrics say so."""
    deadline = asyncio.get_running_loop().time() + LONGEST
    while await asyncio.to_thread(taken, other.process) == 0:
        assert asyncio.get_running_loop().time() < deadline, "the other instance was given no territory"
        await asyncio.sleep(0.05)


def taken(process: ServiceProcess) -> float:
    """Core messages that an instance has taken."""
    connection = http.client.HTTPConnection(ports.HOST, process.port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
    finally:
        connection.close()
    handled = [line for line in lines if "siao.answers" in line and 'outcome="taken"' in line and "_total" in line]
    return sum(float(line.rpartition(" ")[2]) for line in handled)


async def everything_is_published(shared: Platform) -> None:
    """Returns when orientation's outbox is empty."""
    deadline = asyncio.get_running_loop().time() + LONGEST
    while (await rows_of(shared, "SELECT count(*) AS waiting FROM outbox"))[0]["waiting"]:
        assert asyncio.get_running_loop().time() < deadline, "the outbox does not empty"
        await asyncio.sleep(0.05)


async def rows_of(shared: Platform, statement: str) -> list[Any]:
    """What a statement returns from orientation's database."""
    address = shared.postgres.dsn(Service.ORIENTATION.value).replace("postgresql+asyncpg", "postgresql")
    connection = await asyncpg.connect(address)
    try:
        return list(await connection.fetch(statement))
    finally:
        await connection.close()


async def the_tables_say_the_same(shared: Platform) -> None:
    """Each designation of the log is a row, and those that ended are not live."""
    settings = {**shared.kafka.client_settings(), "log_level": 0}
    facts = [item.fact for item in await asyncio.to_thread(read, settings, (DESIGNATIONS,))]
    ended = {fact.designation for fact in facts if isinstance(fact, DesignationEnded)}
    made = {fact.designation for fact in facts if isinstance(fact, DesignationMade)}
    rows = await rows_of(shared, "SELECT key, live, vacancy, household FROM designations")
    assert {row["key"] for row in rows} == made
    assert {row["key"] for row in rows if not row["live"]} == ended
    for what in ("vacancy", "household"):
        counted = Counter(row[what] for row in rows if row["live"])
        assert set(counted.values()) <= {1}
    environment = {
        **os.environ,
        "SIAO_KAFKA": shared.kafka.bootstrap,
        "SIAO_KAFKA_USER": shared.kafka.admin_user,
        "SIAO_KAFKA_PASSWORD": shared.kafka.admin_password,
    }
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.siao", "replay", "--all", "--json"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(child.communicate(), 60)
    assert json.loads(said) == {"replayed": len(made), "differ": []}
