"""The usual way to make one hop: FastStream, one message at a time, one ORM session for each, a polling relay.

It is what a careful team writes from the documentation of its tools: explicit acknowledgement, inbox, entity and outbox
in one transaction, an idempotent producer. It refuses no input and loses nothing by itself; it is only slow.
"""

import asyncio
import sys
from typing import Any, Final
from uuid import UUID, uuid4

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import SASLScram512
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tests.load.place import Place, from_environment

ROLES: Final = ("consume", "relay")
RELAY_BATCH: Final = 100
RELAY_POLL_SECONDS: Final = 0.1


class Table(DeclarativeBase):
    """The tables of this contender."""


class Inbox(Table):
    """An event already handled."""

    __tablename__ = "inbox"
    id: Mapped[UUID] = mapped_column(primary_key=True)


class Household(Table):
    """The entity: how many events it has seen."""

    __tablename__ = "household"
    key: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int]


class Outbox(Table):
    """An event still to be sent."""

    __tablename__ = "outbox"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[UUID]
    key: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)


def sessions(place: Place) -> async_sessionmaker[AsyncSession]:
    """Sessions on the run's database."""
    engine = create_async_engine(place.dsn.replace("postgresql://", "postgresql+asyncpg://"))
    return async_sessionmaker(engine, expire_on_commit=False)


def broker(place: Place) -> KafkaBroker:
    """The usual broker, its producer made safe."""
    return KafkaBroker(
        place.bootstrap,
        security=SASLScram512(place.user, place.password, use_ssl=False),
        enable_idempotence=True,
        acks="all",
        allow_auto_create_topics=False,
        logger=None,
    )


async def prepare(place: Place) -> None:
    """Creates the tables in the run's empty database."""
    engine = create_async_engine(place.dsn.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(Table.metadata.create_all)
    await engine.dispose()


def consumer(place: Place) -> FastStream:
    """The application that folds."""
    kafka, session_of = broker(place), sessions(place)

    @kafka.subscriber(
        place.source, group_id=place.group, ack_policy=AckPolicy.NACK_ON_ERROR, auto_offset_reset="earliest"
    )
    async def count(body: dict[str, Any], message: KafkaMessage) -> None:
        identity = UUID(message.headers["ce_id"])
        async with session_of() as session, session.begin():
            if await session.get(Inbox, identity) is not None:
                return
            household = await session.get(Household, body["key"])
            if household is None:
                household = Household(key=body["key"], n=0)
                session.add(household)
            household.n += 1
            session.add(Inbox(id=identity))
            answer = {"key": body["key"], "n": household.n, "seq": body["seq"], "at": body["at"]}
            session.add(Outbox(id=uuid4(), key=body["key"], body=answer))

    return FastStream(kafka, logger=None)


async def relay(place: Place) -> None:
    """Publishes the outbox row by row, in order, for ever."""
    session_of = sessions(place)
    async with broker(place) as kafka:
        await kafka.start()
        while True:
            async with session_of() as session, session.begin():
                rows = (await session.scalars(select(Outbox).order_by(Outbox.seq).limit(RELAY_BATCH))).all()
                for row in rows:
                    headers = {"ce_id": str(row.id), "ce_type": "counted.v1", "ce_source": "usual"}
                    await kafka.publish(row.body, place.target, key=row.key.encode(), headers=headers)
                await session.execute(delete(Outbox).where(Outbox.seq.in_([row.seq for row in rows])))
            if not rows:
                await asyncio.sleep(RELAY_POLL_SECONDS)


if __name__ == "__main__":
    here = from_environment()
    asyncio.run(consumer(here).run() if sys.argv[1] == "consume" else relay(here))
