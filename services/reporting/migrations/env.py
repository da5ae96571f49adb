"""Alembic's environment of `reporting`."""

from services.chassis.migrate import run_environment
from services.reporting.store import METADATA

run_environment(METADATA)
