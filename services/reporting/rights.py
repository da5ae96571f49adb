"""What is counted of DALO and DAHO rights: recognised, near their day, answered by an offer, missed."""

from typing import Final

from contracts.designations import LegalClockMissed
from contracts.event import Message
from contracts.households import RightRecognised
from contracts.indicator_codes import Indicator
from contracts.rights import LegalDeadlineApproaching, LegalOfferRecorded

# Indicators, as `counted.py` makes them: code, definition, kind of fact, details.
COUNTED: Final[tuple[tuple[Indicator, str, type[Message], tuple[str, ...]], ...]] = (
    (
        Indicator.RIGHTS_RECOGNISED,
        "Décisions de médiation que la préfecture a dites, requalifications comprises.",
        RightRecognised,
        (),
    ),
    (Indicator.RIGHTS_REQUALIFIED, "Un autre droit était connu.", RightRecognised, ("requalified",)),
    (
        Indicator.LEGAL_DEADLINES_NEAR,
        "Alertes avant un jour légal DALO ou DAHO, sans offre ; un ménage peut en avoir plusieurs.",
        LegalDeadlineApproaching,
        (),
    ),
    (
        Indicator.LEGAL_OFFERS_IN_TIME,
        "Désignations qui sont l'offre due à un ménage DALO ou DAHO, avant son jour légal.",
        LegalOfferRecorded,
        ("in_time",),
    ),
    (
        Indicator.LEGAL_OFFERS_LATE,
        "Désignations qui sont l'offre due à un ménage DALO ou DAHO, après son jour légal.",
        LegalOfferRecorded,
        ("late",),
    ),
    (
        Indicator.LEGAL_CLOCKS_MISSED,
        "Jours légaux DALO ou DAHO passés sans offre en cours.",
        LegalClockMissed,
        (),
    ),
)
