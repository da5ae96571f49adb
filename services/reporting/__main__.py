"""Runs `reporting`: python -m services.reporting."""

from services.chassis.app import run
from services.reporting.app import DESCRIPTION

if __name__ == "__main__":
    run(DESCRIPTION)
