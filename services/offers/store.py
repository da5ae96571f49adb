"""The tables of `offers`."""

from typing import Final

from sqlalchemy import Column, MetaData, Text

from services.chassis.tables import StateTable, chassis_tables
from services.offers.domain import Structure

METADATA: Final = MetaData()
STRUCTURES: Final = StateTable(METADATA, "structures", Structure, Column("siao", Text, nullable=False))
chassis_tables(METADATA)
