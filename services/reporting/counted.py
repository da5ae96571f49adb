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
    StayEnded,
    StayStarted,
)
from contracts.event import Message
from contracts.households import (
    HouseholdWaiting,
    ReadinessDeclared,
    ReadinessEnded,
    RequestClosed,
    RequestRegistered,
    RequestSetAside,
)
from contracts.indicator_codes import Indicator as Code
from contracts.offers import VacancyClosed, VacancyOpened
from contracts.proposals import ProposalDecided, ProposalRecorded
from contracts.stays import AdmissionSettled, StayDutyOverdue
from services.reporting import leases, rights, sittings

# A household's refusal after which its request waits no more until its prescriber sends it again.
TO_UPDATE: Final = ("inadmissible:to_update", "inadmissible:right:to_update")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: `flow` counts rows of a period; `stock` counts subjects begun and not ended at its end.

    details: which values of `detail` count (none: all). first: only the first row of each subject.
    paused_by: what takes a subject out of stock too, with which details, until it begins again.
    """

    code: Code
    definition: str
    kind: type[Message]
    details: tuple[str, ...] = ()
    measure: Literal["flow", "first", "stock"] = "flow"
    ended_by: tuple[type[Message], ...] = ()
    paused_by: tuple[type[Message], tuple[str, ...]] | None = None

    @property
    def id(self) -> str:
        """Its code, as it is written."""
        return self.code.value

    @property
    def label(self) -> str:
        """What people read."""
        return self.code.label


INDICATORS: Final = (
    Indicator(
        Code.REQUESTS_REGISTERED,
        "Premières transmissions au SIAO dans la période.",
        RequestRegistered,
        measure="first",
    ),
    Indicator(
        Code.REQUESTS_INCOMPLETE,
        "Premières transmissions auxquelles manquait une rubrique de l'évaluation.",
        RequestRegistered,
        ("incomplete",),
        "first",
    ),
    Indicator(
        Code.REQUESTS_ADJOURNED,
        "Demandes que l'opérateur a ajournées : hors des listes, avec leur ancienneté, jusqu'à leur renvoi.",
        RequestSetAside,
        ("adjourned",),
    ),
    Indicator(
        Code.REQUESTS_NOT_REFRESHED,
        "Demandes sorties des listes faute d'actualisation ; actualisées, elles y reviennent avec leur ancienneté.",
        RequestSetAside,
        ("not_refreshed",),
    ),
    Indicator(Code.REQUESTS_CANCELLED, "Demandes closes sans admission.", RequestClosed, ("cancelled",)),
    Indicator(
        Code.VACANCIES_OPENED,
        "Vacances ouvertes, par déclaration ou par départ ; les personnes sont la capacité.",
        VacancyOpened,
    ),
    Indicator(Code.VACANCIES_WITHDRAWN, "Vacances reprises par la structure.", VacancyClosed, ("withdrawn",)),
    Indicator(Code.DESIGNATIONS_MADE, "Ménages désignés à une place.", DesignationMade),
    Indicator(Code.DESIGNATIONS_ADMITTED, "Ménages entrés.", DesignationEnded, ("admitted",)),
    Indicator(
        Code.REFUSALS_SUBMITTED,
        "Refus de structure soumis à l'opérateur.",
        DesignationProgressed,
        ("refusal_submitted",),
    ),
    Indicator(
        Code.DESIGNATIONS_REFUSED,
        "Refus que l'opérateur a retenus.",
        DesignationEnded,
        ("refused",),
    ),
    Indicator(
        Code.REFUSALS_ESCALATED,
        "Refus de structure que l'opérateur a soumis à la préfecture.",
        DesignationProgressed,
        ("refusal_escalated",),
    ),
    Indicator(Code.DESIGNATIONS_DECLINED, "Désignations déclinées.", DesignationEnded, ("declined",)),
    Indicator(
        Code.HOUSEHOLD_REFUSALS_ADMISSIBLE,
        "Refus du ménage jugés recevables dans la période : il garde son rang.",
        HouseholdRefusalSettled,
        ("admissible",),
    ),
    Indicator(
        Code.HOUSEHOLD_REFUSALS_INADMISSIBLE,
        "Refus du ménage jugés non recevables dans la période : son ancienneté recommence.",
        HouseholdRefusalSettled,
        ("inadmissible", "inadmissible:right", *TO_UPDATE),
    ),
    Indicator(
        Code.LEGAL_BENEFITS_AT_RISK,
        "Refus non recevables d'une offre due au titre d'un droit reconnu : la préfecture en est informée.",
        HouseholdRefusalSettled,
        ("inadmissible:right", "inadmissible:right:to_update"),
    ),
    Indicator(Code.DESIGNATIONS_NO_SHOW, "Ménages non présentés.", DesignationEnded, ("no_show",)),
    Indicator(
        Code.DESIGNATIONS_EXPIRED,
        "Sans réponse dans le délai, qui que ce soit qui se taise.",
        DesignationEnded,
        ("expired", "expired:household", "expired:prescriber"),
    ),
    Indicator(
        Code.DESIGNATIONS_EXPIRED_STRUCTURE,
        "De la structure.",
        DesignationEnded,
        ("expired",),
    ),
    Indicator(
        Code.DESIGNATIONS_EXPIRED_HOUSEHOLD,
        "Attendu et non entré, ou attendu à un entretien.",
        DesignationEnded,
        ("expired:household",),
    ),
    Indicator(
        Code.DESIGNATIONS_EXPIRED_PRESCRIBER,
        "Attendu pour qu'un entretien ait lieu.",
        DesignationEnded,
        ("expired:prescriber",),
    ),
    Indicator(
        Code.DESIGNATIONS_WITHDRAWN,
        "Vacance retirée après désignation.",
        DesignationEnded,
        ("withdrawn",),
    ),
    Indicator(
        Code.DESIGNATIONS_CANCELLED,
        "Demande annulée après désignation.",
        DesignationEnded,
        ("cancelled",),
    ),
    Indicator(
        Code.DESIGNATIONS_CANCELLED_BY_OPERATOR,
        "Décision motivée de l'opérateur.",
        DesignationEnded,
        ("cancelled:operator",),
    ),
    Indicator(
        Code.DESIGNATIONS_SUPERSEDED,
        "Ménage accueilli ailleurs pendant la désignation.",
        DesignationEnded,
        ("superseded",),
    ),
    Indicator(
        Code.DIRECT_STAYS,
        "Séjours dont la structure informe le SIAO : reprise de l'existant.",
        StayStarted,
        ("direct",),
    ),
    Indicator(
        Code.EMERGENCY_ADMISSIONS,
        "Ménages que la structure a admis seule, en urgence, et dont elle a informé le SIAO (CASF L345-2-7).",
        StayStarted,
        ("emergency",),
    ),
    Indicator(
        Code.ADMISSIONS_DEEMED_ACCEPTED,
        "Silence d'un mois du préfet sur la décision d'un CHRS (CASF R345-4).",
        AdmissionSettled,
        (AdmissionOutcome.DEEMED_ACCEPTED.value,),
    ),
    Indicator(
        Code.ADMISSIONS_ANSWERED,
        "Réponses, favorables ou non (CASF R345-4).",
        AdmissionSettled,
        (AdmissionOutcome.ACCEPTED.value, AdmissionOutcome.REFUSED.value),
    ),
    Indicator(
        Code.REVIEWS_OVERDUE,
        "Séjours en CHRS dont le bilan n'a pas été fait à temps (CASF R345-4).",
        StayDutyOverdue,
        (StayDuty.REVIEW.value,),
    ),
    Indicator(
        Code.EXTENSIONS_OVERDUE,
        "Séjours en CHRS à un mois de leur fin, sans demande de prolongation (CASF R345-4).",
        StayDutyOverdue,
        (StayDuty.EXTENSION.value,),
    ),
    Indicator(Code.DEPARTURES, "Séjours terminés.", StayEnded),
    Indicator(
        Code.DEPARTURES_TO_ORDINARY_HOUSING,
        "Séjours terminés par un logement privé ou social.",
        StayEnded,
        (ExitGroup.ORDINARY.value, leases.SLID),
    ),
    *(Indicator(*of_leases) for of_leases in leases.COUNTED),
    Indicator(Code.READY_DECLARED, "Entrées sur la liste des ménages prêts.", ReadinessDeclared),
    Indicator(
        Code.READINESS_SUSPENDED,
        "Sorties de la liste par suspension ; déclaré prêt à nouveau, le ménage y revient.",
        ReadinessEnded,
        ("suspended",),
    ),
    Indicator(Code.DWELLINGS_PROPOSED, "Logements proposés à des ménages prêts.", ProposalRecorded),
    Indicator(
        Code.DWELLINGS_ATTRIBUTED,
        "Décisions d'attribution, hors classement et hors condition suspensive.",
        ProposalDecided,
        ("attributed",),
    ),
    Indicator(
        Code.DWELLINGS_NOT_ATTRIBUTED,
        "Décisions de non-attribution ou d'irrecevabilité.",
        ProposalDecided,
        ("not_attributed", "inadmissible"),
    ),
    Indicator(Code.REHOUSED, "Sorties de la liste par relogement.", ReadinessEnded, ("rehoused",)),
    *(Indicator(*of_rights) for of_rights in rights.COUNTED),
    *(Indicator(*of_the_commission) for of_the_commission in sittings.COUNTED),
    Indicator(
        Code.WAITING,
        "Demandes complètes, non closes et non à renvoyer à la fin de la période, désignation en cours ou non.",
        HouseholdWaiting,
        measure="stock",
        ended_by=(RequestClosed, RequestSetAside),
        paused_by=(HouseholdRefusalSettled, TO_UPDATE),
    ),
    Indicator(
        Code.READY,
        "Ménages sur la liste à la fin de la période.",
        ReadinessDeclared,
        measure="stock",
        ended_by=(ReadinessEnded,),
    ),
    Indicator(
        Code.HOSTED,
        "Séjours en cours à la fin de la période.",
        StayStarted,
        measure="stock",
        ended_by=(StayEnded,),
    ),
)
