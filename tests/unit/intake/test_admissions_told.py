"""What a CHRS puts before the préfet: the préfecture learns who, once, written down; nobody else does."""

import pytest

from contracts.alerts import AdmissionAnswered, AdmissionToAnswer
from contracts.answers import StayExtensionAsked
from contracts.decision_codes import PublicCategory
from contracts.decisions import AdmissionJudged
from contracts.topics import NOTICES, Role, Service
from services.intake.store import DISCLOSURES
from tests.builders import (
    DAY,
    FAMILY_NAME,
    GIVEN_NAME,
    OPERATOR,
    PREFECTURE,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_partner,
    a_place,
    a_register,
    a_structure,
)
from tests.unit.driving import Siao
from tests.unit.situations import a_decision, designated, hosted, with_structure

OTHER_PREFECTURE = "prefecture-sous-92"


def test_the_prefecture_learns_who_is_admitted_and_the_register_of_disclosures_keeps_it() -> None:
    siao = with_structure(a_structure(a_place(capacity=2)))
    notice = designated(siao, members=(a_member(), a_child()))
    siao.send(STRUCTURE, a_decision(notice.designation, public=PublicCategory.FAMILIES))
    assert {i.topic for i in siao.log if isinstance(i.value, AdmissionToAnswer)} == {NOTICES.of(PREFECTURE)}
    (told,) = siao.notices(PREFECTURE, AdmissionToAnswer)
    assert [(who.family_name, who.given_name) for who in told.members] == [(FAMILY_NAME, GIVEN_NAME)] * 2
    assert (told.household, told.structure, told.kind) == (notice.household, f"{STRUCTURE}/acacias", "admission")
    assert (told.decided_on, told.term_months, told.public) == (TODAY, 6, PublicCategory.FAMILIES)
    lines = [line for line in siao.memory(Service.INTAKE).all(DISCLOSURES).values() if line.recipient == PREFECTURE]
    assert [(line.household, line.what, line.purpose) for line in lines] == [
        (notice.household, "admission: identity", "aide sociale")
    ]


def test_an_extension_is_put_before_it_in_the_same_way() -> None:
    siao = with_structure()
    household = hosted(siao).household
    siao.send(STRUCTURE, StayExtensionAsked(household=household, until=TODAY + 90 * DAY))
    (told,) = siao.notices(PREFECTURE, AdmissionToAnswer)
    assert (told.kind, told.until, told.term_months, told.public) == ("extension", TODAY + 90 * DAY, None, None)
    assert told.members[0].family_name == FAMILY_NAME


def test_of_two_prefectures_the_suspended_one_is_told_nothing() -> None:
    register = a_register()
    register[OTHER_PREFECTURE] = a_partner(OTHER_PREFECTURE, Role.PREFECTURE)
    register[PREFECTURE] = a_partner(PREFECTURE, Role.PREFECTURE, status="suspended")
    siao = Siao(register)
    siao.send(STRUCTURE, a_structure())
    siao.send(STRUCTURE, a_decision(designated(siao).designation))
    assert siao.notices(PREFECTURE, AdmissionToAnswer) == []
    assert len(siao.notices(OTHER_PREFECTURE, AdmissionToAnswer)) == 1


@pytest.mark.parametrize("answer", ["accepted", "silence"])
def test_the_answer_is_told_without_a_name_to_the_structure_and_the_operator(answer: str) -> None:
    siao = with_structure()
    message = siao.send(STRUCTURE, a_decision(designated(siao).designation))
    if answer == "accepted":
        siao.send(PREFECTURE, AdmissionJudged(admission=siao.caused(message)["admission"], verdict="accepted"))
    siao.wait(31 * DAY)
    topics = [item.topic for item in siao.log if isinstance(item.value, AdmissionAnswered)]
    silent = [NOTICES.of(PREFECTURE)] if answer == "silence" else []
    assert sorted(topics) == sorted([NOTICES.of(STRUCTURE), NOTICES.of(OPERATOR), *silent])
