"""Migrations: `python -m services.chassis.migrate <service>` brings a service's database to the newest schema."""

import asyncio
import sys
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from asyncpg.exceptions import PostgresError
from pydantic import ValidationError
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis.database import engine_of
from services.chassis.logs import kind_of
from services.chassis.settings import DatabaseSettings

SERVICES = Path(__file__).parent.parent


def config_of(service: str, url: str = "") -> Config:
    """Alembic's configuration of one service's history."""
    config = Config()
    config.set_main_option("script_location", str(SERVICES / service / "migrations"))
    config.attributes["url"] = url
    return config


def newest_revision(service: str) -> str | None:
    """The revision that the code expects."""
    return ScriptDirectory.from_config(config_of(service)).get_current_head()


async def present_revision(engine: AsyncEngine) -> str | None:
    """The revision of a database; None when it has never been migrated."""
    async with engine.connect() as connection:
        known = await connection.execute(text("SELECT to_regclass('alembic_version')"))
        if known.scalar_one() is None:
            return None
        return (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()


def run_environment(metadata: MetaData) -> None:
    """What each history's env.py calls."""
    asyncio.run(_migrate(metadata, context.config.attributes["url"]))


async def _migrate(metadata: MetaData, url: str) -> None:
    engine = engine_of(url)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run, metadata)
            await connection.commit()
    finally:
        await engine.dispose()


def _run(connection: Connection, metadata: MetaData) -> None:
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def main(arguments: list[str]) -> None:
    """Migrate one service's database, named by SIAO_DATABASE; what is wrong is said in one line."""
    if len(arguments) != 1:
        sys.exit("usage: SIAO_DATABASE=postgresql+asyncpg://... python -m services.chassis.migrate SERVICE")
    [service] = arguments
    try:
        command.upgrade(config_of(service, DatabaseSettings().database.get_secret_value()), "head")
    except ValidationError:
        sys.exit(f"{service} : SIAO_DATABASE absent ou faux, migrations impossibles / missing or wrong, not migrated")
    except (OSError, PostgresError, SQLAlchemyError, CommandError) as error:
        sys.exit(
            f"{service} : migrations impossibles ({kind_of(error)}), vérifiez PostgreSQL et SIAO_DATABASE"
            " / not migrated, check PostgreSQL and SIAO_DATABASE"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
