"""The database of a service: its engine, and which of its failures pass by themselves."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final

import asyncpg
from asyncpg import Connection
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.chassis.store import Conflict

# SQLSTATE classes that pass: connection, login, missing database, transaction rollback, rights and missing tables,
# resources, in use, operator intervention, system. No message is to blame for any of them.
PASSING_CLASSES: Final = frozenset({"08", "28", "3D", "40", "42", "53", "55", "57", "58"})
READ_ONLY: Final = "25006"


def engine_of(url: str) -> AsyncEngine:
    """The engine. A lock is waited for 10 s and a statement 30 s: none may stop the service for ever."""
    return create_async_engine(
        url,
        pool_size=4,
        max_overflow=2,
        pool_timeout=10,
        pool_pre_ping=False,
        hide_parameters=True,
        connect_args={"timeout": 10, "command_timeout": 30, "server_settings": {"lock_timeout": "10000", "jit": "off"}},
    )


@contextlib.asynccontextmanager
async def raw_connection(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """The driver's own connection, from the engine's pool: bulk statements cost a third of the time on it."""
    async with engine.connect() as connection:
        raw: Any = (await connection.get_raw_connection()).driver_connection
        try:
            yield raw
        except BaseException:
            if raw.is_closed():
                # The pool has not seen the failure: without this it would hand the dead connection out again.
                await connection.invalidate()
            raise


@contextlib.asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """A transaction on the driver's own connection."""
    async with raw_connection(engine) as raw, raw.transaction():
        yield raw


def sqlstate_of(error: BaseException) -> str | None:
    """The database's own code of an error, None when it did not come from the database."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    return str(state) if state else None


def lost(error: BaseException) -> bool:
    """Whether the database could not be reached, or not in time."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    # An internal error: the driver heard the end of its session between two statements, and is no longer in any state.
    driver = asyncpg.exceptions.InterfaceError | asyncpg.exceptions.InternalClientError
    return isinstance(error, PoolTimeout | OSError | TimeoutError | driver)


def passes(error: BaseException) -> bool:
    """Whether the same work may succeed later, unchanged: a lost connection, a full disk, a conflict of versions."""
    state = sqlstate_of(error)
    if state:
        return state[:2] in PASSING_CLASSES or state == READ_ONLY
    return isinstance(error, Conflict) or lost(error)
