"""The dashboards are what the code draws, and what Grafana can read: unique ids, panels that do not overlap."""

import json
import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.models.dashboard import Dashboard

from deploy.grafana.__main__ import BOARDS, FOLDER, stale, write
from deploy.grafana.drawing import GRID
from deploy.prometheus.names import catalogue
from tests.monitoring import names_in

PROVISIONING = FOLDER.parent / "provisioning"
DRAWN = {name: json.loads((FOLDER / name).read_text()) for name in BOARDS}
FOREIGN = {"up", "ALERTS", "process_resident_memory_bytes", "process_cpu_seconds_total"}

Drawn = dict[str, Any]


def test_the_committed_dashboards_are_what_the_code_draws() -> None:
    assert stale() == []


def test_stale_missing_and_foreign_files_are_named_and_put_right(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "operations.json").write_text("{}")
    (tmp_path / "activity.json").unlink()
    (tmp_path / "by-hand.json").write_text("{}")
    assert stale(tmp_path) == write(tmp_path) == ["activity.json", "by-hand.json", "operations.json"]
    assert stale(tmp_path) == []


def test_each_dashboard_has_its_own_uid() -> None:
    assert len({drawn["uid"] for drawn in DRAWN.values()}) == len(DRAWN) == 2


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=list(DRAWN))
def test_a_dashboard_is_read_back_whole_by_grafanas_own_model(drawn: Drawn) -> None:
    read = Dashboard.from_json(drawn)
    assert (read.uid, read.title) == (drawn["uid"], drawn["title"])
    assert [panel.title for panel in read.panels or []] == [panel["title"] for panel in drawn["panels"]]
    assert drawn["schemaVersion"] >= 36


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=list(DRAWN))
def test_panels_have_ids_of_their_own_and_lie_on_the_grid_side_by_side(drawn: Drawn) -> None:
    assert max(Counter(panel["id"] for panel in drawn["panels"]).values()) == 1
    places = [(panel["title"], panel["gridPos"]) for panel in drawn["panels"]]
    for title, place in places:
        assert place["w"] > 0, title
        assert place["h"] > 0, title
        assert 0 <= place["x"] <= GRID - place["w"], title
    overlaps = [
        (one, other)
        for (one, a), (other, b) in combinations(places, 2)
        if a["x"] < b["x"] + b["w"]
        and b["x"] < a["x"] + a["w"]
        and a["y"] < b["y"] + b["h"]
        and b["y"] < a["y"] + a["h"]
    ]
    assert overlaps == []


def panels(drawn: Drawn) -> list[Drawn]:
    return [panel for panel in drawn["panels"] if panel["type"] != "row"]


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=list(DRAWN))
def test_a_panel_says_what_it_shows_and_asks_the_source_that_is_chosen(drawn: Drawn) -> None:
    assert panels(drawn)
    for panel in panels(drawn):
        assert " / " in panel["description"], panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        letters = [target["refId"] for target in panel["targets"]]
        assert letters == sorted(set(letters)) != [], panel["title"]
        assert all(target["legendFormat"] for target in panel["targets"])


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=list(DRAWN))
def test_a_query_asks_for_metrics_that_there_are(drawn: Drawn) -> None:
    known = {series for metric in catalogue() for series in metric.series} | FOREIGN
    for panel in panels(drawn):
        for target in panel["targets"]:
            asked = names_in(target["expr"])
            assert asked, panel["title"]
            assert asked <= known, panel["title"]


def test_grafana_finds_its_source_and_its_dashboards() -> None:
    (source,) = yaml.safe_load((PROVISIONING / "datasources/prometheus.yml").read_text())["datasources"]
    assert (source["type"], source["isDefault"]) == ("prometheus", True)
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards/siao.yml").read_text())["providers"]
    assert (provider["type"], provider["allowUiUpdates"]) == ("file", False)
