"""One row a fact: whatever the order in which facts are heard, and however often, the rows are the same."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.answers import LeaseReviewed, LeaseSlid
from contracts.catalogue import MESSAGES
from contracts.codes import EvaluationSection, ExitDestination, MediationKind, OfferType
from contracts.decision_codes import CancelReason
from contracts.decisions import DesignationCancelled, HouseholdRefusalJudged
from contracts.designations import CriteriaInForce, RequestHeld, RequestRefreshOverdue
from contracts.dwelling_codes import LeaseOutcome
from contracts.households import RequestRegistered, StayRecorded
from contracts.requests import HouseholdAdmittedDirectly, Mediation
from contracts.sessions import (
    AgendaFrozen,
    AgendaMinuted,
    CommissionInForce,
    ItemSettled,
    OpinionRecorded,
    QuotaInForce,
    SessionConvened,
)
from contracts.stays import AdmissionSentToPrefet, StayExtended, StayReviewRecorded
from contracts.topics import DESIGNATIONS, HOUSEHOLDS, OFFERS, Service
from services.chassis.fold import Heard
from services.reporting.counted import INDICATORS
from services.reporting.domain import ROWS, FactRow
from services.reporting.store import FACTS
from tests.builders import (
    CCAS,
    DAY,
    OPERATOR,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_child,
    a_member,
    a_place,
    a_request,
    a_stay,
    a_structure,
    an_evaluation,
)
from tests.unit.anything import ACTS, Act, Life
from tests.unit.driving import DESCRIPTIONS, Deciding, Siao
from tests.unit.orientation.sittings import FEDERATION, asks, convened, governed, minuted, opinion, vacant
from tests.unit.situations import accepted, declined, designated, hosted, with_structure

UNCOUNTED = {
    *(StayRecorded, CriteriaInForce, RequestRefreshOverdue),
    *(AdmissionSentToPrefet, StayReviewRecorded, StayExtended, RequestHeld),
    *(CommissionInForce, SessionConvened, QuotaInForce, AgendaFrozen),
}


def rows(siao: Siao) -> dict[str, FactRow]:
    return siao.memory(Service.REPORTING).all(FACTS)


def of_kind(siao: Siao, kind: str) -> list[FactRow]:
    return [row for row in rows(siao).values() if row.kind == kind]


def test_every_core_fact_is_a_row_or_is_known_not_to_count() -> None:
    facts = {model for topic in (OFFERS, HOUSEHOLDS, DESIGNATIONS) for model in MESSAGES[topic.name].values()}
    assert facts == set(ROWS) | UNCOUNTED


def test_every_indicator_is_of_a_fact_that_is_kept() -> None:
    kinds = {indicator.kind for indicator in INDICATORS} | {kind for i in INDICATORS for kind in i.ended_by}
    assert kinds <= set(ROWS)
    assert len({indicator.id for indicator in INDICATORS}) == len(INDICATORS)


def test_a_row_is_dated_by_the_decision_that_made_the_fact() -> None:
    siao = with_structure()
    siao.wait(DAY)
    siao.post(CCAS, a_request())
    decided = siao.now
    siao.run()
    siao.wait(DAY)
    assert {row.at for row in of_kind(siao, "request.registered.v1")} == {decided}


def test_a_request_counts_by_the_first_type_recommended_and_each_version_has_its_turn() -> None:
    siao = Siao()
    both = (OfferType.ALT, OfferType.CHRS)
    siao.send(CCAS, a_request(recommended=both, evaluation=an_evaluation(EvaluationSection.BUDGET)))
    siao.send(CCAS, a_request(recommended=both, revision=2, members=(a_member(), a_child())))
    first, second = sorted(of_kind(siao, RequestRegistered.type), key=lambda row: row.turn)
    assert (first.subject, first.offer_type, first.persons, first.detail, first.turn) == (
        *(f"{CCAS}/first", OfferType.ALT, 1, "incomplete", 1),
    )
    assert (second.persons, second.detail, second.turn) == (2, "complete", 2)


def test_a_vacancy_counts_the_persons_that_the_place_can_take() -> None:
    siao = with_structure(a_structure(a_place("A-01", 2)))
    hosted(siao)
    assert [(row.persons, row.detail) for row in of_kind(siao, "vacancy.opened.v1")] == [(2, "published")]
    assert [(row.persons, row.detail) for row in of_kind(siao, "vacancy.closed.v1")] == [(2, "filled")]


def test_a_stay_is_counted_apart_when_the_siao_did_not_designate_it() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    household = hosted(siao).household
    (row,) = of_kind(siao, "stay.started.v1")
    assert (row.subject, row.detail) == (f"{household}@{STRUCTURE}/acacias/A-01", "designated")


def test_an_emergency_admission_is_counted_apart_from_who_lived_there_before() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    siao.send(STRUCTURE, a_stay())
    told = a_stay("urgent", "B").model_dump()
    siao.send(STRUCTURE, HouseholdAdmittedDirectly.model_validate(told))
    assert [row.detail for row in of_kind(siao, "stay.started.v1")] == ["direct", "emergency"]


def test_a_sub_letting_is_counted_by_what_its_review_and_its_end_have_brought() -> None:
    siao = with_structure(a_structure(offer_type=OfferType.IML_BAIL_GLISSANT))
    household = hosted(siao, recommended=(OfferType.IML_BAIL_GLISSANT,)).household
    for until in (None, TODAY + 1000 * DAY):
        review = LeaseReviewed(household=household, reviewed_on=TODAY, outcome=LeaseOutcome.READY, until=until)
        siao.send(STRUCTURE, review)
    siao.send(STRUCTURE, LeaseSlid(household=household, lease_from=TODAY))
    assert {row.detail for row in of_kind(siao, "lease.review_recorded.v1")} == {"ready_to_slide", "extended"}
    assert [row.detail for row in of_kind(siao, "stay.ended.v1")] == ["logement_ordinaire:slid"]


def test_an_ending_says_by_whom_where_that_matters() -> None:
    details = []
    for end in ("structure", "household", "operator"):
        siao = with_structure()
        designation = (accepted if end == "household" else designated)(siao).designation
        if end == "operator":
            siao.send(OPERATOR, DesignationCancelled(designation=designation, reason=CancelReason.SAFETY))
        else:
            siao.wait(120 * DAY)
        details.append(of_kind(siao, "designation.ended.v1")[0].detail)
    assert details == ["expired", "expired:household", "cancelled:operator"]


def test_a_household_s_refusal_is_counted_by_its_judgement_and_whether_a_right_is_at_risk() -> None:
    details = []
    daho = Mediation(kind=MediationKind.DAHO_HEBERGEMENT, decided_on=TODAY)
    for verdict, facts in (("admissible", {}), ("inadmissible", {}), ("inadmissible", {"mediation": daho})):
        siao = with_structure()
        judged = {"designation": declined(siao, **facts).designation, "verdict": verdict}
        siao.send(OPERATOR, HouseholdRefusalJudged.model_validate(judged))
        (row,) = of_kind(siao, "household_refusal.settled.v1")
        details.append((row.detail, row.persons, row.offer_type))
    assert details == [
        *(("admissible", 1, OfferType.CHRS), ("inadmissible:to_update", 1, OfferType.CHRS)),
        ("inadmissible:right:to_update", 1, OfferType.CHRS),
    ]


def test_an_exit_is_counted_by_the_group_of_its_destination() -> None:
    assert {ExitDestination.SOCIAL_HOUSING.group, ExitDestination.PRIVATE_HOUSING.group} == {"logement_ordinaire"}
    assert ExitDestination.ADAPTED_HOUSING.group != "logement_ordinaire"


def test_a_session_is_counted_by_what_became_of_its_items_and_by_opinions() -> None:
    siao = governed()
    asks(siao, "first")
    one = vacant(siao, "A-01")
    vacant(siao, "R-01", OTHER_STRUCTURE)
    convened(siao)
    opinion(siao, FEDERATION, one)
    minuted(siao)
    rows_of_items = [(row.detail, row.persons) for row in of_kind(siao, ItemSettled.type)]
    assert sorted(rows_of_items) == [("designated", 1), ("unmatched", 0)]
    assert [row.detail for row in of_kind(siao, OpinionRecorded.type)] == ["favourable"]
    assert [row.subject for row in of_kind(siao, AgendaMinuted.type)] == ["s1"]


def test_a_fact_heard_again_is_not_even_written_again() -> None:
    siao = with_structure()
    service = siao.services[Service.REPORTING]
    hosted(siao)
    (subscription,) = service.description.subscriptions
    for item in siao.log:
        if type(item.value) in ROWS:
            ((_, effects),) = service.hear(
                subscription, [Heard(item.value, item.envelope, item.position, siao.now + DAY)]
            )
            assert effects == []


@settings(max_examples=15, deadline=None)
@given(acts=ACTS, seed=st.integers(0, 100))
def test_any_order_and_any_repetition_of_the_same_facts_give_the_same_rows(acts: list[Act], seed: int) -> None:
    siao = Life(seed).live(acts)
    reporting = Deciding(next(d for d in DESCRIPTIONS if d.service is Service.REPORTING), siao.register)
    (subscription,) = reporting.description.subscriptions
    facts = [item for item in siao.log if type(item.value) in ROWS]
    chance = random.Random(seed)
    again = [*facts, *chance.choices(facts, k=len(facts) // 3)] if facts else []
    chance.shuffle(again)
    for item in again:
        reporting.hear(subscription, [Heard(item.value, item.envelope, item.position, siao.now)])
    assert reporting.memory.all(FACTS) == rows(siao)
