"""The sum of a service's migrations is what its code declares, and the tables are its own."""

import importlib
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Connection, MetaData, Table, Text

from contracts.topics import Service
from services.chassis.database import engine_of
from services.chassis.migrate import newest_revision, present_revision
from services.chassis.tables import chassis_tables
from tests.servers import Database


def declared(service: Service) -> MetaData:
    """The tables that a service's code declares."""
    metadata: MetaData = importlib.import_module(f"services.{service}.store").METADATA
    return metadata


async def differences(url: str, metadata: MetaData) -> list[Any]:
    """What a migration would still have to do."""

    def compare(connection: Connection) -> list[Any]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    engine = engine_of(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(compare)
    finally:
        await engine.dispose()


@pytest.mark.parametrize("service", Service)
async def test_the_sum_of_migrations_is_the_metadata(service: Service, database: Database) -> None:
    assert await differences(database(service), declared(service)) == []


async def test_a_table_or_a_column_without_its_migration_is_noticed(database: Database) -> None:
    metadata = MetaData()
    chassis_tables(metadata)
    Table("structures", metadata, Column("key", Text, primary_key=True), Column("forgotten", Text))
    found = await differences(database("offers"), metadata)
    assert ("add_column", "forgotten") in [(change[0], change[-1].name) for change in found if type(change) is tuple]


@pytest.mark.parametrize("service", Service)
async def test_a_migrated_database_is_at_the_revision_that_the_code_expects(
    service: Service, database: Database
) -> None:
    engine = engine_of(database(service))
    try:
        present = await present_revision(engine)
    finally:
        await engine.dispose()
    assert present is not None
    assert present == newest_revision(service)


def test_each_service_has_the_chassis_tables_and_its_own() -> None:
    chassis = MetaData()
    chassis_tables(chassis)
    for service in Service:
        tables = set(declared(service).tables)
        assert set(chassis.tables) < tables
        declaring = importlib.import_module(f"services.{service}.store")
        own = {thing.name for thing in vars(declaring).values() if type(thing).__name__ in ("StateTable", "Table")}
        assert tables == own | set(chassis.tables)
