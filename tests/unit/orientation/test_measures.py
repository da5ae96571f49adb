"""What orientation measures as it decides."""

from contracts.answers import HouseholdDeclined
from contracts.codes import HouseholdRefusal
from contracts.designations import DesignationMade
from services.orientation.figures import VACANCY_TO_DESIGNATION
from tests.builders import CCAS, DAY, STRUCTURE, a_place, a_request, a_structure, a_vacancy
from tests.unit.driving import Siao
from tests.unit.situations import with_structure


def waited(siao: Siao) -> list[tuple[tuple[str, ...], float]]:
    """How long vacancies waited for their designation, as measured."""
    return [(m.labels, m.amount) for m in siao.measured if m.metric is VACANCY_TO_DESIGNATION]


def test_how_long_a_vacancy_waits_is_measured_from_its_opening_to_its_first_designation() -> None:
    siao = with_structure(a_structure(a_place("A-01"), a_place("A-02")))
    siao.send(CCAS, a_request("first"))
    siao.send(STRUCTURE, a_vacancy("A-01"))
    assert waited(siao) == [(("92", "opening"), 0.0)]
    siao.send(STRUCTURE, a_vacancy("A-02"))
    siao.wait(3 * DAY)
    siao.send(CCAS, a_request("second"))
    assert waited(siao)[1:] == [(("92", "later"), 3 * 86_400.0)]
    # Whoever is designated after somebody has said no: that is not how long the vacancy waited.
    siao.send(CCAS, a_request("third"))
    second = siao.facts(DesignationMade)[-1].designation
    siao.send(STRUCTURE, HouseholdDeclined(designation=second, reason=HouseholdRefusal.LOCATION))
    assert [fact.request for fact in siao.facts(DesignationMade)][2:] == [f"{CCAS}/third"]
    assert len(waited(siao)) == 2
