"""Alembic's environment of `offers`."""

from services.chassis.migrate import run_environment
from services.offers.store import METADATA

run_environment(METADATA)
