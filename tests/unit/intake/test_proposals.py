"""From the list to a lease: a dwelling proposed, a CALEOL's decision, the copies that say so, readiness suspended."""

import pytest

from contracts.answers import CaleolDecided, DwellingProposed, HouseholdRehoused
from contracts.dwelling_codes import CaleolDecision, CaleolReason, ReadinessPause
from contracts.event import Message
from contracts.households import ReadinessDeclared, ReadinessEnded
from contracts.notices import ReadyHousehold
from contracts.proposals import (
    ProposalClosed,
    ProposalDecided,
    ProposalRecorded,
    ReadyHouseholdDecided,
    ReadyHouseholdProposed,
)
from contracts.requests import ReadinessSuspended, ReadinessWithdrawn
from contracts.topics import READY_HOUSEHOLDS, Service
from services.intake.store import DISCLOSURES, HOUSEHOLDS
from tests.builders import (
    BAILLEUR,
    BAILLEUR_ELSEWHERE,
    BAILLEUR_OF_ANOTHER_SIAO,
    COURBEVOIE,
    DAY,
    NANTERRE,
    OTHER_STRUCTURE,
    PREFECTURE,
    RESERVATAIRE,
    STRUCTURE,
    TODAY,
    ready,
)
from tests.unit.driving import Siao
from tests.unit.situations import on_the_list, with_structure

OTHER_DECISIONS = (CaleolDecision.RANKED, CaleolDecision.CONDITIONAL)
REFUSALS = (CaleolDecision.NOT_ATTRIBUTED, CaleolDecision.INADMISSIBLE)


def listed() -> tuple[Siao, str]:
    """A household on everybody's list."""
    siao = with_structure()
    return siao, on_the_list(siao).household


def proposed(household: str, dwelling: str = "d-1", landlord: str | None = None) -> DwellingProposed:
    return DwellingProposed(household=household, dwelling=dwelling, commune=NANTERRE, rooms=2, landlord=landlord)


def decided(household: str, decision: CaleolDecision, dwelling: str = "d-1") -> CaleolDecided:
    reason = CaleolReason.FILE_INCOMPLETE if decision.refuses else None
    return CaleolDecided(household=household, dwelling=dwelling, decision=decision, reason=reason)


def suspended(household: str) -> ReadinessSuspended:
    return ReadinessSuspended(household=household, reason=ReadinessPause.FILE_TO_RENEW)


def seeing_another(siao: Siao, household: str) -> set[str]:
    """The partners whose copy says that another has proposed."""
    last: dict[str, Message | None] = {}
    for item in siao.log:
        if item.key == household and item.topic.endswith(READY_HOUSEHOLDS.name):
            last[item.topic] = item.value
    return {
        partner
        for partner in siao.register
        if isinstance(record := last.get(READY_HOUSEHOLDS.of(partner)), ReadyHousehold) and record.proposed_by_another
    }


def written(siao: Siao) -> int:
    """How often the household was written to a copy."""
    return len([item for item in siao.log if isinstance(item.value, ReadyHousehold)])


def test_a_proposal_is_told_to_the_structure_and_shown_to_the_others() -> None:
    siao, household = listed()
    caused = siao.caused(siao.send(BAILLEUR, proposed(household)))
    assert caused["household"] == household
    (told,) = siao.notices(STRUCTURE, ReadyHouseholdProposed)
    assert (told.household, told.landlord, told.dwelling, told.rooms) == (household, BAILLEUR, "d-1", 2)
    assert seeing_another(siao, household) == {BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE}
    (fact,) = siao.facts(ProposalRecorded)
    assert (fact.proposal, fact.household, fact.persons) == (told.proposal, household, 1)


def test_two_may_propose_at_once_and_each_sees_the_other() -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    siao.send(BAILLEUR_ELSEWHERE, proposed(household))
    assert seeing_another(siao, household) == {BAILLEUR, BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE}
    assert len(siao.facts(ProposalRecorded)) == 2


def test_a_copy_is_written_again_only_when_it_changes_and_each_time_is_in_the_register() -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    before = written(siao)
    siao.send(BAILLEUR, proposed(household, "d-2"))
    assert written(siao) == before
    assert len(siao.memory(Service.INTAKE).all(DISCLOSURES)) == before + 1


def test_a_reservataire_names_the_bailleur_whose_caleol_decides() -> None:
    siao, household = listed()
    siao.send(RESERVATAIRE, proposed(household, landlord=BAILLEUR))
    (told,) = siao.notices(BAILLEUR, ReadyHouseholdProposed)
    assert (told.proposed_by, told.landlord) == (RESERVATAIRE, BAILLEUR)
    assert seeing_another(siao, household) == {BAILLEUR_ELSEWHERE, PREFECTURE}
    siao.send(BAILLEUR, decided(household, CaleolDecision.ATTRIBUTED))
    assert [len(siao.notices(who, ReadyHouseholdDecided)) for who in (STRUCTURE, RESERVATAIRE, BAILLEUR)] == [1, 1, 0]


@pytest.mark.parametrize("landlord", ["unknown", RESERVATAIRE, PREFECTURE, BAILLEUR_OF_ANOTHER_SIAO])
def test_a_landlord_is_a_bailleur_that_has_the_household_on_its_list(landlord: str) -> None:
    siao, household = listed()
    assert siao.code(siao.send(RESERVATAIRE, proposed(household, landlord=landlord))) == "landlord-unknown"
    assert siao.facts(ProposalRecorded) == []


def test_only_who_has_the_household_on_its_list_may_propose_to_it() -> None:
    siao = with_structure()
    household = on_the_list(siao, NANTERRE).household
    assert siao.code(siao.send(BAILLEUR_ELSEWHERE, proposed(household))) == "household-not-ready"
    assert siao.code(siao.send(BAILLEUR, proposed("unknown"))) == "household-not-ready"
    siao.send(STRUCTURE, ReadinessWithdrawn(household=household))
    assert siao.code(siao.send(BAILLEUR, proposed(household))) == "household-not-ready"


def test_a_dwelling_is_proposed_once() -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    assert siao.code(siao.send(BAILLEUR, proposed(household))) == "dwelling-already-proposed"
    assert siao.code(siao.send(RESERVATAIRE, proposed(household, landlord=BAILLEUR))) == "dwelling-already-proposed"


def test_attributed_the_other_proposals_end_and_those_who_made_them_are_told() -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    siao.send(RESERVATAIRE, proposed(household, "r-1", BAILLEUR_ELSEWHERE))
    assert siao.code(siao.send(BAILLEUR, decided(household, CaleolDecision.ATTRIBUTED))) == "accepted"
    for partner in (RESERVATAIRE, BAILLEUR_ELSEWHERE):
        assert [notice.dwelling for notice in siao.notices(partner, ProposalClosed)] == ["r-1"]
    assert siao.notices(BAILLEUR, ProposalClosed) == []
    assert siao.notices(STRUCTURE, ReadyHouseholdDecided)[-1].decision is CaleolDecision.ATTRIBUTED
    late = decided(household, CaleolDecision.ATTRIBUTED, "r-1")
    assert siao.code(siao.send(BAILLEUR_ELSEWHERE, late)) == "proposal-unknown"
    assert siao.code(siao.send(BAILLEUR_ELSEWHERE, proposed(household, "d-3"))) == "household-attributed"
    assert siao.facts(ReadinessEnded) == []
    rehoused = HouseholdRehoused(household=household, lease_from=TODAY)
    assert siao.code(siao.send(BAILLEUR, rehoused)) == "accepted"
    assert [fact.reason for fact in siao.facts(ReadinessEnded)] == ["rehoused"]


@pytest.mark.parametrize("decision", REFUSALS)
def test_refused_the_household_is_proposed_to_nobody_and_its_structure_knows(decision: CaleolDecision) -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    siao.send(BAILLEUR, decided(household, decision))
    assert seeing_another(siao, household) == set()
    told = siao.notices(STRUCTURE, ReadyHouseholdDecided)[-1]
    assert (told.decision, told.reason) == (decision, CaleolReason.FILE_INCOMPLETE)
    assert [(fact.decision, fact.persons) for fact in siao.facts(ProposalDecided)] == [(decision, 1)]
    assert siao.code(siao.send(BAILLEUR, decided(household, decision))) == "proposal-unknown"
    assert siao.code(siao.send(BAILLEUR, proposed(household))) == "accepted"


@pytest.mark.parametrize("decision", REFUSALS)
def test_a_decision_that_does_not_attribute_has_a_reason(decision: CaleolDecision) -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    silent = CaleolDecided(household=household, dwelling="d-1", decision=decision)
    assert siao.code(siao.send(BAILLEUR, silent)) == "caleol-reason-missing"
    assert siao.facts(ProposalDecided) == []


@pytest.mark.parametrize("decision", OTHER_DECISIONS)
def test_by_rank_or_under_condition_every_proposal_stands_until_more_is_said(decision: CaleolDecision) -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    siao.send(BAILLEUR_ELSEWHERE, proposed(household))
    siao.send(BAILLEUR, decided(household, decision))
    assert seeing_another(siao, household) == {BAILLEUR, BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE}
    siao.send(BAILLEUR, decided(household, CaleolDecision.ATTRIBUTED))
    assert seeing_another(siao, household) == {BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE}
    assert len(siao.notices(BAILLEUR_ELSEWHERE, ProposalClosed)) == 1
    siao.send(BAILLEUR, decided(household, CaleolDecision.NOT_ATTRIBUTED))
    assert seeing_another(siao, household) == set()


def test_only_the_landlord_of_a_proposal_decides_on_it() -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    yes = decided(household, CaleolDecision.ATTRIBUTED)
    assert siao.code(siao.send(BAILLEUR_ELSEWHERE, yes)) == "proposal-unknown"
    assert siao.code(siao.send(BAILLEUR, decided(household, CaleolDecision.ATTRIBUTED, "d-9"))) == "proposal-unknown"


def test_suspended_it_is_on_no_list_and_comes_back_ready_since_the_same_day() -> None:
    siao, household = listed()
    since = siao.now
    siao.send(BAILLEUR, proposed(household))
    assert siao.code(siao.send(OTHER_STRUCTURE, suspended(household))) == "household-not-hosted"
    siao.wait(3 * DAY)
    assert siao.code(siao.send(STRUCTURE, suspended(household))) == "accepted"
    removed = {item.topic for item in siao.log if item.key == household and item.value is None}
    assert removed == {READY_HOUSEHOLDS.of(who) for who in (BAILLEUR, BAILLEUR_ELSEWHERE, RESERVATAIRE, PREFECTURE)}
    (ended,) = siao.facts(ReadinessEnded)
    assert (ended.reason, ended.suspension) == ("suspended", ReadinessPause.FILE_TO_RENEW)
    assert siao.code(siao.send(STRUCTURE, suspended(household))) == "household-not-ready"
    assert siao.code(siao.send(BAILLEUR, decided(household, CaleolDecision.ATTRIBUTED))) == "household-not-ready"
    siao.wait(DAY)
    siao.send(STRUCTURE, ready(household))
    assert {fact.ready_since for fact in siao.facts(ReadyHousehold)} == {since}
    assert seeing_another(siao, household) == set()
    assert len(siao.facts(ReadinessDeclared)) == 2


def test_a_readiness_withdrawn_after_a_suspension_begins_anew() -> None:
    siao, household = listed()
    siao.send(STRUCTURE, suspended(household))
    siao.send(STRUCTURE, ready(household))
    siao.send(STRUCTURE, ReadinessWithdrawn(household=household))
    siao.wait(DAY)
    siao.send(STRUCTURE, ready(household))
    assert siao.facts(ReadyHousehold)[-1].ready_since == siao.now
    assert siao.memory(Service.INTAKE).all(HOUSEHOLDS)[household].ready_before is None


def test_a_proposal_goes_with_the_list_of_who_made_it() -> None:
    siao, household = listed()
    siao.send(BAILLEUR, proposed(household))
    siao.send(STRUCTURE, ready(household, COURBEVOIE))
    assert seeing_another(siao, household) == set()
    assert siao.code(siao.send(BAILLEUR, decided(household, CaleolDecision.ATTRIBUTED))) == "household-not-ready"
