"""One row a fact, and the definition of every indicator over those rows: ménages and personnes, always both."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from contracts.codes import ExitGroup, OfferType
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    LegalClockMissed,
    StayEnded,
    StayStarted,
    VacancyUnmatched,
)
from contracts.event import Message
from contracts.households import HouseholdWaiting, ReadinessDeclared, ReadinessEnded, RequestClosed, RequestRegistered
from contracts.offers import VacancyClosed, VacancyOpened
from services.chassis.kept import Kept


class FactRow(Kept):
    """A core fact, as the observatory counts it. `turn` orders the versions of one subject."""

    siao: str
    kind: str
    at: datetime
    subject: str
    offer_type: OfferType | None = None
    persons: int = 0
    detail: str = ""
    turn: int = 0


def _row(event: Any, at: datetime, subject: str, **facts: Any) -> FactRow:
    return FactRow(siao=event.siao, kind=type(event).__dict__["type"], at=at, subject=subject, **facts)


# How each fact becomes a row; a fact that no indicator looks at is not here.
ROWS: Final[dict[type[Message], Callable[[Any, datetime], FactRow]]] = {
    VacancyOpened: lambda e, at: _row(e, at, e.vacancy, offer_type=e.offer_type, persons=e.capacity, detail=e.cause),
    VacancyClosed: lambda e, at: _row(e, at, e.vacancy, offer_type=e.offer_type, persons=e.capacity, detail=e.reason),
    RequestRegistered: lambda e, at: _row(
        e,
        at,
        e.request,
        offer_type=e.recommended[0],
        persons=e.facts.persons,
        detail="incomplete" if e.missing else "complete",
        turn=e.revision,
    ),
    HouseholdWaiting: lambda e, at: _row(e, at, e.request, offer_type=e.qualified[0], persons=e.facts.persons),
    RequestClosed: lambda e, at: _row(e, at, e.request, persons=e.persons, detail=e.reason),
    ReadinessDeclared: lambda e, at: _row(e, at, e.household, persons=e.persons),
    ReadinessEnded: lambda e, at: _row(e, at, e.household, persons=e.persons, detail=e.reason),
    DesignationMade: lambda e, at: _row(e, at, e.designation, offer_type=e.offer_type, persons=e.persons),
    VacancyUnmatched: lambda e, at: _row(e, at, e.vacancy, offer_type=e.offer_type),
    DesignationProgressed: lambda e, at: _row(
        e, at, e.designation, offer_type=e.offer_type, persons=e.persons, detail=e.step
    ),
    DesignationEnded: lambda e, at: _row(
        e, at, e.designation, offer_type=e.offer_type, persons=e.persons, detail=e.outcome.value
    ),
    StayStarted: lambda e, at: _row(
        e,
        at,
        f"{e.household}@{e.place}",
        offer_type=e.offer_type,
        persons=e.persons,
        detail="direct" if e.designation is None else "designated",
    ),
    StayEnded: lambda e, at: _row(
        e,
        at,
        f"{e.household}@{e.place}",
        offer_type=e.offer_type,
        persons=e.persons,
        detail=e.destination.group.value,
    ),
    LegalClockMissed: lambda e, at: _row(e, at, e.request, persons=e.persons),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: `flow` counts rows of a period; `stock` counts subjects begun and not ended at its end.

    details: which values of `detail` count (none: all). first: only the first row of each subject.
    """

    id: str
    label: str
    definition: str
    kind: type[Message]
    details: tuple[str, ...] = ()
    measure: Literal["flow", "first", "stock"] = "flow"
    ended_by: type[Message] | None = None


INDICATORS: Final = (
    Indicator(
        "requests_registered",
        "Demandes enregistrées",
        "Premières transmissions au SIAO dans la période.",
        RequestRegistered,
        measure="first",
    ),
    Indicator(
        "requests_incomplete",
        "dont incomplètes à la première transmission",
        "Premières transmissions auxquelles manquait une rubrique de l'évaluation.",
        RequestRegistered,
        ("incomplete",),
        "first",
    ),
    Indicator(
        "requests_cancelled", "Demandes annulées", "Demandes closes sans admission.", RequestClosed, ("cancelled",)
    ),
    Indicator(
        "vacancies_opened",
        "Places déclarées vacantes",
        "Vacances ouvertes, par déclaration ou par départ ; les personnes sont la capacité.",
        VacancyOpened,
    ),
    Indicator(
        "vacancies_withdrawn", "Vacances retirées", "Vacances reprises par la structure.", VacancyClosed, ("withdrawn",)
    ),
    Indicator("designations_made", "Désignations", "Ménages désignés à une place.", DesignationMade),
    Indicator(
        "designations_admitted", "Admissions sur désignation", "Ménages entrés.", DesignationEnded, ("admitted",)
    ),
    Indicator(
        "refusals_submitted",
        "Refus argumentés reçus",
        "Refus de structure soumis à l'opérateur.",
        DesignationProgressed,
        ("refusal_submitted",),
    ),
    Indicator(
        "designations_refused",
        "Refus de structure retenus",
        "Refus que l'opérateur a retenus.",
        DesignationEnded,
        ("refused",),
    ),
    Indicator("designations_declined", "Refus du ménage", "Désignations déclinées.", DesignationEnded, ("declined",)),
    Indicator("designations_no_show", "Ménages absents", "Ménages non présentés.", DesignationEnded, ("no_show",)),
    Indicator(
        "designations_expired", "Désignations sans réponse", "Silence de la structure.", DesignationEnded, ("expired",)
    ),
    Indicator(
        "designations_withdrawn",
        "Désignations caduques",
        "Vacance retirée après désignation.",
        DesignationEnded,
        ("withdrawn",),
    ),
    Indicator(
        "designations_cancelled",
        "Désignations annulées",
        "Demande annulée après désignation.",
        DesignationEnded,
        ("cancelled",),
    ),
    Indicator(
        "direct_stays",
        "Séjours hors désignation",
        "Séjours dont la structure informe le SIAO : reprise de l'existant, admission directe en urgence.",
        StayStarted,
        ("direct",),
    ),
    Indicator("departures", "Départs", "Séjours terminés.", StayEnded),
    Indicator(
        "departures_to_ordinary_housing",
        "dont vers le logement ordinaire",
        "Séjours terminés par un logement privé ou social.",
        StayEnded,
        (ExitGroup.ORDINARY.value,),
    ),
    Indicator("ready_declared", "Ménages déclarés prêts", "Entrées sur la liste des ménages prêts.", ReadinessDeclared),
    Indicator("rehoused", "Ménages relogés", "Sorties de la liste par relogement.", ReadinessEnded, ("rehoused",)),
    Indicator(
        "legal_clocks_missed",
        "Échéances légales dépassées",
        "Jours légaux DALO ou DAHO passés sans désignation en cours.",
        LegalClockMissed,
    ),
    Indicator(
        "waiting",
        "Ménages en attente (stock)",
        "Demandes complètes et non closes à la fin de la période, désignation en cours ou non.",
        HouseholdWaiting,
        measure="stock",
        ended_by=RequestClosed,
    ),
    Indicator(
        "ready",
        "Ménages prêts (stock)",
        "Ménages sur la liste à la fin de la période.",
        ReadinessDeclared,
        measure="stock",
        ended_by=ReadinessEnded,
    ),
    Indicator(
        "hosted",
        "Ménages hébergés connus du SIAO (stock)",
        "Séjours en cours à la fin de la période.",
        StayStarted,
        measure="stock",
        ended_by=StayEnded,
    ),
)
