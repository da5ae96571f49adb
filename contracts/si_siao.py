"""The State's SI SIAO beside our code lists, code by code; where it is not known it says nothing, and never guesses.

Codes and labels: the lists of the SI SIAO's interface as they stood in August 2022, read by the open software
app-assia; the State publishes no list, so a département must check them against its own before it exchanges files.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.codes import Composition, ExitDestination, Labelled, OfferType, OutOfScope, RequestReason, Situation

AS_OF: Final = date(2022, 8, 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A code of the SI SIAO. same: our word for it; near: our words that are wider or narrower, all of them."""

    code: int
    label: str
    same: Labelled | None = None
    near: tuple[Labelled, ...] = ()

    @property
    def ours(self) -> Labelled | None:
        """Our word to import it as; None when there is none, or when a person must choose."""
        return self.same or (self.near[0] if len(self.near) == 1 else None)


@dataclass(frozen=True, slots=True)
class Referential:
    """A list of the SI SIAO, by its own name there."""

    name: str
    title: str
    entries: tuple[Entry, ...]

    def entry(self, code: int) -> Entry | None:
        """The entry of a code."""
        return next((entry for entry in self.entries if entry.code == code), None)

    def codes_of(self, word: Labelled) -> tuple[int, ...]:
        """The codes to export our word as: the one that says the same, else those that are near."""
        same = tuple(entry.code for entry in self.entries if entry.same is word)
        # Not `in`: the words "other" of two lists are equal as texts.
        return same or tuple(entry.code for entry in self.entries if any(near is word for near in entry.near))


_ASYLUM: Final = (OutOfScope.CADA, OutOfScope.HUDA, OutOfScope.CPH, OutOfScope.CAES)
_FOYERS: Final = (
    OfferType.RESIDENCE_SOCIALE,
    OfferType.PENSION_DE_FAMILLE,
    OfferType.RESIDENCE_ACCUEIL,
    OfferType.FJT,
    OfferType.FTM,
)
_IML: Final = (OfferType.IML_SOUS_LOCATION, OfferType.IML_BAIL_GLISSANT, OfferType.IML_MANDAT)

ESTABLISHMENTS: Final = Referential(
    "typesEtablissementUn",
    "Types d'établissement",
    (
        Entry(100, "Hôtels", OutOfScope.HOTEL),
        Entry(200, "Résidence hôtelière à vocation sociale", OfferType.RHVS),
        Entry(300, "Hors CHRS", near=(OfferType.INSERTION, OfferType.STABILISATION)),
        Entry(400, "CHRS", OfferType.CHRS),
        Entry(500, "Structure en ALT (hébergement)", near=(OfferType.ALT,)),
        Entry(600, "Hébergement spécialisé"),
        Entry(700, "Dispositif national d'accueil", near=_ASYLUM),
        Entry(800, "Logement foyer", near=_FOYERS),
        Entry(900, "Intermédiation locative", near=_IML),
        Entry(1000, "Logement de droit commun"),
        Entry(1100, "Structure en ALT (logement)", near=(OfferType.ALT,)),
        Entry(2000, "Non renseigné"),
        Entry(2001, "Non renseigné (hébergement)"),
        Entry(2002, "Non renseigné (logement)"),
    ),
)
PLACES: Final = Referential(
    "typePlaces",
    "Types de place",
    (
        Entry(1, "Hôtel", OutOfScope.HOTEL),
        Entry(10, "Urgence", OutOfScope.EMERGENCY_SHELTER),
        Entry(20, "Urgence, hiver", OutOfScope.WINTER),
        Entry(30, "Insertion", OfferType.INSERTION),
        Entry(40, "Stabilisation", OfferType.STABILISATION),
        Entry(50, "Lit halte soins santé"),
        Entry(60, "Femmes victimes de violences"),
        Entry(70, "Demandeur d'asile", near=_ASYLUM),
        Entry(80, "Abri de nuit", near=(OutOfScope.WINTER,)),
        Entry(90, "Grand froid", near=(OutOfScope.WINTER,)),
        Entry(100, "Logement"),
        Entry(110, "Non renseigné"),
    ),
)
COMPOSITIONS: Final = Referential(
    "compositions",
    "Compositions du ménage",
    (
        Entry(10, "Homme seul", Composition.SINGLE_MAN),
        Entry(20, "Femme seule", Composition.SINGLE_WOMAN),
        Entry(30, "Couple sans enfant", Composition.COUPLE),
        Entry(40, "Femme seule avec enfant(s)", Composition.WOMAN_WITH_CHILDREN),
        Entry(50, "Homme seul avec enfant(s)", Composition.MAN_WITH_CHILDREN),
        Entry(60, "Groupe avec enfant(s)", Composition.GROUP_WITH_CHILDREN),
        Entry(70, "Groupe d'adultes sans enfant", Composition.ADULT_GROUP),
        Entry(80, "Mineur isolé", Composition.LONE_MINOR),
        Entry(90, "Mineurs en groupe", Composition.MINOR_GROUP),
        Entry(100, "Couple avec enfant(s)", Composition.COUPLE_WITH_CHILDREN),
        Entry(120, "Mineur en famille"),
    ),
)
REASONS: Final = Referential(
    "motifDemandes",
    "Motifs de la demande",
    (
        Entry(201, "Absence de ressources", RequestReason.NO_RESOURCES),
        Entry(202, "Arrivée en France", RequestReason.NEW_ARRIVAL),
        Entry(203, "Dort dans la rue", RequestReason.WANDERING),
        Entry(204, "Expulsion locative", RequestReason.EVICTION),
        Entry(205, "Fin d'hébergement chez des tiers", near=(RequestReason.OTHER,)),
        Entry(206, "Fin d'hospitalisation", near=(RequestReason.LEAVING_INSTITUTION,)),
        Entry(207, "Fin de prise en charge ASE", near=(RequestReason.LEAVING_INSTITUTION,)),
        Entry(208, "Fin de prise en charge du département", near=(RequestReason.LEAVING_INSTITUTION,)),
        Entry(209, "Inadaptation du logement", near=(RequestReason.UNFIT_HOUSING,)),
        Entry(210, "Logement insalubre", near=(RequestReason.UNFIT_HOUSING,)),
        Entry(211, "Logement repris par le propriétaire", near=(RequestReason.OTHER,)),
        Entry(212, "Rapprochement du lieu de travail", near=(RequestReason.OTHER,)),
        Entry(213, "Regroupement familial", near=(RequestReason.OTHER,)),
        Entry(214, "Risque d'expulsion locative", near=(RequestReason.EVICTION,)),
        Entry(215, "Séparation ou rupture des liens familiaux", RequestReason.SEPARATION),
        Entry(216, "Sortie du dispositif d'asile", near=(RequestReason.OTHER,)),
        Entry(217, "Sortie d'hébergement", near=(RequestReason.OTHER,)),
        Entry(218, "Sortie de détention", near=(RequestReason.LEAVING_INSTITUTION,)),
        Entry(219, "Sortie de logement accompagné", near=(RequestReason.OTHER,)),
        Entry(220, "Violences familiales ou conjugales", RequestReason.VIOLENCE),
        Entry(221, "Autre", RequestReason.OTHER),
        Entry(222, "Départ du département initial", near=(RequestReason.OTHER,)),
        Entry(223, "Évacuation de camp ou bidonville", near=(RequestReason.WANDERING,)),
        Entry(224, "Fin de prise en charge MHL", near=(RequestReason.OTHER,)),
        Entry(225, "Expulsion de squat", near=(RequestReason.WANDERING,)),
    ),
)


def _group(word: Labelled, entries: dict[int, str]) -> tuple[Entry, ...]:
    """Entries for which our list has one wider word."""
    return tuple(Entry(code, label, near=(word,)) for code, label in entries.items())


SITUATIONS: Final = Referential(
    "situationDemandes",
    "Situations à la demande",
    (
        *_group(
            Situation.STREET,
            {
                20: "À la rue",
                28: "Errance résidentielle",
                52: "Expulsion de squat",
                54: "Évacuation de camp ou bidonville",
            },
        ),
        *_group(
            Situation.EMERGENCY_OR_HOTEL,
            {
                26: "Dispositif hivernal",
                32: "Hébergement d'urgence",
                34: "Hôtel (hors 115)",
                35: "Hôtel (115)",
            },
        ),
        *_group(Situation.WITH_OTHERS, {29: "Hébergé chez des amis", 30: "Hébergé dans la famille"}),
        *_group(
            Situation.THREATENED_HOME,
            {
                37: "Location, parc privé",
                38: "Location, parc public",
                45: "Expulsion locative du privé",
                46: "Expulsion locative du public",
                50: "Propriétaire",
                55: "Domicile conjugal",
            },
        ),
        *_group(Situation.INSERTION, {31: "Hébergement d'insertion", 33: "Hébergement de stabilisation"}),
        *_group(
            Situation.INSTITUTION,
            {25: "Détention", 27: "Dispositif médical", 36: "Institutions publiques", 42: "Prise en charge ASE"},
        ),
        *_group(Situation.ASYLUM_SCHEME, {21: "AUDA", 22: "CADA", 23: "CHUDA", 56: "HUDA"}),
        *_group(
            Situation.OTHER,
            {
                24: "Colocation",
                39: "Logement accompagné",
                40: "Logement foyer",
                41: "Maison relais",
                43: "Résidence sociale",
                47: "Accueil de jour, service social, associations",
                48: "Service social",
                49: "Associations",
                51: "Intermédiation locative",
                53: "Mission hébergement logement (MHL)",
                57: "Fin de prise en charge MHL",
            },
        ),
        Entry(44, "Autre", Situation.OTHER),
    ),
)
EXITS: Final = Referential(
    "situationSortieDemande",
    "Sorties",
    (
        Entry(14, "Logement, parc privé", ExitDestination.PRIVATE_HOUSING),
        Entry(15, "Logement, parc public", ExitDestination.SOCIAL_HOUSING),
        Entry(6, "Décès", ExitDestination.DEATH),
        *_group(ExitDestination.PRIVATE_HOUSING, {2: "Colocation"}),
        *_group(
            ExitDestination.ADAPTED_HOUSING,
            {
                12: "Intermédiation locative",
                13: "Logement foyer (FJT, FTM)",
                16: "ALT",
                17: "Maison relais",
                23: "Résidence sociale",
                24: "Résidence accueil",
                35: "IML, mandat de gestion",
                36: "IML, sous-location",
                37: "IML, bail glissant",
            },
        ),
        *_group(
            ExitDestination.OTHER_SHELTER,
            {
                3: "Dispositif d'asile",
                4: "Dispositif hivernal",
                8: "Hébergement d'insertion",
                9: "Hébergement d'urgence",
                10: "Hébergement de stabilisation",
                11: "Hôtel",
                32: "Pré-CADA",
                33: "CADA",
                34: "Centre maternel",
                38: "CHRS",
                50: "Structure d'urgence",
            },
        ),
        *_group(
            ExitDestination.FAMILY_OR_FRIENDS,
            {7: "Hébergé par des tiers", 20: "Domicile conjugal", 21: "Famille", 45: "Domicile parental"},
        ),
        *_group(
            ExitDestination.HEALTH_OR_PRISON,
            {5: "LAM", 26: "Hospitalisation", 27: "Incarcération", 29: "LHSS", 30: "ACT", 46: "Maison de retraite"},
        ),
        *_group(ExitDestination.HEALTH_OR_PRISON, {52: "Institutions publiques"}),
        *_group(
            ExitDestination.STREET_OR_UNKNOWN,
            {
                22: "Rue, abri de fortune",
                28: "Non renseigné",
                40: "Fermeture d'une structure hivernale",
                48: "Fermeture de la structure",
            },
        ),
        # What is said there is not where the household went: a person must find it out.
        Entry(1, "Autre motif"),
        Entry(18, "Départ volontaire"),
        Entry(19, "Exclusion de la structure"),
        Entry(25, "Retour dans le pays d'origine"),
        Entry(31, "A trouvé une autre solution"),
        Entry(39, "Absence momentanée prévue"),
        Entry(41, "Fin de séjour"),
        Entry(42, "N'a pas rappelé le 115"),
        Entry(43, "Ne s'est pas présenté"),
        Entry(44, "Pris en charge dans un autre département"),
        Entry(47, "Problème de mobilité (handicap)"),
        Entry(49, "Assignation à résidence"),
        Entry(51, "Accès à un logement"),
    ),
)
REFERENTIALS: Final = (ESTABLISHMENTS, PLACES, COMPOSITIONS, REASONS, SITUATIONS, EXITS)


def codes_of(word: Labelled) -> Iterator[tuple[Referential, tuple[int, ...]]]:
    """Every referential that can say our word, with the codes to say it by."""
    for referential in REFERENTIALS:
        if found := referential.codes_of(word):
            yield referential, found
