"""Migrations: `python -m services.chassis.migrate <service>` brings a service's database to the newest schema."""

import asyncio
import os
import sys
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.chassis.database import engine_of

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
    """Migrate one service's database, named by SIAO_DATABASE."""
    url = os.environ.get("SIAO_DATABASE", "")
    if len(arguments) != 1 or not url:
        sys.exit("usage: SIAO_DATABASE=postgresql+asyncpg://... python -m services.chassis.migrate SERVICE")
    command.upgrade(config_of(arguments[0], url), "head")


if __name__ == "__main__":
    main(sys.argv[1:])
