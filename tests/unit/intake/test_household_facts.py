"""What may be said of a household without a name: composition, ages, legal days; derived, never taken on trust."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.codes import Composition, Gender, MediationKind, Relation
from contracts.households import HouseholdWaiting, RequestRegistered
from contracts.requests import Mediation, Member
from services.intake.domain import age_on, composition_of, entitled, legal_clock
from tests.builders import (
    BAILLEUR,
    BAILLEUR_ELSEWHERE,
    CCAS,
    COURBEVOIE,
    NANTERRE,
    PREFECTURE,
    RESERVATAIRE,
    TODAY,
    a_child,
    a_member,
    a_partner,
    a_register,
    a_request,
)
from tests.unit.driving import Siao

WOMAN, MAN = a_member(), a_member(gender=Gender.MAN)
OTHER_GENDER = a_member(gender=Gender.OTHER)
PARTNER = a_member(33, Gender.MAN, Relation.PARTNER)
BROTHER = a_member(30, Gender.MAN, Relation.OTHER)
GROWN_CHILD = a_member(19, Gender.MAN, Relation.CHILD)
MINOR = a_member(16, Gender.MAN)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ((MAN,), Composition.SINGLE_MAN),
        ((WOMAN,), Composition.SINGLE_WOMAN),
        ((OTHER_GENDER,), Composition.SINGLE_WOMAN),
        ((WOMAN, PARTNER), Composition.COUPLE),
        ((WOMAN, a_child()), Composition.WOMAN_WITH_CHILDREN),
        ((MAN, a_child(), a_child(2)), Composition.MAN_WITH_CHILDREN),
        ((WOMAN, PARTNER, a_child()), Composition.COUPLE_WITH_CHILDREN),
        ((WOMAN, BROTHER), Composition.ADULT_GROUP),
        ((WOMAN, BROTHER, a_child()), Composition.GROUP_WITH_CHILDREN),
        ((WOMAN, PARTNER, BROTHER), Composition.ADULT_GROUP),
        ((WOMAN, GROWN_CHILD), Composition.ADULT_GROUP),
        ((MINOR,), Composition.LONE_MINOR),
        ((MINOR, a_child()), Composition.MINOR_GROUP),
    ],
)
def test_the_composition_follows_from_the_members(members: tuple[Member, ...], expected: Composition) -> None:
    assert composition_of(members, TODAY) is expected


def test_every_composition_is_reached() -> None:
    table = test_the_composition_follows_from_the_members.pytestmark[0].args[1]  # type: ignore[attr-defined]
    assert {expected for _, expected in table} == set(Composition)


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        (date(2008, 11, 24), date(2026, 11, 23), 17),
        (date(2008, 11, 24), date(2026, 11, 24), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2026, 11, 24), date(2026, 11, 24), 0),
    ],
)
def test_an_age_is_in_whole_years(birth: date, day: date, age: int) -> None:
    assert age_on(birth, day) == age


def test_the_facts_of_a_request_say_sizes_and_the_age_of_the_lead_applicant() -> None:
    siao = Siao()
    siao.send(CCAS, a_request(members=(a_child(17), WOMAN, PARTNER)))
    (fact,) = siao.facts(RequestRegistered)
    assert (fact.facts.persons, fact.facts.minors, fact.facts.lead_age) == (3, 1, 35)


@pytest.mark.parametrize(("hour", "adult"), [(22, False), (23, True)])
def test_an_age_is_that_of_the_day_in_france(hour: int, adult: bool) -> None:
    siao = Siao()
    siao.now = datetime(2026, 11, 24, hour, 30, tzinfo=UTC)
    siao.send(CCAS, a_request(members=(a_member(birth_date=date(2008, 11, 25)),)))
    (fact,) = siao.facts(RequestRegistered)
    assert (fact.facts.lead_age, fact.facts.minors) == ((18, 0) if adult else (17, 1))
    assert fact.facts.composition is (Composition.SINGLE_WOMAN if adult else Composition.LONE_MINOR)


DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@settings(max_examples=60, deadline=None)
@given(birth=DAYS, years=st.integers(0, 110), days=st.integers(-2, 2))
def test_an_age_is_the_number_of_birthdays_that_have_come(birth: date, years: int, days: int) -> None:
    on = max(birth, birth + timedelta(days=days) + years * timedelta(days=365.2425))
    in_words = [(birth.year + n, birth.month, birth.day) for n in range(1, 112)]
    assert age_on(birth, on) == sum(birthday <= (on.year, on.month, on.day) for birthday in in_words)


@pytest.mark.parametrize(
    ("kind", "siao", "due"),
    [
        (MediationKind.DAHO_HEBERGEMENT, "92", date(2026, 10, 12)),
        (MediationKind.DAHO_HEBERGEMENT, "13", date(2026, 10, 12)),
        (MediationKind.DAHO_TRANSITION, "92", date(2026, 11, 30)),
        (MediationKind.DALO, "13", date(2026, 11, 30)),
        (MediationKind.DALO, "2A", date(2026, 11, 30)),
        *((MediationKind.DALO, siao, date(2027, 2, 28)) for siao in ("75", "77", "78", "91", "92", "93", "94", "95")),
    ],
)
def test_the_legal_day_depends_on_the_right_and_on_the_departement(kind: MediationKind, siao: str, due: date) -> None:
    clock = legal_clock(Mediation(kind=kind, decided_on=date(2026, 8, 31)), siao)
    assert clock is not None
    assert (clock.kind, clock.decided_on, clock.due_on) == (kind, date(2026, 8, 31), due)


def test_a_household_without_a_decision_has_no_legal_day() -> None:
    siao = Siao()
    siao.send(CCAS, a_request())
    assert siao.facts(HouseholdWaiting)[0].legal_clock is None


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        ((), {BAILLEUR, BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE}),
        ((NANTERRE,), {BAILLEUR, RESERVATAIRE, PREFECTURE}),
        ((NANTERRE, COURBEVOIE), {BAILLEUR, BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE}),
        (("92012",), {RESERVATAIRE, PREFECTURE}),
    ],
)
def test_those_who_may_house_a_household_have_dwellings_where_it_wishes_to_live(
    wished: tuple[str, ...], expected: set[str]
) -> None:
    register = a_register()
    register[BAILLEUR] = a_partner(BAILLEUR, register[BAILLEUR].role, communes=(NANTERRE,))
    assert set(entitled(register, "92", wished)) == expected


def test_a_suspended_bailleur_is_not_entitled() -> None:
    register = a_register()
    register[BAILLEUR] = a_partner(BAILLEUR, register[BAILLEUR].role, status="suspended")
    assert BAILLEUR not in entitled(register, "92", ())
