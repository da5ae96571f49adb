"""The chassis as a contender: a service like any other, with every safety on, whose handler only counts.

`serve` sets a bad event aside in its decision; `serve-refused` decides what the database refuses; `relay` only relays.
"""

import asyncio
import base64
import os
import sys
from collections.abc import Iterable
from typing import Any, ClassVar, Final

import asyncpg
from sqlalchemy import BigInteger, CheckConstraint, Column, MetaData
from sqlalchemy.ext.asyncio import create_async_engine

from contracts.catalogue import MESSAGES
from contracts.event import Fact
from contracts.topics import Service, Topic
from deploy.embedded.ports import free_port
from services.chassis.app import run
from services.chassis.database import engine_of
from services.chassis.describing import Description, Subscription
from services.chassis.fold import Folds, Heard, Key, Put, Send, State
from services.chassis.migrate import newest_revision
from services.chassis.relay import Relay
from services.chassis.settings import Settings
from services.chassis.tables import StateTable, chassis_tables
from tests.load.place import Place, from_environment
from tests.load.workload import TYPE

# The service whose name and revision this one borrows: it has tables of its own only in the run's database.
BORROWED: Final = Service.OFFERS


class Happened(Fact):
    """The event of the workload."""

    type: ClassVar[str] = TYPE
    key: str
    seq: int
    at: int
    bad: bool


class Counted(Fact):
    """The answer to one event."""

    type: ClassVar[str] = "load.counted.v1"
    key: str
    n: int
    seq: int
    at: int


class Counter(Fact):
    """The state: how many events a key has seen."""

    n: int


METADATA: Final = MetaData()
chassis_tables(METADATA)
COUNTERS: Final = StateTable(
    METADATA, "counters", Counter, Column("n", BigInteger, nullable=False), CheckConstraint("n >= 0", name="counted_up")
)


def folds(target: str, refused_by_database: bool) -> Folds:
    """The handler: one state read, one state written, one message sent."""
    handlers = Folds()

    def written(event: Happened) -> str:
        # What the database refuses is written nowhere else: a later event of the batch would write over it.
        return f"{event.key}/{event.seq}" if event.bad else event.key

    def keys(heard: Heard[Happened]) -> Iterable[Key]:
        return ((COUNTERS, heard.event.key), (COUNTERS, written(heard.event)))

    @handlers.on(Happened, keys=keys)
    def count(heard: Heard[Happened], state: State) -> Iterable[Put | Send]:
        event = heard.event
        if event.bad and not refused_by_database:
            raise ValueError("a bad event")
        before = state.get(COUNTERS, event.key)
        n = (before.n if before else 0) + 1
        put = Put(COUNTERS, written(event), Counter(n=-1 if event.bad else n))
        return put, Send(target, event.key, Counted(key=event.key, n=n, seq=event.seq, at=event.at))

    return handlers


async def prepare(place: Place) -> None:
    """Creates the tables in the run's empty database, and says that they are the newest."""
    engine = create_async_engine(asyncpg_address(place))
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.exec_driver_sql("create table alembic_version (version_num text primary key)")
        await connection.exec_driver_sql(f"insert into alembic_version values ('{newest_revision(BORROWED.value)}')")
    await engine.dispose()


async def fill(place: Place, rows: int, keys: int) -> None:
    """Puts rows in the outbox, in the order of their counters."""
    connection = await asyncpg.connect(place.dsn)
    await connection.execute(
        """
        insert into outbox (id, topic, key, type, time, payload)
        select gen_random_uuid()::text, $1, key, 'load.counted.v1', now(),
               convert_to(json_build_object('key', key, 'n', i / $3 + 1, 'seq', i, 'at', 0)::text, 'UTF8')
        from (select i, 'household-' || lpad((i % $3)::text, 6, '0') as key from generate_series(0, $2 - 1) i)
        """,
        place.target,
        rows,
        keys,
    )
    await connection.execute("analyze outbox")
    await connection.close()


def asyncpg_address(place: Place) -> str:
    """The database's address as the chassis wants it."""
    return place.dsn.replace("postgresql://", "postgresql+asyncpg://")


def variables(place: Place) -> dict[str, str]:
    """What a service reads from its environment."""
    return {
        "SIAO_KAFKA": place.bootstrap,
        "SIAO_KAFKA_USER": place.user,
        "SIAO_KAFKA_PASSWORD": place.password,
        "SIAO_DATABASE": asyncpg_address(place),
        "SIAO_HTTP_PORT": str(free_port()),
        "SIAO_VAULT_KEY": base64.b64encode(os.urandom(32)).decode(),
    }


def description(place: Place, refused_by_database: bool = False) -> Description:
    """The service: one subscription to the source topic, whose consumer group ends in the place's."""
    MESSAGES[place.source] = {TYPE: Happened}
    source = Topic(place.source, "the workload", (), (BORROWED,))
    return Description(
        BORROWED, (Subscription(place.group, folds(place.target, refused_by_database), topics=(source,)),)
    )


def main(role: str) -> None:
    """Plays one role until it is told to stop."""
    place = from_environment()
    os.environ |= variables(place)
    if role == "relay":
        settings: Any = Settings()
        relay = Relay(settings, engine_of(settings.database.get_secret_value()), f"/siao/{BORROWED.value}")
        asyncio.run(relay.run())
    else:
        run(description(place, refused_by_database=role == "serve-refused"))


if __name__ == "__main__":
    main(sys.argv[1])
