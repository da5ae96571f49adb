"""Code lists of the commission; English ids, French labels, as in `codes.py`."""

from contracts.codes import Labelled


class ItemOutcome(Labelled):
    """What became of an item of a session's agenda. Proposal: no official national list exists."""

    DESIGNATED = "designated", "Ménage désigné"
    UNMATCHED = "unmatched", "Aucun ménage proposé : la place suit le régime direct"
    LAPSED = "lapsed", "Sans objet : ménage ou place qui n'est plus disponible ; la place suit le régime direct"
    ADJOURNED = "adjourned", "Ajourné à une autre séance"
