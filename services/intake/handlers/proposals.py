"""The way to a lease: a dwelling is proposed to a ready household, a CALEOL decides, the household is rehoused."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from contracts.answers import CaleolDecided, DwellingProposed, HouseholdRehoused
from contracts.dwelling_codes import CaleolDecision
from contracts.event import Message, Refusal, derived_id
from contracts.proposals import (
    ProposalClosed,
    ProposalDecided,
    ProposalRecorded,
    ReadyHouseholdDecided,
    ReadyHouseholdProposed,
)
from contracts.received import AnswerReceived
from contracts.topics import HOUSEHOLDS as HOUSEHOLDS_TOPIC
from contracts.topics import Role
from services.chassis.fold import Effects, Heard, Key, Put, State, accept, notify, publish
from services.intake.domain import Household, Proposal, Readiness
from services.intake.handlers.readiness import shown, unlisted
from services.intake.store import HOUSEHOLDS

Answer: TypeAlias = Callable[[Heard[AnswerReceived], Household, Readiness, Any], Effects]


def household_of_answer(heard: Heard[AnswerReceived]) -> list[Key]:
    """The ready household that the answer names."""
    return [(HOUSEHOLDS, str(heard.event.content["household"]))]


def answer(heard: Heard[AnswerReceived], state: State) -> Effects:
    """Only whose list the household is on may say anything of it: a partner that guesses learns nothing."""
    model, decide = ANSWERS[heard.event.origin.message_type]
    key = str(heard.event.content["household"])
    household = state.get(HOUSEHOLDS, key)
    readiness = None if household is None else household.readiness
    if household is None or readiness is None or heard.event.origin.partner not in readiness.feeds:
        raise Refusal("household-not-ready", "$.household")
    event: Any = model.model_validate(heard.event.content, strict=False)
    if isinstance(event, DwellingProposed) and event.landlord is not None:
        registered = state.register.get(event.landlord)
        if registered is None or registered.role is not Role.BAILLEUR or event.landlord not in readiness.feeds:
            raise Refusal("landlord-unknown", "$.landlord")
    yield from decide(heard, household, readiness, event)
    yield accept(heard, ("household", key))


def propose(
    heard: Heard[AnswerReceived], household: Household, readiness: Readiness, event: DwellingProposed
) -> Effects:
    """The structure where the household lives is told, and the other partners see that a dwelling is proposed."""
    key, partner = event.household, heard.event.origin.partner
    landlord = event.landlord or partner
    if any(known.decision is CaleolDecision.ATTRIBUTED for known in readiness.proposals):
        raise Refusal("household-attributed", "$.household")
    if any((known.dwelling, known.landlord) == (event.dwelling, landlord) for known in readiness.proposals):
        raise Refusal("dwelling-already-proposed", "$.dwelling")
    proposal = Proposal(
        id=derived_id("proposal", heard.envelope.source, heard.envelope.id),
        dwelling=event.dwelling,
        by=partner,
        landlord=landlord,
    )
    yield from _changed(heard, key, household, readiness, (*readiness.proposals, proposal))
    notice = ReadyHouseholdProposed(
        proposal=proposal.id,
        household=key,
        proposed_by=partner,
        landlord=landlord,
        dwelling=event.dwelling,
        commune=event.commune,
        rooms=event.rooms,
        at=heard.now,
    )
    for told in _others(household, proposal, partner):
        yield notify(told, notice)
    yield publish(HOUSEHOLDS_TOPIC, household.siao, _recorded(heard, household, proposal, event))


def decide_caleol(
    heard: Heard[AnswerReceived], household: Household, readiness: Readiness, event: CaleolDecided
) -> Effects:
    """Attributed, it ends the other proposals; refused, it is over; by rank or under condition, all of them stand."""
    key, partner = event.household, heard.event.origin.partner
    named = [known for known in readiness.proposals if (known.dwelling, known.landlord) == (event.dwelling, partner)]
    if not named:
        raise Refusal("proposal-unknown", "$.dwelling")
    if event.decision.refuses and event.reason is None:
        raise Refusal("caleol-reason-missing", "$.reason")
    decided = named[0].model_copy(update={"decision": event.decision})
    others = tuple(known for known in readiness.proposals if known.id != decided.id)
    attributed = event.decision is CaleolDecision.ATTRIBUTED
    left = (*(() if attributed else others), *(() if event.decision.refuses else (decided,)))
    yield from _changed(heard, key, household, readiness, left)
    notice = ReadyHouseholdDecided(
        proposal=decided.id,
        household=key,
        landlord=partner,
        dwelling=event.dwelling,
        decision=event.decision,
        reason=event.reason,
        at=heard.now,
    )
    for told in _others(household, decided, partner):
        yield notify(told, notice)
    if attributed:
        yield from _closed(heard, key, others)
    fact = ProposalDecided(
        siao=household.siao,
        proposal=decided.id,
        household=key,
        persons=len(household.members),
        landlord=partner,
        decision=event.decision,
        reason=event.reason,
        decided_at=heard.now,
    )
    yield publish(HOUSEHOLDS_TOPIC, household.siao, fact)


def rehouse(
    heard: Heard[AnswerReceived], household: Household, _readiness: Readiness, event: HouseholdRehoused
) -> Effects:
    """A bailleur has housed a ready household: it leaves every copy of the list."""
    yield from unlisted(heard, event.household, household, "rehoused")


def _changed(
    heard: Heard[AnswerReceived],
    key: str,
    household: Household,
    before: Readiness,
    proposals: tuple[Proposal, ...],
) -> Effects:
    """The copies are corrected of those for whom another's proposal has come, or is over; no other is written again."""
    after = before.model_copy(update={"proposals": proposals})
    yield Put(HOUSEHOLDS, key, household.model_copy(update={"readiness": after}))
    corrected = [
        partner for partner in after.feeds if after.proposed_by_another(partner) != before.proposed_by_another(partner)
    ]
    yield from shown(heard, key, household, after, corrected)


def _others(household: Household, proposal: Proposal, sender: str) -> list[str]:
    """Whom a proposal concerns, besides who speaks: the structure, who proposed, the landlord."""
    concerned = {household.host, proposal.by, proposal.landlord} - {sender}
    return sorted(partner for partner in concerned if partner is not None)


def _recorded(
    heard: Heard[AnswerReceived], household: Household, proposal: Proposal, event: DwellingProposed
) -> ProposalRecorded:
    return ProposalRecorded(
        siao=household.siao,
        proposal=proposal.id,
        household=event.household,
        persons=len(household.members),
        partner=proposal.by,
        landlord=proposal.landlord,
        commune=event.commune,
        rooms=event.rooms,
        proposed_at=heard.now,
    )


def _closed(heard: Heard[AnswerReceived], key: str, ended: tuple[Proposal, ...]) -> Effects:
    for proposal in ended:
        notice = ProposalClosed(proposal=proposal.id, household=key, dwelling=proposal.dwelling, at=heard.now)
        for partner in sorted({proposal.by, proposal.landlord}):
            yield notify(partner, notice)


ANSWERS: Final[dict[str, tuple[type[Message], Answer]]] = {
    DwellingProposed.type: (DwellingProposed, propose),
    CaleolDecided.type: (CaleolDecided, decide_caleol),
    HouseholdRehoused.type: (HouseholdRehoused, rehouse),
}
