"""The table of `reporting`: one row a core fact. Any indicator of any period is computed from it, again and again."""

from typing import Final

from sqlalchemy import Column, Index, Integer, MetaData, Text

from services.chassis.tables import Instant, StateTable, chassis_tables
from services.reporting.domain import FactRow

METADATA: Final = MetaData()
FACTS: Final = StateTable(
    METADATA,
    "facts",
    FactRow,
    Column("siao", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("subject", Text, nullable=False),
    Column("offer_type", Text),
    Column("persons", Integer, nullable=False),
    Column("detail", Text, nullable=False),
    Column("turn", Integer, nullable=False),
    Column("number", Integer, nullable=False, server_default="1"),
    Column("days", Integer),
    # They hold all that indicators look at: the rows themselves, three times as large, are not read.
    Index("facts_by_kind", "siao", "kind", "at", postgresql_include=["subject", "offer_type", "persons", "detail"]),
    Index("facts_by_subject", "kind", "subject", "turn"),
)
chassis_tables(METADATA)
