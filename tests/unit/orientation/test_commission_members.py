"""The commission's règlement, its members and their opinions, and the contingents of those who hold places."""

from datetime import timedelta

import pytest

from contracts.answers import DesignationAccepted, HouseholdAdmitted
from contracts.codes import OfferType
from contracts.commission import CommissionAgenda, CommissionMinutes, QuotaSet
from contracts.designations import DesignationMade
from contracts.sessions import AgendaMinuted, OpinionRecorded
from tests.builders import (
    ARGUMENT,
    BAILLEUR,
    BAILLEUR_ELSEWHERE,
    CCAS,
    OPERATOR,
    OPERATOR_OF_ANOTHER_SIAO,
    OTHER_STRUCTURE,
    PREFECTURE,
    RESERVATAIRE,
    STRUCTURE,
    TODAY,
    a_place,
    a_structure,
)
from tests.unit.orientation.sittings import (
    FEDERATION,
    MEMBERS,
    PENSION,
    SOCIALE,
    a_regulation,
    asks,
    convened,
    decided,
    governed,
    minuted,
    opinion,
    vacant,
)
from tests.unit.orientation.test_any_designation import replayed
from tests.unit.orientation.test_endings import made


def test_members_give_opinions_but_not_on_their_own_places() -> None:
    siao = governed()
    asks(siao, "first", PENSION, SOCIALE)
    one, other = vacant(siao, "A-01"), vacant(siao, "R-01", OTHER_STRUCTURE)
    assert siao.code(opinion(siao, FEDERATION, one)) == "session-not-expecting"
    convened(siao)
    assert siao.code(opinion(siao, FEDERATION, one, opinion="unfavourable", argument=ARGUMENT)) == "accepted"
    assert siao.code(opinion(siao, FEDERATION, one, opinion="reserved")) == "accepted"
    assert siao.code(opinion(siao, STRUCTURE, one)) == "opinion-recused"
    assert siao.code(opinion(siao, STRUCTURE, other)) == "accepted"
    assert siao.code(opinion(siao, RESERVATAIRE, one)) == "opinion-not-member"
    assert siao.code(opinion(siao, FEDERATION, "no-such-item")) == "item-unknown"
    given = siao.facts(OpinionRecorded)
    assert [(fact.member, fact.opinion) for fact in given] == [
        (FEDERATION, "unfavourable"),
        (FEDERATION, "reserved"),
        (STRUCTURE, "favourable"),
    ]
    minuted(siao)
    lines = {line.vacancy: line for line in siao.notices(FEDERATION, CommissionMinutes)[0].lines}
    assert (lines[one].unfavourable, lines[one].reserved, lines[other].favourable) == (0, 1, 1)
    assert siao.facts(AgendaMinuted)[0].opinions == 2
    assert siao.code(opinion(siao, FEDERATION, one)) == "session-not-expecting"
    texts = [item for item in siao.log if item.topic.startswith("siao.")]
    assert not any(ARGUMENT in str(item.value) for item in texts)


def test_who_reads_which_items_and_nobody_but_the_operator_a_request() -> None:
    siao = governed()
    members = (*MEMBERS, BAILLEUR, BAILLEUR_ELSEWHERE)
    siao.send(OPERATOR, a_regulation(PENSION, SOCIALE, version=2, members=members))
    siao.send(OPERATOR, QuotaSet(structure=f"{OTHER_STRUCTURE}/acacias", holder=BAILLEUR, places=1))
    first = asks(siao, "first")
    one, other = vacant(siao, "A-01"), vacant(siao, "R-01", OTHER_STRUCTURE)
    convened(siao)
    minuted(siao)
    read = {
        partner: {line.vacancy for line in siao.notices(partner, CommissionAgenda)[0].lines}
        for partner in (*members, OPERATOR)
    }
    assert read == {
        FEDERATION: {one, other},
        STRUCTURE: {one},
        BAILLEUR: {other},
        BAILLEUR_ELSEWHERE: set(),
        OPERATOR: {one, other},
    }
    assert {line.vacancy for line in siao.notices(STRUCTURE, CommissionMinutes)[0].lines} == {one}
    assert first in siao.notices(OPERATOR, CommissionAgenda)[0].model_dump_json()
    assert first not in siao.notices(FEDERATION, CommissionAgenda)[0].model_dump_json()
    assert siao.notices(PREFECTURE, CommissionAgenda) == []


def test_a_bailleur_reads_the_items_of_the_dwellings_that_it_lets_and_of_no_other() -> None:
    siao = governed()
    sublet = (a_place("A-01", landlord=BAILLEUR), a_place("A-02"))
    siao.send(STRUCTURE, a_structure(*sublet, offer_type=PENSION, revision=2))
    siao.send(OPERATOR, a_regulation(PENSION, version=2, members=(*MEMBERS, BAILLEUR, BAILLEUR_ELSEWHERE)))
    asks(siao, "first")
    its_own, _ = vacant(siao, "A-01"), vacant(siao, "A-02")
    convened(siao)
    minuted(siao)
    assert [line.vacancy for line in siao.notices(BAILLEUR, CommissionAgenda)[0].lines] == [its_own]
    assert [line.vacancy for line in siao.notices(BAILLEUR, CommissionMinutes)[0].lines] == [its_own]
    assert siao.notices(BAILLEUR_ELSEWHERE, CommissionAgenda)[0].lines == ()


def test_the_minutes_need_their_quorum_of_members() -> None:
    siao = governed()
    asks(siao, "first")
    vacant(siao, "A-01")
    siao.send(OPERATOR, a_regulation(PENSION, version=2, quorum=2))
    convened(siao)
    assert siao.code(minuted(siao, "s1", FEDERATION, FEDERATION)) == "quorum-not-reached"
    assert siao.code(minuted(siao, "s1", FEDERATION, RESERVATAIRE)) == "member-unknown"
    assert made(siao) == []
    assert siao.code(minuted(siao, "s1", *MEMBERS)) == "accepted"
    assert made(siao) == [("first", "A-01")]


def test_without_a_governed_type_all_that_waited_is_designated_at_once() -> None:
    siao = governed()
    asks(siao, "first")
    asks(siao, "second", SOCIALE)
    vacant(siao, "A-01")
    vacant(siao, "R-01", OTHER_STRUCTURE)
    siao.send(OPERATOR, a_regulation(SOCIALE, version=2))
    assert made(siao) == [("first", "A-01")]
    siao.send(OPERATOR, a_regulation(version=3, members=(), quorum=0))
    assert made(siao) == [("first", "A-01"), ("second", "R-01")]
    assert siao.code(convened(siao)) == "commission-unknown"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"version": 1}, "revision-stale"),
        ({"members": ("nobody-at-all",)}, "member-unknown"),
        ({"members": (OPERATOR_OF_ANOTHER_SIAO,)}, "member-unknown"),
        ({"quorum": 3}, "quorum-too-high"),
    ],
)
def test_a_regulation_that_cannot_be_is_refused(facts: dict[str, object], code: str) -> None:
    siao = governed()
    assert siao.code(siao.send(OPERATOR, a_regulation(PENSION, **{"version": 2, **facts}))) == code  # type: ignore[arg-type]


def test_hebergement_is_never_governed_and_a_session_has_its_days() -> None:
    siao = governed()
    assert siao.code(siao.send(OPERATOR, a_regulation(OfferType.CHRS, version=2))) == "offer-type-not-governed"
    yesterday, tomorrow = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
    assert siao.code(convened(siao, held_on=yesterday)) == "session-day-impossible"
    assert siao.code(convened(siao, freeze_on=tomorrow)) == "session-day-impossible"


def test_a_contingent_is_used_by_designations_and_stays_and_comes_back_with_them() -> None:
    siao = governed("A-01", "A-02")
    first, second = asks(siao, "first"), asks(siao, "second")
    structure = f"{STRUCTURE}/acacias"
    one, two = vacant(siao, "A-01"), vacant(siao, "A-02")
    convened(siao)
    assert siao.code(decided(siao, one, first, holder=RESERVATAIRE)) == "quota-exhausted"
    assert siao.code(siao.send(OPERATOR, QuotaSet(structure=structure, holder=RESERVATAIRE, places=1))) == "accepted"
    assert siao.code(decided(siao, one, first, holder=RESERVATAIRE)) == "accepted"
    assert siao.code(decided(siao, two, second, holder=RESERVATAIRE)) == "quota-exhausted"
    # Said again, an item does not count twice.
    assert siao.code(decided(siao, one, first, holder=RESERVATAIRE)) == "accepted"
    minuted(siao)
    (fact,) = [fact for fact in siao.facts(DesignationMade) if fact.request == first]
    assert fact.holder == RESERVATAIRE
    assert siao.territory.held_places(structure, RESERVATAIRE) == 1
    siao.send(STRUCTURE, DesignationAccepted(designation=fact.designation, entry_on=TODAY))
    siao.send(STRUCTURE, HouseholdAdmitted(designation=fact.designation, entered_on=TODAY))
    assert siao.territory.held_places(structure, RESERVATAIRE) == 1
    assert [again.differences for again in replayed(siao) if again.differences] == []


@pytest.mark.parametrize(
    ("structure", "holder", "code"),
    [
        ("nobody/nothing", RESERVATAIRE, "structure-unknown"),
        (f"{STRUCTURE}/acacias", CCAS, "holder-not-entitled"),
        (f"{STRUCTURE}/acacias", "nobody-at-all", "holder-not-entitled"),
    ],
)
def test_a_contingent_that_cannot_be_is_refused(structure: str, holder: str, code: str) -> None:
    siao = governed()
    assert siao.code(siao.send(OPERATOR, QuotaSet(structure=structure, holder=holder, places=1))) == code
