"""The two tables of offers' handlers: what structures say, and what the SIAO decided."""

from typing import Final

from services.chassis.fold import Folds

PARTNERS: Final = Folds()
CORE: Final = Folds()
