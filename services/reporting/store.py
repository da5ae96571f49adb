"""The tables of `reporting`: a row a core fact, for indicators of any period; a row a subject, for what is true now;
what partners were told of the figures.
"""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from services.chassis.tables import Instant, StateTable, chassis_tables
from services.reporting.domain import FactRow
from services.reporting.periods import Month
from services.reporting.subjects import Subject

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
_LIVE: Final = text("live")
_DESIGNATION: Final = text("kind = 'designation'")
SUBJECTS: Final = StateTable(
    METADATA,
    "subjects",
    Subject,
    Column("siao", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("persons", Integer, nullable=False),
    Column("structure", Text),
    Column("about", Text),
    Column("since", Instant, nullable=False),
    Column("due_at", Instant),
    Column("contested", Boolean, nullable=False),
    # One index a reading of `figures.py`, which holds all that it looks at.
    Index("subjects_live", "siao", "kind", "state", postgresql_include=["persons", "due_at"], postgresql_where=_LIVE),
    Index("subjects_about", "about", postgresql_where=text("live AND kind = 'designation'")),
    Index(
        "subjects_designated",
        "since",
        postgresql_include=["siao", "structure", "contested"],
        postgresql_where=_DESIGNATION,
    ),
)
MONTHS: Final = StateTable(
    METADATA,
    "months",
    Month,
    Column("siao", Text, nullable=False),
    Column("month", Text, nullable=False),
    Column("heard", Integer, nullable=False),
)
# What was told to partners last, exact, for those who join; and which of them have been told all of it.
TELLINGS: Final = Table(
    "tellings",
    METADATA,
    Column("siao", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("heard", Integer, nullable=False),
    Column("at", Instant, nullable=False, comment="business time"),
    Column("final", Boolean, nullable=False),
    Column("body", JSONB, nullable=False),
)
READERS: Final = Table(
    "readers",
    METADATA,
    Column("partner", Text, primary_key=True),
    Column("exact", Boolean, nullable=False),
)
chassis_tables(METADATA)
