"""The tables of `intake`. Identities are sealed: the database alone does not tell a name."""

from typing import Final

from sqlalchemy import Column, MetaData, Text

from services.chassis.tables import Instant, StateTable, chassis_tables
from services.intake.domain import Disclosure, Household, Request

METADATA: Final = MetaData()
REQUESTS: Final = StateTable(
    METADATA,
    "requests",
    Request,
    Column("siao", Text, nullable=False),
    Column("household", Text, nullable=False, unique=True),
    Column("status", Text, nullable=False),
)
HOUSEHOLDS: Final = StateTable(
    METADATA, "households", Household, Column("siao", Text, nullable=False), Column("host", Text), sealed=True
)
DISCLOSURES: Final = StateTable(
    METADATA,
    "disclosures",
    Disclosure,
    Column("siao", Text, nullable=False),
    Column("household", Text, nullable=False, index=True),
    Column("recipient", Text, nullable=False),
    Column("at", Instant, nullable=False),
)
chassis_tables(METADATA)
