"""The list of ready households over HTTP: whole, as it is now; as JSON or as a table; only for those who have one."""

import csv
import io
from typing import Any

import pytest

from contracts.golden import golden_messages
from contracts.indicators import IndicatorsComputed
from contracts.notices import ReadyHousehold
from contracts.topics import INDICATORS, READY_HOUSEHOLDS
from tests.integration.edge.house import House
from tests.integration.edge.test_refusals import refused

pytestmark = pytest.mark.once

GOLDEN = next(golden for golden in golden_messages() if golden.family == READY_HOUSEHOLDS.name)


def lists(house: House, partner: str, household: str) -> None:
    """The household is on the partner's list."""
    fact = ReadyHousehold.model_validate_json(GOLDEN.body).model_copy(update={"household": household})
    house.tell(partner, fact, household, READY_HOUSEHOLDS.of(partner))


def shown(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [item["data"]["household"] for item in answer.json()["items"]]


def test_it_is_the_last_word_on_each_household(house: House) -> None:
    with house.caller("bailleur-a") as caller:
        empty = caller.get("/v1/ready-households")
        assert shown(empty) == []
        for household in ("h2", "h1", "h2", "h3"):
            lists(house, "bailleur-a", household)
        house.write(READY_HOUSEHOLDS.of("bailleur-a"), None, (), "h3")
        now = caller.get("/v1/ready-households")
        assert shown(now) == ["h1", "h2"]
        assert now.headers["etag"] != empty.headers["etag"]
        same = caller.get("/v1/ready-households", headers={"if-none-match": now.headers["etag"]})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", now.headers["etag"])
        assert shown(caller.get("/v1/ready-households", headers={"if-none-match": empty.headers["etag"]})) == [
            "h1",
            "h2",
        ]
        table = caller.get("/v1/ready-households", headers={"accept": "text/csv"})
        assert table.headers["content-type"].startswith("text/csv")
        assert table.headers["etag"] != now.headers["etag"]
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert [row["household"] for row in rows] == ["h1", "h2"]
        assert rows[0]["social_housing_number"] == GOLDEN.value["social_housing_number"]


def test_others_have_no_list_or_their_own(house: House) -> None:
    with house.caller("prefecture-a") as caller:
        assert shown(caller.get("/v1/ready-households")) == []
    for partner in ("chrs-a", "ccas-a", "operateur-a", "membre-a"):
        with house.caller(partner) as caller:
            refused(caller.get("/v1/ready-households"), "list-not-yours")


def test_the_figures_are_the_newest_of_each_period(house: House) -> None:
    for golden in (golden for golden in golden_messages() if golden.family == INDICATORS.name):
        newer = IndicatorsComputed.model_validate_json(golden.body)
        for final in (False, True):
            told = newer.model_copy(update={"final": final})
            house.tell("membre-a", told, told.period, INDICATORS.of("membre-a"))
    with house.caller("membre-a") as caller:
        items = [item["data"] for item in caller.get("/v1/indicators").json()["items"]]
        assert [(item["period"], item["final"]) for item in items] == [("2026-11", True), ("live", True)]
        table = caller.get("/v1/indicators", headers={"accept": "text/csv"})
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert len(rows) == sum(len(item["lines"]) for item in items)
        assert (rows[0]["libelle"], rows[0]["type_offre"], rows[0]["menages"]) == (
            "Demandes enregistrées",
            "all",
            "212",
        )
    for partner in ("chrs-a", "ccas-a"):
        with house.caller(partner) as caller:
            refused(caller.get("/v1/indicators"), "list-not-yours")
