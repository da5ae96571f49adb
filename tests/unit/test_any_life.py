"""Whatever partners do, in whatever order it is heard: what must always be true of a SIAO, and of what it says."""

import random
from collections import Counter
from collections.abc import Callable, Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.alerts import (
    AdmissionToAnswer,
    EmergencyAdmissionTold,
    JudgementOverdue,
    LegalBenefitAtRisk,
    LegalClockApproaching,
    LegalOfferMade,
    RequestRefreshDue,
)
from contracts.codes import DesignationOutcome, DesignationState, OfferType
from contracts.designations import (
    DesignationEnded,
    DesignationMade,
    HouseholdRefusalSettled,
    LegalClockMissed,
    StayEnded,
    StayStarted,
)
from contracts.event import Message
from contracts.households import HouseholdWaiting, ReadinessEnded, RequestRegistered, RequestSetAside, RightRecognised
from contracts.leases import LeaseReviewRecorded, SubletDwellingUpdated
from contracts.notices import (
    DesignationClosed,
    DesignationReminded,
    EscalationJudged,
    HouseholdDesignated,
    HouseholdRefusalToJudge,
    LegalClockAlert,
    ReadyHousehold,
    RefusalEscalated,
    RefusalOverruled,
    RefusalToJudge,
    RequestUpdated,
)
from contracts.proposals import (
    ProposalDecided,
    ProposalRecorded,
    ReadyHouseholdDecided,
    ReadyHouseholdProposed,
)
from contracts.rejections import REJECTIONS
from contracts.topics import NOTICES, READY_HOUSEHOLDS, Service, split_partner_topic
from services.intake.store import DISCLOSURES, HOUSEHOLDS, REQUESTS
from services.offers.store import PLACES, STRUCTURES
from services.orientation.domain.model import CRITERIA_BEFORE_ADOPTION
from services.orientation.domain.waiting_lists import rank_of
from services.orientation.store import CRITERIA, DESIGNATIONS, STAYS, VACANCIES, WAITING
from services.orientation.store import STRUCTURES as KNOWN_STRUCTURES
from tests.builders import BAILLEUR, CANARY, OPERATOR, PREFECTURE, SIAO, STRUCTURE
from tests.oracles import ORACLES, SAID
from tests.unit.anything import ACTS, NAMES, Act, Life
from tests.unit.driving import Siao
from tests.unit.law_facts import (
    each_state_has_its_deadlines_and_nothing_else_has,
    the_law_s_files_are_those_of_open_requests_and_their_offers_are_under_way,
    what_is_before_the_prefet_is_of_somebody_who_enters_or_lives_there,
)
from tests.unit.lease_acts import SUBLET

FOR_AUTHORITIES = (
    *(RefusalToJudge, JudgementOverdue, LegalClockAlert, LegalClockApproaching, LegalOfferMade, LegalBenefitAtRisk),
)


def every_message_is_answered_once(life: Life, siao: Siao) -> None:
    codes = {siao.code(message) for message in life.messages}
    assert codes <= {"accepted", *REJECTIONS}


def no_place_and_no_household_has_two_designations(_life: Life, siao: Siao) -> None:
    live = [d for d in siao.memory(Service.ORIENTATION).all(DESIGNATIONS).values() if d.live]
    for what in ("place", "household", "vacancy", "request"):
        counted = Counter(getattr(designation, what) for designation in live)
        assert max(counted.values(), default=0) <= 1, what


def states_point_at_each_other(_life: Life, siao: Siao) -> None:
    kept = siao.memory(Service.ORIENTATION)
    live = {key: d for key, d in kept.all(DESIGNATIONS).items() if d.live}
    by_vacancy = {key: v.designation for key, v in kept.all(VACANCIES).items() if v.designation}
    by_request = {key: w.designation for key, w in kept.all(WAITING).items() if w.designation}
    assert by_vacancy == {d.vacancy: key for key, d in live.items()}
    assert by_request == {d.request: key for key, d in live.items()}
    assert all(kept.all(VACANCIES)[vacancy].live for vacancy in by_vacancy)
    assert all(kept.all(WAITING)[request].live for request in by_request)
    assert not any(d.live for d in kept.all(DESIGNATIONS).values() if d.state is DesignationState.ENDED)


def indexes_are_what_the_rows_say(_life: Life, siao: Siao) -> None:
    if not siao.services[Service.ORIENTATION].territories:
        return
    kept, rows = siao.territory, siao.memory(Service.ORIENTATION)
    free = {key: waiting for key, waiting in rows.all(WAITING).items() if waiting.live and not waiting.designation}
    criteria = rows.all(CRITERIA)[SIAO].criteria if SIAO in rows.all(CRITERIA) else CRITERIA_BEFORE_ADOPTION
    for kind in OfferType:
        ranks = sorted(rank_of(key, waiting, criteria) for key, waiting in free.items() if kind in waiting.qualified)
        assert kept.lists.ranks(kind) == ranks
        live = {key: v for key, v in rows.all(VACANCIES).items() if v.live}
        unfilled = [(v.opened_at, key) for key, v in live.items() if not v.designation and not v.expected_on]
        of_kind = [key for _, key in sorted(unfilled) if rows.all(VACANCIES)[key].offer_type is kind]
        assert kept.unfilled((kind,)) == of_kind
    assert kept.lists._waiting == free
    assert kept.criteria.criteria == criteria
    of_structure: dict[str, set[str]] = {}
    for key, vacancy in rows.all(VACANCIES).items():
        if vacancy.live:
            of_structure.setdefault(vacancy.structure, set()).add(key)
    assert {key: set(kept.vacancies_of(key)) for key in of_structure} == of_structure
    assert kept._living == {stay.place: key for key, stay in rows.all(STAYS).items() if stay.live}


def no_vacancy_waits_while_somebody_could_have_it(_life: Life, siao: Siao) -> None:
    structures = siao.memory(Service.ORIENTATION).all(KNOWN_STRUCTURES)
    for vacancy in siao.memory(Service.ORIENTATION).all(VACANCIES).values():
        if vacancy.live and vacancy.designation is None and vacancy.expected_on is None:
            assert siao.territory.lists.choose(vacancy, structures[vacancy.structure].rules).request is None


def seniority_moves_by_an_inadmissible_refusal_only(_life: Life, siao: Siao) -> None:
    first: dict[str, object] = {}
    for registered in siao.facts(RequestRegistered):
        assert registered.first_transmitted_at == first.setdefault(registered.request, registered.first_transmitted_at)
    restarted = [fact for fact in siao.facts(HouseholdRefusalSettled) if fact.consequence != "none"]
    assert all(fact.verdict == "inadmissible" for fact in restarted)
    times = Counter(fact.request for fact in restarted)
    for waiting in siao.facts(HouseholdWaiting):
        assert waiting.since == first[waiting.request] or waiting.restarts > 0
        assert waiting.restarts <= times[waiting.request]
    for key, kept in siao.memory(Service.ORIENTATION).all(WAITING).items():
        assert kept.restarts == times[key]
        assert kept.since == first[key] or kept.restarts > 0


def services_agree_when_everything_is_heard(_life: Life, siao: Siao) -> None:
    kept, intake = siao.memory(Service.ORIENTATION), siao.memory(Service.INTAKE)
    stays = {household: stay for household, stay in kept.all(STAYS).items() if stay.live}
    assert {k: h.host for k, h in intake.all(HOUSEHOLDS).items() if h.host} == {k: s.partner for k, s in stays.items()}
    waiting = kept.all(WAITING)
    for key, request in intake.all(REQUESTS).items():
        standing = waiting.get(key)
        assert (request.status in ("waiting", "designated")) == (standing is not None and standing.live), key
        assert (request.status == "designated") == (standing is not None and standing.designation is not None), key
    places = siao.memory(Service.OFFERS).all(PLACES)
    assert {key: p.household for key, p in places.items() if p.household} == {s.place: h for h, s in stays.items()}
    live = {v.place: (key, v.expected_on, v.designation) for key, v in kept.all(VACANCIES).items() if v.live}
    open_ones = {key: (p.vacancy, None, p.designation) for key, p in places.items() if p.vacancy}
    announced = {key: (p.announced, p.expected_on, None) for key, p in places.items() if p.announced}
    assert open_ones | announced == live
    described = {
        f"{key}/{unit}": (structure.offer_type, structure.commune, place.capacity, place.accessible, place.public)
        for key, structure in siao.memory(Service.OFFERS).all(STRUCTURES).items()
        for unit, place in structure.units.items()
    }
    for v in kept.all(VACANCIES).values():
        assert not v.live or (v.offer_type, v.commune, v.capacity, v.accessible, v.public) == described[v.place]


def names_are_told_to_those_entitled_only(_life: Life, siao: Siao) -> None:
    partner_of = {made.designation: made.partner for made in siao.facts(DesignationMade)}
    told = Counter[tuple[str, str]]()
    for item in siao.log:
        if isinstance(item.value, HouseholdDesignated):
            assert item.topic == NOTICES.of(partner_of[item.value.designation])
            told[partner_of[item.value.designation], item.value.household] += 1
        elif isinstance(item.value, AdmissionToAnswer):
            assert item.topic == NOTICES.of(PREFECTURE)
            told[PREFECTURE, item.value.household] += 1
        elif isinstance(item.value, ReadyHousehold):
            told[item.topic.split(".")[1], item.value.household] += 1
        elif item.by in siao.services and item.value is not None:
            assert CANARY not in f"{item.key} {item.value.model_dump_json()}", item.envelope.type
    lines = siao.memory(Service.INTAKE).all(DISCLOSURES).values()
    assert told == Counter((line.recipient, line.household) for line in lines)


def copies_of_the_list_hold_who_is_ready_and_nobody_else(_life: Life, siao: Siao) -> None:
    copies: dict[tuple[str, str], Message | None] = {}
    for item in siao.log:
        parts = split_partner_topic(item.topic)
        if parts and parts[1] == READY_HOUSEHOLDS.name:
            copies[parts[0], item.key] = item.value
    entitled = {
        (partner, household)
        for household, kept in siao.memory(Service.INTAKE).all(HOUSEHOLDS).items()
        if kept.readiness and kept.host
        for partner in kept.readiness.feeds
    }
    assert {copy for copy, value in copies.items() if value is not None} == entitled


def landlords_are_told_of_the_dwellings_that_they_let_only(_life: Life, siao: Siao) -> None:
    told = siao.facts(SubletDwellingUpdated)
    assert told == siao.notices(BAILLEUR, SubletDwellingUpdated)
    assert {notice.place.rpartition("/")[0] for notice in told} <= {f"{STRUCTURE}/{SUBLET}"}


def notices_of_a_designation_go_to_its_structure_only(_life: Life, siao: Siao) -> None:
    partner_of = {made.designation: made.partner for made in siao.facts(DesignationMade)}
    for item in siao.log:
        if isinstance(item.value, DesignationReminded | RefusalOverruled | RefusalEscalated | DesignationClosed):
            assert item.topic == NOTICES.of(partner_of[item.value.designation])
        elif isinstance(item.value, HouseholdRefusalToJudge | EscalationJudged | EmergencyAdmissionTold):
            assert item.topic == NOTICES.of(OPERATOR)
        elif isinstance(item.value, FOR_AUTHORITIES):
            assert item.topic in (NOTICES.of(OPERATOR), NOTICES.of(PREFECTURE))


def prescribers_are_told_of_their_own_requests_only(_life: Life, siao: Siao) -> None:
    prescriber_of = {fact.household: fact.prescriber for fact in siao.facts(RequestRegistered)}
    for item in siao.log:
        if isinstance(item.value, RequestUpdated):
            assert item.topic == NOTICES.of(prescriber_of[item.value.household])


def every_oracle_holds(_life: Life, siao: Siao) -> None:
    facts = [item.value for item in siao.log if item.topic in SAID]
    for oracle in ORACLES:
        oracle(facts)


ALWAYS: Sequence[Callable[[Life, Siao], None]] = (
    every_message_is_answered_once,
    no_place_and_no_household_has_two_designations,
    states_point_at_each_other,
    indexes_are_what_the_rows_say,
    no_vacancy_waits_while_somebody_could_have_it,
    seniority_moves_by_an_inadmissible_refusal_only,
    each_state_has_its_deadlines_and_nothing_else_has,
    the_law_s_files_are_those_of_open_requests_and_their_offers_are_under_way,
    what_is_before_the_prefet_is_of_somebody_who_enters_or_lives_there,
    services_agree_when_everything_is_heard,
    names_are_told_to_those_entitled_only,
    copies_of_the_list_hold_who_is_ready_and_nobody_else,
    notices_of_a_designation_go_to_its_structure_only,
    landlords_are_told_of_the_dwellings_that_they_let_only,
    prescribers_are_told_of_their_own_requests_only,
    every_oracle_holds,
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS, seed=st.integers(0, 1000))
def test_whatever_happens_and_however_it_crosses_all_of_this_is_true(acts: list[Act], seed: int) -> None:
    life = Life(seed)
    siao = life.live(acts)
    for fact in ALWAYS:
        fact(life, siao)


@settings(max_examples=5, deadline=None)
@given(acts=ACTS, seed=st.integers(0, 1000))
def test_the_same_happenings_give_the_same_facts_with_the_same_ids(acts: list[Act], seed: int) -> None:
    assert Life(seed).live(acts).log == Life(seed).live(acts).log


@settings(max_examples=5, deadline=None)
@given(acts=ACTS)
def test_a_batch_of_one_and_a_batch_of_many_decide_the_same(acts: list[Act]) -> None:
    one, many = Life(0, at_once=True), Life(0, at_once=True)
    many.siao._batch = lambda: 50
    assert many.live(acts).log == one.live(acts).log


def test_in_many_lives_everything_that_can_happen_does_and_all_of_it_stays_true() -> None:
    outcomes, reasons, kinds = set[DesignationOutcome](), set[str](), set[type[Message] | type[None]]()
    slid, aside = set[bool](), set[str]()
    for seed in range(30):
        chance, life = random.Random(seed), Life(seed)
        siao = life.live([(chance.choice(NAMES), chance.randint(0, 5), chance.randint(0, 11)) for _ in range(240)])
        outcomes |= {fact.outcome for fact in siao.facts(DesignationEnded)}
        reasons |= {fact.reason for fact in siao.facts(ReadinessEnded)}
        aside |= {fact.reason for fact in siao.facts(RequestSetAside)}
        slid |= {fact.slid for fact in siao.facts(StayEnded)}
        kinds |= {type(item.value) for item in siao.log}
        for fact in ALWAYS:
            fact(life, siao)
    assert outcomes == set(DesignationOutcome)
    assert slid == {True, False}
    assert reasons == {"rehoused", "withdrawn", "left", "suspended"}
    assert kinds >= {ProposalRecorded, ProposalDecided, ReadyHouseholdProposed, ReadyHouseholdDecided}
    assert kinds >= {StayStarted, StayEnded, ReadyHousehold, LegalClockMissed, RefusalOverruled, DesignationReminded}
    assert kinds >= {HouseholdRefusalSettled, RefusalEscalated, EscalationJudged, EmergencyAdmissionTold}
    assert kinds >= {LeaseReviewRecorded, SubletDwellingUpdated, RightRecognised, RequestRefreshDue}
    assert aside == {"adjourned", "not_refreshed"}
    assert kinds >= {AdmissionToAnswer, JudgementOverdue, LegalOfferMade, LegalClockApproaching}
