"""Before its turn, by the operator only, with a reason: who was passed is counted, rules hold unless they are named."""

from typing import Any

import pytest

from contracts.answers import DesignationAccepted, DesignationAcknowledged
from contracts.codes import DesignationOutcome, Known, OfferType, Party
from contracts.decision_codes import CancelReason
from contracts.decisions import DesignationOutOfOrder
from contracts.designations import DesignationEnded, DesignationMade
from contracts.notices import HouseholdDesignated
from contracts.rule_codes import HardRule, OutOfOrderReason
from contracts.rules import NoPetsRule
from contracts.topics import Service
from services.orientation.store import ARGUMENTS, VACANCIES
from tests.builders import (
    ARGUMENT,
    CCAS,
    OPERATOR,
    STRUCTURE,
    TODAY,
    a_place,
    a_request,
    a_stay,
    a_structure,
    a_vacancy,
    needs,
)
from tests.unit.driving import Siao
from tests.unit.orientation.test_endings import made
from tests.unit.situations import with_structure

PETS = needs(pets=Known.YES)


def four_wait(*places: str) -> Siao:
    """Four households wait, in this order; the last has a cat, and the structure takes none."""
    rules = [NoPetsRule(article="art. 9")]
    siao = with_structure(a_structure(*(a_place(place) for place in places or ("A-01",)), rules=rules))
    for request in ("first", "second", "third"):
        siao.send(CCAS, a_request(request))
    siao.send(CCAS, a_request("with-a-cat", needs=PETS))
    return siao


def vacancy_of(siao: Siao, place: str = "A-01") -> str:
    vacancies = siao.memory(Service.ORIENTATION).all(VACANCIES)
    return next(key for key, vacancy in vacancies.items() if vacancy.place.endswith(place) and vacancy.live)


def decided(siao: Siao, request: str, place: str = "A-01", **facts: Any) -> str:
    plain = {"reason": OutOfOrderReason.IMMEDIATE_DANGER, "argument": ARGUMENT}
    return siao.send(
        OPERATOR,
        DesignationOutOfOrder(vacancy=vacancy_of(siao, place), request=f"{CCAS}/{request}", **{**plain, **facts}),
    )


def test_the_household_named_is_designated_and_the_proof_says_who_was_passed() -> None:
    siao = four_wait()
    siao.send(STRUCTURE, a_vacancy())
    identity = decided(siao, "third", article="Relevé n° 4")
    assert made(siao) == [("first", "A-01"), ("third", "A-01")]
    fact = siao.facts(DesignationMade)[-1]
    assert siao.caused(identity) == {"designation": fact.designation}
    assert fact.out_of_order is not None
    assert (fact.out_of_order.reason, fact.out_of_order.article) == ("immediate_danger", "Relevé n° 4")
    # The first was cancelled, and stands barred where it was; the second was passed by decision.
    assert (fact.proof.rank, fact.proof.considered) == (3, 4)
    assert fact.proof.passed_over == {"barred": 1, "out_of_order": 1}
    assert fact.proof.overridden == ()
    assert siao.notices(STRUCTURE, HouseholdDesignated)[-1].designation == fact.designation


def test_the_one_designated_before_is_cancelled_by_the_operator_and_gets_the_next_place() -> None:
    siao = four_wait("A-01", "B")
    siao.send(STRUCTURE, a_vacancy())
    siao.send(STRUCTURE, DesignationAcknowledged(designation=siao.facts(DesignationMade)[0].designation))
    decided(siao, "second")
    (ended,) = siao.facts(DesignationEnded)
    assert (ended.outcome, ended.party, ended.cancel_reason) == (
        DesignationOutcome.CANCELLED,
        Party.OPERATOR,
        CancelReason.OUT_OF_ORDER,
    )
    siao.send(STRUCTURE, a_vacancy("B"))
    assert made(siao) == [("first", "A-01"), ("second", "A-01"), ("first", "B")]


def test_the_argument_stays_sealed_and_its_reference_goes() -> None:
    siao = four_wait()
    siao.send(STRUCTURE, a_vacancy())
    decided(siao, "second")
    fact = siao.facts(DesignationMade)[-1]
    assert fact.out_of_order is not None
    argument = siao.memory(Service.ORIENTATION).all(ARGUMENTS)[fact.out_of_order.argument_reference]
    assert (argument.text, argument.vacancy, argument.designation) == (ARGUMENT, vacancy_of(siao), None)
    facts = [item for item in siao.log if item.topic.startswith("siao.")]
    assert not any(ARGUMENT in str(item.value) for item in facts)


def test_a_rule_that_excludes_holds_unless_it_is_named() -> None:
    siao = four_wait()
    siao.send(STRUCTURE, a_vacancy())
    identity = decided(siao, "with-a-cat", overrides=(HardRule.CAPACITY,))
    assert siao.code(identity) == "rule-excludes"
    assert (siao.refusals[identity].path, siao.refusals[identity].detail) == ("$.request", "rule=no_pets")
    assert made(siao) == [("first", "A-01")]
    decided(siao, "with-a-cat", overrides=(HardRule.CAPACITY, HardRule.NO_PETS))
    proof = siao.facts(DesignationMade)[-1].proof
    assert (proof.overridden, proof.rank) == ((HardRule.NO_PETS,), 4)
    assert proof.passed_over == {"barred": 1, "out_of_order": 2}


def test_a_vacancy_that_nobody_was_found_for_is_given_too() -> None:
    siao = with_structure(a_structure(rules=[NoPetsRule(article="art. 9")]))
    siao.send(CCAS, a_request("with-a-cat", needs=PETS))
    siao.send(STRUCTURE, a_vacancy())
    decided(siao, "with-a-cat", overrides=(HardRule.NO_PETS,))
    assert made(siao) == [("with-a-cat", "A-01")]
    assert siao.facts(DesignationMade)[0].proof.passed_over == {}


def test_what_no_reason_allows_is_refused_and_changes_nothing() -> None:
    siao = four_wait("A-01", "B")
    siao.send(CCAS, a_request("elsewhere", recommended=(OfferType.ALT,)))
    siao.send(STRUCTURE, a_vacancy())
    cases = {
        decided(siao, "nobody"): ("request-unknown", "$.request"),
        decided(siao, "first"): ("household-designated", "$.request"),
        decided(siao, "elsewhere", overrides=tuple(HardRule)): ("rule-excludes", "$.request"),
    }
    siao.send(STRUCTURE, DesignationAccepted(designation=siao.facts(DesignationMade)[0].designation, entry_on=TODAY))
    cases[decided(siao, "second")] = ("designation-not-expecting", "$.vacancy")
    unknown = DesignationOutOfOrder(
        vacancy="nothing", request=f"{CCAS}/second", reason=OutOfOrderReason.CARE, argument=ARGUMENT
    )
    cases[siao.send(OPERATOR, unknown)] = ("vacancy-not-open", "$.vacancy")
    assert {identity: (siao.refusals[identity].code, siao.refusals[identity].path) for identity in cases} == cases
    assert made(siao) == [("first", "A-01")]


@pytest.mark.parametrize("place", ["A-01"])
def test_a_place_where_its_structure_has_admitted_somebody_itself_is_not_given(place: str) -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("with-a-cat", recommended=(OfferType.ALT,)))
    siao.send(STRUCTURE, a_vacancy(place))
    identity = siao.post(STRUCTURE, a_stay(place_id=place))
    # Orientation hears of the stay, and of the decision, before offers closes the vacancy.
    siao.pick = lambda queues: min(queues, key=lambda queue: (queue.service.name == "offers", queue.records[0].number))
    late = siao.post(
        OPERATOR,
        DesignationOutOfOrder(
            vacancy=vacancy_of(siao),
            request=f"{CCAS}/with-a-cat",
            reason=OutOfOrderReason.SWAP,
            argument=ARGUMENT,
        ),
    )
    siao.run()
    assert (siao.code(identity), siao.code(late)) == ("accepted", "place-occupied")


def test_a_shortlist_names_who_would_be_next_where_the_type_asks_for_one_and_the_structure_does_not_see_it() -> None:
    siao = with_structure(a_structure(offer_type=OfferType.PENSION_DE_FAMILLE))
    for number in range(6):
        siao.send(CCAS, a_request(f"request-{number}", recommended=(OfferType.PENSION_DE_FAMILLE,)))
    siao.send(STRUCTURE, a_vacancy())
    (fact,) = siao.facts(DesignationMade)
    waiting = {key: w.household for key, w in siao.territory.lists._waiting.items()}
    assert fact.shortlist == tuple(waiting[f"{CCAS}/request-{number}"] for number in (1, 2, 3))
    notice = siao.notices(STRUCTURE, HouseholdDesignated)[0].model_dump_json()
    assert not any(household in notice for household in fact.shortlist)
