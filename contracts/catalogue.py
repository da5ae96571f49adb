"""Which messages may be on which topic: the one table that reading, exporting and documenting share."""

from typing import Final

from contracts import (
    answers,
    decisions,
    designations,
    households,
    notices,
    offers,
    partners,
    received,
    requests,
    vacancies,
)
from contracts.event import Message
from contracts.topics import (
    ANSWERS,
    DECISIONS,
    DESIGNATIONS,
    HOUSEHOLDS,
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
    VACANCIES.name: _by_type(vacancies.StructureDescribed, vacancies.VacancyPublished, vacancies.VacancyWithdrawn),
    REQUESTS.name: _by_type(
        requests.RequestSubmitted,
        requests.RequestCancelled,
        requests.HouseholdHosted,
        requests.HouseholdDeclaredReady,
        requests.ReadinessWithdrawn,
    ),
    PARTNER_ANSWERS.name: _by_type(
        answers.DesignationAcknowledged,
        answers.DesignationAccepted,
        answers.DesignationRefused,
        answers.HouseholdDeclined,
        answers.HouseholdNoShow,
        answers.HouseholdAdmitted,
        answers.HouseholdLeft,
        answers.HouseholdRehoused,
    ),
    DECISIONS.name: _by_type(decisions.RefusalJudged, decisions.CriteriaAdopted),
    NOTICES.name: _by_type(
        notices.MessageAccepted,
        notices.MessageRejected,
        notices.HouseholdDesignated,
        notices.DesignationReminded,
        notices.RefusalOverruled,
        notices.DesignationClosed,
        notices.RefusalToJudge,
        notices.LegalClockAlert,
        notices.RequestUpdated,
    ),
    READY_HOUSEHOLDS.name: _by_type(notices.ReadyHousehold),
    PARTNERS.name: _by_type(partners.PartnerRegistered),
    OFFERS.name: _by_type(offers.StructureRegistered, offers.VacancyOpened, offers.VacancyClosed),
    HOUSEHOLDS.name: _by_type(
        households.RequestRegistered,
        households.HouseholdWaiting,
        households.RequestClosed,
        households.StayRecorded,
        households.ReadinessDeclared,
        households.ReadinessEnded,
    ),
    ANSWERS.name: _by_type(received.AnswerReceived, received.DeadlineReached),
    DESIGNATIONS.name: _by_type(
        designations.DesignationMade,
        designations.VacancyUnmatched,
        designations.DesignationProgressed,
        designations.DesignationEnded,
        designations.StayStarted,
        designations.StayEnded,
        designations.LegalClockMissed,
        designations.CriteriaInForce,
    ),
}

# Who may send what, where the channel alone does not say it.
ROLES: Final[dict[str, frozenset[Role]]] = {
    requests.HouseholdHosted.type: frozenset({Role.STRUCTURE}),
    requests.HouseholdDeclaredReady.type: frozenset({Role.STRUCTURE}),
    requests.ReadinessWithdrawn.type: frozenset({Role.STRUCTURE}),
    answers.HouseholdRehoused.type: frozenset({Role.BAILLEUR, Role.RESERVATAIRE, Role.PREFECTURE}),
    **{
        model.type: frozenset({Role.STRUCTURE})
        for model in (
            answers.DesignationAcknowledged,
            answers.DesignationAccepted,
            answers.DesignationRefused,
            answers.HouseholdDeclined,
            answers.HouseholdNoShow,
            answers.HouseholdAdmitted,
            answers.HouseholdLeft,
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
            notices.RefusalOverruled,
            notices.DesignationClosed,
            notices.RequestUpdated,
            notices.ReadyHousehold,
        )
    },
    **{
        model.type: (Service.ORIENTATION,)
        for model in (
            notices.RefusalToJudge,
            notices.LegalClockAlert,
        )
    },
}


def senders(channel: Channel, kind: str) -> tuple[Role, ...] | tuple[Service, ...]:
    """Who may send a message of this type on a kind of partner topic: roles of partners, or services."""
    if channel.inbound:
        return tuple(role for role in channel.roles if role in ROLES.get(kind, channel.roles))
    return SENDERS.get(kind, channel.services)
