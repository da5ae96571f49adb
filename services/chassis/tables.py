"""Tables: the chassis's own (inbox, outbox, quarantine, timers, positions) and the shape of state tables."""

from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from contracts.event import Message

V = TypeVar("V", bound=Message)


Instant: Final = DateTime(timezone=True)


class StateTable(Generic[V]):
    """A table of states: key, body (JSON of `model`), version, and the columns that constraints and queries need.

    Each extra column is filled from the model's attribute of the same name. `version` grows with each write and
    lets the database refuse a writer that decided on an older state. A sealed table keeps its bodies encrypted.
    """

    def __init__(
        self,
        metadata: MetaData,
        name: str,
        model: type[V],
        *columns: Column[Any] | SchemaItem,
        sealed: bool = False,
    ) -> None:
        self.name, self.model, self.sealed = name, model, sealed
        self.extra: Final[Sequence[Column[Any]]] = [item for item in columns if isinstance(item, Column)]
        self.table = Table(
            name,
            metadata,
            Column("key", Text, primary_key=True),
            Column("version", BigInteger, nullable=False),
            Column("body", JSONB, nullable=False),
            *columns,
        )

    def __repr__(self) -> str:
        return f"StateTable({self.name})"


def chassis_tables(metadata: MetaData) -> None:
    """Add the chassis's tables to a service's metadata."""
    _of_what_comes_in(metadata)
    _of_what_goes_out(metadata)


def _of_what_comes_in(metadata: MetaData) -> None:
    Table(
        "inbox",
        metadata,
        Column("entry", LargeBinary, primary_key=True, comment="digest of consumer, sender and id"),
        Column("position", Text, nullable=False, comment="topic:partition:offset first taken"),
        Column("digest", BigInteger, nullable=False, comment="of the body, to tell a retry from another message"),
        Column("refused", Boolean, nullable=False, comment="refused: the same id may be sent again, corrected"),
        Column("at", Instant, nullable=False, server_default=func.now()),
        Index("inbox_at", "at", postgresql_using="brin"),
    )
    Table(
        "quarantine",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("offset", BigInteger, primary_key=True),
        Column("code", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False, comment="the record, encrypted"),
        Column("at", Instant, nullable=False, server_default=func.now()),
    )
    Table(
        "positions",
        metadata,
        Column("siao", Text, primary_key=True),
        Column("input", Text, primary_key=True, comment="topic-partition"),
        Column("offset", BigInteger, nullable=False),
    )


def _of_what_goes_out(metadata: MetaData) -> None:
    # Columns a change-data-capture router understands, should one ever replace the relay.
    Table(
        "outbox",
        metadata,
        Column("seq", BigInteger, primary_key=True, autoincrement=True),
        Column("id", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("type", Text),
        Column("time", Instant, nullable=False, comment="business time of the decision"),
        Column("traceparent", Text),
        Column("payload", LargeBinary, comment="null: a tombstone"),
        Column("at", Instant, nullable=False, server_default=func.now(), comment="real time"),
    )
    Table(
        "timers",
        metadata,
        Column("name", Text, primary_key=True),
        Column("due_at", Instant, nullable=False, comment="business time"),
        Column("id", Text, nullable=False),
        Column("topic", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Index("timers_due_at", "due_at"),
    )
