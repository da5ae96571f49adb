"""The words for an explanation, French and English: labels of rules, facts, values and criteria, and whole sentences.

It words what `domain/explaining.py` found, and adds nothing to it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from contracts.codes import Labelled
from contracts.rule_codes import HardRule
from services.orientation.domain.changing import Change
from services.orientation.domain.explaining import Exclusion, Explanation, Possibility
from services.orientation.domain.model import Hold


class Said(NamedTuple):
    """The same thing in French and in English."""

    fr: str
    en: str


_VERDICTS: Final[Mapping[str, Said]] = {
    "designated_here": Said("Ce ménage est désigné à cette place.", "This household is designated to this place."),
    "designated_elsewhere": Said(
        "Ce ménage a déjà une désignation en cours ailleurs : un ménage n'en a qu'une à la fois.",
        "This household has a designation under way elsewhere: a household has one at a time.",
    ),
    "not_qualified": Said(
        "L'orientation retenue pour cette demande ne comprend pas ce type d'offre.",
        "This request is not qualified for this type of offer.",
    ),
    "excluded": Said("Ce ménage ne peut pas avoir cette place.", "This household may not have this place."),
    "first": Said(
        "Ce ménage peut avoir cette place, et aucun ménage qui peut l'avoir n'est avant lui.",
        "This household may have this place, and nobody who may have it stands before it.",
    ),
    "eligible": Said(
        "Ce ménage peut avoir cette place, mais d'autres qui le peuvent aussi sont avant lui.",
        "This household may have this place, but others who may have it stand before it.",
    ),
}

RULES_IN_ENGLISH: Final[Mapping[HardRule, str]] = {
    HardRule.BARRED: "This place was already proposed to this household",
    HardRule.SUSPENDED: "Request suspended for this type of offer",
    HardRule.COOLING_OFF: "A recent refusal that counts, between this household and this structure",
    HardRule.COMMUNE: "Commune the household did not ask for",
    HardRule.CAPACITY: "Place too small",
    HardRule.UNDER_OCCUPATION: "Place too large",
    HardRule.ACCESSIBILITY: "Place not accessible",
    HardRule.PUBLIC: "Place kept for another public",
    HardRule.COMPOSITION: "Composition not foreseen by the projet d'établissement",
    HardRule.AGE: "Age not foreseen by the projet d'établissement",
    HardRule.ADULTS: "Adults not foreseen by the projet d'établissement",
    HardRule.SIZE: "Size not foreseen by the projet d'établissement",
    HardRule.CHILDREN: "Children not foreseen by the projet d'établissement",
    HardRule.SUPPORT: "Support that the structure does not give",
    HardRule.NO_PETS: "No animals",
    HardRule.RESOURCES: "Resources required",
    HardRule.RESIDENCE_RIGHT: "Right of residence required",
    HardRule.NOT_QUALIFIED: "Not qualified for this type of offer",
}

FACTS: Final[Mapping[str, Said]] = {
    "request": Said("demande", "request"),
    "holds": Said("mises en attente", "holds"),
    "suspended": Said("suspension", "suspension"),
    "cooling_off": Said("délai après refus", "cooling-off"),
    "evaluated_on": Said("date d'évaluation", "day of evaluation"),
    "communes": Said("communes souhaitées", "communes asked for"),
    "persons": Said("taille du ménage", "size"),
    "minors": Said("mineurs", "minors"),
    "children": Said("enfants (nombre, plus jeune, plus âgé)", "children (number, youngest, oldest)"),
    "accessibility": Said("besoin d'une place accessible", "needs an accessible place"),
    "adult_genders": Said("adultes", "adults"),
    "composition": Said("composition", "composition"),
    "lead_age": Said("âge du demandeur principal", "age of the lead applicant"),
    "support": Said("accompagnement nécessaire", "support needed"),
    "pets": Said("animaux", "pets"),
    "resources": Said("ressources", "resources"),
    "residence_right": Said("droit au séjour", "right of residence"),
    "in_danger": Said("danger", "danger"),
    "situation": Said("situation", "situation"),
    "legal_clock": Said("droit opposable reconnu (DALO, DAHO)", "opposable right recognised (DALO, DAHO)"),
    "accessible": Said("place accessible", "accessible place"),
    "capacity": Said("capacité de la place", "capacity of the place"),
    "public": Said("public de la place", "public of the place"),
}

CRITERIA: Final[Mapping[str, Said]] = {
    "legal_clock": Said("échéance légale DALO ou DAHO plus proche", "nearer legal day (DALO, DAHO)"),
    "danger": Said("danger reconnu", "known danger"),
    "situation": Said("situation plus précaire", "more precarious situation"),
    "seniority": Said("demande plus ancienne", "older request"),
    "id": Said("même rang, départagé par l'identifiant", "same rank, told apart by the id"),
}

_UNKNOWN: Final = Said("non renseigné", "not known")
_WORDS: Final[Mapping[str, Said]] = {
    "over": Said("terminé", "over"),
    "later": Said("nouvelle évaluation, un jour postérieur au refus", "a new evaluation, on a day after the refusal"),
    "recognised": Said("reconnu", "recognised"),
}


def verdict(explanation: Explanation) -> Said:
    """The answer in one sentence."""
    return _VERDICTS[explanation.verdict]


def rule_name(rule: str) -> Said:
    """A rule's label."""
    if rule == "out_of_order":
        return Said("Peut avoir cette place", "May have this place")
    known = next(code for code in RULES_IN_ENGLISH if code == rule)
    return Said(known.label, RULES_IN_ENGLISH[known])


def value(something: Any) -> Said:
    """A coded value in words; never free text: there is none in what orientation knows."""
    if isinstance(something, Labelled):
        return Said(something.label, something.value.replace("_", " "))
    if isinstance(something, Hold):
        day = something.until.date().isoformat()
        return Said(f"jusqu'au {day}", f"until {day}")
    if isinstance(something, tuple):
        return _listed(something)
    if something is None:
        return _UNKNOWN
    if isinstance(something, bool):
        return Said("oui", "yes") if something else Said("non", "no")
    return _WORDS.get(str(something), Said(str(something), str(something)))


def _listed(things: Sequence[Any]) -> Said:
    if not things:
        return Said("aucune", "none")
    said = [value(thing) for thing in things]
    return Said(", ".join(one.fr for one in said), ", ".join(one.en for one in said))


def exclusion(found: Exclusion) -> Said:
    """A rule that excludes: what is, what is asked, the article."""
    rule, fact, is_, asked = rule_name(found.rule), FACTS[found.fact], value(found.value), _asked(found)
    article = Said(f" [{found.article}]", f" [{found.article}]") if found.article else Said("", "")
    if found.wanted is None:
        return rule
    return Said(
        f"{rule.fr}{article.fr} : {fact.fr} : {is_.fr} ; demandé : {asked.fr}",
        f"{rule.en}{article.en}: {fact.en}: {is_.en}; asked: {asked.en}",
    )


def _asked(found: Exclusion) -> Said:
    """What a place asks: a value, one of some, at most, at least, between."""
    wanted = found.wanted
    if found.rule == "capacity":
        wanted = (None, found.wanted)
    elif found.rule == "under_occupation":
        wanted = (found.wanted, None)
    elif found.rule == "children":
        number, ages = _between(*wanted[:2]), _between(*wanted[2:])
        return Said(f"nombre {number.fr}, âges {ages.fr}", f"number {number.en}, ages {ages.en}")
    elif found.rule not in ("age", "size"):
        return value(wanted)
    return _between(*wanted)


def _between(low: int | None, high: int | None) -> Said:
    if low is None and high is None:
        return Said("indifférent", "any")
    if low is None:
        return Said(f"au plus {high}", f"at most {high}")
    if high is None:
        return Said(f"au moins {low}", f"at least {low}")
    return Said(f"de {low} à {high}", f"{low} to {high}")


def possibility(found: Possibility) -> Said:
    """One change, and what it would bring about."""
    what = _change(found.change)
    if found.result == "first":
        return Said(
            f"{what.fr} : il serait le premier à pouvoir avoir cette place",
            f"{what.en}: it would be the first who may have this place",
        )
    return Said(f"{what.fr} : il pourrait avoir cette place", f"{what.en}: it might have this place")


def _change(change: Change) -> Said:
    if change.of == "rule":
        rule, article = rule_name(change.fact), change.article
        return Said(f"Sans la règle « {rule.fr} » [{article}]", f"Without the rule “{rule.en}” [{article}]")
    fact, now = FACTS[change.fact], value(change.value)
    of = Said("Place", "Place") if change.of == "place" else Said("Ménage", "Household")
    return Said(f"{of.fr}, {fact.fr} : {now.fr}", f"{of.en}, {fact.en}: {now.en}")


def scarcity(explanation: Explanation) -> Said:
    """The advisory hint: how much this place is needed; no choice looks at it."""
    suited, here = explanation.suited, explanation.only_here
    return Said(
        f"Ménages en attente qui peuvent avoir cette place : {suited} ; sans autre vacance ouverte possible : {here}.",
        f"Waiting households that may have this place: {suited}; with no other open vacancy: {here}.",
    )


def waits_until(held_on: date | None) -> Said:
    """A place that the commission governs, before a session has seen it."""
    if held_on is None:
        return Said(
            "Cette place attend la prochaine séance de la commission, qui n'est pas encore convoquée.",
            "This place waits for the commission's next session, which is not convened yet.",
        )
    day = held_on.isoformat()
    return Said(
        f"Cette place attend la séance de la commission du {day}.",
        f"This place waits for the commission's session of {day}.",
    )
