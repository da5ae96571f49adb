"""What `intake` does with each message: requests come in, identities go out to those entitled, and to no one else."""

from services.intake.handlers import admissions, answers, designations, readiness, refreshes, requests, rights, stays
from services.intake.handlers.folds import CORE, PARTNERS

__all__ = [
    "CORE",
    "PARTNERS",
    "admissions",
    "answers",
    "designations",
    "readiness",
    "refreshes",
    "requests",
    "rights",
    "stays",
]
