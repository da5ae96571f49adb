"""Alembic's environment of `intake`."""

from services.chassis.migrate import run_environment
from services.intake.store import METADATA

run_environment(METADATA)
