"""What a CHRS puts before the préfet (CASF R345-4): the préfecture learns who, the structure what was answered."""

from contracts.alerts import AdmissionAnswered, AdmissionToAnswer
from contracts.decision_codes import AdmissionOutcome
from contracts.stays import AdmissionSentToPrefet, AdmissionSettled
from contracts.topics import Role
from services.chassis.fold import Effects, Heard, Key, State, no_keys, notify
from services.intake.domain import active
from services.intake.handlers.folds import CORE
from services.intake.handlers.readiness import disclosed, identity_of
from services.intake.store import HOUSEHOLDS


def household_admitted(heard: Heard[AdmissionSentToPrefet]) -> list[Key]:
    """The household that the decision is about."""
    return [(HOUSEHOLDS, heard.event.household)]


@CORE.on(AdmissionSentToPrefet, keys=household_admitted)
def put_before_prefet(heard: Heard[AdmissionSentToPrefet], state: State) -> Effects:
    """The préfecture learns what is decided, and of whom; the register of disclosures keeps it."""
    event = heard.event
    household = state.get(HOUSEHOLDS, event.household)
    if household is None:
        raise LookupError("a household that is admitted is always known here")
    notice = AdmissionToAnswer(
        admission=event.admission,
        kind=event.kind,
        household=event.household,
        members=tuple(identity_of(member) for member in household.members),
        structure=event.structure,
        decided_on=event.decided_on,
        term_months=event.term_months,
        public=event.public,
        until=event.until,
        late=event.late,
        sent_at=event.sent_at,
        answer_due_on=event.answer_due_on,
    )
    for partner in active(state.register, event.siao, Role.PREFECTURE):
        yield notify(partner, notice)
        yield disclosed(heard, household, event.household, partner, f"{event.kind}: identity", "aide sociale")


@CORE.on(AdmissionSettled, keys=no_keys)
def tell_answer(heard: Heard[AdmissionSettled], state: State) -> Effects:
    """The structure and the operator learn the answer; the préfecture, what is without object."""
    event = heard.event
    notice = AdmissionAnswered(
        admission=event.admission,
        kind=event.kind,
        designation=event.designation,
        household=event.household,
        outcome=event.outcome,
        at=event.at,
    )
    yield notify(event.partner, notice)
    roles = [Role.OPERATOR]
    if event.outcome in (AdmissionOutcome.WITHDRAWN, AdmissionOutcome.DEEMED_ACCEPTED):
        roles.append(Role.PREFECTURE)
    for partner in active(state.register, event.siao, *roles):
        yield notify(partner, notice)
