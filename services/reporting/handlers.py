"""What `reporting` does with each core fact: it keeps a row of it, once."""

from typing import Final

from contracts.event import Message
from services.chassis.fold import Effects, Folds, Heard, Key, Put, State
from services.reporting.domain import ROWS
from services.reporting.store import FACTS

CORE: Final = Folds()


def own_row(heard: Heard[Message]) -> list[Key]:
    """The row of this very fact: there already when the log is read again from its beginning."""
    return [(FACTS, heard.envelope.id)]


@CORE.on(*ROWS, keys=own_row)
def keep(heard: Heard[Message], state: State) -> Effects:
    """One row a fact, dated by the decision that made it."""
    if state.get(FACTS, heard.envelope.id) is None:
        yield Put(FACTS, heard.envelope.id, ROWS[type(heard.event)](heard.event, heard.envelope.time))
