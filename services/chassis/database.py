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

# SQLSTATE classes that pass: connection, transaction rollback, resources, in use, operator intervention, system.
PASSING_CLASSES: Final = frozenset({"08", "40", "53", "55", "57", "58"})


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


def passes(error: BaseException) -> bool:
    """Whether the same work may succeed later, unchanged: a lost connection, a full disk, a conflict of versions."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    if state:
        return str(state)[:2] in PASSING_CLASSES
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return isinstance(error, Conflict | PoolTimeout | OSError | TimeoutError | asyncpg.exceptions.InterfaceError)
