"""What `offers` does with each message. `vacancies.py` is where the SIAO learns that a place is vacant."""

from services.offers.handlers import approvals, stays, structures, vacancies
from services.offers.handlers.folds import CORE, PARTNERS

__all__ = ["CORE", "PARTNERS", "approvals", "stays", "structures", "vacancies"]
