"""docker-compose.yml keeps its promises: closed to the outside, hardened, no password, nothing that is not made."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.topics import Service
from deploy.compose import secret_files
from deploy.compose.project import DOOR, INFRASTRUCTURE, ONCE, SERVICES
from deploy.embedded.kafka_settings import ONE_MACHINE
from deploy.embedded.state import ROOT

TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSITION: dict[str, Any] = yaml.safe_load(TEXT)
PARTS: dict[str, dict[str, Any]] = COMPOSITION["services"]


def kafka_properties() -> dict[str, str]:
    text = (ROOT / "deploy" / "compose" / "kafka.properties").read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_every_secret_is_one_that_make_secrets_makes(tmp_path: Path) -> None:
    secret_files.make(tmp_path, [])
    for name, secret in COMPOSITION["secrets"].items():
        assert secret["file"] == "${SIAO_SECRETS:-./.secrets}/" + name
        assert (tmp_path / name).is_file()


@pytest.mark.parametrize("name", PARTS)
def test_every_container_is_hardened_and_bounded(name: str) -> None:
    part = PARTS[name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert part["mem_limit"]
    assert part["restart"]
    assert "cap_add" not in part
    assert "privileged" not in part


@pytest.mark.parametrize("name", PARTS)
def test_what_is_published_is_published_on_this_machine_unless_asked_otherwise(name: str) -> None:
    for port in PARTS[name].get("ports", []):
        assert ":-127.0.0.1:" in port


def test_no_password_is_written_or_passed_in_the_environment() -> None:
    for part in PARTS.values():
        for variable, value in part.get("environment", {}).items():
            if "PASSWORD" in variable:
                assert value.startswith("/run/secrets/")
    assert "${directory:/run/secrets:" in kafka_properties()["listener.name.admin.plain.sasl.jaas.config"]


def test_it_holds_the_services_and_what_they_stand_on() -> None:
    assert set(SERVICES) == {service.value for service in Service}
    assert {*SERVICES, DOOR, *INFRASTRUCTURE, *ONCE} == {name for name, part in PARTS.items() if "profiles" not in part}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_its_own_secrets_and_waits_for_all_that_it_needs(service: str) -> None:
    part = PARTS[service]
    mounted = {secret["target"]: secret["source"] for secret in part["secrets"] if isinstance(secret, dict)}
    assert mounted == {
        "siao_kafka_password": f"{service}-kafka-password",
        "siao_database": f"{service}-database",
        "siao_vault_key": f"{service}-vault-key",
    }
    assert {name: wait["condition"] for name, wait in part["depends_on"].items()} == {
        "kafka": "service_healthy",
        "postgres": "service_healthy",
        "provision": "service_completed_successfully",
        f"migrate-{service}": "service_completed_successfully",
    }


def test_the_door_has_no_database_speaks_tls_and_holds_two_secrets_of_its_own() -> None:
    part = PARTS[DOOR]
    assert [secret if isinstance(secret, str) else secret["source"] for secret in part["secrets"]] == [
        "authority.pem",
        "edge.pem",
        "edge-kafka-password",
    ]
    assert part["environment"]["SIAO_EDGE_CERT"] == part["environment"]["SIAO_EDGE_KEY"] == "/run/secrets/edge.pem"
    assert "SIAO_EDGE_BEHIND_PROXY" not in part["environment"]
    assert set(part["depends_on"]) == {"kafka", "provision"}


def test_kafka_encrypts_every_listener_and_denies_by_default() -> None:
    properties = kafka_properties()
    listeners = dict(pair.split(":") for pair in properties["listener.security.protocol.map"].split(","))
    assert set(listeners.values()) == {"SASL_SSL"}
    assert properties["allow.everyone.if.no.acl.found"] == "false"
    assert properties["listener.name.partners.sasl.enabled.mechanisms"] == "SCRAM-SHA-512"
    assert properties["listener.name.services.sasl.enabled.mechanisms"] == "SCRAM-SHA-512"


def test_kafka_is_sized_as_the_embedded_one() -> None:
    properties = kafka_properties()
    assert {name: properties.get(name) for name in ONE_MACHINE} == ONE_MACHINE
