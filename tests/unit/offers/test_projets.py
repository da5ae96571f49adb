"""A projet d'établissement has versions: each applies from its day, is approved or not, and is named in proofs."""

from datetime import date, timedelta

import pytest

from contracts.codes import Composition, Gender, OfferType, Regime
from contracts.decisions import ProjetApproved
from contracts.designations import DesignationMade
from contracts.offers import StructureRegistered
from contracts.rules import AdultsRule, CompositionRule, Rule
from contracts.topics import Service
from contracts.vacancies import ProjetEtablissement, StructureDescribed
from services.offers.domain.projets import Projet, Versions, with_version
from services.orientation.store import STRUCTURES
from tests.builders import (
    CCAS,
    OPERATOR,
    OPERATOR_OF_ANOTHER_SIAO,
    PREFECTURE,
    STRUCTURE,
    TODAY,
    a_member,
    a_place,
    a_request,
    a_structure,
    a_vacancy,
)
from tests.unit.driving import Siao
from tests.unit.situations import with_structure

KEY = f"{STRUCTURE}/acacias"
WOMEN: Rule = CompositionRule(article="art. 4", allowed=(Composition.SINGLE_WOMAN,))
MEN: Rule = CompositionRule(article="art. 5", allowed=(Composition.SINGLE_MAN,))
IN_A_WEEK = TODAY + timedelta(days=7)
A_MAN = (a_member(gender=Gender.MAN),)


def described(version: int, rule: Rule, start: date = TODAY, revision: int = 1) -> StructureDescribed:
    projet = ProjetEtablissement(version=version, effective_from=start, rules=(rule,))
    return a_structure(projet=projet, revision=revision)


def approval(version: int = 1, structure: str = KEY) -> ProjetApproved:
    return ProjetApproved(structure=structure, version=version, approved_on=TODAY, reference="arrêté 2026-12")


def proofs(siao: Siao) -> list[tuple[int, bool | None]]:
    return [(fact.proof.rules_version, fact.proof.rules_approved) for fact in siao.facts(DesignationMade)]


def test_a_version_to_come_waits_for_its_day_and_is_then_applied_to_vacancies_that_wait() -> None:
    siao = with_structure(described(1, WOMEN))
    siao.send(STRUCTURE, described(2, MEN, IN_A_WEEK, revision=2))
    fact = siao.facts(StructureRegistered)[-1]
    assert (fact.rules_version, [p.version for p in fact.to_come]) == (1, [2])
    siao.send(STRUCTURE, a_vacancy())
    siao.send(CCAS, a_request(members=A_MAN))
    siao.wait(timedelta(days=6))
    assert proofs(siao) == []
    siao.wait(timedelta(days=1))
    assert proofs(siao) == [(2, False)]


def test_the_day_begins_at_midnight_in_france() -> None:
    siao = with_structure(described(1, WOMEN))
    siao.send(STRUCTURE, described(2, MEN, IN_A_WEEK, revision=2))
    ((later, _),) = [timer for (_, name), timer in siao.timers.items() if name == f"projet:{KEY}"]
    assert later.due_at.isoformat() == f"{IN_A_WEEK}T00:00:00+01:00"


def test_versions_to_come_follow_each_other_and_a_description_moves_or_drops_them() -> None:
    siao = with_structure(described(1, WOMEN))
    siao.send(STRUCTURE, described(2, MEN, IN_A_WEEK, revision=2))
    siao.send(STRUCTURE, described(3, WOMEN, IN_A_WEEK + timedelta(days=7), revision=3))
    assert [p.version for p in siao.facts(StructureRegistered)[-1].to_come] == [2, 3]
    versions = []
    for _ in range(3):
        versions.append(siao.memory(Service.ORIENTATION).all(STRUCTURES)[KEY].rules_version)
        siao.wait(timedelta(days=7))
    assert versions == [1, 2, 3]
    siao.send(STRUCTURE, described(4, MEN, siao.now.date() + timedelta(days=7), revision=4))
    siao.send(STRUCTURE, described(5, WOMEN, siao.now.date(), revision=5))
    siao.wait(timedelta(days=30))
    assert siao.memory(Service.ORIENTATION).all(STRUCTURES)[KEY].rules_version == 5


def test_the_first_version_applies_at_once_for_a_structure_without_rules_would_take_anybody() -> None:
    siao = with_structure(described(1, MEN, IN_A_WEEK))
    siao.send(CCAS, a_request())
    siao.send(STRUCTURE, a_vacancy())
    assert siao.facts(DesignationMade) == []
    assert siao.facts(StructureRegistered)[-1].rules == (MEN,)


@pytest.mark.parametrize("partner", [OPERATOR, PREFECTURE])
def test_an_approval_by_the_operator_or_the_state_is_in_the_proofs_that_follow(partner: str) -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    siao.send(CCAS, a_request())
    siao.send(CCAS, a_request("second"))
    siao.send(STRUCTURE, a_vacancy())
    assert siao.caused(siao.send(partner, approval())) == {"projet": f"{KEY}/1"}
    siao.send(STRUCTURE, a_vacancy("B"))
    assert proofs(siao) == [(1, False), (1, True)]
    projet = siao.facts(StructureRegistered)[-1].projet
    assert projet is not None
    assert projet.approved_by == partner


def test_an_approval_names_a_version_and_a_structure_of_the_same_siao() -> None:
    siao = with_structure()
    assert siao.code(siao.send(OPERATOR, approval(2))) == "projet-unknown"
    assert siao.code(siao.send(OPERATOR, approval(structure="nobody/nowhere"))) == "structure-unknown"
    assert siao.code(siao.send(OPERATOR_OF_ANOTHER_SIAO, approval())) == "structure-unknown"


def test_a_version_described_again_as_it_was_keeps_its_approval_and_a_changed_one_loses_it() -> None:
    siao = with_structure(described(1, WOMEN))
    siao.send(OPERATOR, approval())
    siao.send(STRUCTURE, described(1, WOMEN, revision=2))
    siao.send(STRUCTURE, described(1, MEN, revision=3))
    approvals = [fact.projet.approved_by for fact in siao.facts(StructureRegistered) if fact.projet]
    assert approvals == [None, OPERATOR, OPERATOR, None]


def test_a_lower_version_than_the_last_is_refused() -> None:
    siao = with_structure(described(3, WOMEN))
    message = siao.send(STRUCTURE, described(2, MEN, revision=2))
    assert (siao.code(message), siao.refusals[message].path) == ("revision-stale", "$.projet.version")


def test_readers_of_the_first_contract_are_told_the_rules_they_know() -> None:
    only_women = AdultsRule(article="art. 1", only="women")
    siao = with_structure(a_structure(rules=(WOMEN, only_women)))
    (fact,) = siao.facts(StructureRegistered)
    assert fact.rules == (WOMEN,)
    assert fact.projet is not None
    assert fact.projet.rules == (WOMEN, only_women)


def projet(version: int, start: int, approved: bool = False) -> Projet:
    day = TODAY + timedelta(days=start)
    return Projet(version=version, effective_from=day, rules=(), approved_by="siao-92" if approved else None)


@pytest.mark.parametrize(
    ("known", "applies", "in_force", "to_come"),
    [
        ([projet(1, -9), projet(2, -1)], True, 2, []),
        ([projet(1, -9), projet(2, 1)], True, 1, [2]),
        ([projet(1, 5), projet(2, 3)], True, 2, []),
        ([projet(1, 3), projet(2, 5)], True, 1, [2]),
        ([projet(1, -9, True), projet(2, -1)], False, 1, []),
        ([projet(1, -9, True), projet(2, -1, True), projet(3, 4)], False, 2, []),
        ([projet(1, -9, True), projet(3, 4, True), projet(2, 2, True)], False, 1, [2, 3]),
        ([projet(1, -9), projet(2, 4)], False, 1, [2]),
    ],
)
def test_which_version_is_in_force(known: list[Projet], applies: bool, in_force: int, to_come: list[int]) -> None:
    versions = Versions(tuple(known), TODAY, applies)
    assert (versions.in_force.version, [p.version for p in versions.to_come]) == (in_force, to_come)


def test_a_version_that_can_still_be_approved_is_kept_and_one_that_is_over_is_not() -> None:
    known = (projet(1, -9), projet(2, -5, True), projet(3, -1))
    assert [p.version for p in Versions(known, TODAY, True).kept] == [3]
    assert [p.version for p in Versions(known, TODAY, False).kept] == [2, 3]
    again = ProjetEtablissement(version=3, effective_from=TODAY)
    assert [p.version for p in with_version(known, again)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("offer_type", "told", "known"),
    [
        (OfferType.ALT, None, Regime.HEBERGEMENT),
        (OfferType.ALT, Regime.LOGEMENT, Regime.LOGEMENT),
        (OfferType.CHRS, Regime.HEBERGEMENT, Regime.HEBERGEMENT),
        (OfferType.RHVS, None, Regime.LOGEMENT),
    ],
)
def test_a_structure_belongs_to_a_mission(offer_type: OfferType, told: Regime | None, known: Regime) -> None:
    siao = with_structure(a_structure(offer_type=offer_type, regime=told))
    assert siao.facts(StructureRegistered)[0].regime is known


def test_only_alt_is_of_either_mission() -> None:
    siao = Siao()
    message = siao.send(STRUCTURE, a_structure(regime=Regime.LOGEMENT))
    assert (siao.code(message), siao.refusals[message].path) == ("regime-not-of-type", "$.regime")
