"""Reception: a valid answer goes, without its private texts, to where its territory is decided, in order."""

from typing import Any, Final

from contracts.answers import DesignationRefused
from contracts.catalogue import MESSAGES
from contracts.commission import OpinionGiven, PreAllocationDecided
from contracts.decisions import DesignationOutOfOrder
from contracts.event import Message, derived_id
from contracts.received import AnswerReceived
from contracts.topics import ANSWERS, DECISIONS, PARTNER_ANSWERS
from services.chassis.fold import Effects, Heard, Put, State, no_keys, publish
from services.orientation.domain.model import Argument
from services.orientation.handlers.folds import PARTNERS
from services.orientation.store import ARGUMENTS

_ARGUED: Final = (DesignationRefused, DesignationOutOfOrder, OpinionGiven, PreAllocationDecided)
_TYPES = [*MESSAGES[PARTNER_ANSWERS.name].values(), *MESSAGES[DECISIONS.name].values()]


@PARTNERS.on(*_TYPES, keys=no_keys)
def receive(heard: Heard[Message], _state: State) -> Effects:
    """Pass an answer on; its argument stays here, sealed, and its reference goes in its place."""
    sender, origin = heard.sender, heard.origin
    if origin is None:
        raise LookupError("an answer is always sent by a partner")
    content: dict[str, Any] = heard.event.model_dump(mode="json")
    text = heard.event.argument if isinstance(heard.event, _ARGUED) else None
    if text is not None:
        reference = derived_id("argument", heard.envelope.source, heard.envelope.id)
        content["argument"] = reference
        yield Put(
            ARGUMENTS,
            reference,
            Argument(
                siao=sender.siao,
                designation=getattr(heard.event, "designation", None),
                vacancy=getattr(heard.event, "vacancy", None),
                partner=sender.id,
                text=text,
                received_at=heard.now,
            ),
        )
    yield publish(
        ANSWERS, sender.siao, AnswerReceived(siao=sender.siao, origin=origin, role=sender.role, content=content)
    )
