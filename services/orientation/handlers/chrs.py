"""The special modality of the CHRS (CASF R345-4): its director decides, the préfet answers or is silent, stays go on.

The household may enter before the préfet has answered: nothing in the article makes the entry wait.
"""

from contracts.answers import AdmissionDecided, StayExtensionAsked
from contracts.codes import DesignationState
from contracts.decision_codes import AdmissionOutcome
from contracts.decisions import AdmissionJudged
from contracts.event import Refusal
from contracts.law import EXTENSION_REQUEST, UNDER_R345_4
from contracts.received import AnswerReceived, DeadlineReached
from services.chassis.clock import day_of, end_of
from services.chassis.fold import Effects, Heard, Put, accept
from services.orientation.domain.model import Admission
from services.orientation.handlers.admissions import Asked, admission_id, settle, submit
from services.orientation.handlers.duties import chrs_stay, extend, watch_duties
from services.orientation.handlers.progress import own_designation, step_to
from services.orientation.handlers.replies import WAITING_FOR_ANSWER
from services.orientation.handlers.timing import awaiting_entry, silence_watched
from services.orientation.store import ADMISSIONS, DESIGNATIONS, STAYS
from services.orientation.territory import Territory


def decide(heard: Heard[AnswerReceived], territory: Territory, event: AdmissionDecided) -> Effects:
    """The director admits, on the SIAO's proposal: the designation is accepted, and the préfet has the decision."""
    states = (*WAITING_FOR_ANSWER, DesignationState.ACCEPTED)
    designation = own_designation(heard, territory, event.designation, *states)
    if designation.offer_type not in UNDER_R345_4:
        raise Refusal("chrs-only", "$.designation")
    if designation.admission is not None:
        raise Refusal("admission-not-expecting", "$.designation")
    identity = admission_id(heard, event.designation)
    decided = designation.model_copy(update={"admission": identity, "term_months": event.term_months})
    agreed = awaiting_entry(decided, event.entry_on, heard.now)
    if designation.state is DesignationState.ACCEPTED:
        # It had said yes already, and now says by which decision.
        yield Put(DESIGNATIONS, event.designation, agreed)
    else:
        yield from step_to(heard, event.designation, agreed, "accepted")
    yield from silence_watched(event.designation, agreed)
    asked = Asked(
        "admission",
        event.designation,
        designation.household,
        designation,
        event.decided_on,
        event.term_months,
        event.public,
    )
    yield from submit(heard, territory, identity, asked)
    yield accept(heard, ("designation", event.designation), ("admission", identity))


def ask_extension(heard: Heard[AnswerReceived], territory: Territory, event: StayExtensionAsked) -> Effects:
    """The structure asks the préfet to extend a stay; asked late, it is passed on and said to be late."""
    stay = chrs_stay(heard, territory, event.household)
    if stay.extension is not None:
        raise Refusal("admission-not-expecting", "$.household")
    today = day_of(heard.now)
    if event.until <= max(today, stay.ends_on or today):
        raise Refusal("day-out-of-stay", "$.until")
    identity = admission_id(heard, event.household)
    late = stay.ends_on is not None and today > EXTENSION_REQUEST.before(stay.ends_on, stay.siao)
    asked = Asked("extension", None, event.household, stay, today, until=event.until, late=late)
    yield from submit(heard, territory, identity, asked)
    waiting = stay.model_copy(update={"extension": identity})
    yield Put(STAYS, event.household, waiting)
    yield from watch_duties(heard, event.household, waiting)
    yield accept(heard, ("household", event.household), ("admission", identity))


def judge_admission(heard: Heard[AnswerReceived], territory: Territory, event: AdmissionJudged) -> Effects:
    """The préfecture answers before its silence does. A refusal is told; what follows is the structure's to do."""
    admission = territory.get(ADMISSIONS, event.admission)
    if admission is None or admission.siao != heard.event.siao:
        raise Refusal("admission-unknown", "$.admission")
    if not admission.live:
        raise Refusal("admission-not-expecting", "$.admission")
    outcome = AdmissionOutcome.ACCEPTED if event.verdict == "accepted" else AdmissionOutcome.REFUSED
    yield accept(heard, ("admission", event.admission))
    yield from _answered(heard, territory, event.admission, admission, outcome)


def fall_silent(heard: Heard[DeadlineReached], territory: Territory) -> Effects:
    """The month has passed without an answer: it is deemed accepted."""
    admission = territory.get(ADMISSIONS, heard.event.subject)
    if admission is None or not admission.live or heard.event.due_at != end_of(admission.answer_due_on):
        return
    yield from _answered(heard, territory, heard.event.subject, admission, AdmissionOutcome.DEEMED_ACCEPTED)


def _answered(
    heard: Heard[AnswerReceived] | Heard[DeadlineReached],
    territory: Territory,
    identity: str,
    admission: Admission,
    outcome: AdmissionOutcome,
) -> Effects:
    yield from settle(heard, territory, identity, outcome)
    if admission.kind == "extension":
        until = None if outcome is AdmissionOutcome.REFUSED else admission.until
        yield from extend(heard, territory, admission.household, until)
