"""A place described otherwise: its open vacancy follows, and a designation stands unless the place no longer fits."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.codes import DesignationOutcome, Gender, Known, OfferType
from contracts.designations import DesignationEnded, DesignationMade
from contracts.place_codes import PlacePublic, Withdrawal
from contracts.topics import Service
from contracts.vacancies import Place, VacancyAnnounced
from services.orientation.store import VACANCIES
from tests.builders import (
    CCAS,
    COURBEVOIE,
    HOSPITAL,
    NANTERRE,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_request,
    a_structure,
    a_vacancy,
    needs,
)
from tests.builders import of_place as of
from tests.unit.driving import Siao
from tests.unit.situations import accepted, designated, with_structure

WOMAN_AND_CHILD = (a_member(), a_child())
A_MAN = (a_member(gender=Gender.MAN),)


def vacancies(siao: Siao) -> list[tuple[int, bool, PlacePublic]]:
    kept = siao.memory(Service.ORIENTATION).all(VACANCIES).values()
    return [(vacancy.capacity, vacancy.accessible, vacancy.public) for vacancy in kept if vacancy.live]


def test_a_vacancy_follows_its_place_and_takes_whom_it_now_fits() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(members=WOMAN_AND_CHILD, needs=needs(accessibility=Known.YES)))
    siao.send(STRUCTURE, a_vacancy())
    assert siao.facts(DesignationMade) == []
    siao.send(STRUCTURE, a_structure(a_place("A-01", 2, accessible=True), revision=2))
    assert vacancies(siao) == [(2, True, PlacePublic.ANYONE)]
    assert len(siao.facts(DesignationMade)) == 1


def test_an_announced_vacancy_follows_too_and_stays_announced() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, of(VacancyAnnounced, expected_on=TODAY + timedelta(days=3)))
    siao.send(CCAS, a_request())
    siao.send(STRUCTURE, a_structure(a_place("A-01", 2), revision=2))
    assert (vacancies(siao), siao.facts(DesignationMade)) == ([(2, False, PlacePublic.ANYONE)], [])


@pytest.mark.parametrize(
    ("place", "first", "following"),
    [
        (a_place("A-01", 1), {"members": WOMAN_AND_CHILD}, {}),
        (a_place("A-01", 2, public=PlacePublic.WOMEN), {"members": A_MAN}, {}),
        (a_place("A-01", 2, public=PlacePublic.MEN), {}, {"members": A_MAN}),
        (a_place("A-01", 2), {"needs": needs(accessibility=Known.YES)}, {}),
    ],
    ids=["too small", "for women", "for men", "stairs"],
)
def test_a_designation_to_a_place_that_no_longer_fits_ends_and_the_place_is_designated_anew(
    place: Place, first: dict[str, Any], following: dict[str, Any]
) -> None:
    siao = with_structure(a_structure(a_place("A-01", 2, accessible=True)))
    designated(siao, **first)
    siao.send(HOSPITAL, a_request("following", **following))
    siao.send(STRUCTURE, a_structure(place, revision=2))
    (ended,) = siao.facts(DesignationEnded)
    assert (ended.outcome, ended.withdrawal) == (DesignationOutcome.WITHDRAWN, Withdrawal.NO_LONGER_FITS)
    assert siao.facts(DesignationMade)[-1].request == f"{HOSPITAL}/following"


def test_a_designation_stands_when_the_place_only_changes_otherwise() -> None:
    siao = with_structure(a_structure(a_place("A-01", 2)))
    accepted(siao, members=WOMAN_AND_CHILD)
    siao.send(STRUCTURE, a_structure(a_place("A-01", 4, accessible=True), revision=2))
    assert (siao.facts(DesignationEnded), vacancies(siao)) == ([], [(4, True, PlacePublic.ANYONE)])


def test_a_structure_that_moves_or_changes_its_type_keeps_those_who_wish_it_and_loses_the_others() -> None:
    siao = with_structure()
    designated(siao, communes=(NANTERRE,))
    siao.send(STRUCTURE, a_structure(commune=COURBEVOIE, revision=2))
    assert siao.facts(DesignationEnded)[-1].withdrawal is Withdrawal.NO_LONGER_FITS
    siao.send(CCAS, a_request("second", recommended=(OfferType.CHRS, OfferType.ALT)))
    siao.send(STRUCTURE, a_structure(commune=COURBEVOIE, offer_type=OfferType.ALT, revision=3))
    assert (len(siao.facts(DesignationMade)), len(siao.facts(DesignationEnded))) == (2, 1)


def test_a_household_that_lost_its_place_is_designated_to_another_at_once() -> None:
    siao = with_structure(a_structure(a_place("A-01", 2), a_place("B", 2)))
    designated(siao, members=WOMAN_AND_CHILD)
    siao.send(STRUCTURE, a_vacancy("B"))
    siao.send(STRUCTURE, a_structure(a_place("A-01", 1), a_place("B", 2), revision=2))
    assert [fact.place.rpartition("/")[2] for fact in siao.facts(DesignationMade)] == ["A-01", "B"]
