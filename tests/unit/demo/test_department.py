"""The same seed gives the same département, and the département is the published one."""

from collections import Counter
from functools import cache

import pytest

from contracts.codes import OfferType, Regime
from contracts.topics import Role
from deploy.demo.calibration import load
from deploy.demo.department import Department, Settings
from deploy.demo.dossiers import submission
from deploy.demo.people import CANARY, canary
from deploy.demo.settlement import START, draw


@cache
def hauts_de_seine(seed: int = 1) -> Department:
    return draw(Settings(seed, 30, 1.0, "D92"))


@cache
def bas_rhin() -> Department:
    return draw(Settings(1, 30, 1.0, "D67"))


@cache
def small(seed: int = 1, days: int = 10) -> Department:
    return draw(Settings(seed, days, 0.05, "D92"))


def test_the_same_settings_give_the_same_departement() -> None:
    assert draw(Settings(1, 10, 0.05, "D92")) == small()


def test_another_seed_gives_another_departement() -> None:
    assert small(seed=2).waiting != small().waiting
    assert small(seed=2).hosted != small().hosted


def test_more_days_do_not_change_those_who_are_there_nor_the_first_days() -> None:
    longer = small(days=20)
    assert (longer.hosted, longer.waiting) == (small().hosted, small().waiting)
    assert [d for day, d in longer.arriving if day < 10] == [d for _, d in small().arriving]


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="D99"):
        draw(Settings(1, 5, 1.0, "D99"))


def test_structures_and_prescribers_are_as_many_as_published() -> None:
    roles = Counter(partner.role for partner in hauts_de_seine().partners())
    assert (roles[Role.STRUCTURE], roles[Role.PRESCRIBER]) == (167, 180)
    assert len({partner.id for partner in hauts_de_seine().partners()}) == sum(roles.values())
    assert len(bas_rhin().structures) == 76


def test_size_scales_everything() -> None:
    assert len(small().structures) < 20
    assert len(small().waiting) == 130


@pytest.mark.parametrize("department", [hauts_de_seine, bas_rhin], ids=["D92", "D67"])
def test_households_have_the_published_mean_size_and_share_of_minors(department: object) -> None:
    """Checks 4 and 5: 1.83 persons (10 %), 33 % of minors (3 points)."""
    found: Department = department()  # type: ignore[operator]
    households = [dossier.household for dossier in (*found.waiting, *(d for _, d in found.arriving))]
    persons = sum(household.persons for household in households)
    assert persons / len(households) == pytest.approx(1.83, rel=0.1)
    assert sum(household.minors for household in households) / persons == pytest.approx(0.33, abs=0.03)


def yearly_admissions(department: Department) -> dict[OfferType, float]:
    """Units x occupancy x 12 / months of stay x share of the SIAO, from what was drawn."""
    return {
        supply.offer_type: sum(len(s.places) for s in department.structures if s.offer_type is supply.offer_type)
        * supply.occupancy
        * 12
        / supply.stay_months
        * supply.siao_share
        for supply in department.profile.supply
    }


def test_admissions_are_those_of_the_calibration() -> None:
    """Checks 1 to 3: 280 in insertion and stabilisation, 430 in logement adapté without IML, 1,100 in all."""
    flows = yearly_admissions(hauts_de_seine())
    shelter = flows[OfferType.CHRS] + flows[OfferType.STABILISATION] + flows[OfferType.INSERTION]
    housing = sum(flow for offer, flow in flows.items() if offer.regime is Regime.LOGEMENT)
    assert shelter == pytest.approx(280, rel=0.1)
    assert housing - flows[OfferType.IML_SOUS_LOCATION] == pytest.approx(430, rel=0.1)
    assert sum(flows.values()) == pytest.approx(1_100, rel=0.1)
    assert sum(yearly_admissions(bas_rhin()).values()) == pytest.approx(873, rel=0.1)


def test_places_turn_over_as_published() -> None:
    """Checks 6 and 7: 21 % (2 points) a year in RS, FJT and FTM; 375 places of CHRS a million inhabitants."""
    types = (OfferType.RESIDENCE_SOCIALE, OfferType.FJT, OfferType.FTM)
    supplies = [supply for supply in hauts_de_seine().profile.supply if supply.offer_type in types]
    leaving = sum(supply.places * supply.occupancy * 12 / supply.stay_months for supply in supplies)
    assert leaving / sum(supply.places for supply in supplies) == pytest.approx(0.21, abs=0.02)
    chrs = sum(p.capacity for s in hauts_de_seine().structures if s.offer_type is OfferType.CHRS for p in s.places)
    assert chrs / 1.654712 == pytest.approx(375, rel=0.1)


@pytest.mark.parametrize("offer", [supply.offer_type for supply in load("D92").supply])
def test_capacities_make_the_published_persons_per_household(offer: OfferType) -> None:
    supply = next(s for s in hauts_de_seine().profile.supply if s.offer_type is offer)
    capacities = [p.capacity for s in hauts_de_seine().structures if s.offer_type is offer for p in s.places]
    assert sum(capacities) / len(capacities) == pytest.approx(supply.persons_per_household, rel=0.1)


def test_demand_is_inverted_beside_supply() -> None:
    """Two requests in three are for hébergement, one place in three is."""
    asked = [dossier.recommended[0].regime for dossier in hauts_de_seine().waiting]
    assert asked.count(Regime.HEBERGEMENT) / len(asked) == pytest.approx(0.68, abs=0.04)


def test_flows_are_those_of_a_winter_month() -> None:
    arriving = hauts_de_seine().arriving
    assert len(arriving) == pytest.approx(4_034 / 365 * 30 * 1.08, rel=0.15)
    assert sum(bool(dossier.missing) for _, dossier in arriving) / len(arriving) == pytest.approx(0.22, abs=0.06)
    weekdays = Counter(int(day) % 7 for day, _ in arriving)
    assert weekdays[5] + weekdays[6] < weekdays[0] / 4


def test_the_list_is_as_long_as_assumed_and_complete() -> None:
    waiting = hauts_de_seine().waiting
    assert len(waiting) == 2_600
    assert not any(dossier.missing for dossier in waiting)
    days = sorted((START - dossier.asked_on).days for dossier in waiting)
    assert sum(days) / len(days) == pytest.approx(7.7 * 365 / 12, rel=0.1)


def test_one_household_in_six_is_ready() -> None:
    hosted = hauts_de_seine().hosted
    assert sum(h.ready is not None for h in hosted) / len(hosted) == pytest.approx(0.16, abs=0.02)


def test_who_lives_there_fits_the_place() -> None:
    for hosted in hauts_de_seine().hosted:
        assert hosted.household.persons <= hosted.place.capacity
        assert hosted.place.capacity <= 2 or hosted.household.persons >= hosted.place.capacity - 1


def test_every_household_has_a_name_of_its_own_and_nobody_has_two() -> None:
    department = small()
    households = [h.household for h in department.hosted]
    households += [d.household for d in (*department.waiting, *(d for _, d in department.arriving), *department.spare)]
    words = [{word for m in h.members for word in CANARY.findall(m.family_name)} for h in households]
    assert all(len(found) == 1 for found in words)
    assert len(set().union(*words)) == len(households)


def test_canary_words_are_distinct_and_recognised() -> None:
    words = [canary(number) for number in (0, 1, 25, 26, 26**6 - 1)]
    assert len(set(words)) == 5
    assert all(CANARY.fullmatch(word) for word in words)


def test_an_incomplete_request_is_complete_the_second_time() -> None:
    dossier = next(dossier for _, dossier in hauts_de_seine().arriving if dossier.missing)
    first, second = (submission(dossier, revision, START, START) for revision in (1, 2))
    assert set(dossier.missing).isdisjoint(first.evaluation.sections)
    assert len(second.evaluation.sections) == 8
