"""What each fact is counted as, written down a second time."""

from typing import Any

from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    DesignationProgressed,
    HouseholdRefusalSettled,
    LegalClockMissed,
    StayEnded,
    StayStarted,
    VacancyUnmatched,
)
from contracts.event import Message
from contracts.households import (
    HouseholdWaiting,
    ReadinessDeclared,
    ReadinessEnded,
    RequestClosed,
    RequestRegistered,
    RequestSetAside,
    RightRecognised,
)
from contracts.leases import LeaseReviewRecorded
from contracts.offers import VacancyClosed, VacancyOpened
from contracts.proposals import ProposalDecided, ProposalRecorded
from contracts.rights import LegalDeadlineApproaching, LegalOfferRecorded
from contracts.sessions import AgendaMinuted, ItemSettled, OpinionRecorded
from contracts.stays import AdmissionSettled, StayDutyOverdue

# What one fact of two persons is counted as.
COUNTED: list[tuple[type[Message], dict[str, Any], set[str]]] = [
    (RequestRegistered, {"detail": "complete", "turn": 1}, {"requests_registered"}),
    (RequestRegistered, {"detail": "incomplete", "turn": 1}, {"requests_registered", "requests_incomplete"}),
    (RequestClosed, {"detail": "cancelled", "offer_type": None}, {"requests_cancelled"}),
    (RequestClosed, {"detail": "admitted", "offer_type": None}, set()),
    (VacancyOpened, {"detail": "published"}, {"vacancies_opened"}),
    (VacancyOpened, {"detail": "departure"}, {"vacancies_opened"}),
    (VacancyClosed, {"detail": "withdrawn"}, {"vacancies_withdrawn"}),
    (VacancyClosed, {"detail": "filled"}, set()),
    (VacancyUnmatched, {}, set()),
    (DesignationMade, {}, {"designations_made"}),
    *(
        (DesignationEnded, {"detail": outcome}, {f"designations_{outcome}"})
        for outcome in ("admitted", "refused", "declined", "no_show", "withdrawn", "cancelled", "superseded")
    ),
    (DesignationEnded, {"detail": "expired"}, {"designations_expired", "designations_expired_structure"}),
    *(
        (DesignationEnded, {"detail": f"expired:{party}"}, {"designations_expired", f"designations_expired_{party}"})
        for party in ("household", "prescriber")
    ),
    (DesignationEnded, {"detail": "cancelled:operator"}, {"designations_cancelled_by_operator"}),
    (HouseholdRefusalSettled, {"detail": "admissible"}, {"household_refusals_admissible"}),
    *(
        (HouseholdRefusalSettled, {"detail": f"inadmissible{request}"}, {"household_refusals_inadmissible"})
        for request in ("", ":to_update")
    ),
    *(
        (
            HouseholdRefusalSettled,
            {"detail": f"inadmissible:right{request}"},
            {"household_refusals_inadmissible", "legal_benefits_at_risk"},
        )
        for request in ("", ":to_update")
    ),
    (DesignationProgressed, {"detail": "refusal_submitted"}, {"refusals_submitted"}),
    *((DesignationProgressed, {"detail": step}, set()) for step in ("acknowledged", "accepted", "reminded")),
    (DesignationProgressed, {"detail": "refusal_overruled"}, set()),
    (DesignationProgressed, {"detail": "refusal_escalated"}, {"refusals_escalated"}),
    (StayStarted, {"detail": "direct"}, {"direct_stays", "hosted"}),
    (StayStarted, {"detail": "designated"}, {"hosted"}),
    (StayStarted, {"detail": "emergency"}, {"emergency_admissions", "hosted"}),
    (AdmissionSettled, {"detail": "deemed_accepted"}, {"admissions_deemed_accepted"}),
    (AdmissionSettled, {"detail": "accepted"}, {"admissions_answered"}),
    (AdmissionSettled, {"detail": "refused"}, {"admissions_answered"}),
    (AdmissionSettled, {"detail": "withdrawn"}, set()),
    (StayDutyOverdue, {"detail": "review"}, {"reviews_overdue"}),
    (StayDutyOverdue, {"detail": "extension"}, {"extensions_overdue"}),
    (StayDutyOverdue, {"detail": "lease_review"}, {"lease_reviews_overdue"}),
    (StayDutyOverdue, {"detail": "lease_term"}, {"lease_terms_overdue"}),
    (LeaseReviewRecorded, {"detail": "continues"}, set()),
    (LeaseReviewRecorded, {"detail": "extended"}, {"leases_extended"}),
    (StayEnded, {"detail": "autre_hebergement"}, {"departures"}),
    (StayEnded, {"detail": "logement_ordinaire"}, {"departures", "departures_to_ordinary_housing"}),
    (
        StayEnded,
        {"detail": "logement_ordinaire:slid"},
        {"departures", "departures_to_ordinary_housing", "leases_slid"},
    ),
    (ReadinessDeclared, {"offer_type": None}, {"ready_declared", "ready"}),
    (ReadinessEnded, {"detail": "rehoused", "offer_type": None}, {"rehoused"}),
    (ReadinessEnded, {"detail": "withdrawn", "offer_type": None}, set()),
    (ReadinessEnded, {"detail": "suspended", "offer_type": None}, {"readiness_suspended"}),
    (ProposalRecorded, {"offer_type": None}, {"dwellings_proposed"}),
    (ProposalDecided, {"detail": "attributed", "offer_type": None}, {"dwellings_attributed"}),
    (ProposalDecided, {"detail": "attributed_by_rank", "offer_type": None}, set()),
    (ProposalDecided, {"detail": "attributed_under_condition", "offer_type": None}, set()),
    (ProposalDecided, {"detail": "not_attributed", "offer_type": None}, {"dwellings_not_attributed"}),
    (ProposalDecided, {"detail": "inadmissible", "offer_type": None}, {"dwellings_not_attributed"}),
    (AgendaMinuted, {"offer_type": None}, {"commission_sessions"}),
    *(
        (ItemSettled, {"detail": outcome}, {f"agenda_items_{outcome}"})
        for outcome in ("designated", "adjourned", "lapsed", "unmatched")
    ),
    (ItemSettled, {"detail": "designated:departs"}, {"agenda_items_designated", "agenda_items_departing"}),
    (OpinionRecorded, {"detail": "favourable"}, {"opinions_given"}),
    (OpinionRecorded, {"detail": "unfavourable"}, {"opinions_given", "opinions_unfavourable"}),
    (RequestSetAside, {"detail": "adjourned", "offer_type": None}, {"requests_adjourned"}),
    (RequestSetAside, {"detail": "not_refreshed", "offer_type": None}, {"requests_not_refreshed"}),
    (RightRecognised, {"detail": "recognised", "offer_type": None}, {"rights_recognised"}),
    (RightRecognised, {"detail": "requalified", "offer_type": None}, {"rights_recognised", "rights_requalified"}),
    (LegalDeadlineApproaching, {"offer_type": None}, {"legal_deadlines_near"}),
    (LegalOfferRecorded, {"detail": "in_time"}, {"legal_offers_in_time"}),
    (LegalOfferRecorded, {"detail": "late"}, {"legal_offers_late"}),
    (LegalClockMissed, {"offer_type": None}, {"legal_clocks_missed"}),
    (HouseholdWaiting, {}, {"waiting"}),
]
