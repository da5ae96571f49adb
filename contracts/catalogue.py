"""Which messages may be on which topic: the one table that reading, exporting and documenting share."""

from typing import Final

from contracts import (
    alerts,
    answers,
    commission,
    decisions,
    designations,
    households,
    indicators,
    leases,
    notices,
    offers,
    partners,
    proposals,
    received,
    requests,
    rights,
    sessions,
    stays,
    vacancies,
)
from contracts.event import Message
from contracts.topics import (
    ANSWERS,
    DECISIONS,
    DESIGNATIONS,
    HOUSEHOLDS,
    INDICATORS,
    NOTICES,
    OFFERS,
    PARTNER_ANSWERS,
    PARTNERS,
    READY_HOUSEHOLDS,
    REQUESTS,
    VACANCIES,
    Channel,
    Role,
    Service,
)

Model = type[Message]


def _by_type(*models: Model) -> dict[str, Model]:
    return {getattr(model, "type"): model for model in models}  # noqa: B009  (a class variable of each model)


# Topic or channel name -> ce_type -> model.
MESSAGES: Final[dict[str, dict[str, Model]]] = {
    VACANCIES.name: _by_type(
        vacancies.StructureDescribed,
        vacancies.VacancyAnnounced,
        vacancies.VacancyPublished,
        vacancies.VacancyWithdrawn,
        vacancies.PlaceUnavailable,
        vacancies.PlaceAvailable,
    ),
    REQUESTS.name: _by_type(
        requests.RequestSubmitted,
        requests.RequestRefreshed,
        requests.RequestCancelled,
        requests.MediationDecided,
        requests.HouseholdHosted,
        requests.HouseholdAdmittedDirectly,
        requests.HouseholdDeclaredReady,
        requests.ReadinessSuspended,
        requests.ReadinessWithdrawn,
    ),
    PARTNER_ANSWERS.name: _by_type(
        answers.DesignationAcknowledged,
        answers.DesignationInterviewSet,
        answers.DesignationInterviewHeld,
        answers.DesignationAccepted,
        answers.AdmissionDecided,
        answers.DesignationRefused,
        answers.HouseholdDeclined,
        answers.HouseholdNoShow,
        answers.HouseholdAdmitted,
        answers.StayReviewed,
        answers.StayExtensionAsked,
        answers.HouseholdLeft,
        answers.LeaseReviewed,
        answers.LeaseSlid,
        answers.DwellingProposed,
        answers.CaleolDecided,
        answers.HouseholdRehoused,
        commission.OpinionGiven,
    ),
    DECISIONS.name: _by_type(
        decisions.RefusalJudged,
        decisions.HouseholdRefusalJudged,
        decisions.DesignationCancelled,
        decisions.AdmissionJudged,
        decisions.DesignationOutOfOrder,
        decisions.RequestQualified,
        decisions.RequestAdjourned,
        decisions.RequestSuspended,
        decisions.CriteriaAdopted,
        decisions.ProjetApproved,
        commission.CommissionInstituted,
        commission.CommissionConvened,
        commission.QuotaSet,
        commission.PreAllocationDecided,
        commission.CommissionMinuted,
    ),
    NOTICES.name: _by_type(
        notices.MessageAccepted,
        notices.MessageRejected,
        notices.HouseholdDesignated,
        notices.DesignationReminded,
        notices.InterviewSet,
        notices.RefusalOverruled,
        notices.RefusalEscalated,
        notices.DesignationClosed,
        notices.RefusalToJudge,
        notices.HouseholdRefusalToJudge,
        notices.EscalationJudged,
        alerts.JudgementOverdue,
        alerts.EmergencyAdmissionTold,
        alerts.AdmissionToAnswer,
        alerts.AdmissionAnswered,
        alerts.StayDutyDue,
        leases.SubletDwellingUpdated,
        alerts.LegalClockApproaching,
        alerts.LegalOfferMade,
        alerts.LegalBenefitAtRisk,
        notices.LegalClockAlert,
        notices.RequestUpdated,
        alerts.RequestRefreshDue,
        alerts.RightTold,
        commission.CommissionAgenda,
        commission.CommissionMinutes,
        proposals.ReadyHouseholdProposed,
        proposals.ReadyHouseholdDecided,
        proposals.ProposalClosed,
    ),
    READY_HOUSEHOLDS.name: _by_type(notices.ReadyHousehold),
    INDICATORS.name: _by_type(indicators.IndicatorsComputed),
    PARTNERS.name: _by_type(partners.PartnerRegistered),
    OFFERS.name: _by_type(
        offers.StructureRegistered,
        offers.VacancyExpected,
        offers.VacancyOpened,
        offers.VacancyClosed,
        offers.PlaceOutOfService,
        offers.PlaceBackInService,
    ),
    HOUSEHOLDS.name: _by_type(
        households.RequestRegistered,
        households.HouseholdWaiting,
        households.RequestSetAside,
        households.RightRecognised,
        households.RequestClosed,
        households.StayRecorded,
        households.ReadinessDeclared,
        households.ReadinessEnded,
        proposals.ProposalRecorded,
        proposals.ProposalDecided,
    ),
    ANSWERS.name: _by_type(received.AnswerReceived, received.DeadlineReached),
    DESIGNATIONS.name: _by_type(
        designations.DesignationMade,
        designations.VacancyUnmatched,
        designations.DesignationProgressed,
        designations.DesignationEnded,
        designations.HouseholdRefusalSettled,
        designations.StayStarted,
        stays.AdmissionSentToPrefet,
        stays.AdmissionSettled,
        stays.StayReviewRecorded,
        stays.StayExtended,
        stays.StayDutyOverdue,
        leases.LeaseReviewRecorded,
        designations.StayEnded,
        rights.LegalDeadlineApproaching,
        rights.LegalOfferRecorded,
        designations.LegalClockMissed,
        designations.CriteriaInForce,
        designations.RequestHeld,
        designations.RequestRefreshOverdue,
        sessions.CommissionInForce,
        sessions.SessionConvened,
        sessions.QuotaInForce,
        sessions.AgendaFrozen,
        sessions.OpinionRecorded,
        sessions.ItemSettled,
        sessions.AgendaMinuted,
    ),
}

# Who may send what, where the channel alone does not say it.
ROLES: Final[dict[str, frozenset[Role]]] = {
    requests.MediationDecided.type: frozenset({Role.PREFECTURE}),
    requests.HouseholdHosted.type: frozenset({Role.STRUCTURE}),
    requests.HouseholdAdmittedDirectly.type: frozenset({Role.STRUCTURE}),
    requests.HouseholdDeclaredReady.type: frozenset({Role.STRUCTURE}),
    requests.ReadinessSuspended.type: frozenset({Role.STRUCTURE}),
    requests.ReadinessWithdrawn.type: frozenset({Role.STRUCTURE}),
    answers.DwellingProposed.type: frozenset({Role.BAILLEUR, Role.RESERVATAIRE}),
    answers.CaleolDecided.type: frozenset({Role.BAILLEUR}),
    answers.HouseholdRehoused.type: frozenset({Role.BAILLEUR, Role.RESERVATAIRE, Role.PREFECTURE}),
    answers.LeaseSlid.type: frozenset({Role.STRUCTURE, Role.BAILLEUR}),
    commission.OpinionGiven.type: frozenset(PARTNER_ANSWERS.roles),
    **{
        model.type: frozenset({Role.STRUCTURE})
        for model in (
            answers.DesignationAcknowledged,
            answers.DesignationInterviewSet,
            answers.DesignationInterviewHeld,
            answers.DesignationAccepted,
            answers.AdmissionDecided,
            answers.DesignationRefused,
            answers.HouseholdDeclined,
            answers.HouseholdNoShow,
            answers.HouseholdAdmitted,
            answers.StayReviewed,
            answers.StayExtensionAsked,
            answers.HouseholdLeft,
            answers.LeaseReviewed,
        )
    },
    decisions.RefusalJudged.type: frozenset({Role.OPERATOR, Role.PREFECTURE}),
    decisions.AdmissionJudged.type: frozenset({Role.PREFECTURE}),
    **{
        model.type: frozenset({Role.OPERATOR})
        for model in (
            decisions.HouseholdRefusalJudged,
            decisions.DesignationCancelled,
            decisions.DesignationOutOfOrder,
            decisions.RequestQualified,
            decisions.RequestAdjourned,
            decisions.RequestSuspended,
            decisions.CriteriaAdopted,
            commission.CommissionInstituted,
            commission.CommissionConvened,
            commission.QuotaSet,
            commission.PreAllocationDecided,
            commission.CommissionMinuted,
        )
    },
}

# Which services send what to partners, where the channel alone does not say it.
SENDERS: Final[dict[str, tuple[Service, ...]]] = {
    **{
        model.type: (Service.INTAKE,)
        for model in (
            # All that is said of one designation comes from one service: a partner reads it in the order it happened.
            notices.HouseholdDesignated,
            notices.DesignationReminded,
            notices.InterviewSet,
            notices.RefusalOverruled,
            notices.RefusalEscalated,
            notices.DesignationClosed,
            notices.RequestUpdated,
            alerts.RightTold,
            notices.ReadyHousehold,
            proposals.ReadyHouseholdProposed,
            proposals.ReadyHouseholdDecided,
            proposals.ProposalClosed,
            alerts.AdmissionToAnswer,
            alerts.AdmissionAnswered,
        )
    },
    **{
        model.type: (Service.ORIENTATION,)
        for model in (
            notices.RefusalToJudge,
            notices.HouseholdRefusalToJudge,
            notices.EscalationJudged,
            alerts.JudgementOverdue,
            alerts.EmergencyAdmissionTold,
            alerts.StayDutyDue,
            leases.SubletDwellingUpdated,
            alerts.RequestRefreshDue,
            alerts.LegalClockApproaching,
            alerts.LegalOfferMade,
            alerts.LegalBenefitAtRisk,
            notices.LegalClockAlert,
            commission.CommissionAgenda,
            commission.CommissionMinutes,
        )
    },
}


def senders(channel: Channel, kind: str) -> tuple[Role, ...] | tuple[Service, ...]:
    """Who may send a message of this type on a kind of partner topic: roles of partners, or services."""
    if channel.inbound:
        return tuple(role for role in channel.roles if role in ROLES.get(kind, channel.roles))
    return SENDERS.get(kind, channel.services)
