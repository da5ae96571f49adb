"""The configurations of Prometheus and Alertmanager for another place than the composed system, made from its files."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

import yaml

HERE: Final = Path(__file__).parent
RULES: Final = tuple(sorted((HERE / "alerts").glob("*.yml")))

Document: TypeAlias = dict[str, Any]


def read(path: Path) -> Document:
    """A YAML file of ours."""
    document: Document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def written(path: Path, document: Document) -> Path:
    """Write a document; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def prometheus(services: Mapping[str, str], alertmanager: str, interval: str) -> Document:
    """The configuration that scrapes the services at these addresses (host:port, by service) as often as that."""
    document = read(HERE / "prometheus.yml")
    document["global"] = {"scrape_interval": interval, "evaluation_interval": interval}
    document["alerting"]["alertmanagers"] = [{"static_configs": [{"targets": [alertmanager]}]}]
    (job,) = document["scrape_configs"]
    job["static_configs"] = [
        {"targets": [address], "labels": {"service": service}} for service, address in services.items()
    ]
    return document


def hastened(rules: Document, hold: str) -> Document:
    """The same alerts, which fire when their condition has held for so long, whatever the file says."""
    quick = copy.deepcopy(rules)
    for group in quick["groups"]:
        for rule in group["rules"]:
            rule["for"] = hold
    return quick


def alertmanager(webhook: str | None) -> Document:
    """The configuration that tells at once, and every receiver at this address, if there is one."""
    document = read(HERE / "alertmanager.yml")
    document["route"] |= {"group_wait": "1s", "group_interval": "1s"}
    if webhook is not None:
        for receiver in document["receivers"]:
            receiver["webhook_configs"] = [{"url": webhook, "send_resolved": True}]
    return document
