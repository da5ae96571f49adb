"""Why, why not, what would change it: the answers are those of the rules, for the reason that a proof would give."""

import random
from typing import Any

import pytest

from contracts.codes import Known, OfferType, Situation
from contracts.designations import DesignationMade, VacancyUnmatched
from contracts.rule_codes import HardRule
from contracts.rules import AgeRule, NoPetsRule, ResourcesRule
from contracts.topics import Service
from services.orientation import wording
from services.orientation.domain.explaining import Exclusion, Explanation, Place, explain
from services.orientation.domain.model import CRITERIA_BEFORE_ADOPTION, Hold, Vacancy, Waiting
from services.orientation.domain.rules import FACTS
from services.orientation.domain.waiting_lists import OUT_OF_ORDER, WaitingLists
from services.orientation.pages import answer, as_html, as_json
from tests.builders import CANARY, CCAS, COURBEVOIE, NOW, STRUCTURE, a_place, a_request, a_structure, a_vacancy, needs
from tests.unit.driving import Siao
from tests.unit.orientation import slow_search
from tests.unit.orientation.test_engine import Case
from tests.unit.orientation.test_hard_rules import a_place_of
from tests.unit.orientation.test_waiting_lists import waiting
from tests.unit.situations import with_structure

NO_PETS, ADULTS = NoPetsRule(article="art. 9"), AgeRule(article="art. 2", minimum=40)


def asked(lines: dict[str, Waiting], request: str, vacancy: Vacancy | None = None, *rules: Any) -> Explanation:
    lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
    for key, household in lines.items():
        if household.designation is None:
            lists.add(key, household)
    return explain(lists, request, lines[request], Place("v", vacancy or a_place_of(), rules), ())


def told(explanation: Explanation) -> set[tuple[str, str, str]]:
    """What would change the answer: whose fact, which, to what result."""
    return {(one.change.of, one.change.fact, one.result) for one in explanation.possibilities}


def test_the_first_who_may_have_the_place_is_told_so() -> None:
    found = asked({"a": waiting(0, pets=Known.YES), "b": waiting(1)}, "b", None, NO_PETS)
    assert (found.verdict, found.rank, found.considered, found.before) == ("first", 2, 2, {})
    assert found.passed_over == {"no_pets": 1}
    assert found.exclusions == ()


def test_every_rule_that_excludes_is_named_with_its_article_and_the_fact_the_first_as_in_proofs() -> None:
    found = asked({"a": waiting(0, pets=Known.UNKNOWN, persons=2, lead_age=30)}, "a", None, NO_PETS, ADULTS)
    assert found.verdict == "excluded"
    assert found.exclusions == (
        Exclusion("capacity", None, "persons", 2, 1),
        Exclusion("no_pets", "art. 9", "pets", Known.UNKNOWN, Known.NO),
        Exclusion("age", "art. 2", "lead_age", 30, (40, None)),
    )
    assert found.possibilities == ()


def test_one_change_that_would_do_is_told_on_either_side() -> None:
    found = asked({"a": waiting(0, pets=Known.UNKNOWN), "b": waiting(1)}, "a", None, NO_PETS)
    assert told(found) == {("household", "pets", "first"), ("rule", "no_pets", "first")}
    assert [one.change.article for one in found.possibilities] == [None, "art. 9"]


def test_who_stands_before_is_counted_by_the_criterion_that_decides() -> None:
    lines = {
        "street": waiting(0, situation=Situation.STREET),
        "danger": waiting(5, in_danger=Known.YES),
        "older": waiting(1),
        "me": waiting(2),
        "twin": waiting(2),
        "pets": waiting(0, pets=Known.YES),
    }
    found = asked(lines, "twin", None, NO_PETS)
    assert (found.verdict, found.rank) == ("eligible", 6)
    assert found.before == {"situation": 1, "danger": 1, "seniority": 1, "id": 1}
    assert found.passed_over == {"no_pets": 1, OUT_OF_ORDER: 4}
    assert told(found) == {("household", "legal_clock", "first"), ("household", "in_danger", "first")}


def test_what_would_make_it_first_is_told_too() -> None:
    found = asked({"older": waiting(0), "me": waiting(1)}, "me")
    assert told(found) == {
        ("household", "in_danger", "first"),
        ("household", "situation", "first"),
        ("household", "legal_clock", "first"),
    }


def test_a_household_designated_or_not_qualified_is_told_that_first() -> None:
    lines = {"a": waiting(0).model_copy(update={"designation": "d"}), "b": waiting(0, (OfferType.ALT,))}
    assert asked(lines, "a").verdict == "designated_elsewhere"
    here = asked(lines, "a", a_place_of().model_copy(update={"designation": "d"}))
    assert (here.verdict, here.before, here.possibilities) == ("designated_here", {}, ())
    not_qualified = asked(lines, "b")
    assert (not_qualified.verdict, not_qualified.rank, not_qualified.possibilities) == ("not_qualified", None, ())


@pytest.mark.parametrize(
    ("household", "vacancy", "expected"),
    [
        ({"communes": (COURBEVOIE,)}, a_place_of(), {("household", "communes", "first")}),
        ({"persons": 2}, a_place_of(), {("household", "persons", "first"), ("place", "capacity", "first")}),
        ({"persons": 1}, a_place_of(3), {("household", "persons", "first"), ("place", "capacity", "first")}),
        (
            {"accessibility": Known.UNKNOWN},
            a_place_of(),
            {("household", "accessibility", "first"), ("place", "accessible", "first")},
        ),
    ],
)
def test_the_place_too_could_be_otherwise(
    household: dict[str, Any], vacancy: Vacancy, expected: set[tuple[str, str, str]]
) -> None:
    assert told(asked({"a": waiting(0, **household)}, "a", vacancy)) == expected


def test_a_hold_says_how_it_ends() -> None:
    cooling = Hold(reason="cooling_off", since=NOW, until=NOW, structure="p/s")
    suspended = Hold(reason="suspended", since=NOW, until=NOW)
    for hold, expected in ((cooling, {"cooling_off", "evaluated_on"}), (suspended, {"suspended"})):
        found = asked({"a": waiting(0).model_copy(update={"holds": (hold,)})}, "a")
        assert [one.rule for one in found.exclusions] == [hold.reason]
        assert {fact for _, fact, _ in told(found)} == expected


def test_how_many_need_this_place_is_a_hint_only() -> None:
    lists = WaitingLists(CRITERIA_BEFORE_ADOPTION)
    lines = {"wheelchair": waiting(0, accessibility=Known.YES), "plain": waiting(1), "large": waiting(2, persons=4)}
    for key, household in lines.items():
        lists.add(key, household)
    accessible, other = Place("a", a_place_of(accessible=True), ()), Place("b", a_place_of(), ())
    found = explain(lists, "plain", lines["plain"], accessible, (other,))
    assert (found.suited, found.only_here) == (2, 1)


def test_in_hundreds_of_cases_the_answer_is_that_of_the_plain_loop() -> None:
    verdicts = set[str]()
    for seed in range(30):
        case = Case(random.Random(seed))
        for _ in range(6):
            case.live()
            vacancy, rules = case.place()
            for request, household in case.plain.items():
                found = explain(case.lists, request, household, Place("v", vacancy, rules), ())
                verdicts.add(found.verdict)
                why = list(slow_search.reasons(request, household, vacancy, rules))
                assert list(dict.fromkeys(one.rule for one in found.exclusions)) == list(dict.fromkeys(why))
                if found.verdict == "not_qualified":
                    continue
                chosen = slow_search.choice(case.plain, vacancy, rules, case.criteria).request
                assert (found.verdict == "first") == (chosen == request)
                expected = slow_search.standing(request, case.plain, vacancy, rules, case.criteria)
                assert (found.rank, found.passed_over) == (expected.rank, expected.passed_over)
                assert sum(found.before.values()) == expected.passed_over.get(OUT_OF_ORDER, 0)
    assert verdicts == {"first", "eligible", "excluded", "not_qualified"}


def waiting_for_a_place() -> Siao:
    siao = with_structure(a_structure(rules=[NO_PETS, ResourcesRule(article="art. 3")]))
    siao.send(CCAS, a_request("with-a-cat", needs=needs(pets=Known.YES)))
    siao.send(STRUCTURE, a_vacancy())
    return siao


def test_the_page_gives_the_reason_that_the_proof_gives_and_knows_no_name() -> None:
    siao = waiting_for_a_place()
    (unmatched,) = siao.facts(VacancyUnmatched)
    found = answer(siao.territory, f"{CCAS}/with-a-cat", unmatched.vacancy)
    assert {found.explanation.exclusions[0].rule: 1} == unmatched.passed_over
    again = answer(siao.territory, found.waiting.household, found.place.vacancy.place)
    assert again == found
    page, document = as_html(found, {"siao": "92", "household": "x", "place": "y"}), as_json(found)
    assert "Ce ménage ne peut pas avoir cette place." in page
    assert "Animaux non admis [art. 9]" in page
    assert document["exclusions"][0]["article"] == "art. 9"
    assert document["words"]["en"]["verdict"] == "This household may not have this place."
    assert CANARY not in page + str(document)


@pytest.mark.parametrize(
    ("household", "place", "what"), [("nobody", "A-01", "household"), (f"{CCAS}/with-a-cat", "nowhere", "place")]
)
def test_what_is_not_known_is_said(household: str, place: str, what: str) -> None:
    with pytest.raises(LookupError, match=what):
        answer(waiting_for_a_place().territory, household, place)


def test_a_designation_under_way_is_explained_as_such() -> None:
    siao = with_structure(a_structure(a_place()))
    siao.send(CCAS, a_request("first"))
    siao.send(STRUCTURE, a_vacancy())
    (made,) = siao.facts(DesignationMade)
    assert answer(siao.territory, made.household, made.place).explanation.verdict == "designated_here"
    assert Service.ORIENTATION in siao.services


def test_every_rule_and_every_fact_has_its_words() -> None:
    assert set(wording.RULES_IN_ENGLISH) == set(HardRule)
    assert {name for name in FACTS if name not in wording.FACTS} == {"youngest_minor", "oldest_minor"}
    assert {wording.value(1).fr, wording.value(0).fr, wording.value(False).fr} == {"1", "0", "non"}
    assert wording.value(()).fr == "aucune"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            Exclusion("capacity", None, "persons", 3, 2),
            "Place trop petite : taille du ménage : 3 ; demandé : au plus 2",
        ),
        (
            Exclusion("under_occupation", None, "persons", 1, 3),
            "Place trop grande : taille du ménage : 1 ; demandé : au moins 3",
        ),
        (
            Exclusion("age", "art. 2", "lead_age", 17, (18, 25)),
            "Âge non prévu par le projet d'établissement [art. 2] : âge du demandeur principal : 17 ;"
            " demandé : de 18 à 25",
        ),
        (
            Exclusion("children", "a", "children", (2, None, None), (None, 1, 3, None)),
            "Enfants non prévus par le projet d'établissement [a] : enfants (nombre, plus jeune, plus âgé) : 2,"
            " non renseigné, non renseigné ; demandé : nombre au plus 1, âges au moins 3",
        ),
        (Exclusion("barred", None, "request", "r", None), "Cette place a déjà été proposée à ce ménage"),
    ],
)
def test_what_is_and_what_is_asked_are_said_in_words(found: Exclusion, words: str) -> None:
    assert wording.exclusion(found).fr == words
