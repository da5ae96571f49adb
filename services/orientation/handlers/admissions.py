"""What a CHRS puts before the préfet, its decision to admit or to extend a stay, until it is answered (CASF R345-4)."""

from datetime import date
from typing import Any, Literal, NamedTuple

from contracts.decision_codes import AdmissionOutcome, PublicCategory
from contracts.event import Message, Refusal, derived_id
from contracts.law import EXTENSION_SILENCE, PREFET_SILENCE
from contracts.stays import AdmissionSentToPrefet, AdmissionSettled
from contracts.topics import DESIGNATIONS as DESIGNATIONS_TOPIC
from contracts.topics import Role
from services.chassis.clock import day_of, end_of
from services.chassis.fold import Effects, Forget, Heard, Put, publish
from services.orientation.domain.model import Admission, Designation, Stay
from services.orientation.handlers.timing import later
from services.orientation.store import ADMISSIONS
from services.orientation.territory import Territory


class Asked(NamedTuple):
    """What is put before the préfet. An admission has a term and a public, an extension its last day."""

    kind: Literal["admission", "extension"]
    designation: str | None
    household: str
    of: Designation | Stay
    decided_on: date
    term_months: int | None = None
    public: PublicCategory | None = None
    until: date | None = None
    late: bool = False


def admission_id(heard: Heard[Message], about: str) -> str:
    """The id of what this message puts before the préfet."""
    return derived_id("admission", about, heard.envelope.source, heard.envelope.id)


def submit(heard: Heard[Message], territory: Territory, identity: str, asked: Asked) -> Effects:
    """It is before the préfet from now on: this instant is its certain date, and silence is counted from its day.

    Raises Refusal prefecture-unknown: nobody would receive it.
    """
    siao = asked.of.siao
    if not territory.partners_with(siao, Role.PREFECTURE):
        raise Refusal("prefecture-unknown")
    silence = PREFET_SILENCE if asked.kind == "admission" else EXTENSION_SILENCE
    admission = Admission(
        siao=siao,
        kind=asked.kind,
        designation=asked.designation,
        household=asked.household,
        persons=asked.of.persons,
        structure=asked.of.structure,
        partner=asked.of.partner,
        offer_type=asked.of.offer_type,
        term_months=asked.term_months,
        until=asked.until,
        answer_due_on=silence.after(day_of(heard.now), siao),
    )
    yield Put(ADMISSIONS, identity, admission)
    fact = AdmissionSentToPrefet(
        **_about(identity, admission),
        decided_on=asked.decided_on,
        term_months=asked.term_months,
        public=asked.public,
        until=asked.until,
        late=asked.late,
        sent_at=heard.now,
        answer_due_on=admission.answer_due_on,
    )
    yield publish(DESIGNATIONS_TOPIC, siao, fact)
    yield later("admission", identity, siao, end_of(admission.answer_due_on))


def settle(heard: Heard[Message], territory: Territory, identity: str, outcome: AdmissionOutcome) -> Effects:
    """It has its answer, or is without object."""
    admission = territory.get(ADMISSIONS, identity)
    if admission is None or not admission.live:
        return
    yield Put(ADMISSIONS, identity, admission.model_copy(update={"live": False}))
    yield Forget(f"admission:{identity}")
    fact = AdmissionSettled(**_about(identity, admission), outcome=outcome, at=heard.now)
    yield publish(DESIGNATIONS_TOPIC, admission.siao, fact)


def _about(identity: str, admission: Admission) -> dict[str, Any]:
    return {
        "siao": admission.siao,
        "admission": identity,
        "kind": admission.kind,
        "designation": admission.designation,
        "household": admission.household,
        "persons": admission.persons,
        "structure": admission.structure,
        "partner": admission.partner,
        "offer_type": admission.offer_type,
    }
