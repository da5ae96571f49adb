"""The operator qualifies a request otherwise than its prescriber recommends, or adjourns it; its seniority stays."""

from typing import Any

import pytest

from contracts.codes import EvaluationSection, MediationKind, OfferType
from contracts.decisions import RequestAdjourned, RequestQualified
from contracts.designations import DesignationMade, LegalClockMissed
from contracts.event import Message
from contracts.households import HouseholdWaiting, RequestSetAside
from contracts.notices import RequestUpdated
from contracts.requests import Mediation, RequestCancelled
from tests.builders import (
    CCAS,
    DAY,
    OPERATOR,
    OPERATOR_OF_ANOTHER_SIAO,
    STRUCTURE,
    TODAY,
    a_place,
    a_request,
    a_structure,
    a_vacancy,
    an_evaluation,
)
from tests.unit.driving import Siao
from tests.unit.situations import with_structure

CHRS, STABILISATION = OfferType.CHRS, OfferType.STABILISATION
BUDGET, HOUSING = EvaluationSection.BUDGET, EvaluationSection.HOUSING


def qualified(*types: OfferType, request: str = "first") -> RequestQualified:
    return RequestQualified(request=f"{CCAS}/{request}", offer_types=types)


def adjourned(*missing: EvaluationSection, request: str = "first") -> RequestAdjourned:
    return RequestAdjourned(request=f"{CCAS}/{request}", missing=missing or (BUDGET,))


def placed(siao: Siao) -> list[str]:
    return [made.request.partition("/")[2] for made in siao.facts(DesignationMade)]


def test_the_household_waits_for_what_was_retained_and_no_more_for_what_was_recommended() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    message = siao.send(OPERATOR, qualified(STABILISATION, STABILISATION))
    assert siao.caused(message) == {"request": f"{CCAS}/first"}
    first, then = siao.facts(HouseholdWaiting)
    assert (then.qualified, then.qualified_by) == ((STABILISATION,), "operator")
    assert then == first.model_copy(update={"qualified": (STABILISATION,), "qualified_by": "operator"})
    told = siao.notices(CCAS, RequestUpdated)[-1]
    assert (told.status, told.qualified) == ("waiting", (STABILISATION,))
    siao.send(STRUCTURE, a_vacancy())
    assert placed(siao) == []
    siao.send(OPERATOR, qualified(STABILISATION, CHRS))
    assert placed(siao) == ["first"]


def test_it_stands_when_the_prescriber_amends_its_request() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    siao.send(OPERATOR, qualified(STABILISATION))
    siao.send(CCAS, a_request(revision=2, communes=("92050",)))
    waiting = siao.facts(HouseholdWaiting)[-1]
    assert (waiting.qualified, waiting.qualified_by, waiting.communes) == ((STABILISATION,), "operator", ("92050",))
    assert siao.notices(CCAS, RequestUpdated)[-1].qualified == (STABILISATION,)


def test_a_designation_under_way_stands() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    siao.send(STRUCTURE, a_vacancy())
    siao.send(OPERATOR, qualified(STABILISATION))
    assert siao.notices(CCAS, RequestUpdated)[-1].status == "designated"
    assert placed(siao) == ["first"]


def test_adjourned_it_is_on_no_list_until_it_is_sent_again_and_keeps_its_seniority() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    siao.send(CCAS, a_request())
    began = siao.now
    siao.now += DAY
    siao.send(CCAS, a_request("second"))
    message = siao.send(OPERATOR, adjourned(BUDGET, HOUSING))
    assert siao.caused(message) == {"request": f"{CCAS}/first"}
    told = siao.notices(CCAS, RequestUpdated)[-1]
    assert (told.request_id, told.status, told.missing) == ("first", "to_update", (BUDGET, HOUSING))
    assert siao.facts(RequestSetAside)[-1].missing == (BUDGET, HOUSING)
    siao.send(STRUCTURE, a_vacancy())
    assert placed(siao) == ["second"]
    siao.send(CCAS, a_request(revision=2, evaluation=an_evaluation(HOUSING)))
    siao.send(STRUCTURE, a_vacancy("B"))
    assert placed(siao) == ["second"]
    siao.send(CCAS, a_request(revision=3))
    assert placed(siao) == ["second", "first"]
    assert siao.facts(HouseholdWaiting)[-1].since == began


@pytest.mark.parametrize("decision", [qualified(CHRS), adjourned()], ids=["qualified", "adjourned"])
def test_only_an_open_request_of_this_siao_that_waits_is_decided(decision: Message) -> None:
    siao = with_structure()
    assert siao.code(siao.send(OPERATOR, decision)) == "request-unknown"
    siao.send(CCAS, a_request(evaluation=an_evaluation(BUDGET)))
    assert siao.code(siao.send(OPERATOR, decision)) == "request-not-waiting"
    siao.send(CCAS, a_request(revision=2))
    assert siao.code(siao.send(OPERATOR_OF_ANOTHER_SIAO, decision)) == "request-unknown"
    assert siao.code(siao.send(OPERATOR, decision)) == "accepted"
    siao.send(CCAS, RequestCancelled(request_id="first"))
    assert siao.code(siao.send(OPERATOR, decision)) == "request-closed"


def test_who_is_designated_is_not_adjourned() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    siao.send(STRUCTURE, a_vacancy())
    refused = siao.send(OPERATOR, adjourned())
    assert (siao.code(refused), siao.refusals[refused].path) == ("household-designated", "$.request")


def test_the_clock_of_a_right_runs_on_while_the_request_is_adjourned() -> None:
    siao = with_structure()
    recognised: dict[str, Any] = {"mediation": Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=TODAY)}
    siao.send(CCAS, a_request(**recognised))
    siao.send(OPERATOR, adjourned())
    siao.wait(50 * DAY)
    assert [missed.request for missed in siao.facts(LegalClockMissed)] == [f"{CCAS}/first"]
