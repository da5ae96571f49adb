"""Messages, code lists and rejections as JSON documents; it describes the models and never adds to them."""

import inspect
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from contracts import (
    codes,
    commission_codes,
    decision_codes,
    dwelling_codes,
    indicator_codes,
    place_codes,
    rule_codes,
)
from contracts.catalogue import MESSAGES, Model
from contracts.codes import Labelled
from contracts.rejections import REJECTIONS
from contracts.si_siao import AS_OF, REFERENTIALS, Entry
from contracts.topics import CHANNELS
from contracts.words import field_words, words

DIALECT: Final = GenerateJsonSchema.schema_dialect
INBOUND: Final = frozenset(channel.name for channel in CHANNELS if channel.inbound)


class _Labels(GenerateJsonSchema):
    """JSON Schema with the French labels of code lists, in the order of the code, no field titles."""

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        document = super().enum_schema(schema)
        if issubclass(schema["cls"], Labelled):
            document["x-labels"] = {code.value: code.label for code in schema["cls"]}
        return document

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:  # noqa: ARG002
        return value

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


def json_schema(family: str, kind: str) -> dict[str, Any]:
    """The JSON Schema of a message type on a topic or channel.

    Inbound: what a sender must respect, nothing more is taken. Outbound: what a reader can count on; a reader
    ignores what it does not know, so that a message can grow.
    """
    inbound = family in INBOUND
    mode: JsonSchemaMode = "validation" if inbound else "serialization"
    document = _explained(MESSAGES[family][kind].model_json_schema(schema_generator=_Labels, mode=mode))
    identity = {"$schema": DIALECT, "$id": f"urn:siao:contracts:{family}:{kind}"}
    return identity | (document if inbound else _open(document))


def _explained(document: dict[str, Any]) -> dict[str, Any]:
    """The same schema with what models, code lists and fields mean, in French too."""
    for part in (document, *document.get("$defs", {}).values()):
        title = part["title"]
        if said := words("list" if "enum" in part else "model", title):
            part["x-description-fr"] = said.fr
        for name, field in part.get("properties", {}).items():
            if said := field_words(title, name):
                if said.en:
                    field.setdefault("description", said.en)
                field["x-description-fr"] = said.fr
    return document


def _open(document: Any) -> Any:
    """The same schema, open to fields that do not exist yet."""
    if isinstance(document, list):
        return [_open(part) for part in document]
    if not isinstance(document, dict):
        return document
    return {
        name: _open(part) for name, part in document.items() if not (name == "additionalProperties" and part is False)
    }


def summary(model: Model) -> str:
    """What a message says, in one line: the first of its docstring."""
    return (inspect.getdoc(model) or "").splitlines()[0]


def code_lists() -> dict[str, Any]:
    """Every code list: its codes with their French labels, SI SIAO codes where known, and groups."""
    modules = (codes, decision_codes, place_codes, rule_codes, commission_codes, dwelling_codes, indicator_codes)
    named = {name: found for module in modules for name, found in vars(module).items()}
    lists = (value for value in named.values() if inspect.isclass(value) and issubclass(value, Labelled))
    return {
        codes_.__name__: {
            "description": inspect.getdoc(codes_),
            **({"x-description-fr": said.fr} if (said := words("list", codes_.__name__)) else {}),
            "codes": [_code(code) for code in codes_],
        }
        for codes_ in lists
        if len(codes_)
    }


def _code(code: Labelled) -> dict[str, Any]:
    row: dict[str, Any] = {"code": code.value, "label": code.label}
    if code.si_siao is not None:
        row["si_siao"] = code.si_siao
    for family in ("regime", "group"):
        if hasattr(code, family):
            row[family] = getattr(code, family).value
    return row


def rejections() -> dict[str, Any]:
    """Every rejection code with what happened and what to do, in French and in English."""
    return {code: {"fr": rejection.fr, "en": rejection.en} for code, rejection in REJECTIONS.items()}


def si_siao() -> dict[str, Any]:
    """The codes of the State's SI SIAO beside ours: by its list and code, our word of the same sense, or those near."""
    return {
        "as_of": AS_OF.isoformat(),
        "lists": {
            referential.name: {"title": referential.title, "codes": [_beside(entry) for entry in referential.entries]}
            for referential in REFERENTIALS
        },
    }


def _beside(entry: Entry) -> dict[str, Any]:
    same = {"same": _named(entry.same)} if entry.same else {}
    return {"code": entry.code, "label": entry.label, **same, "near": [_named(word) for word in entry.near]}


def _named(word: Labelled) -> dict[str, str]:
    return {"list": type(word).__name__, "code": word.value}


def schema_documents() -> dict[str, dict[str, Any]]:
    """Path under `contracts/` -> document."""
    documents = {
        f"schemas/{family}/{kind}.json": json_schema(family, kind)
        for family, kinds in MESSAGES.items()
        for kind in kinds
    }
    tables = {"codes": code_lists(), "rejections": rejections(), "si-siao": si_siao()}
    return documents | {f"schemas/{name}.json": table for name, table in tables.items()}
