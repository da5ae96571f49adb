"""What `reporting` does with each core fact: it keeps a row of it, once, counts it in its month, and keeps
what its subject amounts to now.
"""

from typing import Any, Final

from contracts.event import Message
from services.chassis.fold import Effects, Folds, Heard, Key, Measure, Put, State
from services.reporting.domain import ROWS
from services.reporting.figures import FACTS_HEARD
from services.reporting.periods import Month, month_key, month_of
from services.reporting.store import FACTS, MONTHS, SUBJECTS
from services.reporting.subjects import CHANGES

CORE: Final = Folds()


def row_and_subject(heard: Heard[Message]) -> list[Key]:
    """The row of this very fact, there already when the log is read again; its month; what it changes."""
    row: Key = (FACTS, heard.envelope.id)
    subjects = [(SUBJECTS, change.key(heard.event)) for change in CHANGES.get(type(heard.event), ())]
    return [row, (MONTHS, _month(heard)), *subjects]


def _month(heard: Heard[Any]) -> str:
    return month_key(heard.event.siao, heard.envelope.time)


@CORE.on(*ROWS, keys=row_and_subject)
def keep(heard: Heard[Message], state: State) -> Effects:
    """One row a fact, dated by the decision that made it."""
    if state.get(FACTS, heard.envelope.id) is not None:
        return
    row = ROWS[type(heard.event)](heard.event, heard.envelope.time)
    yield Put(FACTS, heard.envelope.id, row)
    yield Measure(FACTS_HEARD, (row.siao, row.kind, row.detail))
    month = state.get(MONTHS, _month(heard)) or Month(siao=row.siao, month=month_of(row.at))
    yield Put(MONTHS, _month(heard), month.model_copy(update={"heard": month.heard + 1}))
    for change in CHANGES.get(type(heard.event), ()):
        key = change.key(heard.event)
        yield Put(SUBJECTS, key, change.become(heard.event, row.at, state.get(SUBJECTS, key)))
