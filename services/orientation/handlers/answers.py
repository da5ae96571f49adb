"""What partners, operator and préfecture answer: each kind of message has one function that decides, in one table."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from contracts import answers as said
from contracts import commission as sitting
from contracts import decisions as decided
from contracts.designations import CriteriaInForce
from contracts.event import Message, Refusal
from contracts.received import AnswerReceived
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from services.chassis.fold import Effects, Heard, Key, Put, accept, publish
from services.orientation.domain.commission import session_key
from services.orientation.domain.model import Criteria
from services.orientation.handlers import (
    agendas,
    chrs,
    commission,
    duties,
    judgements,
    leases,
    minutes,
    out_of_order,
    replies,
    stays,
    suspensions,
)
from services.orientation.handlers.folds import CORE
from services.orientation.store import ADMISSIONS, CRITERIA, DESIGNATIONS, SESSIONS
from services.orientation.territory import Territory

Answer: TypeAlias = Callable[[Heard[AnswerReceived], Territory, Any], Effects]


def named(heard: Heard[AnswerReceived]) -> list[Key]:
    """The designation, admission or session that is spoken of, even when it ended long ago."""
    named_in = ((DESIGNATIONS, "designation"), (ADMISSIONS, "admission"))
    content = heard.event.content
    keys: list[Key] = [(table, key) for table, name in named_in if isinstance(key := content.get(name), str)]
    if isinstance(session := content.get("session"), str):
        keys.append((SESSIONS, session_key(heard.event.siao, session)))
    return keys


@CORE.on(AnswerReceived, keys=named)
def answer(heard: Heard[AnswerReceived], territory: Territory) -> Effects:
    """Find who decides about this kind of answer; what is not orientation's is left to intake."""
    found = ANSWERS.get(heard.event.origin.message_type)
    if found is None:
        return
    model, decide = found
    yield from decide(heard, territory, model.model_validate(heard.event.content, strict=False))


def adopt(heard: Heard[AnswerReceived], territory: Territory, event: decided.CriteriaAdopted) -> Effects:
    """Other common criteria are in force from now on."""
    if event.version <= territory.criteria.version:
        raise Refusal("revision-stale", "$.version", f"known={territory.criteria.version}")
    siao = heard.event.siao
    yield Put(CRITERIA, siao, Criteria(siao=siao, version=event.version, criteria=event.criteria))
    fact = CriteriaInForce(siao=siao, version=event.version, criteria=event.criteria, at=heard.now)
    yield publish(DESIGNATIONS_TOPIC, siao, fact)
    yield accept(heard, ("criteria", str(event.version)))


ANSWERS: Final[dict[str, tuple[type[Message], Answer]]] = {
    said.DesignationAcknowledged.type: (said.DesignationAcknowledged, replies.acknowledge),
    said.DesignationInterviewSet.type: (said.DesignationInterviewSet, replies.set_interview),
    said.DesignationInterviewHeld.type: (said.DesignationInterviewHeld, replies.hold_interview),
    said.DesignationAccepted.type: (said.DesignationAccepted, replies.agree),
    said.DesignationRefused.type: (said.DesignationRefused, replies.refuse),
    said.HouseholdDeclined.type: (said.HouseholdDeclined, replies.decline),
    said.HouseholdNoShow.type: (said.HouseholdNoShow, replies.no_show),
    said.HouseholdAdmitted.type: (said.HouseholdAdmitted, replies.admit),
    said.AdmissionDecided.type: (said.AdmissionDecided, chrs.decide),
    said.StayExtensionAsked.type: (said.StayExtensionAsked, chrs.ask_extension),
    said.StayReviewed.type: (said.StayReviewed, duties.review),
    said.HouseholdLeft.type: (said.HouseholdLeft, stays.leave),
    said.LeaseReviewed.type: (said.LeaseReviewed, leases.review),
    said.LeaseSlid.type: (said.LeaseSlid, leases.slide),
    decided.RefusalJudged.type: (decided.RefusalJudged, judgements.judge),
    decided.HouseholdRefusalJudged.type: (decided.HouseholdRefusalJudged, judgements.judge_household),
    decided.DesignationCancelled.type: (decided.DesignationCancelled, judgements.cancel),
    decided.AdmissionJudged.type: (decided.AdmissionJudged, chrs.judge_admission),
    decided.DesignationOutOfOrder.type: (decided.DesignationOutOfOrder, out_of_order.designate),
    decided.RequestSuspended.type: (decided.RequestSuspended, suspensions.suspend),
    decided.CriteriaAdopted.type: (decided.CriteriaAdopted, adopt),
    sitting.CommissionInstituted.type: (sitting.CommissionInstituted, commission.institute),
    sitting.QuotaSet.type: (sitting.QuotaSet, commission.set_quota),
    sitting.CommissionConvened.type: (sitting.CommissionConvened, agendas.convene),
    sitting.OpinionGiven.type: (sitting.OpinionGiven, agendas.give_opinion),
    sitting.PreAllocationDecided.type: (sitting.PreAllocationDecided, agendas.decide),
    sitting.CommissionMinuted.type: (sitting.CommissionMinuted, minutes.minute),
}
