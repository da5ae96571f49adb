"""What `reporting` does with each core fact: it keeps a row of it."""

from typing import Final

from contracts.event import Message
from services.chassis.fold import Effects, Folds, Heard, Put, State, no_keys
from services.reporting.domain import ROWS
from services.reporting.store import FACTS

CORE: Final = Folds()


@CORE.on(*ROWS, keys=no_keys)
def keep(heard: Heard[Message], _state: State) -> Effects:
    """One row a fact, dated by the decision that made it."""
    yield Put(FACTS, heard.envelope.id, ROWS[type(heard.event)](heard.event, heard.envelope.time))
