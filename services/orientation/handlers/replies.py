"""What a structure replies to a designation: read, interview, yes, no, the household's no; and that it has entered."""

from typing import Final

from contracts.answers import (
    DesignationAccepted,
    DesignationAcknowledged,
    DesignationInterviewHeld,
    DesignationInterviewSet,
    DesignationRefused,
    HouseholdAdmitted,
    HouseholdDeclined,
    HouseholdNoShow,
)
from contracts.codes import DesignationOutcome, DesignationState, Party, StructureRefusal
from contracts.event import Refusal
from contracts.law import INTERVIEW_LATEST
from contracts.notices import HouseholdRefusalToJudge, RefusalToJudge
from contracts.received import AnswerReceived
from contracts.topics import Role
from services.chassis.clock import day_of
from services.chassis.fold import Effects, Heard, Put, accept
from services.orientation.domain.model import Designation
from services.orientation.handlers import legal, refreshes
from services.orientation.handlers.designating import end, end_and_go_on
from services.orientation.handlers.progress import own_designation, step_to
from services.orientation.handlers.stays import start_stay, stay_of
from services.orientation.handlers.timing import (
    awaiting_entry,
    awaiting_interview,
    awaiting_interview_answer,
    forget_deadlines,
    judgement_watched,
    silence_watched,
    tell,
)
from services.orientation.store import STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory

WAITING_FOR_ANSWER: Final = (DesignationState.NOTIFIED, DesignationState.ACKNOWLEDGED, DesignationState.INTERVIEW)
_PARTIES: Final = {party.value: party for party in Party}
# A refusal for one of these reasons speaks of the projet d'établissement: it must say which article.
REASONS_WITH_ARTICLE: Final = frozenset(
    {
        StructureRefusal.PUBLIC_NOT_AUTHORISED,
        StructureRefusal.CAPACITY_MISMATCH,
        StructureRefusal.COMPOSITION_MISMATCH,
        StructureRefusal.ACCESSIBILITY_MISMATCH,
        StructureRefusal.SUPPORT_EXCEEDS_MEANS,
    }
)


def acknowledge(heard: Heard[AnswerReceived], territory: Territory, event: DesignationAcknowledged) -> Effects:
    """The structure has read the designation."""
    designation = own_designation(heard, territory, event.designation, DesignationState.NOTIFIED)
    read = designation.model_copy(update={"state": DesignationState.ACKNOWLEDGED})
    yield from step_to(heard, event.designation, read, "acknowledged")
    yield accept(heard, ("designation", event.designation))


def set_interview(heard: Heard[AnswerReceived], territory: Territory, event: DesignationInterviewSet) -> Effects:
    """The structure will receive the household; silence counts from that day on, which cannot be far."""
    designation = own_designation(heard, territory, event.designation, *WAITING_FOR_ANSWER)
    latest = INTERVIEW_LATEST.after(day_of(designation.made_at), designation.siao)
    if not day_of(heard.now) <= event.on <= latest:
        raise Refusal("interview-out-of-bounds", "$.on", f"latest={latest.isoformat()}")
    invited = awaiting_interview(designation, event.on, _PARTIES[event.awaits])
    yield from step_to(heard, event.designation, invited, "interview_set")
    yield from silence_watched(event.designation, invited)
    yield accept(heard, ("designation", event.designation))


def hold_interview(heard: Heard[AnswerReceived], territory: Territory, event: DesignationInterviewHeld) -> Effects:
    """The household was received: it is for the structure to answer."""
    designation = own_designation(heard, territory, event.designation, DesignationState.INTERVIEW)
    if not day_of(designation.made_at) <= event.held_on <= day_of(heard.now):
        raise Refusal("interview-out-of-bounds", "$.held_on")
    received = awaiting_interview_answer(designation, heard.now)
    yield from step_to(heard, event.designation, received, "interview_held")
    yield from forget_deadlines(event.designation)
    yield from silence_watched(event.designation, received)
    yield accept(heard, ("designation", event.designation))


def agree(heard: Heard[AnswerReceived], territory: Territory, event: DesignationAccepted) -> Effects:
    """The structure will take the household in."""
    designation = own_designation(heard, territory, event.designation, *WAITING_FOR_ANSWER)
    agreed = awaiting_entry(designation, event.entry_on, heard.now)
    yield from step_to(heard, event.designation, agreed, "accepted")
    yield from silence_watched(event.designation, agreed)
    yield accept(heard, ("designation", event.designation))


def refuse(heard: Heard[AnswerReceived], territory: Territory, event: DesignationRefused) -> Effects:
    """The structure refuses, with reason, argument and article; the operator is asked to judge."""
    designation = own_designation(heard, territory, event.designation, *WAITING_FOR_ANSWER)
    structure = territory.get(STRUCTURES, designation.structure)
    articles = {rule.article for rule in structure.rules} if structure else set()
    cited = event.article is not None
    if (cited and event.article not in articles) or (not cited and event.reason in REASONS_WITH_ARTICLE):
        raise Refusal("article-unknown", "$.article")
    refused = designation.model_copy(
        update={
            "state": DesignationState.REFUSAL_SUBMITTED,
            "refusal_reason": event.reason,
            "article": event.article,
            "argument": event.argument,
        }
    )
    yield from step_to(heard, event.designation, refused, "refusal_submitted")
    yield from forget_deadlines(event.designation)
    yield from judgement_watched(event.designation, designation.siao, heard.now)
    yield from tell(territory, designation.siao, to_judge(heard, event.designation, refused), Role.OPERATOR)
    yield accept(heard, ("designation", event.designation))


def to_judge(heard: Heard[AnswerReceived], designation_id: str, refused: Designation) -> RefusalToJudge:
    """What the one who judges must know. Raises LookupError for a designation that was not refused."""
    if refused.refusal_reason is None:
        raise LookupError("a refusal always has its reason")
    return RefusalToJudge(
        designation=designation_id,
        reason=refused.refusal_reason,
        article=refused.article,
        argument_reference=refused.argument,
        at=heard.now,
    )


def decline(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdDeclined) -> Effects:
    """The household does not want this place: place and household go on at once; the operator judges afterwards."""
    states = (*WAITING_FOR_ANSWER, DesignationState.ACCEPTED)
    designation = own_designation(heard, territory, event.designation, *states)
    yield accept(heard, ("designation", event.designation))
    yield from end_and_go_on(
        heard, territory, event.designation, DesignationOutcome.DECLINED, Party.HOUSEHOLD, event.reason
    )
    yield from judgement_watched(event.designation, designation.siao, heard.now)
    notice = HouseholdRefusalToJudge(
        designation=event.designation,
        household=designation.household,
        request=designation.request,
        reason=event.reason,
        at=heard.now,
    )
    yield from tell(territory, designation.siao, notice, Role.OPERATOR)


def no_show(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdNoShow) -> Effects:
    """The household did not come."""
    own_designation(heard, territory, event.designation, *WAITING_FOR_ANSWER, DesignationState.ACCEPTED)
    yield accept(heard, ("designation", event.designation))
    yield from end_and_go_on(heard, territory, event.designation, DesignationOutcome.NO_SHOW, Party.HOUSEHOLD)


def admit(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdAdmitted) -> Effects:
    """The household has entered: its request is fulfilled, the place is filled."""
    designation = own_designation(heard, territory, event.designation, DesignationState.ACCEPTED)
    if territory.household_at(designation.place) is not None:
        raise Refusal("place-occupied", "$.designation")
    yield accept(heard, ("designation", event.designation), ("household", designation.household))
    yield from end(heard, territory, event.designation, DesignationOutcome.ADMITTED, Party.STRUCTURE)
    vacancy, waiting = territory.get(VACANCIES, designation.vacancy), territory.get(WAITING, designation.request)
    if vacancy is not None:
        yield Put(VACANCIES, designation.vacancy, vacancy.model_copy(update={"live": False}))
    if waiting is not None:
        yield Put(WAITING, designation.request, waiting.model_copy(update={"live": False}))
        yield from refreshes.forget(designation.request)
    yield from legal.close(territory, designation.request)
    stay = stay_of(designation, event.entered_on)
    yield from start_stay(heard, territory, designation.household, stay, event.designation, designation.request)
