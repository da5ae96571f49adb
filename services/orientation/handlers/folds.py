"""The two tables of orientation's handlers: reception of partners' answers, and decisions of a territory."""

from typing import Final

from services.chassis.fold import Folds

PARTNERS: Final = Folds()
CORE: Final = Folds()
