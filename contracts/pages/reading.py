"""A JSON Schema as rows that people read; it says what the schema says, and fails on what it cannot put in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

# What a schema's `format` and `type` are called.
FORMATS: Final = {"date": "jour AAAA-MM-JJ", "date-time": "instant ISO 8601 avec fuseau"}
TYPES: Final = {"string": "texte", "integer": "entier", "boolean": "vrai ou faux", "number": "nombre", "null": "nul"}


@dataclass(frozen=True, slots=True)
class Type:
    """text: in French; codes: the code lists that it names; parts: the objects that it names."""

    text: str
    codes: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A field of an object."""

    name: str
    type: Type
    required: bool
    private: bool
    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Part:
    """An object: the message itself, or one within it."""

    name: str
    fr: str
    en: str
    rows: tuple[Row, ...]


def parts_of(schema: dict[str, Any]) -> list[Part]:
    """The message and every object within it, in the order in which a reader meets them."""
    definitions = schema.get("$defs", {})
    names, found = [schema["title"]], []
    for name in names:
        part = schema if name == schema["title"] else definitions[name]
        rows = tuple(_rows(part, definitions))
        found.append(Part(name, part["x-description-fr"], part.get("description", ""), rows))
        met = dict.fromkeys(name for row in rows for name in row.type.parts)
        names += [name for name in met if name not in names]
    return found


def _rows(part: dict[str, Any], definitions: dict[str, Any]) -> Iterator[Row]:
    for name, field in part.get("properties", {}).items():
        yield Row(
            name,
            type_of(field, definitions),
            name in part.get("required", ()),
            "x-private" in str(field),
            field["x-description-fr"],
            field["description"],
        )


def type_of(field: dict[str, Any], definitions: dict[str, Any]) -> Type:
    """The type of a field. Raises KeyError for a schema of a kind that the contract has not had yet."""
    if "$ref" in field:
        return _named(field["$ref"].rpartition("/")[2], definitions)
    if variants := field.get("anyOf") or field.get("oneOf"):
        return _any([type_of(variant, definitions) for variant in variants])
    if values := field.get("enum") or ([field["const"]] if "const" in field else None):
        return Type(" | ".join(f"« {value} »" for value in values))
    if field["type"] in ("array", "object"):
        return _many(field, definitions)
    name = FORMATS.get(field.get("format", "")) or TYPES[field["type"]]
    limits = "" if "format" in field else _bounds(field, "Length", " caractères") + _range(field)
    return Type(name + limits)


def _named(name: str, definitions: dict[str, Any]) -> Type:
    if "enum" in definitions[name]:
        return Type("code", codes=(name,))
    return Type("objet", parts=(name,))


def _any(types: list[Type]) -> Type:
    texts = list(dict.fromkeys(one.text for one in types))
    codes = tuple(name for one in types for name in one.codes)
    return Type(" ou ".join(texts), codes, tuple(name for one in types for name in one.parts))


def _many(field: dict[str, Any], definitions: dict[str, Any]) -> Type:
    if field["type"] == "object":
        return _map(field, definitions)
    items = type_of(field["items"], definitions)
    return Type(f"liste ({items.text}){_bounds(field, 'Items')}", items.codes, items.parts)


def _map(field: dict[str, Any], definitions: dict[str, Any]) -> Type:
    values = field.get("additionalProperties")
    if not isinstance(values, dict):
        return Type("objet libre")
    inner = type_of(values, definitions)
    keys = type_of(field["propertyNames"], definitions) if "propertyNames" in field else Type("texte")
    return Type(f"objet : pour chaque {keys.text}, {inner.text}", keys.codes + inner.codes, inner.parts)


def _bounds(field: dict[str, Any], of: str, unit: str = "") -> str:
    least, most = field.get(f"min{of}"), field.get(f"max{of}")
    if least is not None and most is not None:
        return f", {least} à {most}{unit}"
    if most is not None:
        return f", {most}{unit} au plus"
    return f", {least}{unit} au moins" if least else ""


def _range(field: dict[str, Any]) -> str:
    least, most = field.get("minimum"), field.get("maximum")
    if least is None and most is None:
        return ""
    # The largest whole number is a limit of databases, not of the domain.
    return f", {least} ou plus" if most is None or most > 1_000_000 else f", {least} à {most}"
