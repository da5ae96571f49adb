"""What partners and the operator answer: each message moves one designation or one stay, or is refused with a code."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from contracts.answers import (
    DesignationAccepted,
    DesignationAcknowledged,
    DesignationRefused,
    HouseholdAdmitted,
    HouseholdDeclined,
    HouseholdLeft,
    HouseholdNoShow,
)
from contracts.codes import DesignationOutcome, DesignationState, Party, StructureRefusal
from contracts.decisions import CriteriaAdopted, RefusalJudged
from contracts.designations import CriteriaInForce, DesignationProgressed
from contracts.event import Message, Refusal
from contracts.notices import RefusalToJudge
from contracts.received import AnswerReceived
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from contracts.topics import Role
from services.chassis.fold import Effects, Forget, Heard, Key, Put, Send, accept, notify, publish
from services.orientation.domain.model import Criteria, Designation, Stay
from services.orientation.handlers.designating import deadlines, end, end_and_go_on, forget_deadlines
from services.orientation.handlers.folds import CORE
from services.orientation.handlers.requests import end_stay, start_stay
from services.orientation.store import CRITERIA, DESIGNATIONS, STAYS, STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory

WAITING_FOR_ANSWER: Final = (DesignationState.NOTIFIED, DesignationState.ACKNOWLEDGED)
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

Answer: TypeAlias = Callable[[Heard[AnswerReceived], Territory, Any], Effects]


def named_designation(heard: Heard[AnswerReceived]) -> list[Key]:
    """The designation answered, even when it ended long ago."""
    designation = heard.event.content.get("designation")
    return [(DESIGNATIONS, designation)] if isinstance(designation, str) else []


@CORE.on(AnswerReceived, keys=named_designation)
def answer(heard: Heard[AnswerReceived], territory: Territory) -> Effects:
    """Find who decides about this kind of answer; what is not orientation's is left to intake."""
    found = ANSWERS.get(heard.event.origin.message_type)
    if found is None:
        return
    model, decide = found
    yield from decide(heard, territory, model.model_validate(heard.event.content, strict=False))


def _own(
    heard: Heard[AnswerReceived], territory: Territory, designation_id: str, *states: DesignationState
) -> Designation:
    """The sender's designation. Raises Refusal: designation-unknown, designation-not-expecting."""
    designation = territory.get(DESIGNATIONS, designation_id)
    if (
        designation is None
        or designation.siao != heard.event.siao
        or (heard.event.role is not Role.OPERATOR and designation.partner != heard.event.origin.partner)
    ):
        raise Refusal("designation-unknown", "$.designation")
    if designation.state not in states:
        raise Refusal("designation-not-expecting", "$.designation", f"state={designation.state.value}")
    return designation


def acknowledge(heard: Heard[AnswerReceived], territory: Territory, event: DesignationAcknowledged) -> Effects:
    """The structure has read the designation."""
    designation = _own(heard, territory, event.designation, DesignationState.NOTIFIED)
    yield from _progress(heard, event.designation, designation, DesignationState.ACKNOWLEDGED, "acknowledged")
    yield accept(heard, ("designation", event.designation))


def agree(heard: Heard[AnswerReceived], territory: Territory, event: DesignationAccepted) -> Effects:
    """The structure will take the household in."""
    designation = _own(heard, territory, event.designation, *WAITING_FOR_ANSWER)
    yield from _progress(heard, event.designation, designation, DesignationState.ACCEPTED, "accepted")
    yield from forget_deadlines(event.designation)
    yield accept(heard, ("designation", event.designation))


def refuse(heard: Heard[AnswerReceived], territory: Territory, event: DesignationRefused) -> Effects:
    """The structure refuses, with reason, argument and article; the operator is asked to judge."""
    designation = _own(heard, territory, event.designation, *WAITING_FOR_ANSWER)
    structure = territory.get(STRUCTURES, designation.structure)
    articles = {rule.article for rule in structure.rules} if structure else set()
    cited = event.article is not None
    if (cited and event.article not in articles) or (not cited and event.reason in REASONS_WITH_ARTICLE):
        raise Refusal("article-unknown", "$.article")
    refused = designation.model_copy(
        update={"refusal_reason": event.reason, "article": event.article, "argument": event.argument}
    )
    yield from _progress(heard, event.designation, refused, DesignationState.REFUSAL_SUBMITTED, "refusal_submitted")
    yield from forget_deadlines(event.designation)
    to_judge = RefusalToJudge(
        designation=event.designation,
        reason=event.reason,
        article=event.article,
        argument_reference=event.argument,
        at=heard.now,
    )
    for operator in territory.partners_with(designation.siao, Role.OPERATOR):
        yield notify(operator, to_judge)
    yield accept(heard, ("designation", event.designation))


def decline(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdDeclined) -> Effects:
    """The household does not want this place."""
    _own(heard, territory, event.designation, *WAITING_FOR_ANSWER, DesignationState.ACCEPTED)
    yield accept(heard, ("designation", event.designation))
    yield from end_and_go_on(
        heard, territory, event.designation, DesignationOutcome.DECLINED, Party.HOUSEHOLD, event.reason
    )


def no_show(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdNoShow) -> Effects:
    """The household did not come."""
    _own(heard, territory, event.designation, *WAITING_FOR_ANSWER, DesignationState.ACCEPTED)
    yield accept(heard, ("designation", event.designation))
    yield from end_and_go_on(heard, territory, event.designation, DesignationOutcome.NO_SHOW, Party.HOUSEHOLD)


def admit(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdAdmitted) -> Effects:
    """The household has entered: its request is fulfilled, the place is filled."""
    designation = _own(heard, territory, event.designation, DesignationState.ACCEPTED)
    if territory.household_at(designation.place) is not None:
        raise Refusal("place-occupied", "$.designation")
    yield accept(heard, ("designation", event.designation), ("household", designation.household))
    yield from end(heard, territory, event.designation, DesignationOutcome.ADMITTED, Party.STRUCTURE)
    vacancy, waiting = territory.get(VACANCIES, designation.vacancy), territory.get(WAITING, designation.request)
    if vacancy is not None:
        yield Put(VACANCIES, designation.vacancy, vacancy.model_copy(update={"live": False}))
    if waiting is not None:
        yield Put(WAITING, designation.request, waiting.model_copy(update={"live": False}))
    yield Forget(f"legal:{designation.request}")
    stay = Stay(
        siao=designation.siao,
        place=designation.place,
        structure=designation.structure,
        partner=designation.partner,
        offer_type=designation.offer_type,
        persons=designation.persons,
        entered_on=event.entered_on,
    )
    yield from start_stay(heard, designation.household, stay, event.designation, designation.request)


def leave(heard: Heard[AnswerReceived], territory: Territory, event: HouseholdLeft) -> Effects:
    """A household has left its place, which is vacant again."""
    stay = territory.get(STAYS, event.household)
    if stay is None or not stay.live or stay.partner != heard.event.origin.partner:
        raise Refusal("stay-unknown", "$.household")
    yield from end_stay(heard, event.household, stay, event.destination, event.left_on)
    yield accept(heard, ("household", event.household))


def judge(heard: Heard[AnswerReceived], territory: Territory, event: RefusalJudged) -> Effects:
    """The operator upholds the refusal, and the place is designated anew; or overrules it, and it stands."""
    designation = _own(heard, territory, event.designation, DesignationState.REFUSAL_SUBMITTED)
    yield accept(heard, ("designation", event.designation))
    if event.verdict == "upheld":
        yield from end_and_go_on(heard, territory, event.designation, DesignationOutcome.REFUSED, Party.STRUCTURE)
        return
    yield from _progress(heard, event.designation, designation, DesignationState.ACKNOWLEDGED, "refusal_overruled")
    yield from deadlines(event.designation, designation.siao, heard.now)


def adopt(heard: Heard[AnswerReceived], territory: Territory, event: CriteriaAdopted) -> Effects:
    """Other common criteria are in force from now on."""
    if event.version <= territory.criteria.version:
        raise Refusal("revision-stale", "$.version", f"known={territory.criteria.version}")
    siao = heard.event.siao
    yield Put(CRITERIA, siao, Criteria(siao=siao, version=event.version, criteria=event.criteria))
    fact = CriteriaInForce(siao=siao, version=event.version, criteria=event.criteria, at=heard.now)
    yield publish(DESIGNATIONS_TOPIC, siao, fact)
    yield accept(heard, ("criteria", str(event.version)))


def _progress(
    heard: Heard[Message], designation_id: str, designation: Designation, state: DesignationState, step: str
) -> Effects:
    yield Put(DESIGNATIONS, designation_id, designation.model_copy(update={"state": state}))
    yield progressed(heard, designation_id, designation, state, step)


def progressed(
    heard: Heard[Message], designation_id: str, designation: Designation, state: DesignationState, step: str
) -> Send:
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
            "state": state,
            "step": step,
            "refusal_reason": designation.refusal_reason,
            "article": designation.article,
            "argument_reference": designation.argument,
            "at": heard.now,
        }
    )
    return publish(DESIGNATIONS_TOPIC, designation.siao, fact)


ANSWERS: Final[dict[str, tuple[type[Message], Answer]]] = {
    DesignationAcknowledged.type: (DesignationAcknowledged, acknowledge),
    DesignationAccepted.type: (DesignationAccepted, agree),
    DesignationRefused.type: (DesignationRefused, refuse),
    HouseholdDeclined.type: (HouseholdDeclined, decline),
    HouseholdNoShow.type: (HouseholdNoShow, no_show),
    HouseholdAdmitted.type: (HouseholdAdmitted, admit),
    HouseholdLeft.type: (HouseholdLeft, leave),
    RefusalJudged.type: (RefusalJudged, judge),
    CriteriaAdopted.type: (CriteriaAdopted, adopt),
}
