"""The database has the last word on places: one row each, no vacancy where a household lives. The old is taken in."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from asyncpg.exceptions import CheckViolationError, UniqueViolationError
from sqlalchemy import text

from contracts.codes import OfferType
from services.chassis.database import engine_of, transaction
from services.chassis.store import Store
from services.chassis.vault import Vault
from services.offers.domain.places import Place, Status
from services.offers.store import PLACES, STRUCTURES
from tests.builders import SIAO, STRUCTURE
from tests.servers import Database

KEY = f"{STRUCTURE}/acacias"
VAULT = Vault(bytes(32))


def a_row(**facts: Any) -> Place:
    """A place of the structure."""
    return Place(siao=SIAO, structure=KEY, place_id="A-01", **facts)


async def save(address: str, places: dict[str, tuple[Place, int]]) -> None:
    """Write places as the service does."""
    engine = engine_of(address)
    try:
        async with transaction(engine) as connection:
            await Store(connection, VAULT).save(PLACES, dict(places))
    finally:
        await engine.dispose()


async def test_a_vacancy_where_a_household_lives_is_refused(database: Database) -> None:
    address = database("offers")
    await save(address, {f"{KEY}/A-01": (a_row(household="h"), 0)})
    with pytest.raises(CheckViolationError, match="no_vacancy_where_a_household_lives"):
        await save(address, {f"{KEY}/A-01": (a_row(household="h", vacancy="v"), 1)})


async def test_a_place_has_one_row_hence_one_vacancy(database: Database) -> None:
    address = database("offers")
    await save(address, {f"{KEY}/A-01": (a_row(vacancy="v"), 0)})
    with pytest.raises(CheckViolationError, match="one_row_a_place"):
        await save(address, {f"{KEY}/A-01-again": (a_row(vacancy="w"), 0)})
    engine = engine_of(address)
    try:
        async with engine.begin() as connection:
            again = text("INSERT INTO places SELECT * FROM places")
            with pytest.raises(Exception, match=UniqueViolationError.__name__):
                await connection.execute(again)
    finally:
        await engine.dispose()


OLD = {
    "siao": SIAO,
    "partner": STRUCTURE,
    "structure_id": "acacias",
    "revision": 3,
    "name": "CHRS Les Acacias",
    "offer_type": "chrs",
    "commune": "92050",
    "rules_version": 2,
    "rules": [{"kind": "no_pets", "article": "art. 9"}],
    "places": {
        "A": {"capacity": 1, "accessible": False, "vacancy": "v", "household": None},
        "B": {"capacity": 2, "accessible": True, "vacancy": None, "household": "h"},
        "C": {"capacity": 3, "accessible": False, "vacancy": None, "household": None},
    },
    "left_out": {"D": "g"},
}
INSERT = "INSERT INTO structures (key, version, body, siao) VALUES (:key, 4, cast(:body AS jsonb), :siao)"


def upgrade(address: str, revision: str) -> None:
    """Bring a database to a revision, in a process of its own: alembic runs a loop."""
    program = "import sys; from alembic import command; from services.chassis.migrate import config_of;"
    program += "command.upgrade(config_of('offers', sys.argv[1]), sys.argv[2])"
    arguments = [sys.executable, "-c", program, address, revision]
    subprocess.run(arguments, check=True, timeout=60, env=os.environ.copy())


async def test_structures_of_the_first_schema_become_places_and_versions(database: Database) -> None:
    address = database()
    upgrade(address, "0001")
    engine = engine_of(address)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(INSERT), {"key": KEY, "body": json.dumps(OLD), "siao": SIAO})
        upgrade(address, "head")
        async with transaction(engine) as connection:
            store = Store(connection, VAULT)
            names = [f"{KEY}/{name}" for name in "ABCD"]
            places: dict[str, Any] = {key[-1]: place for key, (place, _) in (await store.load(PLACES, names)).items()}
            ((structure, version),) = (await store.load(STRUCTURES, [KEY])).values()
    finally:
        await engine.dispose()
    assert {name: place.status for name, place in places.items()} == {
        "A": Status.PUBLISHED,
        "B": Status.OCCUPIED,
        "C": Status.OUT_OF_SIGHT,
        "D": Status.OCCUPIED,
    }
    assert {name: place.described for name, place in places.items()} == {"A": True, "B": True, "C": True, "D": False}
    assert (places["A"].vacancy, places["B"].household, places["D"].household) == ("v", "h", "g")
    kept: Any = structure
    assert (version, kept.offer_type, kept.places["B"].capacity) == (5, OfferType.CHRS, 2)
    assert [(projet.version, projet.rules[0].kind) for projet in kept.projets] == [(2, "no_pets")]
