"""The tables of `offers`. A place is one row: it has one vacancy at most, and none while somebody lives there."""

from typing import Final

from sqlalchemy import CheckConstraint, Column, MetaData, Text

from services.chassis.tables import StateTable, chassis_tables
from services.offers.domain.places import Place
from services.offers.domain.structures import Structure

METADATA: Final = MetaData()
STRUCTURES: Final = StateTable(METADATA, "structures", Structure, Column("siao", Text, nullable=False))
PLACES: Final = StateTable(
    METADATA,
    "places",
    Place,
    Column("siao", Text, nullable=False),
    Column("structure", Text, nullable=False),
    Column("household", Text),
    Column("vacancy", Text),
    CheckConstraint("vacancy IS NULL OR household IS NULL", name="no_vacancy_where_a_household_lives"),
    CheckConstraint("key = structure || '/' || (body ->> 'place_id')", name="one_row_a_place"),
)
chassis_tables(METADATA)
