"""Projets d'établissement by type of offer: who a structure takes in, by which article; all are assumptions (A)."""

import random
from collections.abc import Mapping
from typing import Final

from contracts.codes import Composition, Known, OfferType, SupportLevel
from contracts.requests import Needs
from contracts.rules import (
    AgeRule,
    CompositionRule,
    NoPetsRule,
    ResidenceRightRule,
    ResourcesRule,
    Rule,
    SupportRule,
)
from deploy.demo.draws import pick
from deploy.demo.people import Household

C, S = Composition, SupportLevel

_WOMEN: Final = (C.SINGLE_WOMAN, C.WOMAN_WITH_CHILDREN)
_SINGLES: Final = (C.SINGLE_MAN, C.SINGLE_WOMAN)
_COUPLES: Final = (*_SINGLES, C.COUPLE)
_FAMILIES: Final = (
    C.COUPLE, C.WOMAN_WITH_CHILDREN, C.MAN_WITH_CHILDREN, C.COUPLE_WITH_CHILDREN, C.ADULT_GROUP,
)  # fmt: skip
_EVERYONE: Final = tuple(C)[:7]

# Publics of a structure, by type of offer, by weight.
PUBLICS: Final[dict[OfferType, dict[tuple[Composition, ...], float]]] = {
    OfferType.CHRS: {_EVERYONE: 50, _WOMEN: 20, (C.SINGLE_MAN,): 15, (*_WOMEN, C.COUPLE_WITH_CHILDREN, C.COUPLE): 15},
    OfferType.STABILISATION: {_COUPLES: 60, (C.SINGLE_MAN,): 30, (C.SINGLE_WOMAN, C.COUPLE): 10},
    OfferType.INSERTION: {_EVERYONE: 70, (*_WOMEN, C.MAN_WITH_CHILDREN): 30},
    OfferType.ALT: {_EVERYONE: 80, _WOMEN: 20},
    OfferType.PENSION_DE_FAMILLE: {_COUPLES: 100},
    OfferType.RESIDENCE_ACCUEIL: {_COUPLES: 100},
    OfferType.RESIDENCE_SOCIALE: {(*_COUPLES, *_WOMEN[1:], C.MAN_WITH_CHILDREN): 70, _SINGLES: 30},
    OfferType.FJT: {_COUPLES: 100},
    OfferType.FTM: {(C.SINGLE_MAN,): 100},
    OfferType.IML_SOUS_LOCATION: {_FAMILIES: 80, (*_FAMILIES, *_SINGLES): 20},
}
_SUPPORT: Final[dict[OfferType, tuple[SupportLevel, ...]]] = {
    OfferType.CHRS: (S.LIGHT, S.REGULAR, S.INTENSIVE),
    OfferType.STABILISATION: (S.LIGHT, S.REGULAR, S.INTENSIVE),
    OfferType.INSERTION: (S.LIGHT, S.REGULAR),
    OfferType.PENSION_DE_FAMILLE: (S.LIGHT, S.REGULAR, S.INTENSIVE),
    OfferType.RESIDENCE_SOCIALE: (S.NONE, S.LIGHT, S.REGULAR),
    OfferType.FJT: (S.NONE, S.LIGHT, S.REGULAR),
    OfferType.FTM: (S.NONE, S.LIGHT, S.REGULAR),
    OfferType.IML_SOUS_LOCATION: (S.NONE, S.LIGHT, S.REGULAR),
}
AGES: Final[dict[OfferType, tuple[int | None, int | None]]] = {
    OfferType.FJT: (18, 30),
    OfferType.FTM: (30, None),
    OfferType.PENSION_DE_FAMILLE: (25, None),
}
# Share of structures where no animal may come.
_NO_PETS: Final[dict[OfferType, float]] = {OfferType.CHRS: 0.8, OfferType.FJT: 1.0, OfferType.RESIDENCE_SOCIALE: 0.6}
_REDEVANCE: Final = (
    OfferType.PENSION_DE_FAMILLE,
    OfferType.RESIDENCE_SOCIALE,
    OfferType.FJT,
    OfferType.FTM,
    OfferType.IML_SOUS_LOCATION,
)


def rules_of(rng: random.Random, offer: OfferType, largest: int) -> tuple[Rule, ...]:
    """The rules of one structure of this type whose largest place takes `largest` persons."""
    publics = PUBLICS[offer]
    if largest == 1:
        publics = {public: weight for public, weight in publics.items() if set(public) & set(_SINGLES)}
    rules: list[Rule] = [CompositionRule(article="art. 2.1", allowed=pick(rng, publics))]
    if offer in AGES:
        minimum, maximum = AGES[offer]
        rules.append(AgeRule(article="art. 2.2", minimum=minimum, maximum=maximum))
    if offer in _SUPPORT:
        rules.append(SupportRule(article="art. 4.1", allowed=_SUPPORT[offer]))
    if rng.random() < _NO_PETS.get(offer, 0.3):
        rules.append(NoPetsRule(article="art. 6.3"))
    if offer in _REDEVANCE:
        rules.append(ResourcesRule(article="art. 5.1"))
        rules.append(ResidenceRightRule(article="art. 5.2"))
    return tuple(rules)


def could_live(household: Household, rules: tuple[Rule, ...]) -> bool:
    """Whether a household drawn at random may already live there, as far as its people decide it."""
    for rule in rules:
        if isinstance(rule, CompositionRule) and household.composition not in rule.allowed:
            return False
        if isinstance(rule, AgeRule) and not (rule.minimum or 0) <= household.lead_age <= (rule.maximum or 120):
            return False
    return True


def affinity(kind: tuple[Composition, bool], offer: OfferType) -> float:
    """How likely a social worker is to recommend this offer to this kind of household (composition, under 31)."""
    composition, young = kind
    if offer is OfferType.FJT:
        return 1.0 if young and composition in _COUPLES else 0.0
    if offer in (OfferType.PENSION_DE_FAMILLE, OfferType.RESIDENCE_ACCUEIL):
        return 0.0 if young or composition not in _COUPLES else 1.0
    if offer is OfferType.STABILISATION:
        return 1.0 if composition in _COUPLES else 0.0
    if offer in (OfferType.IML_SOUS_LOCATION, OfferType.IML_BAIL_GLISSANT):
        return 1.0 if composition in _FAMILIES else 0.02
    if offer is OfferType.RESIDENCE_SOCIALE:
        return 1.0 if composition in _COUPLES else 0.15
    return 1.0


_SECOND: Final[Mapping[OfferType, tuple[OfferType, ...]]] = {
    OfferType.CHRS: (OfferType.STABILISATION, OfferType.INSERTION, OfferType.ALT),
    OfferType.STABILISATION: (OfferType.CHRS,),
    OfferType.INSERTION: (OfferType.CHRS, OfferType.ALT),
    OfferType.ALT: (OfferType.INSERTION, OfferType.CHRS),
    OfferType.RESIDENCE_SOCIALE: (OfferType.FTM, OfferType.FJT, OfferType.IML_SOUS_LOCATION),
    OfferType.FJT: (OfferType.RESIDENCE_SOCIALE,),
    OfferType.PENSION_DE_FAMILLE: (OfferType.RESIDENCE_ACCUEIL, OfferType.RESIDENCE_SOCIALE),
    OfferType.RESIDENCE_ACCUEIL: (OfferType.PENSION_DE_FAMILLE,),
    OfferType.IML_SOUS_LOCATION: (OfferType.ALT, OfferType.RESIDENCE_SOCIALE),
    OfferType.IML_BAIL_GLISSANT: (OfferType.IML_SOUS_LOCATION,),
}


def second_choice(rng: random.Random, first: OfferType, household: Household) -> OfferType | None:
    """Another type that suits this household, or None; a foyer is a second choice only, for men of 35 and more."""
    young = household.lead_age <= 30
    for offer in _SECOND[first]:
        if offer is OfferType.FTM:
            suits = household.composition is C.SINGLE_MAN and household.lead_age >= 35
        else:
            suits = affinity((household.composition, young), offer) >= 0.1
        if suits and rng.random() < 0.7:
            return offer
    return None


def needs_of(rng: random.Random, offer: OfferType) -> Needs:
    """What the evaluation of a household recommended for this type of offer says of its needs."""

    def known(yes: float, no: float) -> Known:
        return pick(rng, {Known.YES: yes, Known.NO: no, Known.UNKNOWN: 100 - yes - no})

    adapted = offer in _REDEVANCE or offer is OfferType.IML_BAIL_GLISSANT
    levels = {S.NONE: 15, S.LIGHT: 45, S.REGULAR: 38, S.INTENSIVE: 2} if adapted else {
        S.NONE: 3, S.LIGHT: 27, S.REGULAR: 45, S.INTENSIVE: 25,
    }  # fmt: skip
    return Needs(
        accessibility=known(3, 94),
        pets=known(6, 88),
        support=pick(rng, levels),
        resources=known(90, 6) if adapted else known(62, 28),
        residence_right=known(95, 2) if adapted else known(72, 16),
    )
