"""Runs `offers`: python -m services.offers."""

from services.chassis.app import run
from services.offers.app import DESCRIPTION

if __name__ == "__main__":
    run(DESCRIPTION)
