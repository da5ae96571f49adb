"""What is counted of the commission: its sessions, what became of the items of their agendas, members' opinions."""

from typing import Final

from contracts.commission_codes import ItemOutcome
from contracts.event import Message
from contracts.indicator_codes import Indicator
from contracts.sessions import AgendaMinuted, ItemSettled, OpinionRecorded

_DEPARTS: Final = ":departs"


def detail_of(event: ItemSettled) -> str:
    """What became of an item, and whether the operator has departed from the proposal."""
    return f"{event.outcome.value}{_DEPARTS if event.departs else ''}"


def _both(outcome: ItemOutcome) -> tuple[str, ...]:
    return outcome.value, f"{outcome.value}{_DEPARTS}"


# Indicators, as `counted.py` makes them: code, definition, kind of fact, details.
COUNTED: Final[tuple[tuple[Indicator, str, type[Message], tuple[str, ...]], ...]] = (
    (Indicator.COMMISSION_SESSIONS, "Séances dont le procès-verbal est de la période.", AgendaMinuted, ()),
    (
        Indicator.AGENDA_ITEMS_DESIGNATED,
        "Places attribuées par la commission.",
        ItemSettled,
        _both(ItemOutcome.DESIGNATED),
    ),
    (
        Indicator.AGENDA_ITEMS_DEPARTING,
        "Décisions motivées de l'opérateur.",
        ItemSettled,
        (f"{ItemOutcome.DESIGNATED.value}{_DEPARTS}",),
    ),
    (
        Indicator.AGENDA_ITEMS_ADJOURNED,
        "Places renvoyées à une autre séance.",
        ItemSettled,
        _both(ItemOutcome.ADJOURNED),
    ),
    (
        Indicator.AGENDA_ITEMS_LAPSED,
        "Ménage ou place qui n'était plus disponible : la place suit le régime direct.",
        ItemSettled,
        _both(ItemOutcome.LAPSED),
    ),
    (Indicator.AGENDA_ITEMS_UNMATCHED, "Places sans ménage à proposer.", ItemSettled, _both(ItemOutcome.UNMATCHED)),
    (
        Indicator.OPINIONS_GIVEN,
        "Avis reçus sur des points d'un ordre du jour, ceux qui en remplacent un compris.",
        OpinionRecorded,
        (),
    ),
    (Indicator.OPINIONS_UNFAVOURABLE, "Avis défavorables reçus.", OpinionRecorded, ("unfavourable",)),
)
