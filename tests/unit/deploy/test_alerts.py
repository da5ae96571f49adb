"""Each alert is true to the metrics there are, tried, explained in two languages, and in the runbook."""

import ast
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.prometheus import variants
from deploy.prometheus.names import README, catalogue, filled
from tests.monitoring import names_in, needed, rules

ROOT = Path(__file__).parents[3]
HERE = ROOT / "deploy" / "prometheus"
RUNBOOK = (ROOT / "deploy" / "runbook.md").read_text()
RULES = list(rules())
TESTS = sorted((HERE / "tests").glob("*.yml"))
# Prometheus's own, and those of prometheus_client for every process.
FOREIGN = {"up", "ALERTS", "process_start_time_seconds"}


def name_of(rule: dict[str, Any]) -> str:
    return str(rule["alert"])


def run(*command: str) -> str:
    """What a program says; AssertionError when it objects."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_there_are_alerts_and_each_has_its_own_name() -> None:
    names = [name_of(rule) for rule in RULES]
    assert len(names) == len(set(names)) >= 20


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_an_alert_says_how_grave_for_whom_in_two_languages_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert rule["labels"]["audience"] in ("exploitation", "siao")
    assert rule["annotations"].keys() == {"summary", "summary_en", "runbook"}
    assert rule["annotations"]["summary"] != rule["annotations"]["summary_en"]
    assert rule["annotations"]["runbook"] == f"deploy/runbook.md#{name_of(rule).lower()}"


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_an_alert_has_one_entry_in_the_runbook_under_its_audience(rule: dict[str, Any]) -> None:
    assert RUNBOOK.count(f"### {name_of(rule)}\n") == 1
    operations = RUNBOOK.partition("## Équipe du SIAO")[0]
    assert (f"### {name_of(rule)}\n" in operations) is (rule["labels"]["audience"] == "exploitation")
    entry = RUNBOOK.partition(f"### {name_of(rule)}\n")[2].partition("\n##")[0]
    for part in ("**Ce que c'est.**", "**Regarder.**", "**Faire.**", "*In English.*"):
        assert entry.count(part) == 1, part


def test_the_runbook_has_no_entry_without_an_alert() -> None:
    assert set(re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE)) == {name_of(rule) for rule in RULES}


def test_the_runbook_names_events_codes_and_metrics_that_there_are() -> None:
    words = {
        node.value
        for path in (ROOT / "services").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", RUNBOOK))
    assert named
    assert named <= words
    assert set(re.findall(r"`(siao_[a-z_]+)`", RUNBOOK)) <= {metric.name for metric in catalogue()}


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_an_alert_asks_for_metrics_that_there_are(rule: dict[str, Any]) -> None:
    known = {series for metric in catalogue() for series in metric.series} | FOREIGN
    asked = names_in(rule["expr"])
    assert asked
    assert asked <= known


@pytest.mark.parametrize("rule", RULES, ids=name_of)
def test_an_alert_is_tried_firing_and_not_firing(rule: dict[str, Any]) -> None:
    tried = [
        bool(case["exp_alerts"])
        for path in TESTS
        for test in variants.read(path)["tests"]
        for case in test["alert_rule_test"]
        if case["alertname"] == name_of(rule)
    ]
    assert set(tried) == {True, False}


def test_the_rules_are_right_and_do_what_their_tests_say() -> None:
    (promtool,) = needed("promtool")
    run(promtool, "check", "rules", "--lint=all", "--lint-fatal", *map(str, variants.RULES))
    run(promtool, "test", "rules", *map(str, TESTS))


@pytest.mark.parametrize("changed", ["vector(1)", "vector(1) < 0"], ids=["always", "never"])
def test_a_rule_that_always_or_never_fires_is_noticed_by_its_tests(tmp_path: Path, changed: str) -> None:
    """The tests of the rules can fail: each alert's own, whichever rule is broken."""
    (promtool,) = needed("promtool")
    for path in TESTS:
        wrong = variants.read(HERE / "alerts" / path.name)
        for group in wrong["groups"]:
            for rule in group["rules"]:
                rule["expr"] = changed
        variants.written(tmp_path / "alerts" / path.name, wrong)
        variants.written(tmp_path / "tests" / path.name, variants.read(path))
        command = [promtool, "test", "rules", str(tmp_path / "tests" / path.name)]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        names = {rule["alert"] for group in wrong["groups"] for rule in group["rules"]}
        assert said.returncode != 0
        assert {name for name in names if f"alertname: {name}," in said.stdout + said.stderr} == names


def test_the_configurations_are_valid(tmp_path: Path) -> None:
    promtool, amtool = needed("promtool", "amtool")
    run(promtool, "check", "config", str(HERE / "prometheus.yml"))
    run(amtool, "check-config", str(HERE / "alertmanager.yml"))
    webhook = variants.written(tmp_path / "alertmanager.yml", variants.alertmanager("http://127.0.0.1:1/"))
    run(amtool, "check-config", str(webhook))


def test_another_place_has_the_same_jobs_rules_and_services() -> None:
    composed = variants.read(HERE / "prometheus.yml")
    services = {target["labels"]["service"] for target in composed["scrape_configs"][0]["static_configs"]}
    assert services == {"offers", "intake", "orientation", "reporting", "edge"}
    other = variants.prometheus({"offers": "127.0.0.1:1"}, "127.0.0.1:2", "1s")
    assert other["rule_files"] == composed["rule_files"]
    assert [job["job_name"] for job in other["scrape_configs"]] == ["siao"]
    assert other["scrape_configs"][0]["static_configs"] == [
        {"targets": ["127.0.0.1:1"], "labels": {"service": "offers"}}
    ]


@pytest.mark.parametrize("path", variants.RULES, ids=lambda path: path.name)
def test_hastened_rules_differ_in_nothing_but_how_long_they_hold(path: Path) -> None:
    rules_, quick = variants.read(path), variants.hastened(variants.read(path), "2s")
    pairs = [
        (before, after)
        for was, now in zip(rules_["groups"], quick["groups"], strict=True)
        for before, after in zip(was["rules"], now["rules"], strict=True)
    ]
    assert {after["for"] for _, after in pairs} == {"2s"}
    assert all({**before, "for": "2s"} == after for before, after in pairs)


def test_the_table_of_metrics_is_up_to_date() -> None:
    assert README.read_text() == filled(README.read_text())


def test_a_readme_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="markers"):
        filled("# Prometheus\n")


def test_every_metric_is_named_once_with_its_meaning_and_bounded_labels() -> None:
    metrics = catalogue()
    assert len({metric.name for metric in metrics}) == len(metrics) > 20
    assert all(metric.name.startswith("siao_") and metric.meaning for metric in metrics)
    labels = {label for metric in metrics for label in metric.labels}
    assert labels == {"family", "outcome", "code", "siao", "when", "type", "detail", "state", "status", "structure"} | {
        "route",
        "kind",
    }
