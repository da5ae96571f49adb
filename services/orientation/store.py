"""The tables of `orientation`. Its constraints have the last word: no place and no household is designated twice."""

from typing import Any, Final

from sqlalchemy import Boolean, Column, Index, MetaData, Text, text

from services.chassis.tables import StateTable, chassis_tables
from services.orientation.domain.commission import Commission, Item, Quota, Session
from services.orientation.domain.model import (
    Admission,
    Argument,
    Criteria,
    Designation,
    LegalFile,
    Stay,
    Structure,
    Vacancy,
    Waiting,
)

METADATA: Final = MetaData()


def _siao() -> Column[Any]:
    return Column("siao", Text, nullable=False)


def _live() -> Column[Any]:
    return Column("live", Boolean, nullable=False)


def _once(name: str, column: str) -> Index:
    """At most one live row a value."""
    return Index(name, column, unique=True, postgresql_where=text("live"))


def _by_siao(table: str) -> Index:
    return Index(f"{table}_live", "siao", postgresql_where=text("live"))


STRUCTURES: Final = StateTable(METADATA, "structures", Structure, _siao(), _live())
VACANCIES: Final = StateTable(
    METADATA,
    "vacancies",
    Vacancy,
    _siao(),
    _live(),
    Column("place", Text, nullable=False),
    _once("one_live_vacancy_of_a_place", "place"),
    _by_siao("vacancies"),
)
WAITING: Final = StateTable(
    METADATA,
    "waiting",
    Waiting,
    _siao(),
    _live(),
    Column("household", Text, nullable=False),
    _once("one_live_request_of_a_household", "household"),
    _by_siao("waiting"),
)
DESIGNATIONS: Final = StateTable(
    METADATA,
    "designations",
    Designation,
    _siao(),
    _live(),
    Column("vacancy", Text, nullable=False),
    Column("household", Text, nullable=False),
    _once("one_live_designation_of_a_vacancy", "vacancy"),
    _once("one_live_designation_of_a_household", "household"),
    _by_siao("designations"),
)
STAYS: Final = StateTable(
    METADATA,
    "stays",
    Stay,
    _siao(),
    _live(),
    Column("place", Text, nullable=False),
    _once("one_live_stay_in_a_place", "place"),
    _by_siao("stays"),
)
ADMISSIONS: Final = StateTable(METADATA, "admissions", Admission, _siao(), _live(), _by_siao("admissions"))
LEGAL_FILES: Final = StateTable(METADATA, "legal_files", LegalFile, _siao(), _live(), _by_siao("legal_files"))
CRITERIA: Final = StateTable(METADATA, "criteria", Criteria, _siao(), _live())
ARGUMENTS: Final = StateTable(METADATA, "arguments", Argument, _siao(), sealed=True)
COMMISSIONS: Final = StateTable(METADATA, "commissions", Commission, _siao(), _live(), _by_siao("commissions"))
QUOTAS: Final = StateTable(METADATA, "quotas", Quota, _siao(), _live(), _by_siao("quotas"))
SESSIONS: Final = StateTable(METADATA, "sessions", Session, _siao(), _live(), _by_siao("sessions"))
ITEMS: Final = StateTable(METADATA, "agenda_items", Item, _siao(), _live(), _by_siao("agenda_items"))
TERRITORY_TABLES: Final = (
    *(STRUCTURES, CRITERIA, VACANCIES, WAITING, DESIGNATIONS, STAYS, ADMISSIONS, LEGAL_FILES),
    *(COMMISSIONS, QUOTAS, SESSIONS, ITEMS),
)
chassis_tables(METADATA)
