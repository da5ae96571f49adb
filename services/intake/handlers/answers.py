"""Which answers and decisions that orientation has received are intake's to decide; the others are left to it."""

from contracts.received import AnswerReceived
from services.chassis.fold import Effects, Heard, Key, State
from services.intake.handlers import proposals, qualifying
from services.intake.handlers.folds import CORE


def named(heard: Heard[AnswerReceived]) -> list[Key]:
    """The household or the request that it names."""
    kind = heard.event.origin.message_type
    if kind in proposals.ANSWERS:
        return proposals.household_of_answer(heard)
    return qualifying.request_of(heard) if kind in qualifying.DECISIONS else []


@CORE.on(AnswerReceived, keys=named)
def answer(heard: Heard[AnswerReceived], state: State) -> Effects:
    """Find who decides about this kind of answer."""
    kind = heard.event.origin.message_type
    if kind in proposals.ANSWERS:
        yield from proposals.answer(heard, state)
    elif kind in qualifying.DECISIONS:
        yield from qualifying.decide(heard, state)
