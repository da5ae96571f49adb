"""However a designation ends without an admission: who is told, who is designated next, who is not, in which order."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from contracts.answers import HouseholdDeclined, HouseholdNoShow
from contracts.codes import DesignationOutcome, HouseholdRefusal, Party
from contracts.decisions import RefusalJudged
from contracts.designations import DesignationEnded, DesignationMade, VacancyUnmatched
from contracts.notices import DesignationClosed, HouseholdDesignated, RequestUpdated
from contracts.topics import NOTICES, Service
from services.orientation.store import WAITING
from tests.builders import (
    CCAS,
    DAY,
    HOSPITAL,
    OPERATOR,
    OTHER_STRUCTURE,
    STRUCTURE,
    a_place,
    a_request,
    a_structure,
    a_vacancy,
)
from tests.unit.driving import Siao
from tests.unit.situations import a_refusal, designated, with_structure

MINUTE = timedelta(minutes=1)


def upheld(siao: Siao, designation: str) -> None:
    siao.send(STRUCTURE, a_refusal(designation))
    siao.send(OPERATOR, RefusalJudged(designation=designation, verdict="upheld"))


def declined(siao: Siao, designation: str) -> None:
    siao.send(STRUCTURE, HouseholdDeclined(designation=designation, reason=HouseholdRefusal.COHABITATION))


def no_show(siao: Siao, designation: str) -> None:
    siao.send(STRUCTURE, HouseholdNoShow(designation=designation))


def expired(siao: Siao, _designation: str) -> None:
    siao.wait(10 * DAY)


Ending = Callable[[Siao, str], None]
ENDINGS: dict[Ending, tuple[DesignationOutcome, Party]] = {
    upheld: (DesignationOutcome.REFUSED, Party.STRUCTURE),
    declined: (DesignationOutcome.DECLINED, Party.HOUSEHOLD),
    no_show: (DesignationOutcome.NO_SHOW, Party.HOUSEHOLD),
    expired: (DesignationOutcome.EXPIRED, Party.STRUCTURE),
}
every_ending = pytest.mark.parametrize("end", ENDINGS, ids=lambda end: end.__name__)


def made(siao: Siao) -> list[tuple[str, str]]:
    """Each designation: the request, the place."""
    return [(f.request.partition("/")[2], f.place.rpartition("/")[2]) for f in siao.facts(DesignationMade)]


def ended_once(end: Ending) -> Siao:
    """The first household had the place and has it no more; the second has waited a minute less."""
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    designation = designated(siao).designation
    siao.wait(MINUTE)
    siao.send(HOSPITAL, a_request("second"))
    end(siao, designation)
    return siao


@every_ending
def test_structure_and_prescriber_are_told_and_nobody_else(end: Ending) -> None:
    siao = ended_once(end)
    (closed,) = siao.notices(STRUCTURE, DesignationClosed)
    assert (closed.outcome, closed.party) == ENDINGS[end]
    assert [(fact.outcome, fact.party) for fact in siao.facts(DesignationEnded)] == [ENDINGS[end]]
    assert {item.topic for item in siao.log if isinstance(item.value, DesignationClosed)} == {NOTICES.of(STRUCTURE)}
    assert [n.status for n in siao.notices(CCAS, RequestUpdated)] == ["waiting", "designated", "waiting_again"]
    assert [n.status for n in siao.notices(HOSPITAL, RequestUpdated)] == ["waiting", "designated"]


@every_ending
def test_the_place_goes_to_the_next_household_at_once_and_says_why_not_to_the_first(end: Ending) -> None:
    siao = ended_once(end)
    assert made(siao) == [("first", "A-01"), ("second", "A-01")]
    proof = siao.notices(STRUCTURE, HouseholdDesignated)[-1].proof
    assert (proof.rank, proof.considered, proof.passed_over) == (2, 2, {"barred": 1})


@every_ending
def test_the_household_waits_with_its_seniority_and_gets_the_next_place_before_those_who_came_later(
    end: Ending,
) -> None:
    siao = ended_once(end)
    second = siao.notices(STRUCTURE, HouseholdDesignated)[-1].designation
    siao.wait(MINUTE)
    siao.send(CCAS, a_request("third"))
    siao.send(OTHER_STRUCTURE, a_structure(a_place("C")))
    siao.send(OTHER_STRUCTURE, a_vacancy("C"))
    assert made(siao)[2:] == [("first", "C")]
    waiting = siao.memory(Service.ORIENTATION).all(WAITING)
    assert waiting[f"{CCAS}/first"].since < waiting[f"{HOSPITAL}/second"].since < waiting[f"{CCAS}/third"].since
    no_show(siao, second)
    assert made(siao)[3:] == [("third", "A-01")]


@every_ending
def test_when_all_have_had_the_place_it_waits_for_somebody_new(end: Ending) -> None:
    siao = ended_once(end)
    no_show(siao, siao.notices(STRUCTURE, HouseholdDesignated)[-1].designation)
    assert siao.facts(VacancyUnmatched)[-1].passed_over == {"barred": 2}
    siao.send(CCAS, a_request("third"))
    assert made(siao)[2:] == [("third", "A-01")]
