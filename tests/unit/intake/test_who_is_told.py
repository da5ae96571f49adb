"""Names go to those entitled, in two kinds of message only; the register of disclosures keeps each time."""

from collections.abc import Iterator

import pytest

from contracts.answers import DesignationAccepted, HouseholdAdmitted, HouseholdDeclined, HouseholdRehoused
from contracts.codes import EvaluationSection, HouseholdRefusal, Known, MediationKind
from contracts.decisions import RefusalJudged
from contracts.notices import DesignationClosed, HouseholdDesignated, ReadyHousehold
from contracts.requests import Mediation
from contracts.topics import NOTICES, READY_HOUSEHOLDS, Service
from services.intake.store import DISCLOSURES, HOUSEHOLDS
from services.orientation.store import ARGUMENTS
from tests.builders import (
    ARGUMENT,
    BAILLEUR,
    BAILLEUR_ELSEWHERE,
    CANARY,
    CCAS,
    DAY,
    FAMILY_NAME,
    NANTERRE,
    OPERATOR,
    PHONE,
    PREFECTURE,
    RESERVATAIRE,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_request,
    a_stay,
    a_structure,
    a_vacancy,
    an_evaluation,
    needs,
    ready,
)
from tests.unit.driving import Published, Siao
from tests.unit.situations import a_refusal, designated, with_structure

NOMINATIVE = (HouseholdDesignated, ReadyHousehold)


@pytest.fixture(scope="module")
def told() -> Siao:
    """Everything that can happen to two households, each with a name on every line."""
    siao = with_structure(a_structure())
    siao.send(CCAS, a_request("first", evaluation=an_evaluation(EvaluationSection.BUDGET)))
    siao.wait(DAY)
    daho = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=TODAY - 42 * DAY)
    siao.send(CCAS, a_request("second", mediation=daho))
    siao.send(CCAS, a_request("first", revision=2))
    siao.wait(2 * DAY)
    siao.send(STRUCTURE, a_vacancy())
    notice = siao.notices(STRUCTURE, HouseholdDesignated)[-1]
    siao.send(STRUCTURE, a_refusal(notice.designation, "none"))
    siao.send(STRUCTURE, a_refusal(notice.designation))
    siao.send(OPERATOR, RefusalJudged(designation=notice.designation, verdict="overruled"))
    siao.wait(8 * DAY)
    siao.send(STRUCTURE, HouseholdDeclined(designation=notice.designation, reason=HouseholdRefusal.LOCATION))
    notice = siao.notices(STRUCTURE, HouseholdDesignated)[-1]
    siao.send(STRUCTURE, DesignationAccepted(designation=notice.designation, entry_on=TODAY))
    siao.send(STRUCTURE, HouseholdAdmitted(designation=notice.designation, entered_on=TODAY))
    siao.send(STRUCTURE, ready(notice.household, NANTERRE))
    siao.send(STRUCTURE, a_stay())
    siao.send(BAILLEUR, HouseholdRehoused(household=notice.household, lease_from=TODAY))
    return siao


def said_by_the_siao(siao: Siao) -> Iterator[Published]:
    return (item for item in siao.log if item.by in siao.services)


def text(item: Published) -> str:
    """All that anybody who may read the topic reads, headers and key included."""
    body = "" if item.value is None else item.value.model_dump_json()
    return f"{item.key} {item.envelope} {body}"


def test_the_story_tells_of_everything(told: Siao) -> None:
    kinds = {type(item.value).__name__ for item in said_by_the_siao(told) if item.value is not None}
    assert kinds >= {
        *("StructureRegistered", "VacancyOpened", "VacancyClosed", "RequestRegistered", "HouseholdWaiting"),
        *("RequestClosed", "StayRecorded", "ReadinessDeclared", "ReadinessEnded", "AnswerReceived"),
        *("DeadlineReached", "DesignationMade", "DesignationProgressed", "DesignationEnded", "StayStarted"),
        *("StayEnded", "LegalClockMissed", "MessageAccepted", "HouseholdDesignated", "DesignationReminded"),
        *("RefusalOverruled", "DesignationClosed", "RefusalToJudge", "LegalClockAlert", "RequestUpdated"),
        "ReadyHousehold",
    }


def test_names_are_in_two_kinds_of_message_only(told: Siao) -> None:
    leaks = [
        (item.topic, item.envelope.type)
        for item in said_by_the_siao(told)
        if CANARY in text(item) and not isinstance(item.value, NOMINATIVE)
    ]
    assert leaks == []


def test_a_designation_with_its_names_goes_to_its_structure_alone(told: Siao) -> None:
    topics = {item.topic for item in told.log if isinstance(item.value, HouseholdDesignated)}
    assert topics == {NOTICES.of(STRUCTURE)}
    notice = told.notices(STRUCTURE, HouseholdDesignated)[0]
    assert (notice.members[0].family_name, notice.phone, notice.needs) == (FAMILY_NAME, PHONE, needs())
    assert (notice.structure_id, notice.place_id) == ("acacias", "A-01")


def test_a_listed_household_goes_to_those_entitled_alone(told: Siao) -> None:
    topics = {item.topic for item in told.log if isinstance(item.value, ReadyHousehold)}
    assert topics == {READY_HOUSEHOLDS.of(partner) for partner in (BAILLEUR, RESERVATAIRE, PREFECTURE)}
    assert READY_HOUSEHOLDS.of(BAILLEUR_ELSEWHERE) not in topics


def test_every_name_that_left_is_in_the_register_of_disclosures(told: Siao) -> None:
    left = {(item.topic.split(".")[1], item.value.household) for item in told.log if isinstance(item.value, NOMINATIVE)}
    lines = told.memory(Service.INTAKE).all(DISCLOSURES).values()
    assert {(line.recipient, line.household) for line in lines} == left
    sent = [item for item in told.log if isinstance(item.value, NOMINATIVE)]
    assert len(lines) == len(sent)
    events = {item.envelope.id for item in told.log}
    assert {line.event for line in lines} <= events
    assert {line.purpose for line in lines} == {"admission", "access to ordinary housing"}
    assert not any(CANARY in line.model_dump_json() for line in lines)


def test_only_sealed_tables_hold_a_name(told: Siao) -> None:
    assert HOUSEHOLDS.sealed
    assert ARGUMENTS.sealed
    holding = {name: service.memory.holding(CANARY) for name, service in told.services.items()}
    nothing: set[str] = set()
    assert holding == {
        Service.OFFERS: nothing,
        Service.INTAKE: {HOUSEHOLDS.name},
        Service.ORIENTATION: {ARGUMENTS.name},
        Service.REPORTING: nothing,
    }


def test_the_argument_of_a_refusal_is_kept_where_it_was_received_and_its_reference_travels(told: Siao) -> None:
    arguments = told.memory(Service.ORIENTATION).all(ARGUMENTS)
    assert {argument.text for argument in arguments.values()} == {ARGUMENT}


def test_the_structure_is_told_that_a_designation_is_over_and_nobody_else_is(told: Siao) -> None:
    topics = {item.topic for item in told.log if isinstance(item.value, DesignationClosed)}
    assert topics == {NOTICES.of(STRUCTURE)}


def test_a_structure_learns_what_the_last_amendment_said() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(evaluation=an_evaluation(EvaluationSection.BUDGET)))
    renamed, wishes = a_member(family_name="Qzother"), needs(accessibility=Known.NO, pets=Known.YES)
    siao.send(CCAS, a_request(revision=2, members=(renamed, a_child()), phone="+33 Qz 11", needs=wishes))
    siao.send(STRUCTURE, a_structure(a_place("A-01", 2), revision=2))
    siao.send(STRUCTURE, a_vacancy())
    (notice,) = siao.notices(STRUCTURE, HouseholdDesignated)
    assert [member.family_name for member in notice.members] == ["Qzother", FAMILY_NAME]
    assert (notice.phone, notice.needs) == ("+33 Qz 11", wishes)


def test_a_household_that_declared_no_phone_is_designated_without_one() -> None:
    siao = with_structure()
    assert designated(siao, phone=None).phone is None
