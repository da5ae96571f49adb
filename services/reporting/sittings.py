"""What is counted of the commission: its sessions, what became of the items of their agendas, members' opinions."""

from typing import Final

from contracts.commission_codes import ItemOutcome
from contracts.event import Message
from contracts.sessions import AgendaMinuted, ItemSettled, OpinionRecorded

_DEPARTS: Final = ":departs"


def detail_of(event: ItemSettled) -> str:
    """What became of an item, and whether the operator has departed from the proposal."""
    return f"{event.outcome.value}{_DEPARTS if event.departs else ''}"


def _both(outcome: ItemOutcome) -> tuple[str, ...]:
    return outcome.value, f"{outcome.value}{_DEPARTS}"


# Indicators, as `counted.py` makes them: id, label, definition, kind of fact, details.
COUNTED: Final[tuple[tuple[str, str, str, type[Message], tuple[str, ...]], ...]] = (
    (
        *("commission_sessions", "Séances de commission", "Séances dont le procès-verbal est de la période."),
        *(AgendaMinuted, ()),
    ),
    (
        *("agenda_items_designated", "Points suivis d'une désignation", "Places attribuées par la commission."),
        *(ItemSettled, _both(ItemOutcome.DESIGNATED)),
    ),
    (
        *("agenda_items_departing", "dont autrement que proposé", "Décisions motivées de l'opérateur."),
        *(ItemSettled, (f"{ItemOutcome.DESIGNATED.value}{_DEPARTS}",)),
    ),
    (
        *("agenda_items_adjourned", "Points ajournés", "Places renvoyées à une autre séance."),
        *(ItemSettled, _both(ItemOutcome.ADJOURNED)),
    ),
    (
        "agenda_items_lapsed",
        "Points sans objet",
        "Ménage ou place qui n'était plus disponible : la place suit le régime direct.",
        *(ItemSettled, _both(ItemOutcome.LAPSED)),
    ),
    (
        *("agenda_items_unmatched", "Points sans ménage", "Places sans ménage à proposer."),
        *(ItemSettled, _both(ItemOutcome.UNMATCHED)),
    ),
    (
        "opinions_given",
        "Avis des membres",
        "Avis reçus sur des points d'un ordre du jour, ceux qui en remplacent un compris.",
        *(OpinionRecorded, ()),
    ),
    (
        *("opinions_unfavourable", "dont défavorables", "Avis défavorables reçus."),
        *(OpinionRecorded, ("unfavourable",)),
    ),
)
