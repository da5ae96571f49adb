"""The operator, or the préfecture for the State, approves a version of a structure's projet d'établissement."""

from contracts.decisions import ProjetApproved
from contracts.event import Refusal
from contracts.received import AnswerReceived
from services.chassis.fold import Effects, Heard, Key, Put, State, accept
from services.offers.domain.projets import with_approval
from services.offers.handlers.folds import CORE
from services.offers.handlers.telling import registered
from services.offers.store import STRUCTURES


def structure_of_approval(heard: Heard[AnswerReceived]) -> list[Key]:
    """The structure that is named; other answers are not for offers."""
    if heard.event.origin.message_type != ProjetApproved.type:
        return []
    return [(STRUCTURES, str(heard.event.content["structure"]))]


@CORE.on(AnswerReceived, keys=structure_of_approval)
def approve(heard: Heard[AnswerReceived], state: State) -> Effects:
    """A version is approved: said in the proofs of the designations that follow."""
    received = heard.event
    if received.origin.message_type != ProjetApproved.type:
        return
    event = ProjetApproved.model_validate(received.content, strict=False)
    structure = state.get(STRUCTURES, event.structure)
    if structure is None or structure.siao != received.siao:
        raise Refusal("structure-unknown", "$.structure")
    projets = with_approval(
        structure.projets, event.version, received.origin.partner, event.approved_on, event.reference
    )
    approved = structure.model_copy(update={"projets": projets})
    yield Put(STRUCTURES, event.structure, approved)
    yield registered(approved, heard.now)
    yield accept(heard, ("projet", f"{event.structure}/{event.version}"))
