"""Alembic's environment of `orientation`."""

from services.chassis.migrate import run_environment
from services.orientation.store import METADATA

run_environment(METADATA)
