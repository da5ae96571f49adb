"""Runs `orientation`: python -m services.orientation."""

from services.chassis.app import run
from services.orientation.app import DESCRIPTION

if __name__ == "__main__":
    run(DESCRIPTION)
