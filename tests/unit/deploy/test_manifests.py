"""The Strimzi resources of a file of partners: the same topics, users, rights and limits as on a broker, well named.

Names of fields and values are those of Strimzi's custom resource definitions, kafka.strimzi.io/v1.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.topics import Role
from deploy.provision import manifests
from deploy.provision.__main__ import main
from deploy.provision.credentials import Credential, Credentials
from deploy.provision.holdings import wanted
from deploy.provision.partners import Partner
from deploy.provision.rights import words_of

# A name in Kubernetes: RFC 1123, a subdomain.
NAME = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
PARTNERS = [Partner(id=f"{role}-1", role=role, siao="92", name=role, http=role is Role.BAILLEUR) for role in Role]
ROTATING = Credentials(
    {},
    {"structure-1": Credential("structure-1", "unknown to a manifest")},
    next={"structure-1": Credential("structure-1.b", "unknown too")},
)


@pytest.fixture(scope="module")
def made() -> dict[str, list[dict[str, Any]]]:
    return manifests.resources(PARTNERS, ROTATING, "siao-92", replication=3)


def test_every_resource_has_strimzi_s_form(made: dict[str, list[dict[str, Any]]]) -> None:
    for kind, section in (("KafkaTopic", "topics"), ("KafkaUser", "users")):
        for resource in made[section]:
            assert set(resource) == {"apiVersion", "kind", "metadata", "spec"}
            assert (resource["apiVersion"], resource["kind"]) == ("kafka.strimzi.io/v1", kind)
            assert resource["metadata"]["labels"] == {"strimzi.io/cluster": "siao-92"}
            assert NAME.fullmatch(resource["metadata"]["name"])
        names = [resource["metadata"]["name"] for resource in made[section]]
        assert len(set(names)) == len(names) > 0


def test_topics_are_those_of_the_broker(made: dict[str, list[dict[str, Any]]]) -> None:
    specs = {topic["spec"]["topicName"]: topic["spec"] for topic in made["topics"]}
    whole = wanted(PARTNERS, ROTATING)
    assert specs.keys() == whole.topics.keys()
    for name, topic in whole.topics.items():
        assert specs[name] == {
            "topicName": name,
            "partitions": topic.partitions,
            "replicas": 3,
            "config": dict(topic.settings),
        }
    assert specs["partners.bailleur-1.ready-households"]["config"]["cleanup.policy"] == "compact"


def test_users_have_the_same_rights_and_limits_as_on_the_broker(made: dict[str, list[dict[str, Any]]]) -> None:
    specs = {user["metadata"]["name"]: user["spec"] for user in made["users"]}
    whole = wanted(PARTNERS, ROTATING)
    assert specs.keys() == whole.users
    assert {"edge", "offers", "structure-1", "structure-1.b"} <= specs.keys()
    told = {
        (
            user,
            acl["operations"][0].upper(),
            acl["resource"]["type"],
            acl["resource"]["name"],
            acl["resource"]["patternType"],
        )
        for user, spec in specs.items()
        for acl in spec["authorization"]["acls"]
    }
    rights = map(words_of, whole.rights)
    assert told == {(*right[:4], "prefix" if right.prefixed else "literal") for right in rights}
    for user, spec in specs.items():
        assert spec["authentication"] == {"type": "scram-sha-512"}
        assert spec["authorization"]["type"] == "simple"
        for acl in spec["authorization"]["acls"]:
            assert set(acl) == {"type", "resource", "operations", "host"}
            assert acl["resource"]["type"] in {"topic", "group"}
            assert acl["operations"] in (["Read"], ["Write"])
        quota = whole.quotas.get(user)
        assert spec.get("quotas") == (
            quota
            and {
                "producerByteRate": quota.write,
                "consumerByteRate": quota.read,
                "requestPercentage": quota.requests,
            }
        )


def test_the_command_writes_or_prints_them_and_says_no_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "partners.yaml"
    file.write_text("partners: [{id: chrs-1, role: structure, siao: '92', name: A}]")
    where = ["--state", str(tmp_path)]
    assert main(["manifests", str(file), "--out", str(tmp_path / "made"), *where]) == 0
    capsys.readouterr()
    assert main(["manifests", str(file), *where]) == 0
    printed = list(yaml.safe_load_all(capsys.readouterr().out))
    files = [
        document
        for name in ("topics", "users")
        for document in yaml.safe_load_all((tmp_path / "made" / f"{name}.yaml").read_text())
    ]
    assert printed == files
    assert {resource["kind"] for resource in files} == {"KafkaTopic", "KafkaUser"}
    assert not (tmp_path / "credentials.json").exists()
