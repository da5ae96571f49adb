"""The definition of every indicator over the rows: ménages and personnes, always both."""

from dataclasses import dataclass
from typing import Final, Literal

from contracts.codes import ExitGroup
from contracts.decision_codes import AdmissionOutcome, StayDuty
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    HouseholdRefusalSettled,
    LegalClockMissed,
    StayEnded,
    StayStarted,
)
from contracts.event import Message
from contracts.households import HouseholdWaiting, ReadinessDeclared, ReadinessEnded, RequestClosed, RequestRegistered
from contracts.offers import VacancyClosed, VacancyOpened
from contracts.proposals import ProposalDecided, ProposalRecorded
from contracts.rights import LegalDeadlineApproaching, LegalOfferRecorded
from contracts.stays import AdmissionSettled, StayDutyOverdue


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
    Indicator(
        "refusals_escalated",
        "Refus transmis à la préfecture",
        "Refus de structure que l'opérateur a soumis à la préfecture.",
        DesignationProgressed,
        ("refusal_escalated",),
    ),
    Indicator("designations_declined", "Refus du ménage", "Désignations déclinées.", DesignationEnded, ("declined",)),
    Indicator(
        "household_refusals_admissible",
        "dont jugés recevables",
        "Refus du ménage jugés recevables dans la période : il garde son rang.",
        HouseholdRefusalSettled,
        ("admissible",),
    ),
    Indicator(
        "household_refusals_inadmissible",
        "dont jugés non recevables",
        "Refus du ménage jugés non recevables dans la période : son ancienneté recommence.",
        HouseholdRefusalSettled,
        ("inadmissible", "inadmissible:right"),
    ),
    Indicator(
        "legal_benefits_at_risk",
        "dont avec un droit DALO ou DAHO",
        "Refus non recevables d'une offre due au titre d'un droit reconnu : la préfecture en est informée.",
        HouseholdRefusalSettled,
        ("inadmissible:right",),
    ),
    Indicator("designations_no_show", "Ménages absents", "Ménages non présentés.", DesignationEnded, ("no_show",)),
    Indicator(
        "designations_expired",
        "Désignations sans réponse",
        "Sans réponse dans le délai, qui que ce soit qui se taise.",
        DesignationEnded,
        ("expired", "expired:household", "expired:prescriber"),
    ),
    Indicator(
        "designations_expired_structure",
        "dont silence de la structure",
        "De la structure.",
        DesignationEnded,
        ("expired",),
    ),
    Indicator(
        "designations_expired_household",
        "dont silence du ménage",
        "Attendu et non entré, ou attendu à un entretien.",
        DesignationEnded,
        ("expired:household",),
    ),
    Indicator(
        "designations_expired_prescriber",
        "dont silence du prescripteur",
        "Attendu pour qu'un entretien ait lieu.",
        DesignationEnded,
        ("expired:prescriber",),
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
        "designations_cancelled_by_operator",
        "Désignations annulées par l'opérateur",
        "Décision motivée de l'opérateur.",
        DesignationEnded,
        ("cancelled:operator",),
    ),
    Indicator(
        "designations_superseded",
        "Désignations sans objet",
        "Ménage accueilli ailleurs pendant la désignation.",
        DesignationEnded,
        ("superseded",),
    ),
    Indicator(
        "direct_stays",
        "Séjours hors désignation",
        "Séjours dont la structure informe le SIAO : reprise de l'existant.",
        StayStarted,
        ("direct",),
    ),
    Indicator(
        "emergency_admissions",
        "Admissions directes en urgence",
        "Ménages que la structure a admis seule, en urgence, et dont elle a informé le SIAO (CASF L345-2-7).",
        StayStarted,
        ("emergency",),
    ),
    Indicator(
        "admissions_deemed_accepted",
        "Admissions et prolongations réputées acceptées",
        "Silence d'un mois du préfet sur la décision d'un CHRS (CASF R345-4).",
        AdmissionSettled,
        (AdmissionOutcome.DEEMED_ACCEPTED.value,),
    ),
    Indicator(
        "admissions_answered",
        "Admissions et prolongations auxquelles le préfet a répondu",
        "Réponses, favorables ou non (CASF R345-4).",
        AdmissionSettled,
        (AdmissionOutcome.ACCEPTED.value, AdmissionOutcome.REFUSED.value),
    ),
    Indicator(
        "reviews_overdue",
        "Bilans en retard",
        "Séjours en CHRS dont le bilan n'a pas été fait à temps (CASF R345-4).",
        StayDutyOverdue,
        (StayDuty.REVIEW.value,),
    ),
    Indicator(
        "extensions_overdue",
        "Prolongations non demandées à temps",
        "Séjours en CHRS à un mois de leur fin, sans demande de prolongation (CASF R345-4).",
        StayDutyOverdue,
        (StayDuty.EXTENSION.value,),
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
    Indicator(
        "readiness_suspended",
        "Ménages prêts suspendus",
        "Sorties de la liste par suspension ; déclaré prêt à nouveau, le ménage y revient.",
        ReadinessEnded,
        ("suspended",),
    ),
    Indicator("dwellings_proposed", "Logements proposés", "Logements proposés à des ménages prêts.", ProposalRecorded),
    Indicator(
        "dwellings_attributed",
        "dont attribués en CALEOL",
        "Décisions d'attribution, hors classement et hors condition suspensive.",
        ProposalDecided,
        ("attributed",),
    ),
    Indicator(
        "dwellings_not_attributed",
        "dont refusés en CALEOL",
        "Décisions de non-attribution ou d'irrecevabilité.",
        ProposalDecided,
        ("not_attributed", "inadmissible"),
    ),
    Indicator("rehoused", "Ménages relogés", "Sorties de la liste par relogement.", ReadinessEnded, ("rehoused",)),
    Indicator(
        "legal_deadlines_near",
        "Échéances légales proches",
        "Alertes avant un jour légal DALO ou DAHO, sans offre ; un ménage peut en avoir plusieurs.",
        LegalDeadlineApproaching,
    ),
    Indicator(
        "legal_offers_in_time",
        "Offres légales dans le délai",
        "Désignations qui sont l'offre due à un ménage DALO ou DAHO, avant son jour légal.",
        LegalOfferRecorded,
        ("in_time",),
    ),
    Indicator(
        "legal_offers_late",
        "Offres légales hors délai",
        "Désignations qui sont l'offre due à un ménage DALO ou DAHO, après son jour légal.",
        LegalOfferRecorded,
        ("late",),
    ),
    Indicator(
        "legal_clocks_missed",
        "Échéances légales dépassées",
        "Jours légaux DALO ou DAHO passés sans offre en cours.",
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
