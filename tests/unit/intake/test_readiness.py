"""The live list of ready households: hosted and ready, in the copies of those entitled and of no others."""

from datetime import UTC, date, datetime

import pytest

from contracts.answers import HouseholdLeft, HouseholdRehoused
from contracts.codes import Composition, ExitDestination
from contracts.designations import StayEnded
from contracts.households import ReadinessDeclared, ReadinessEnded
from contracts.notices import ReadyHousehold
from contracts.requests import ReadinessWithdrawn
from contracts.topics import READY_HOUSEHOLDS, Service
from services.intake.store import HOUSEHOLDS
from tests.builders import (
    BAILLEUR,
    BAILLEUR_ELSEWHERE,
    COURBEVOIE,
    DAY,
    FAMILY_NAME,
    HOUSING_NUMBER,
    NANTERRE,
    OPERATOR,
    OTHER_STRUCTURE,
    PHONE,
    PREFECTURE,
    PREFECTURE_OF_ANOTHER_SIAO,
    RESERVATAIRE,
    STRUCTURE,
    TODAY,
    a_member,
    a_stay,
    ready,
)
from tests.unit.driving import Siao
from tests.unit.situations import hosted, on_the_list, with_structure

EVERYONE = (BAILLEUR, BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE)


def copy_of(siao: Siao, partner: str) -> dict[str, ReadyHousehold]:
    """A partner's copy of the list, as its software would keep it."""
    copy: dict[str, ReadyHousehold] = {}
    for item in siao.log:
        if item.topic == READY_HOUSEHOLDS.of(partner):
            copy.pop(item.key, None)
            if isinstance(item.value, ReadyHousehold):
                copy[item.key] = item.value
    return copy


def holders(siao: Siao, household: str) -> set[str]:
    return {partner for partner in siao.register if household in copy_of(siao, partner)}


def rehoused(household: str) -> HouseholdRehoused:
    return HouseholdRehoused(household=household, lease_from=TODAY)


def left(household: str) -> HouseholdLeft:
    return HouseholdLeft(household=household, left_on=TODAY, destination=ExitDestination.FAMILY_OR_FRIENDS)


def test_a_ready_household_is_listed_with_all_that_a_bailleur_needs() -> None:
    siao = with_structure()
    household = on_the_list(siao, NANTERRE).household
    listed = copy_of(siao, BAILLEUR)[household]
    assert (listed.composition, listed.persons, listed.rooms) == (Composition.SINGLE_WOMAN, 1, 1)
    assert (listed.members[0].family_name, listed.phone) == (FAMILY_NAME, PHONE)
    assert (listed.social_housing_number, listed.communes) == (HOUSING_NUMBER, (NANTERRE,))
    assert listed.ready_since == siao.now


def test_a_listed_household_is_described_as_it_is_on_that_day_in_france() -> None:
    siao = with_structure()
    young = a_member(birth_date=date(2008, 11, 25))
    household = siao.caused(siao.send(STRUCTURE, a_stay(members=(young,))))["household"]
    siao.now = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    siao.send(STRUCTURE, ready(household))
    assert copy_of(siao, BAILLEUR)[household].composition is Composition.SINGLE_WOMAN


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        ((), set(EVERYONE)),
        ((NANTERRE,), {BAILLEUR, RESERVATAIRE, PREFECTURE}),
        ((COURBEVOIE,), {BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE}),
    ],
)
def test_only_those_who_have_dwellings_where_it_wishes_to_live_have_it(
    wished: tuple[str, ...], expected: set[str]
) -> None:
    siao = with_structure()
    household = on_the_list(siao, *wished).household
    assert holders(siao, household) == expected
    assert PREFECTURE_OF_ANOTHER_SIAO not in expected


def test_a_household_told_of_by_its_structure_can_be_ready_too() -> None:
    siao = with_structure()
    household = siao.caused(siao.send(STRUCTURE, a_stay()))["household"]
    assert siao.code(siao.send(STRUCTURE, ready(household))) == "accepted"
    assert copy_of(siao, PREFECTURE)[household].composition is Composition.SINGLE_MAN


def test_only_the_structure_where_it_lives_may_declare_a_household_ready() -> None:
    siao = with_structure()
    household = hosted(siao).household
    assert siao.code(siao.send(OTHER_STRUCTURE, ready(household))) == "household-not-hosted"
    assert siao.code(siao.send(STRUCTURE, ready("unknown"))) == "household-not-hosted"
    siao.send(STRUCTURE, left(household))
    assert siao.code(siao.send(STRUCTURE, ready(household))) == "household-not-hosted"
    assert siao.facts(ReadyHousehold) == []


def test_said_again_the_copies_are_corrected_and_the_household_counted_once() -> None:
    siao = with_structure()
    household = on_the_list(siao, NANTERRE).household
    since = siao.now
    siao.wait(3 * DAY)
    assert siao.code(siao.send(STRUCTURE, ready(household, COURBEVOIE, rooms=2))) == "accepted"
    assert holders(siao, household) == {BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE}
    listed = copy_of(siao, PREFECTURE)[household]
    assert (listed.rooms, listed.ready_since) == (2, since)
    assert len(siao.facts(ReadinessDeclared)) == 1


def test_withdrawn_by_its_structure_it_leaves_every_copy() -> None:
    siao = with_structure()
    household = on_the_list(siao).household
    withdrawn = ReadinessWithdrawn(household=household)
    assert siao.code(siao.send(OTHER_STRUCTURE, withdrawn)) == "household-not-hosted"
    assert siao.code(siao.send(STRUCTURE, withdrawn)) == "accepted"
    assert holders(siao, household) == set()
    assert [fact.reason for fact in siao.facts(ReadinessEnded)] == ["withdrawn"]
    assert siao.code(siao.send(STRUCTURE, withdrawn)) == "household-not-ready"
    assert siao.facts(StayEnded) == []


def test_a_household_may_be_ready_again() -> None:
    siao = with_structure()
    household = on_the_list(siao).household
    siao.send(STRUCTURE, ReadinessWithdrawn(household=household))
    siao.wait(DAY)
    siao.send(STRUCTURE, ready(household))
    assert copy_of(siao, BAILLEUR)[household].ready_since == siao.now
    assert len(siao.facts(ReadinessDeclared)) == 2


def test_rehoused_by_a_bailleur_it_leaves_every_copy_and_its_place() -> None:
    siao = with_structure()
    household = on_the_list(siao, NANTERRE).household
    assert siao.caused(siao.send(BAILLEUR, rehoused(household))) == {"household": household}
    assert holders(siao, household) == set()
    assert [fact.reason for fact in siao.facts(ReadinessEnded)] == ["rehoused"]
    (ended,) = siao.facts(StayEnded)
    assert (ended.household, ended.destination) == (household, ExitDestination.SOCIAL_HOUSING)
    kept = siao.memory(Service.INTAKE).all(HOUSEHOLDS)[household]
    assert (kept.host, kept.readiness) == (None, None)


def test_a_bailleur_rehouses_only_who_is_on_its_own_list() -> None:
    siao = with_structure()
    household = on_the_list(siao, NANTERRE).household
    assert siao.code(siao.send(BAILLEUR_ELSEWHERE, rehoused(household))) == "household-not-ready"
    assert siao.code(siao.send(BAILLEUR, rehoused("unknown"))) == "household-not-ready"
    assert siao.code(siao.send(PREFECTURE_OF_ANOTHER_SIAO, rehoused(household))) == "household-not-ready"
    siao.send(RESERVATAIRE, rehoused(household))
    assert siao.code(siao.send(BAILLEUR, rehoused(household))) == "household-not-ready"
    assert len(siao.facts(StayEnded)) == 1


def test_a_household_that_leaves_its_place_leaves_the_list() -> None:
    siao = with_structure()
    household = on_the_list(siao).household
    siao.send(STRUCTURE, left(household))
    assert holders(siao, household) == set()
    assert [fact.reason for fact in siao.facts(ReadinessEnded)] == ["left"]


def test_a_household_that_leaves_without_being_ready_ends_no_readiness() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, left(hosted(siao).household))
    assert siao.facts(ReadinessEnded) == []


def test_the_operator_and_structures_have_no_copy() -> None:
    siao = with_structure()
    on_the_list(siao)
    topics = {item.topic for item in siao.log if "ready-households" in item.topic}
    assert topics == {READY_HOUSEHOLDS.of(partner) for partner in EVERYONE}
    assert READY_HOUSEHOLDS.of(OPERATOR) not in topics
