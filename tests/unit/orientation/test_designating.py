"""A vacancy becomes a designation at once, with its proof; a designation that ends lets place and household go on."""

from datetime import timedelta

from contracts.answers import HouseholdDeclined, HouseholdNoShow
from contracts.codes import Composition, DesignationOutcome, HouseholdRefusal, Known, OfferType, Party, Situation
from contracts.decisions import CriteriaAdopted
from contracts.designations import DesignationEnded, DesignationMade, VacancyUnmatched
from contracts.law import ANSWER_EXPIRY
from contracts.notices import DesignationClosed, HouseholdDesignated, RequestUpdated
from contracts.requests import RequestCancelled
from contracts.rules import CompositionRule, NoPetsRule
from contracts.topics import Service
from contracts.vacancies import ProjetEtablissement
from services.orientation.store import DESIGNATIONS, VACANCIES, WAITING
from tests.builders import (
    CCAS,
    COURBEVOIE,
    DAY,
    HOSPITAL,
    NANTERRE,
    OPERATOR,
    OTHER_STRUCTURE,
    STRUCTURE,
    TODAY,
    a_place,
    a_request,
    a_structure,
    a_vacancy,
    a_withdrawal,
    needs,
)
from tests.unit.driving import Siao
from tests.unit.situations import accepted, designated, with_structure

NO_PETS = NoPetsRule(article="art. 9")
PETS = needs(pets=Known.YES)


def requests_designated(siao: Siao) -> list[str]:
    return [fact.request.partition("/")[2] for fact in siao.facts(DesignationMade)]


def declined(designation: str) -> HouseholdDeclined:
    return HouseholdDeclined(designation=designation, reason=HouseholdRefusal.LOCATION)


def test_a_vacancy_is_designated_to_who_has_waited_longest() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("first"))
    siao.wait(timedelta(minutes=1))
    siao.send(HOSPITAL, a_request("second"))
    siao.send(STRUCTURE, a_vacancy())
    (made,) = siao.facts(DesignationMade)
    assert (made.request, made.prescriber, made.partner) == (f"{CCAS}/first", CCAS, STRUCTURE)
    assert (made.place, made.offer_type, made.persons) == (f"{STRUCTURE}/acacias/A-01", OfferType.CHRS, 1)
    assert (made.made_at, made.answer_due_at) == (siao.now, siao.now + timedelta(days=ANSWER_EXPIRY.value))


def test_a_household_that_begins_to_wait_gets_the_oldest_vacancy_that_suits_it() -> None:
    siao = with_structure(a_structure(a_place("A"), a_place("B"), rules=[NO_PETS]))
    siao.send(OTHER_STRUCTURE, a_structure(a_place("C")))
    for partner, place in ((STRUCTURE, "B"), (OTHER_STRUCTURE, "C"), (STRUCTURE, "A")):
        siao.send(partner, a_vacancy(place))
        siao.wait(timedelta(minutes=1))
    siao.send(CCAS, a_request("with-a-cat", needs=PETS))
    siao.send(CCAS, a_request("without"))
    assert [fact.place for fact in siao.facts(DesignationMade)] == [
        f"{OTHER_STRUCTURE}/acacias/C",
        f"{STRUCTURE}/acacias/B",
    ]


def test_a_household_does_not_get_a_place_of_another_type_or_siao() -> None:
    siao = with_structure(a_structure(offer_type=OfferType.PENSION_DE_FAMILLE))
    siao.send("chrs-de-paris", a_structure(commune="75056"))
    siao.send("chrs-de-paris", a_vacancy())
    siao.send(STRUCTURE, a_vacancy())
    siao.send(CCAS, a_request())
    assert siao.facts(DesignationMade) == []


def test_the_proof_says_under_which_criteria_and_rules_and_why_not_those_before() -> None:
    siao = with_structure(a_structure(rules=[NO_PETS]))
    siao.send(CCAS, a_request("street", situation=Situation.STREET, needs=PETS))
    siao.send(CCAS, a_request("elsewhere", situation=Situation.STREET, communes=(COURBEVOIE,)))
    siao.send(CCAS, a_request("chosen", communes=(NANTERRE,)))
    siao.send(CCAS, a_request("other-list", recommended=(OfferType.ALT,)))
    siao.send(STRUCTURE, a_vacancy())
    proof = siao.facts(DesignationMade)[0].proof
    assert (proof.rank, proof.considered, proof.passed_over) == (3, 3, {"no_pets": 1, "commune_not_wished": 1})
    assert (proof.criteria_version, proof.criteria) == (0, ("legal_clock", "danger", "situation", "seniority"))
    assert proof.rules_version == 1
    assert proof.seen == {"siao.offers-0": 1, "siao.households-0": 7}
    assert siao.notices(STRUCTURE, HouseholdDesignated)[0].proof == proof


def test_a_vacancy_for_which_nobody_is_found_says_why() -> None:
    siao = with_structure(a_structure(rules=[NO_PETS]))
    siao.send(CCAS, a_request("with-a-cat", needs=PETS))
    siao.send(STRUCTURE, a_vacancy())
    (unmatched,) = siao.facts(VacancyUnmatched)
    assert (unmatched.considered, unmatched.passed_over) == (1, {"no_pets": 1})
    assert siao.facts(DesignationMade) == []


def test_no_place_is_designated_twice_and_no_household_either() -> None:
    siao = with_structure(a_structure(a_place("A"), a_place("B")))
    siao.send(CCAS, a_request("first"))
    for place in ("A", "B"):
        siao.send(STRUCTURE, a_vacancy(place))
    siao.send(CCAS, a_request("second"))
    assert sorted(fact.place[-1] for fact in siao.facts(DesignationMade)) == ["A", "B"]
    assert requests_designated(siao) == ["first", "second"]


def test_declined_the_place_goes_to_the_next_and_the_household_waits_with_its_seniority() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    siao.send(CCAS, a_request("first"))
    siao.wait(timedelta(minutes=1))
    siao.send(CCAS, a_request("second"))
    siao.send(STRUCTURE, a_vacancy("A-01"))
    siao.send(STRUCTURE, declined(siao.facts(DesignationMade)[0].designation))
    (ended,) = siao.facts(DesignationEnded)
    assert (ended.outcome, ended.party) == (DesignationOutcome.DECLINED, Party.HOUSEHOLD)
    assert ended.household_reason is HouseholdRefusal.LOCATION
    assert requests_designated(siao) == ["first", "second"]
    siao.send(CCAS, a_request("third"))
    siao.send(STRUCTURE, a_vacancy("B"))
    assert requests_designated(siao) == ["first", "second", "first"]


def test_who_has_declined_a_place_is_not_designated_to_it_again_while_it_is_vacant() -> None:
    siao = with_structure()
    notice = designated(siao)
    siao.send(STRUCTURE, declined(notice.designation))
    assert siao.facts(VacancyUnmatched)[-1].passed_over == {"barred": 1}
    siao.send(CCAS, a_request(revision=2, situation=Situation.STREET))
    assert requests_designated(siao) == ["first"]


def test_the_same_place_may_be_designated_to_them_when_it_is_vacant_another_time() -> None:
    siao = with_structure()
    siao.send(STRUCTURE, declined(designated(siao).designation))
    siao.send(STRUCTURE, a_withdrawal())
    siao.send(STRUCTURE, a_vacancy())
    assert requests_designated(siao) == ["first", "first"]
    assert len({fact.designation for fact in siao.facts(DesignationMade)}) == 2


def test_a_household_whose_designation_ended_gets_another_vacant_place_at_once() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    notice = designated(siao)
    siao.send(STRUCTURE, a_vacancy("B"))
    siao.send(STRUCTURE, HouseholdNoShow(designation=notice.designation))
    assert siao.facts(DesignationEnded)[0].outcome is DesignationOutcome.NO_SHOW
    assert [fact.place[-1] for fact in siao.facts(DesignationMade)] == ["1", "B"]
    assert [n.status for n in siao.notices(CCAS, RequestUpdated)][-2:] == ["waiting_again", "designated"]


def test_a_withdrawn_vacancy_ends_its_designation_whatever_its_state() -> None:
    for situation in (designated, accepted):
        siao = with_structure()
        notice = situation(siao)
        siao.send(STRUCTURE, a_withdrawal())
        (closed,) = siao.notices(STRUCTURE, DesignationClosed)
        assert (closed.designation, closed.outcome) == (notice.designation, DesignationOutcome.WITHDRAWN)
        assert closed.party is Party.STRUCTURE
        assert {name.partition(":")[0] for _, name in siao.timers} == {"refresh"}
        assert siao.memory(Service.ORIENTATION).all(VACANCIES)[siao.facts(DesignationMade)[0].vacancy].live is False
        assert siao.notices(CCAS, RequestUpdated)[-1].status == "waiting_again"


def test_a_withdrawn_vacancy_gives_its_household_another_place() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("B")))
    designated(siao)
    siao.send(STRUCTURE, a_vacancy("B"))
    siao.send(STRUCTURE, a_withdrawal())
    assert [fact.place[-1] for fact in siao.facts(DesignationMade)] == ["1", "B"]


def test_a_cancelled_request_ends_its_designation_and_the_place_goes_to_the_next() -> None:
    siao = with_structure()
    designated(siao)
    siao.send(CCAS, a_request("second"))
    siao.send(CCAS, RequestCancelled(request_id="first"))
    (closed,) = siao.notices(STRUCTURE, DesignationClosed)
    assert (closed.outcome, closed.party) == (DesignationOutcome.CANCELLED, Party.PRESCRIBER)
    assert requests_designated(siao) == ["first", "second"]


def test_a_cancelled_request_is_designated_to_nothing() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request())
    siao.send(CCAS, RequestCancelled(request_id="first"))
    siao.send(STRUCTURE, a_vacancy())
    assert siao.facts(DesignationMade) == []
    assert siao.memory(Service.ORIENTATION).all(WAITING)[f"{CCAS}/first"].live is False


def test_when_the_rules_of_a_structure_change_its_vacant_places_are_looked_at_again() -> None:
    siao = with_structure(a_structure(rules=[NO_PETS]))
    siao.send(CCAS, a_request(needs=PETS))
    siao.send(STRUCTURE, a_vacancy())
    assert siao.facts(DesignationMade) == []
    projet = ProjetEtablissement(version=2, effective_from=TODAY, rules=())
    siao.send(STRUCTURE, a_structure(revision=2, projet=projet))
    assert siao.facts(DesignationMade)[0].proof.rules_version == 2


def test_new_rules_do_not_undo_a_designation() -> None:
    siao = with_structure()
    designated(siao)
    men_only = CompositionRule(article="art. 4", allowed=(Composition.SINGLE_MAN,))
    siao.send(STRUCTURE, a_structure(rules=[men_only], revision=2))
    assert siao.facts(DesignationEnded) == []


def test_an_amendment_never_moves_a_household_back() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("first"))
    siao.wait(DAY)
    siao.send(CCAS, a_request("second"))
    siao.wait(DAY)
    siao.send(CCAS, a_request("first", revision=2))
    siao.send(STRUCTURE, a_vacancy())
    assert requests_designated(siao) == ["first"]


def test_an_amendment_of_a_household_without_a_designation_counts_at_the_next_vacancy() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("first"))
    siao.wait(DAY)
    siao.send(CCAS, a_request("second"))
    siao.send(CCAS, a_request("second", revision=2, in_danger=Known.YES))
    siao.send(STRUCTURE, a_vacancy())
    assert requests_designated(siao) == ["second"]


def test_adopted_criteria_are_in_force_at_the_next_vacancy_and_their_version_is_in_the_proof() -> None:
    siao = with_structure()
    siao.send(CCAS, a_request("first"))
    siao.wait(DAY)
    siao.send(CCAS, a_request("street", situation=Situation.STREET))
    siao.send(OPERATOR, CriteriaAdopted(version=3, criteria=("seniority",)))
    siao.send(STRUCTURE, a_vacancy())
    (made,) = siao.facts(DesignationMade)
    assert made.request == f"{CCAS}/first"
    assert (made.proof.criteria_version, made.proof.criteria) == (3, ("seniority",))


def test_a_vacancy_of_a_structure_not_heard_of_yet_waits_for_it() -> None:
    siao = Siao()
    siao.send(CCAS, a_request())
    siao.post(STRUCTURE, a_structure())
    siao.post(STRUCTURE, a_vacancy())
    siao.run()
    assert requests_designated(siao) == ["first"]


def test_a_territory_loaded_again_decides_as_if_it_had_stayed_in_memory() -> None:
    siao = with_structure(a_structure(a_place("A"), a_place("B"), rules=[NO_PETS]))
    siao.send(OPERATOR, CriteriaAdopted(version=3, criteria=("danger",)))
    siao.send(CCAS, a_request("with-a-cat", needs=PETS))
    siao.send(CCAS, a_request("first"))
    siao.send(STRUCTURE, a_vacancy("A"))
    siao.send(STRUCTURE, a_vacancy("B"))
    siao.services[Service.ORIENTATION].territories.clear()
    siao.send(CCAS, a_request("danger", in_danger=Known.YES))
    siao.send(STRUCTURE, declined(siao.facts(DesignationMade)[0].designation))
    assert requests_designated(siao) == ["first", "danger"]
    assert siao.facts(DesignationMade)[1].proof.criteria_version == 3
    live = [d for d in siao.memory(Service.ORIENTATION).all(DESIGNATIONS).values() if d.live]
    assert len(live) == 1


def test_new_rules_designate_nobody_to_a_place_that_is_described_no_more() -> None:
    siao = with_structure(a_structure(a_place("A"), a_place("B"), rules=[NO_PETS]))
    siao.send(CCAS, a_request(needs=PETS))
    siao.send(STRUCTURE, a_vacancy("A"))
    siao.send(STRUCTURE, a_structure(a_place("B"), revision=2))
    assert siao.facts(DesignationMade) == []
