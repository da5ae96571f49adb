"""Runs `intake`: python -m services.intake."""

from services.chassis.app import run
from services.intake.app import DESCRIPTION

if __name__ == "__main__":
    run(DESCRIPTION)
