"""The commission's common criteria: adopted in growing versions, and in every proof from then on."""

import pytest

from contracts.decisions import CriteriaAdopted
from contracts.designations import CriteriaInForce, DesignationMade
from tests.builders import CCAS, OPERATOR, STRUCTURE, a_request, a_vacancy
from tests.unit.situations import with_structure


@pytest.mark.parametrize("version", [1, 2])
def test_criteria_are_adopted_in_growing_versions(version: int) -> None:
    siao = with_structure()
    adopted = CriteriaAdopted(version=version, criteria=("danger", "seniority"))
    assert siao.code(siao.send(OPERATOR, adopted)) == "accepted"
    (fact,) = siao.facts(CriteriaInForce)
    assert (fact.version, fact.criteria) == (version, ("danger", "seniority"))
    for older in range(1, version + 1):
        message = siao.send(OPERATOR, CriteriaAdopted(version=older, criteria=("seniority",)))
        assert siao.code(message) == "revision-stale"
        assert siao.refusals[message].detail == f"known={version}"
    siao.send(CCAS, a_request())
    siao.send(STRUCTURE, a_vacancy())
    assert siao.facts(DesignationMade)[0].proof.criteria == ("danger", "seniority")
