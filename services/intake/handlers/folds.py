"""The two tables of intake's handlers: what partners send, and what the SIAO's other services say."""

from typing import Final

from services.chassis.fold import Folds

PARTNERS: Final = Folds()
CORE: Final = Folds()
