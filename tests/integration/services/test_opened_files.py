"""A database with households that wait already, brought to the newest schema: their rights are watched from then on."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from alembic import command
from sqlalchemy import text

from contracts.codes import MediationKind, OfferType
from contracts.households import LegalClock
from services.chassis.database import engine_of, transaction
from services.chassis.migrate import config_of
from services.chassis.store import Store
from services.chassis.vault import Vault
from services.orientation.domain.model import LegalFile, Waiting
from services.orientation.store import LEGAL_FILES, WAITING
from tests.builders import CCAS, SIAO, household_facts
from tests.servers import Database

TODAY = datetime.now(UTC).date()


def waiting(name: str, due_on: date | None, designation: str | None = None) -> Waiting:
    """A household that waits, with a legal day or not."""
    clock = None
    if due_on is not None:
        clock = LegalClock(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=due_on - timedelta(days=42), due_on=due_on)
    return Waiting(
        siao=SIAO,
        live=name != "archived",
        household=f"h-{name}",
        prescriber=CCAS,
        facts=household_facts(persons=3),
        qualified=(OfferType.CHRS,),
        communes=(),
        since=datetime.now(UTC),
        legal_clock=clock,
        designation=designation,
    )


HOUSEHOLDS = {
    "running": waiting("running", TODAY + timedelta(days=20)),
    "met": waiting("met", TODAY + timedelta(days=20), "d1"),
    "overdue": waiting("overdue", TODAY - timedelta(days=20)),
    "without": waiting("without", None),
    "archived": waiting("archived", TODAY),
}


async def keep(url: str) -> None:
    """Households wait, as the first schema keeps them."""
    engine = engine_of(url)
    try:
        async with transaction(engine) as connection:
            await Store(connection, Vault(bytes(32))).save(WAITING, {k: (v, 0) for k, v in HOUSEHOLDS.items()})
    finally:
        await engine.dispose()


async def opened(url: str) -> dict[str, LegalFile]:
    """The files that the newest schema has."""
    engine = engine_of(url)
    try:
        async with transaction(engine) as connection:
            found = await Store(connection, Vault(bytes(32))).load_live(LEGAL_FILES, SIAO)
            return {key: file for key, (file, version) in found.items() if isinstance(file, LegalFile) and version == 1}
    finally:
        await engine.dispose()


def test_the_rights_of_households_that_wait_already_have_their_files(database: Database) -> None:
    url = database()
    command.upgrade(config_of("orientation", url), "0001")
    asyncio.run(keep(url))
    command.upgrade(config_of("orientation", url), "head")
    files = asyncio.run(opened(url))
    states = {key: (file.state, file.offer, file.missed_told) for key, file in files.items()}
    assert states == {
        "running": ("running", None, False),
        "met": ("met", "d1", False),
        "overdue": ("overdue", None, True),
    }
    assert all(file.persons == 3 and file.household == f"h-{key}" for key, file in files.items())
    assert files["running"].clock == HOUSEHOLDS["running"].legal_clock


@pytest.mark.parametrize("table", ["admissions", "legal_files"])
def test_the_first_schema_lacks_what_the_second_adds(database: Database, table: str) -> None:
    url = database()
    command.upgrade(config_of("orientation", url), "0001")

    async def there() -> bool:
        engine = engine_of(url)
        try:
            async with engine.connect() as connection:
                found = await connection.execute(text("SELECT to_regclass(:table)"), {"table": table})
                return found.scalar_one() is not None
        finally:
            await engine.dispose()

    assert asyncio.run(there()) is False
    command.upgrade(config_of("orientation", url), "head")
    assert asyncio.run(there()) is True
