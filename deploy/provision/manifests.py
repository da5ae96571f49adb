"""The same partners as Strimzi's resources, `KafkaTopic` and `KafkaUser`: what `apply` does, never something beside it.

Field names: Strimzi's custom resource definitions, kafka.strimzi.io/v1 (Strimzi 1.0 and newer). They cannot hold the
register and the tokens: `apply --records` says those to the broker that the operator made.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import yaml

from deploy.provision.credentials import Credentials
from deploy.provision.holdings import Holdings, KeptTopic, wanted
from deploy.provision.partners import Partner
from deploy.provision.quotas import Quota
from deploy.provision.rights import Words, words_of

API: Final = "kafka.strimzi.io/v1"

Resource = dict[str, Any]


def resources(
    partners: Sequence[Partner], keys: Credentials, cluster: str, replication: int = 1
) -> dict[str, list[Resource]]:
    """{"topics": KafkaTopic..., "users": KafkaUser...} of the Strimzi cluster of this name.

    keys: who has two users just now; passwords are Strimzi's own affair and are in no resource.
    """
    whole = wanted(partners, keys)
    return {
        "topics": [_topic(name, topic, cluster, replication) for name, topic in sorted(whole.topics.items())],
        "users": list(_users(whole, cluster)),
    }


def text(documents: Sequence[Resource]) -> str:
    """Several documents of YAML."""
    return yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, explicit_start=True)


def _topic(name: str, topic: KeptTopic, cluster: str, replication: int) -> Resource:
    # Our topics' names are lower case, digits, hyphens and dots: names in Kubernetes too.
    spec = {"topicName": name, "partitions": topic.partitions, "replicas": replication}
    return _resource("KafkaTopic", name, cluster, {**spec, "config": dict(topic.settings)})


def _users(whole: Holdings, cluster: str) -> Iterator[Resource]:
    rights: dict[str, list[Words]] = {}
    for right in sorted(map(words_of, whole.rights)):
        rights.setdefault(right.user, []).append(right)
    for user in sorted(whole.users):
        spec: Resource = {
            "authentication": {"type": "scram-sha-512"},
            "authorization": {"type": "simple", "acls": [_acl(right) for right in rights.get(user, ())]},
        }
        if user in whole.quotas:
            spec["quotas"] = _quotas(whole.quotas[user])
        yield _resource("KafkaUser", user, cluster, spec)


def _acl(right: Words) -> Resource:
    pattern = "prefix" if right.prefixed else "literal"
    return {
        "type": "allow",
        "resource": {"type": right.kind, "name": right.name, "patternType": pattern},
        "operations": [right.operation.capitalize()],
        "host": "*",
    }


def _quotas(quota: Quota) -> Resource:
    return {
        "producerByteRate": quota.write,
        "consumerByteRate": quota.read,
        "requestPercentage": quota.requests,
    }


def _resource(kind: str, name: str, cluster: str, spec: Resource) -> Resource:
    metadata = {"name": name, "labels": {"strimzi.io/cluster": cluster}}
    return {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}
