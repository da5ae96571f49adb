"""For a time a household is not designated to a structure, or to a type of offer: proofs say so, and it has an end."""

from datetime import date, timedelta

import pytest

from contracts.codes import OfferType, StructureRefusal
from contracts.decisions import HouseholdRefusalJudged, RefusalJudged, RequestSuspended
from contracts.designations import DesignationEnded, DesignationMade, RequestHeld, VacancyUnmatched
from contracts.law import COOLING_OFF
from contracts.rule_codes import SuspensionReason
from contracts.topics import Service
from services.chassis.clock import end_of
from services.orientation.handlers import holds
from services.orientation.store import WAITING
from tests.builders import (
    CCAS,
    DAY,
    OPERATOR,
    OTHER_STRUCTURE,
    SIAO,
    STRUCTURE,
    TODAY,
    a_place,
    a_request,
    a_structure,
    a_vacancy,
    an_evaluation,
)
from tests.unit.driving import Siao
from tests.unit.orientation.test_endings import declined, made
from tests.unit.situations import a_refusal, designated, with_structure


def refused_once(reason: StructureRefusal = StructureRefusal.SAFETY) -> Siao:
    """The structure's refusal of the first household was upheld; its place A-01 waits for somebody else."""
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    designation = designated(siao).designation
    siao.send(STRUCTURE, a_refusal(designation, reason=reason))
    siao.send(OPERATOR, RefusalJudged(designation=designation, verdict="upheld"))
    return siao


def test_after_a_refusal_upheld_the_household_is_not_designated_to_that_structure_and_the_proof_says_why() -> None:
    siao = refused_once()
    siao.send(STRUCTURE, a_vacancy("B"))
    assert siao.facts(VacancyUnmatched)[-1].passed_over == {"cooling_off": 1}
    siao.send(OTHER_STRUCTURE, a_structure(a_place("C")))
    siao.send(OTHER_STRUCTURE, a_vacancy("C"))
    assert made(siao) == [("first", "A-01"), ("first", "C")]


def test_when_the_time_is_over_the_household_gets_the_vacancy_that_waits() -> None:
    siao = refused_once()
    siao.send(STRUCTURE, a_vacancy("B"))
    siao.wait(timedelta(days=COOLING_OFF.value) - timedelta(minutes=1))
    assert made(siao) == [("first", "A-01")]
    siao.wait(timedelta(minutes=1))
    assert made(siao) == [("first", "A-01"), ("first", "B")]
    assert siao.memory(Service.ORIENTATION).all(WAITING)[f"{CCAS}/first"].holds == ()


@pytest.mark.parametrize(("later", "expected"), [(0 * DAY, []), (1 * DAY, [("first", "B")])])
def test_an_evaluation_made_on_a_later_day_ends_it(later: timedelta, expected: list[tuple[str, str]]) -> None:
    siao = refused_once()
    siao.send(STRUCTURE, a_vacancy("B"))
    siao.wait(DAY)
    evaluation = an_evaluation().model_copy(update={"evaluated_on": TODAY + later})
    siao.send(CCAS, a_request("first", revision=2, evaluation=evaluation))
    assert made(siao)[1:] == expected


def test_a_refusal_that_speaks_of_the_place_only_has_no_such_effect() -> None:
    siao = refused_once(StructureRefusal.NOT_READY)
    siao.send(STRUCTURE, a_vacancy("B"))
    assert made(siao) == [("first", "A-01"), ("first", "B")]


@pytest.mark.parametrize(("verdict", "expected"), [("admissible", {}), ("inadmissible", {"cooling_off": 1})], ids=str)
def test_a_households_inadmissible_refusal_has_the_same_effect(verdict: str, expected: dict[str, int]) -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    designation = designated(siao).designation
    declined(siao, designation)
    siao.send(OPERATOR, HouseholdRefusalJudged.model_validate({"designation": designation, "verdict": verdict}))
    siao.send(CCAS, a_request("first", revision=2))
    siao.send(CCAS, a_request("second"))
    siao.send(STRUCTURE, a_vacancy("B"))
    assert made(siao)[1] == ("second", "A-01")
    last = siao.facts(VacancyUnmatched)[-1] if expected else siao.facts(DesignationMade)[-1].proof
    assert last.passed_over == expected


def suspended(siao: Siao, until: date, *offer_types: OfferType, request: str = "first") -> str:
    return siao.send(
        OPERATOR,
        RequestSuspended(
            request=f"{CCAS}/{request}", offer_types=offer_types, until=until, reason=SuspensionReason.AWAY
        ),
    )


@pytest.mark.parametrize(
    ("types", "expected"),
    [((), {"suspended": 1}), ((OfferType.CHRS, OfferType.ALT), {"suspended": 1}), ((OfferType.ALT,), None)],
    ids=str,
)
def test_a_suspension_is_of_the_types_named_or_of_all(
    types: tuple[OfferType, ...], expected: dict[str, int] | None
) -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("first"))
    assert siao.code(suspended(siao, TODAY, *types)) == "accepted"
    siao.send(STRUCTURE, a_vacancy())
    unmatched = siao.facts(VacancyUnmatched)
    assert [fact.passed_over for fact in unmatched] == ([expected] if expected else [])
    assert made(siao) == ([] if expected else [("first", "A-01")])
    (held,) = siao.facts(RequestHeld)
    assert (held.request, held.offer_types, held.reason) == (f"{CCAS}/first", types, SuspensionReason.AWAY)


def test_when_its_last_day_is_over_the_household_gets_the_vacancy_that_waits() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("first"))
    suspended(siao, TODAY + DAY)
    siao.send(STRUCTURE, a_vacancy())
    siao.wait(end_of(TODAY + DAY) - siao.now - timedelta(seconds=1))
    assert made(siao) == []
    siao.wait(timedelta(seconds=1))
    assert made(siao) == [("first", "A-01")]


def test_said_again_its_day_changes_and_a_day_gone_by_ends_it() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("first"))
    suspended(siao, TODAY + DAY, OfferType.CHRS)
    suspended(siao, TODAY + 9 * DAY, OfferType.CHRS)
    siao.send(STRUCTURE, a_vacancy())
    siao.wait(5 * DAY)
    assert made(siao) == []
    suspended(siao, TODAY, OfferType.CHRS)
    assert made(siao) == [("first", "A-01")]


def test_a_designation_under_way_stands_and_an_unknown_request_is_refused() -> None:
    siao = with_structure()
    designated(siao)
    suspended(siao, TODAY + DAY)
    assert siao.facts(DesignationEnded) == []
    assert siao.code(suspended(siao, TODAY, request="nobody")) == "request-unknown"


def test_nothing_is_held_of_a_request_that_is_not_known() -> None:
    siao = with_structure()
    designated(siao)
    assert list(holds.suspend(siao.territory, f"{CCAS}/nobody", (), siao.now, siao.now + DAY)) == []
    assert list(holds.cool_off(siao.territory, f"{CCAS}/nobody", "structure", siao.now)) == []
    assert list(holds.release(siao.territory, f"{CCAS}/nobody", siao.now)) == []
    assert SIAO in siao.services[Service.ORIENTATION].territories
