"""The published and assumed figures the département is drawn from; refuses a profile that has none."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from contracts.codes import (
    Composition,
    ExitDestination,
    HouseholdRefusal,
    Labelled,
    OfferType,
    PrescriberKind,
    RequestReason,
    Situation,
    StructureRefusal,
)

L = TypeVar("L", bound=Labelled)

DATA: Final = Path(__file__).with_name("data")
PROFILES: Final = ("D92", "D67")


@dataclass(frozen=True, slots=True)
class Supply:
    """One type of offer: places in personnes, stays in months."""

    offer_type: OfferType
    structures: int
    places: int
    occupancy: float
    siao_share: float
    stay_months: float
    persons_per_household: float
    admissions_per_year: int


@dataclass(frozen=True, slots=True)
class Assumed:
    """Figures of one profile that the calibration file does not hold; mark A (assumption) unless said.

    waiting: households on the list; closures: requests closed without an admission each year (D: arrivals less
    admissions); daho_waiting: households whose right to shelter is recognised and not honoured (D92: P, 2019);
    incomplete: share of files incomplete at first.
    """

    siao: str
    prescribers: int
    waiting: int
    closures_per_year: int
    daho_waiting: int
    incomplete: float


ASSUMED: Final = {
    "D92": Assumed("92", 180, 2_600, 2_930, 1_150, 0.22),
    "D67": Assumed("67", 140, 1_250, 1_530, 12, 0.18),
}


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune and its weight (population)."""

    code: str
    name: str
    population: int


@dataclass(frozen=True)
class Profile:
    """Everything the generator draws from. Shares are weights; they need not sum to 1."""

    name: str
    title: str
    assumed: Assumed
    communes: tuple[Commune, ...]
    supply: tuple[Supply, ...]
    requests_per_year: int
    daho_recognised_per_year: float
    ready_share: float
    ready_stock: float
    rehoused_per_year: int
    outcomes: dict[str, float]
    compositions: dict[Composition, float]
    ages: dict[tuple[int, int], float]
    situations: dict[Situation, float]
    reasons: dict[RequestReason, float]
    prescriber_kinds: dict[PrescriberKind, float]
    preconised: dict[OfferType, float]
    structure_refusals: dict[StructureRefusal, float]
    household_refusals: dict[HouseholdRefusal, float]
    exits: dict[OfferType, dict[ExitDestination, float]]


_SITUATIONS: Final = {
    "hotel_or_chu": Situation.EMERGENCY_OR_HOTEL,
    "chez_des_tiers": Situation.WITH_OTHERS,
    "rue_ou_precaire": Situation.STREET,
    "logement_propre_menace": Situation.THREATENED_HOME,
    "insertion_ou_stabilisation": Situation.INSERTION,
    "institution": Situation.INSTITUTION,
    "dna": Situation.ASYLUM_SCHEME,
    "autre_nr": Situation.OTHER,
}
_REASONS: Final = {
    "rupture_familiale_conjugale_amicale": RequestReason.SEPARATION,
    "errance_residentielle": RequestReason.WANDERING,
    "expulsion_locative": RequestReason.EVICTION,
    "primo_arrivant": RequestReason.NEW_ARRIVAL,
    "violences_conjugales": RequestReason.VIOLENCE,
    "ressources_insuffisantes": RequestReason.NO_RESOURCES,
    "fin_institution": RequestReason.LEAVING_INSTITUTION,
    "logement_inadapte_insalubre": RequestReason.UNFIT_HOUSING,
    "sante": RequestReason.HEALTH,
    "autre": RequestReason.OTHER,
}
_PRESCRIBERS: Final = {
    "structure_hebergement_ou_equipe_hotel": PrescriberKind.SHELTER,
    "departement_polyvalence": PrescriberKind.DEPARTEMENT,
    "ccas_cias": PrescriberKind.CCAS,
    "accueil_de_jour_maraude": PrescriberKind.DAY_CENTRE,
    "hopital_psychiatrie": PrescriberKind.HOSPITAL,
    "ase_mission_locale_jeunes": PrescriberKind.YOUTH,
    "association_violences": PrescriberKind.VIOLENCE_SUPPORT,
    "spip_justice": PrescriberKind.JUSTICE,
    "autre": PrescriberKind.OTHER,
}
# The contract's reasons are a proposal: two of the calibration's have another name there.
_STRUCTURE_REFUSALS: Final = {
    "resources_insufficient_for_redevance": StructureRefusal.RESOURCES,
    "addiction_or_behaviour": StructureRefusal.SAFETY,
    "no_longer_available": StructureRefusal.NO_LONGER_AVAILABLE,
    "no_argument_given": StructureRefusal.OTHER_ARGUED,
}
# Ordinary housing is split between private and social here (A): rehousing through the list is another flow.
_EXITS: Final = {
    "logement_accompagne": ExitDestination.ADAPTED_HOUSING,
    "autre_hebergement": ExitDestination.OTHER_SHELTER,
    "tiers_famille": ExitDestination.FAMILY_OR_FRIENDS,
    "institution_sante_prison": ExitDestination.HEALTH_OR_PRISON,
    "inconnu_rue_fortune": ExitDestination.STREET_OR_UNKNOWN,
    "deces": ExitDestination.DEATH,
}
PRIVATE_SHARE: Final = 0.4
_EXIT_ROW: Final = {
    OfferType.STABILISATION: "stabilisation",
    OfferType.RESIDENCE_SOCIALE: "residence_sociale",
    OfferType.FJT: "residence_sociale",
    OfferType.FTM: "residence_sociale",
    OfferType.IML_SOUS_LOCATION: "iml_sous_location",
    OfferType.PENSION_DE_FAMILLE: "pension_de_famille",
    OfferType.RESIDENCE_ACCUEIL: "pension_de_famille",
}


def load(name: str) -> Profile:
    """The profile of this name. Raises ValueError when there is none."""
    if name not in PROFILES:
        raise ValueError(name)
    everything: dict[str, Any] = json.loads((DATA / "calibration.json").read_text(encoding="utf-8"))
    own, assumed = everything[name], ASSUMED[name]
    ready, rights = everything["ready_for_ordinary_housing"][name], everything["opposable_right_per_year"][name]
    return Profile(
        name=name,
        title=own["name"],
        assumed=assumed,
        communes=_communes(assumed.siao),
        supply=tuple(_supply(row) for row in own["supply"]),
        requests_per_year=own["first_requests_per_year"]["households"],
        daho_recognised_per_year=rights["daho_examined"] * rights["daho_favourable"],
        ready_share=ready["ready_share"],
        ready_stock=ready["hosted_households"] * ready["ready_share"],
        rehoused_per_year=ready["rehoused_per_year"],
        outcomes=everything["designation_outcome_percent"][name],
        **_shares(everything),
    )


def _shares(everything: dict[str, Any]) -> dict[str, Any]:
    def weights(table: str) -> dict[str, float]:
        return {key: value for key, value in everything[table].items() if key != "mark"}

    refusals = weights("structure_refusal_reason_percent")
    return {
        "compositions": {
            _code(Composition, key): value for key, value in everything["composition_percent"]["share"].items()
        },
        "ages": {_ages(key): value for key, value in weights("age_main_applicant_percent").items()},
        "situations": {_SITUATIONS[key]: value for key, value in weights("situation_at_request_percent").items()},
        "reasons": {_REASONS[key]: value for key, value in weights("reason_percent").items()},
        "prescriber_kinds": {_PRESCRIBERS[key]: value for key, value in weights("prescriber_percent").items()},
        "preconised": {_code(OfferType, key): value for key, value in weights("preconised_offer_percent").items()},
        "structure_refusals": {
            _STRUCTURE_REFUSALS.get(key) or _code(StructureRefusal, key): value for key, value in refusals.items()
        },
        "household_refusals": {
            _code(HouseholdRefusal, key): value for key, value in weights("household_refusal_reason_percent").items()
        },
        "exits": {offer: _exits(everything["exit_percent"][_EXIT_ROW.get(offer, "chrs")]) for offer in OfferType},
    }


def _code(kind: type[L], value: str) -> L:
    """The code of a list. Raises KeyError when the list has none of that value."""
    return {member.value: member for member in kind}[value]


def _ages(text: str) -> tuple[int, int]:
    low, _, high = text.rstrip("+").partition("-")
    return int(low), int(high or 79)


def _exits(row: dict[str, Any]) -> dict[ExitDestination, float]:
    ordinary = float(row["logement_ordinaire"])
    return {
        ExitDestination.PRIVATE_HOUSING: ordinary * PRIVATE_SHARE,
        ExitDestination.SOCIAL_HOUSING: ordinary * (1 - PRIVATE_SHARE),
        **{code: float(row[key]) for key, code in _EXITS.items() if row.get(key)},
    }


def _supply(row: dict[str, Any]) -> Supply:
    return Supply(
        offer_type=_code(OfferType, row["offer_type"]),
        structures=row["structures"],
        places=row["places"],
        occupancy=row["occupancy"],
        siao_share=row["share_designated_by_siao"],
        stay_months=row["mean_stay_months"],
        persons_per_household=row["persons_per_household"],
        admissions_per_year=row["admissions_per_year_households"],
    )


def _communes(siao: str) -> tuple[Commune, ...]:
    with (DATA / f"communes-{siao}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Commune(row["code_insee"], row["nom"], int(row["population"] or 0)) for row in csv.DictReader(file)
        )
