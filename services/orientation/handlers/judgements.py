"""What operator and préfecture decide of designations: refusals judged, of structures or households; cancellations."""

from datetime import datetime
from typing import Any, Final

from contracts.alerts import JudgementOverdue, LegalBenefitAtRisk
from contracts.codes import DesignationOutcome, DesignationState, Party
from contracts.decisions import DesignationCancelled, HouseholdRefusalJudged, RefusalJudged
from contracts.designations import HouseholdRefusalSettled
from contracts.event import Refusal
from contracts.law import OVERRULE_LIMIT
from contracts.notices import EscalationJudged
from contracts.received import AnswerReceived, DeadlineReached
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from contracts.topics import Role
from services.chassis.fold import Effects, Forget, Heard, Put, Send, accept, publish
from services.orientation.domain.model import Designation, LegalFile, Waiting
from services.orientation.handlers import holds, legal, refreshes
from services.orientation.handlers.designating import end_and_go_on
from services.orientation.handlers.progress import own_designation, step_to
from services.orientation.handlers.replies import WAITING_FOR_ANSWER, to_judge
from services.orientation.handlers.timing import (
    awaiting_answer,
    forget_deadlines,
    judgement_watched,
    silence_watched,
    tell,
)
from services.orientation.store import DESIGNATIONS, WAITING
from services.orientation.territory import Territory

# Who judges what, in which state.
_JUDGE: Final = {
    DesignationState.REFUSAL_SUBMITTED: Role.OPERATOR,
    DesignationState.REFUSAL_ESCALATED: Role.PREFECTURE,
    DesignationState.HOUSEHOLD_REFUSAL: Role.OPERATOR,
}


def judge(heard: Heard[AnswerReceived], territory: Territory, event: RefusalJudged) -> Effects:
    """Upheld, the place is designated anew; overruled, the designation stands; escalated, the préfecture judges."""
    states = (DesignationState.REFUSAL_SUBMITTED, DesignationState.REFUSAL_ESCALATED)
    designation = own_designation(heard, territory, event.designation, *states)
    escalated = designation.state is DesignationState.REFUSAL_ESCALATED
    if heard.event.role is not _JUDGE[designation.state] or (escalated and event.verdict == "escalated"):
        raise Refusal("judge-not-entitled", "$.designation")
    if event.verdict == "overruled" and not escalated and designation.overruled >= OVERRULE_LIMIT.of(designation.siao):
        raise Refusal("overruled-too-often", "$.verdict", f"times={designation.overruled}")
    yield accept(heard, ("designation", event.designation))
    if event.verdict == "escalated":
        yield from _escalate(heard, territory, event.designation, designation)
        return
    if escalated:
        told = EscalationJudged(designation=event.designation, verdict=event.verdict, at=heard.now)
        yield from tell(territory, designation.siao, told, Role.OPERATOR)
    if event.verdict == "upheld":
        yield from end_and_go_on(heard, territory, event.designation, DesignationOutcome.REFUSED, Party.STRUCTURE)
        return
    yield from _stand(heard, event.designation, designation)


def _stand(heard: Heard[AnswerReceived], designation_id: str, designation: Designation) -> Effects:
    """The designation waits for an answer again, with all the time that it had at first."""
    counted = {"state": DesignationState.ACKNOWLEDGED, "overruled": designation.overruled + 1}
    standing = awaiting_answer(designation.model_copy(update=counted), heard.now)
    yield from step_to(heard, designation_id, standing, "refusal_overruled")
    yield from forget_deadlines(designation_id)
    yield from silence_watched(designation_id, standing)


def _escalate(
    heard: Heard[AnswerReceived], territory: Territory, designation_id: str, designation: Designation
) -> Effects:
    """The préfecture has the refusal, and its argument's reference. Raises Refusal prefecture-unknown."""
    if not territory.partners_with(designation.siao, Role.PREFECTURE):
        raise Refusal("prefecture-unknown", "$.verdict")
    passed_on = designation.model_copy(update={"state": DesignationState.REFUSAL_ESCALATED})
    yield from step_to(heard, designation_id, passed_on, "refusal_escalated")
    yield from judgement_watched(designation_id, designation.siao, heard.now)
    yield from tell(territory, designation.siao, to_judge(heard, designation_id, designation), Role.PREFECTURE)


def cancel(heard: Heard[AnswerReceived], territory: Territory, event: DesignationCancelled) -> Effects:
    """The operator cancels a designation, whatever was answered so far: the household waits again with its rank."""
    states = (
        *WAITING_FOR_ANSWER,
        DesignationState.ACCEPTED,
        DesignationState.REFUSAL_SUBMITTED,
        DesignationState.REFUSAL_ESCALATED,
    )
    own_designation(heard, territory, event.designation, *states)
    yield accept(heard, ("designation", event.designation))
    yield from end_and_go_on(
        heard,
        territory,
        event.designation,
        DesignationOutcome.CANCELLED,
        Party.OPERATOR,
        cancel_reason=event.reason,
    )


def judge_household(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdRefusalJudged) -> Effects:
    """Admissible, the household keeps its rank; inadmissible, its seniority starts again and a right is at risk."""
    designation = own_designation(heard, territory, event.designation, DesignationState.HOUSEHOLD_REFUSAL)
    inadmissible = event.verdict == "inadmissible"
    yield accept(heard, ("designation", event.designation))
    yield Put(DESIGNATIONS, event.designation, designation.model_copy(update={"state": DesignationState.ENDED}))
    yield Forget(f"judge:{event.designation}")
    file = legal.at_risk(territory, designation) if inadmissible else None
    waiting = territory.get(WAITING, designation.request)
    consequence = "none"
    if inadmissible and waiting is not None and waiting.live:
        # Designated elsewhere meanwhile, that stands; otherwise its prescriber will send it again.
        consequence = "seniority_restarts" if waiting.designation is not None else "to_update"
        waiting = _restarted(waiting, heard.now)
        yield Put(WAITING, designation.request, waiting)
        if not waiting.live:
            yield from refreshes.forget(designation.request)
        yield from holds.cool_off(territory, designation.request, designation.structure, heard.now)
    outcome = {
        "verdict": event.verdict,
        "consequence": consequence,
        "restarts": waiting.restarts if waiting is not None else 0,
        "legal_kind": file.clock.kind if file else None,
    }
    yield _settled(heard, event.designation, designation, outcome)
    if file is not None:
        yield from _put_at_risk(heard, territory, event.designation, designation, file)


def _restarted(waiting: Waiting, now: datetime) -> Waiting:
    """The household whose seniority starts again; unless it is designated, off the lists until it is sent again."""
    restarted = {"restarts": waiting.restarts + 1, "since": now}
    off = {"live": False, "to_update": True} if waiting.designation is None else {}
    return waiting.model_copy(update={**restarted, **off})


def _settled(
    heard: Heard[AnswerReceived], designation_id: str, designation: Designation, outcome: dict[str, Any]
) -> Send:
    fact = HouseholdRefusalSettled.model_validate(
        {
            "siao": designation.siao,
            "designation": designation_id,
            "offer_type": designation.offer_type,
            "household": designation.household,
            "request": designation.request,
            "prescriber": designation.prescriber,
            "persons": designation.persons,
            "reason": designation.declined,
            "at": heard.now,
            **outcome,
        }
    )
    return publish(DESIGNATIONS_TOPIC, designation.siao, fact)


def _put_at_risk(
    heard: Heard[AnswerReceived], territory: Territory, designation_id: str, designation: Designation, file: LegalFile
) -> Effects:
    """The offer was refused without good reason: its clock is watched no more, and the State is told."""
    yield from legal.lose(designation.request, file)
    risk = LegalBenefitAtRisk.model_validate(
        {
            "household": designation.household,
            "request": designation.request,
            "kind": file.clock.kind,
            "designation": designation_id,
            "reason": designation.declined,
            "at": heard.now,
        }
    )
    yield from tell(territory, designation.siao, risk, *legal.AUTHORITIES)


def recall(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """A refusal still waits for its judgement: whoever must judge is told again."""
    designation = territory.get(DESIGNATIONS, heard.event.subject)
    if designation is None or designation.state not in _JUDGE:
        return
    what = {
        DesignationState.REFUSAL_SUBMITTED: "structure_refusal",
        DesignationState.REFUSAL_ESCALATED: "escalated_refusal",
        DesignationState.HOUSEHOLD_REFUSAL: "household_refusal",
    }[designation.state]
    told = JudgementOverdue.model_validate({"designation": heard.event.subject, "what": what, "at": heard.now})
    yield from tell(territory, designation.siao, told, _JUDGE[designation.state])
