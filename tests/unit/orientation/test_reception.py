"""Reception: every answer and decision goes, without its private texts, to where its territory is decided."""

from datetime import date
from typing import Any

import pytest

from contracts.catalogue import MESSAGES, ROLES
from contracts.event import Message
from contracts.golden import golden_messages
from contracts.received import AnswerReceived
from contracts.topics import DECISIONS, PARTNER_ANSWERS, Role
from tests.builders import ARGUMENT, BAILLEUR, OPERATOR, PREFECTURE, STRUCTURE
from tests.unit.driving import Siao, type_of
from tests.unit.situations import a_refusal

RECEIVED = {**MESSAGES[PARTNER_ANSWERS.name], **MESSAGES[DECISIONS.name]}


def examples() -> list[Message]:
    """A golden message of each type that orientation receives."""
    found: dict[str, Message] = {}
    for golden in golden_messages():
        model = RECEIVED.get(golden.kind)
        if model is not None:
            found.setdefault(golden.kind, model.model_validate_json(golden.body))
    assert set(found) == set(RECEIVED)
    return list(found.values())


def sender(message: Message) -> str:
    roles = ROLES.get(type_of(message), frozenset({Role.OPERATOR}))
    partners = {Role.STRUCTURE: STRUCTURE, Role.BAILLEUR: BAILLEUR, Role.OPERATOR: OPERATOR}
    return next((partner for role, partner in partners.items() if role in roles), PREFECTURE)


@pytest.mark.parametrize("message", examples(), ids=type_of)
def test_what_is_received_is_passed_on_as_it_was_sent(message: Message) -> None:
    siao = Siao()
    partner = sender(message)
    identity = siao.send(partner, message)
    (received,) = siao.facts(AnswerReceived)
    assert (received.siao, received.role) == ("92", siao.register[partner].role)
    assert (received.origin.partner, received.origin.message_id) == (partner, identity)
    assert (received.origin.message_type, received.origin.offset) == (type_of(message), 0)
    sent: dict[str, Any] = message.model_dump(mode="json")
    passed_on = dict(received.content)
    if sent.get("argument") is not None:
        assert passed_on.pop("argument") != sent.pop("argument")
    assert passed_on == sent
    again = type(message).model_validate(received.content, strict=False)
    assert all(isinstance(getattr(again, name), date) for name in sent if name.endswith("_on"))
    assert siao.code(identity) != ""


def test_each_refusal_has_its_own_reference_and_the_same_one_when_it_is_read_again() -> None:
    references = []
    for _ in range(2):
        siao = Siao()
        for identity in ("one", "two"):
            siao.send(STRUCTURE, a_refusal("designation"), identity)
        references.append([fact.content["argument"] for fact in siao.facts(AnswerReceived)])
    assert references[0] == references[1]
    assert len(set(references[0])) == 2
    assert ARGUMENT not in references[0]
