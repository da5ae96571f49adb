"""The steps of a designation that do not end it: whose it is, in which state it must be, how a step is told."""

from contracts.codes import DesignationState
from contracts.designations import DesignationProgressed
from contracts.event import Message, Refusal
from contracts.received import AnswerReceived
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from contracts.topics import Role
from services.chassis.fold import Effects, Heard, Put, Send, publish
from services.orientation.domain.model import Designation
from services.orientation.store import DESIGNATIONS
from services.orientation.territory import Territory

# Those who speak of designations that are not their own.
_JUDGES = (Role.OPERATOR, Role.PREFECTURE)


def own_designation(
    heard: Heard[AnswerReceived], territory: Territory, designation_id: str, *states: DesignationState
) -> Designation:
    """The sender's designation. Raises Refusal: designation-unknown, designation-not-expecting."""
    designation = territory.get(DESIGNATIONS, designation_id)
    if (
        designation is None
        or designation.siao != heard.event.siao
        or (heard.event.role not in _JUDGES and designation.partner != heard.event.origin.partner)
    ):
        raise Refusal("designation-unknown", "$.designation")
    if designation.state not in states:
        raise Refusal("designation-not-expecting", "$.designation", f"state={designation.state.value}")
    return designation


def step_to(heard: Heard[Message], designation_id: str, designation: Designation, step: str) -> Effects:
    """The designation is now so, and everyone is told by which step."""
    yield Put(DESIGNATIONS, designation_id, designation)
    yield progressed(heard, designation_id, designation, step)


def progressed(heard: Heard[Message], designation_id: str, designation: Designation, step: str) -> Send:
    """A designation changed state without ending."""
    fact = DesignationProgressed.model_validate(
        {
            "siao": designation.siao,
            "designation": designation_id,
            "structure": designation.structure,
            "offer_type": designation.offer_type,
            "household": designation.household,
            "persons": designation.persons,
            "partner": designation.partner,
            "prescriber": designation.prescriber,
            "request": designation.request,
            "state": designation.state,
            "step": step,
            "refusal_reason": designation.refusal_reason,
            "article": designation.article,
            "argument_reference": designation.argument,
            "at": heard.now,
            "answer_due_at": designation.answer_due_at,
            "awaits": designation.awaits,
            "interview_on": designation.interview_on,
        }
    )
    return publish(DESIGNATIONS_TOPIC, designation.siao, fact)
