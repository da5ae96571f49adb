"""AsyncAPI 3 documents, one for each service and one as a partner sees it; names no real host."""

from typing import Any, Final

from contracts.catalogue import MESSAGES, senders
from contracts.event import ID_LENGTH
from contracts.export_schemas import summary
from contracts.indicators import PERIOD
from contracts.topics import CHANNELS, CORE, Channel, Service, Topic

VERSION: Final = "3.0.0"
BINDING: Final = "0.5.0"
SCHEMA_FORMAT: Final = "application/schema+json;version=draft-2020-12"
PARTNER: Final = "[a-z0-9]+(-[a-z0-9]+)*"
KEYS: Final[dict[str, dict[str, Any]]] = {
    "SIAO code": {"type": "string", "pattern": "^([0-9]{2}|2A|2B|97[0-9])$"},
    "partner id": {"type": "string", "pattern": f"^{PARTNER}$"},
    "household id": {"type": "string", "pattern": "^[A-Za-z0-9/._-]+$"},
    "period": {"type": "string", "pattern": PERIOD},
    "none needed": {"type": ["string", "null"]},
}
# An operation: what the application does, on which topic, with which messages.
Operation = tuple[str, Topic | Channel, list[str]]


def asyncapi_documents() -> dict[str, dict[str, Any]]:
    """Path under `contracts/` -> document."""
    documents = {f"asyncapi/{service}.json": service_document(service) for service in Service}
    return documents | {"asyncapi/partner.json": partner_document()}


def service_document(service: Service) -> dict[str, Any]:
    """What one service of the SIAO reads and writes."""
    operations: list[Operation] = [
        ("receive", channel, list(MESSAGES[channel.name]))
        if channel.inbound
        else ("send", channel, [kind for kind in MESSAGES[channel.name] if service in senders(channel, kind)])
        for channel in CHANNELS
        if service in channel.services
    ]
    operations += [("receive", topic, list(MESSAGES[topic.name])) for topic in CORE if service in topic.readers]
    operations += [("send", topic, list(MESSAGES[topic.name])) for topic in CORE if service in topic.writers]
    about = f"What the service `{service}` of the SIAO reads and writes."
    return _document(f"SIAO insertion: {service}", about, operations, group=service.value)


def partner_document() -> dict[str, Any]:
    """What a partner's software writes and reads; each role has some of these channels."""
    operations: list[Operation] = [
        ("send" if channel.inbound else "receive", channel, list(MESSAGES[channel.name])) for channel in CHANNELS
    ]
    about = (
        "What a partner's software sends to the SIAO and receives from it. {partner} is your own id. "
        "x-roles says which partners have a channel, and which may send a message. "
        "Each message sent is answered once on your notices: message.accepted.v1 or message.rejected.v1."
    )
    return _document("SIAO insertion: partners", about, operations, group="{partner}.<name of your choice>")


def _document(title: str, about: str, operations: list[Operation], group: str) -> dict[str, Any]:
    topics = {topic.name: topic for _, topic, _ in operations}
    return {
        "asyncapi": VERSION,
        "info": {"title": title, "version": "1.0.0", "description": about},
        "defaultContentType": "application/json",
        "servers": {"siao": _server()},
        "channels": {name: _channel(topic) for name, topic in topics.items()},
        "operations": {
            f"{action}.{topic.name}": _operation(action, topic, kinds, group) for action, topic, kinds in operations
        },
        "components": {
            "messages": {kind: _message(topic, kind) for topic in topics.values() for kind in MESSAGES[topic.name]},
            "securitySchemes": {"scramSha512": {"type": "scramSha512", "description": "The user is the partner id."}},
        },
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka-secure",
        "description": "The SIAO's Kafka, given to you with your credentials.",
        "variables": {"bootstrap": {"description": "host:port, given to you with your credentials."}},
        "security": [{"$ref": "#/components/securitySchemes/scramSha512"}],
    }


def _channel(topic: Topic | Channel) -> dict[str, Any]:
    document: dict[str, Any] = {
        "address": topic.name,
        "description": topic.meaning,
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in MESSAGES[topic.name]},
        "bindings": {
            "kafka": {
                "partitions": topic.partitions,
                "topicConfiguration": {name: _setting(name, value) for name, value in sorted(topic.config.items())},
                "bindingVersion": BINDING,
            }
        },
    }
    if isinstance(topic, Channel):
        document["address"] = topic.of("{partner}")
        document["parameters"] = {"partner": {"description": "Id of the partner; also its Kafka user."}}
        document["x-roles"] = [role.value for role in topic.roles]
    return document


def _setting(name: str, value: str) -> Any:
    """A topic setting with the type that the Kafka binding gives it."""
    return value.split(",") if name == "cleanup.policy" else int(value)


def _operation(action: str, topic: Topic | Channel, kinds: list[str], group: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": topic.meaning,
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{kind}"} for kind in kinds],
    }
    if action == "receive":
        document["bindings"] = {"kafka": {"groupId": {"type": "string", "const": group}, "bindingVersion": BINDING}}
    return document


def _message(topic: Topic | Channel, kind: str) -> dict[str, Any]:
    model = MESSAGES[topic.name][kind]
    document: dict[str, Any] = {
        "name": kind,
        "title": model.__name__,
        "summary": summary(model),
        "contentType": "application/json",
        "headers": headers_schema(topic, kind),
        "payload": {
            "schemaFormat": SCHEMA_FORMAT,
            "schema": {"$ref": f"../schemas/{topic.name}/{kind}.json"},
        },
        "bindings": {"kafka": {"key": {**KEYS[topic.key], "description": topic.key}, "bindingVersion": BINDING}},
    }
    if isinstance(topic, Channel) and topic.inbound:
        document["x-roles"] = [sender.value for sender in senders(topic, kind)]
    return document


def headers_schema(topic: Topic | Channel, kind: str) -> dict[str, Any]:
    """The Kafka headers of a message: CloudEvents 1.0, binary mode, as UTF-8 texts."""
    text = {"type": "string", "maxLength": ID_LENGTH}
    return {
        "type": "object",
        "required": ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_time", "content-type"],
        "properties": {
            "ce_specversion": {"type": "string", "const": "1.0"},
            "ce_id": {**text, "minLength": 1, "description": "Different for each message of the sender."},
            "ce_type": {"type": "string", "const": kind},
            "ce_source": {**text, "pattern": _source(topic, kind), "description": "The sender."},
            "ce_time": {"type": "string", "format": "date-time", "description": "When the sender said it."},
            "ce_subject": text,
            "content-type": {"type": "string", "const": "application/json"},
            "traceparent": {
                "type": "string",
                "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
                "description": "W3C Trace Context, if you trace.",
            },
        },
    }


def _source(topic: Topic | Channel, kind: str) -> str:
    if isinstance(topic, Channel) and topic.inbound:
        return f"^/partners/{PARTNER}$"
    writers = senders(topic, kind) if isinstance(topic, Channel) else topic.writers
    return f"^/siao/({'|'.join(writers or ('provisioning',))})$"
