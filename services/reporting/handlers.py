"""What `reporting` does with each core fact: it keeps a row of it, once, and what its subject amounts to now."""

from typing import Final

from contracts.event import Message
from services.chassis.fold import Effects, Folds, Heard, Key, Measure, Put, State
from services.reporting.domain import ROWS
from services.reporting.figures import FACTS_HEARD
from services.reporting.store import FACTS, SUBJECTS
from services.reporting.subjects import CHANGES

CORE: Final = Folds()


def row_and_subject(heard: Heard[Message]) -> list[Key]:
    """The row of this very fact, there already when the log is read again from its beginning; and its subject."""
    row: Key = (FACTS, heard.envelope.id)
    change = CHANGES.get(type(heard.event))
    return [row] if change is None else [row, (SUBJECTS, change.key(heard.event))]


@CORE.on(*ROWS, keys=row_and_subject)
def keep(heard: Heard[Message], state: State) -> Effects:
    """One row a fact, dated by the decision that made it."""
    if state.get(FACTS, heard.envelope.id) is not None:
        return
    row = ROWS[type(heard.event)](heard.event, heard.envelope.time)
    yield Put(FACTS, heard.envelope.id, row)
    yield Measure(FACTS_HEARD, (row.siao, row.kind, row.detail))
    change = CHANGES.get(type(heard.event))
    if change is not None:
        key = change.key(heard.event)
        yield Put(SUBJECTS, key, change.become(heard.event, row.at, state.get(SUBJECTS, key)))
