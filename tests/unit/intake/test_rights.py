"""The préfecture says which right a household has: the law's clock follows, whatever the prescriber says afterwards."""

from datetime import date

import pytest

from contracts.alerts import LegalOfferMade, RightTold
from contracts.codes import EvaluationSection, MediationKind
from contracts.designations import DesignationMade
from contracts.households import HouseholdWaiting, RightRecognised
from contracts.law import DAHO_HEBERGEMENT_OFFER, DALO_OFFER
from contracts.requests import Mediation, MediationDecided, RequestCancelled
from contracts.rights import LegalOfferRecorded
from contracts.topics import Service
from services.orientation.store import LEGAL_FILES, WAITING
from tests.builders import (
    CCAS,
    DAY,
    PREFECTURE,
    PREFECTURE_OF_ANOTHER_SIAO,
    SIAO,
    STRUCTURE,
    TODAY,
    a_request,
    a_vacancy,
    an_evaluation,
)
from tests.unit.driving import Siao
from tests.unit.orientation.test_any_designation import replayed
from tests.unit.situations import with_structure

FIRST, SECOND = f"{CCAS}/first", f"{CCAS}/second"
DECIDED = TODAY - 3 * DAY


def decided(request: str = FIRST, kind: MediationKind = MediationKind.DAHO_HEBERGEMENT) -> MediationDecided:
    return MediationDecided(request=request, mediation=Mediation(kind=kind, decided_on=DECIDED))


def due_on(siao: Siao, request: str = FIRST) -> date:
    due: date = siao.memory(Service.ORIENTATION).all(LEGAL_FILES)[request].clock.due_on
    return due


def test_the_clock_runs_and_the_household_comes_first_from_then_on() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("first"))
    siao.wait(DAY)
    siao.send(CCAS, a_request("second"))
    assert siao.code(siao.send(PREFECTURE, decided(SECOND))) == "accepted"
    (told,) = siao.facts(RightRecognised)
    assert (told.request, told.persons, told.requalified) == (SECOND, 1, False)
    assert due_on(siao, SECOND) == DAHO_HEBERGEMENT_OFFER.after(DECIDED, SIAO)
    siao.send(STRUCTURE, a_vacancy())
    assert [made.request for made in siao.facts(DesignationMade)] == [SECOND]
    assert [fact.in_time for fact in siao.facts(LegalOfferRecorded)] == [True]
    assert [again.differences for again in replayed(siao)] == [[]]


def test_a_dalo_requalified_as_daho_has_the_new_decision_s_days() -> None:
    siao = with_structure()
    mediation = Mediation(kind=MediationKind.DALO, decided_on=TODAY - 10 * DAY)
    siao.send(CCAS, a_request(mediation=mediation))
    assert due_on(siao) == DALO_OFFER.after(TODAY - 10 * DAY, SIAO)
    siao.send(PREFECTURE, decided())
    assert [fact.requalified for fact in siao.facts(RightRecognised)] == [True]
    assert due_on(siao) == DAHO_HEBERGEMENT_OFFER.after(DECIDED, SIAO)


@pytest.mark.parametrize("mediation", [None, Mediation(kind=MediationKind.DALO, decided_on=TODAY)])
def test_what_the_prescriber_says_afterwards_does_not_change_it(mediation: Mediation | None) -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    siao.send(PREFECTURE, decided())
    siao.send(CCAS, a_request(revision=2, mediation=mediation))
    clock = siao.facts(HouseholdWaiting)[-1].legal_clock
    assert clock is not None
    assert clock.kind is MediationKind.DAHO_HEBERGEMENT
    assert due_on(siao) == DAHO_HEBERGEMENT_OFFER.after(DECIDED, SIAO)


def test_a_decision_that_is_said_twice_is_taken_twice_and_told_once() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    answers = [siao.code(siao.send(PREFECTURE, decided())) for _ in range(2)]
    assert (answers, len(siao.facts(RightRecognised)), len(siao.notices(CCAS, RightTold))) == (["accepted"] * 2, 1, 1)
    siao.send(PREFECTURE, decided(kind=MediationKind.DALO))
    assert [fact.requalified for fact in siao.facts(RightRecognised)] == [False, True]


def test_what_the_prescriber_said_itself_is_told_again_once_the_prefecture_says_it() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(mediation=decided().mediation))
    siao.send(PREFECTURE, decided())
    assert [fact.requalified for fact in siao.facts(RightRecognised)] == [False]


def test_the_prescriber_learns_the_right_and_its_day() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    siao.send(PREFECTURE, decided())
    (told,) = siao.notices(CCAS, RightTold)
    (fact,) = siao.facts(RightRecognised)
    due = DAHO_HEBERGEMENT_OFFER.after(DECIDED, SIAO)
    assert (told.request_id, told.household, told.requalified) == ("first", fact.household, False)
    assert (told.kind, told.decided_on, told.due_on) == (MediationKind.DAHO_HEBERGEMENT, DECIDED, due)


def test_it_runs_for_an_incomplete_request_too_and_goes_on_once_it_is_complete() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request(evaluation=an_evaluation(EvaluationSection.BUDGET)))
    siao.send(PREFECTURE, decided())
    assert due_on(siao) == DAHO_HEBERGEMENT_OFFER.after(DECIDED, SIAO)
    siao.send(CCAS, a_request(revision=2))
    clock = siao.memory(Service.ORIENTATION).all(WAITING)[FIRST].legal_clock
    assert clock is not None
    assert (clock.kind, clock.decided_on) == (MediationKind.DAHO_HEBERGEMENT, DECIDED)


def test_a_designation_under_way_is_the_offer() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    siao.send(STRUCTURE, a_vacancy())
    siao.send(PREFECTURE, decided())
    (offer,) = siao.notices(PREFECTURE, LegalOfferMade)
    assert (offer.kind, offer.in_time) == (MediationKind.DAHO_HEBERGEMENT, True)


def test_only_of_an_open_request_of_its_own_siao() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    assert siao.code(siao.send(PREFECTURE_OF_ANOTHER_SIAO, decided())) == "request-unknown"
    assert siao.code(siao.send(PREFECTURE, decided("ccas-nanterre/none"))) == "request-unknown"
    siao.send(CCAS, RequestCancelled(request_id="first"))
    assert siao.code(siao.send(PREFECTURE, decided())) == "request-closed"
    assert siao.code(siao.send(PREFECTURE_OF_ANOTHER_SIAO, decided())) == "request-unknown"
