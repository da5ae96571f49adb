"""A real Prometheus scrapes the four services: metrics, dashboards and alerts are true to what it finds."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.topics import EDGE, Service
from deploy.embedded import ports
from deploy.embedded.platform import SERVICES_PORTS, Addresses, Platform
from deploy.embedded.service import Clock, Commands
from deploy.grafana.__main__ import BOARDS, FOLDER
from deploy.prometheus.monitor import Monitor, Pace
from deploy.prometheus.names import catalogue
from tests.backends.backend import Backend
from tests.builders import CANARY, NOW
from tests.e2e.territory import partners_of
from tests.integration.monitoring.asking import (
    Receiver,
    alerted,
    firing,
    until,
    until_data,
    until_value,
    values,
)
from tests.integration.monitoring.life import HOUSEHOLDS, SIAO, live
from tests.monitoring import names_in, needed, rules

pytestmark = pytest.mark.once

PROCESSES = (*Service, EDGE)

# What Grafana would put in its place: the windows of these tests are as short as their life.
GRAFANA = {"$__rate_interval": "10m", "$__range": "10m", "$siao": ".+"}
# A service that is told to stay away does not start: its process waits until the file is gone.
HOLD = 'while [ -e "$0" ]; do sleep 0.1; done; exec "$@"'

Panel = tuple[str, list[str]]


@dataclass
class Watched:
    """A platform on which a SIAO has lived, Prometheus and Alertmanager beside it, and somebody who is told."""

    platform: Platform
    monitor: Monitor
    receiver: Receiver
    directory: Path

    def hold(self, service: str) -> Path:
        """The file that keeps a service from starting."""
        return self.directory / f"hold-{service}"

    def page(self, service: str) -> str:
        """The metrics of a service."""
        (process,) = [each for each in self.platform.processes() if each.name == service]
        with urllib.request.urlopen(f"{process.url}/metrics", timeout=10) as answer:
            return str(answer.read().decode())


def running(backend: Backend, directory: Path) -> Iterator[Platform]:
    """The platform, in business time that goes sixty times as fast: figures are then read every second."""

    def command(name: str) -> tuple[str, ...]:
        return ("sh", "-c", HOLD, str(directory / f"hold-{name}"), sys.executable, "-m", f"services.{name}")

    with backend.broker() as kafka, backend.database() as postgres:
        platform = Platform(
            directory / "platform",
            partners=partners_of(SIAO),
            addresses=Addresses(services=ports.free_port(SERVICES_PORTS)),
            clock=Clock(NOW, datetime.now(UTC), 60.0),
            commands=Commands(service=command),
            kafka=kafka,
            postgres=postgres,
        )
        try:
            platform.start()
            yield platform
        finally:
            platform.stop()


@pytest.fixture(scope="module")
def watched(backend: Backend, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Everything, after the SIAO's short life."""
    needed("prometheus", "alertmanager")
    directory, receiver = tmp_path_factory.mktemp("watched"), Receiver()
    made = running(backend, directory)
    try:
        platform = next(made)
        monitor = Monitor(
            directory / "monitor",
            {str(process.name): f"{ports.HOST}:{process.port}" for process in platform.processes()},
            prometheus=ports.free_port(),
            alertmanager=ports.free_port(),
            pace=Pace("1s", "2s"),
            webhook=receiver.url,
        )
        try:
            monitor.start()
            # Counters are looked at before anything happens, so that all that happens is seen to be new.
            until(
                lambda: values(monitor, 'count(up{job="siao"} == 1)') == [5], "four services and the edge are scraped"
            )
            ended = 'siao_facts_total{type="designation.ended.v1"}'
            live(platform, lambda: until_value(monitor, f"count({ended})", 2))
            yield Watched(platform, monitor, receiver, directory)
        finally:
            monitor.stop()
    finally:
        made.close()  # type: ignore[attr-defined]
        receiver.close()


def panels(name: str) -> list[Panel]:
    """The panels of a dashboard, each with its queries as Grafana would send them."""
    drawn: dict[str, Any] = json.loads((FOLDER / name).read_text())
    found = [(p["title"], [t["expr"] for t in p["targets"]]) for p in drawn["panels"] if p["type"] != "row"]
    return [(title, [_as_sent(query) for query in queries]) for title, queries in found]


def _as_sent(query: str) -> str:
    for variable, value in GRAFANA.items():
        query = query.replace(variable, value)
    assert "$" not in query, query
    return query


@pytest.mark.parametrize("service", PROCESSES)
def test_promtool_has_nothing_to_say_against_the_metrics(watched: Watched, service: str) -> None:
    (promtool,) = needed("promtool")
    command = [promtool, "check", "metrics"]
    said = subprocess.run(command, input=watched.page(service), capture_output=True, text=True, check=False, timeout=30)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_every_metric_that_is_named_is_told_and_no_other(watched: Watched) -> None:
    told = {
        line.split()[2]
        for service in PROCESSES
        for line in watched.page(service).splitlines()
        if line.startswith("# TYPE siao_")
    }
    assert told == {metric.name for metric in catalogue()}
    assert not any(CANARY in watched.page(service) for service in PROCESSES)


def test_the_figures_are_those_of_the_life(watched: Watched) -> None:
    # The two who said no are designated again: to the place that was left, to one that was refused to another. Who was
    # refused by the structure is not designated to it again for a time.
    made = HOUSEHOLDS + 2
    figures = {
        'siao_facts_total{type="designation.made.v1"}': made,
        "max(siao_hosted_households)": 1,
        "max(siao_ready_households)": 1,
        "max(siao_structure_designations)": made,
        "max(siao_structure_refusals)": 2,
        'siao_designations_under_way{state="accepted"}': 1,
        'siao_designations_under_way{state="refusal_submitted"}': 1,
        'siao_legal_clocks{status="running"}': 1,
        'siao_facts_total{type="designation.ended.v1",detail="admitted"}': 2,
        # Whether at opening or later: a household and a vacancy come by different topics, and may cross.
        "sum(siao_vacancy_to_designation_seconds_count)": HOUSEHOLDS + 1,
    }
    for expression, value in figures.items():
        until_value(watched.monitor, expression, value)


@pytest.mark.parametrize("board", BOARDS)
def test_every_query_of_every_panel_returns_data(watched: Watched, board: str) -> None:
    found = panels(board)
    assert len(found) > 10
    for title, queries in found:
        for query in queries:
            until_data(watched.monitor, query, title)


def test_every_metric_that_an_alert_looks_at_is_there(watched: Watched) -> None:
    for rule in rules():
        values(watched.monitor, rule["expr"])
        for name in names_in(rule["expr"]):
            until_data(watched.monitor, f"count({name})", rule["alert"])


def test_a_service_that_is_killed_and_stays_away_is_told_of_until_it_is_back(watched: Watched) -> None:
    service, monitor = Service.OFFERS.value, watched.monitor
    killed = watched.platform.services[service].pid
    assert killed is not None
    watched.hold(service).touch()
    os.kill(killed, signal.SIGKILL)
    try:
        until(lambda: [a["service"] for a in firing(monitor, "ServiceDown")] == [service], "the alert fires")
        until(lambda: len(alerted(monitor, "ServiceDown")) == 1, "Alertmanager has the alert")
        (alert,) = alerted(monitor, "ServiceDown")
        assert (alert["labels"]["service"], alert["labels"]["severity"]) == (service, "critical")
        assert alert["annotations"]["summary"] == "Le service offers ne répond pas."
        assert [receiver["name"] for receiver in alert["receivers"]] == ["exploitation"]
        until(lambda: ("ServiceDown", service, "firing") in watched.receiver.told, "somebody is told")
    finally:
        watched.hold(service).unlink()
    until(watched.platform.services[service].is_ready, "the service is back")
    until(lambda: firing(monitor, "ServiceDown") == [], "the alert fires no more")
    until(lambda: alerted(monitor, "ServiceDown") == [], "Alertmanager has it no more")
    until(lambda: ("ServiceDown", service, "resolved") in watched.receiver.told, "somebody is told that it is over")
    assert {who for name, who, _ in watched.receiver.told if name == "ServiceDown"} == {service}
