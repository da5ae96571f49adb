"""The database of a service: its engine, and which of its failures pass by themselves."""

import asyncio
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.chassis.store import Conflict

# SQLSTATE classes that pass: connection, transaction rollback, resources, in use, operator intervention, system.
PASSING_CLASSES: Final = frozenset({"08", "40", "53", "55", "57", "58"})


def engine_of(url: str) -> AsyncEngine:
    """The engine. Statements give up after 10 s: a lock that is never released must not stop the service for ever."""
    return create_async_engine(
        url,
        pool_size=4,
        max_overflow=2,
        pool_timeout=10,
        pool_pre_ping=False,
        hide_parameters=True,
        connect_args={"timeout": 10, "command_timeout": 30, "server_settings": {"lock_timeout": "10000", "jit": "off"}},
    )


def passes(error: BaseException) -> bool:
    """Whether the same work may succeed later, unchanged: a lost connection, a full disk, a conflict of versions."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
        if state:
            return str(state)[:2] in PASSING_CLASSES
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return isinstance(error, Conflict | PoolTimeout | OSError | asyncio.TimeoutError)
