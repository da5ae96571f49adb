"""`python -m contracts.compatibility OLD NEW`: compares two `schemas` folders; refuses what would break a partner.

Inbound: all that was taken is still taken. Outbound: what readers counted on is still there, and a new reader can
still read what was said before, for core topics are kept for ever. Anything else needs a new version of the message.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contracts.export_schemas import INBOUND

# The keyword, and whether a greater value takes less.
BOUNDS: Final = {
    "minimum": True,
    "minLength": True,
    "minItems": True,
    "maximum": False,
    "maxLength": False,
    "maxItems": False,
}


def breaks(old: Path, new: Path) -> list[str]:
    """Each breaking change from the schemas under `old` to those under `new`, as `file: place: what`."""
    found = []
    for path in sorted(old.glob("*/*.json")):
        name = path.relative_to(old)
        if (new / name).is_file():
            before, after = (json.loads((folder / name).read_text(encoding="utf-8")) for folder in (old, new))
            comparison = _Comparison(before, after, inbound=name.parent.name in INBOUND)
            found += [f"{name.as_posix()}: {what}" for what in comparison.run()]
        else:
            found.append(f"{name.as_posix()}: $: the message is gone")
    return found


@dataclass(frozen=True, slots=True)
class _Comparison:
    old: dict[str, Any]
    new: dict[str, Any]
    inbound: bool

    def run(self) -> Iterator[str]:
        return self._compare(self.old, self.new, "$")

    def _compare(self, old: Any, new: Any, place: str) -> Iterator[str]:
        old, new = _resolved(old, self.old), _resolved(new, self.new)
        for keyword in ("type", "format", "pattern"):
            if old.get(keyword) != new.get(keyword):
                yield f"{place}: {keyword} changed"
        for value in _values(old) - _values(new) if _values(new) else ():
            yield f"{place}: {value} is no longer a value"
        for keyword, greater_is_less in BOUNDS.items():
            if _tightened(old.get(keyword), new.get(keyword), greater_is_less):
                yield f"{place}: {keyword} takes less"
        yield from self._variants(old, new, place)
        yield from self._fields(old, new, place)
        for keyword, step in (("items", "[]"), ("propertyNames", ".*"), ("additionalProperties", ".*")):
            if isinstance(old.get(keyword), dict) and isinstance(new.get(keyword), dict):
                yield from self._compare(old[keyword], new[keyword], place + step)

    def _variants(self, old: Any, new: Any, place: str) -> Iterator[str]:
        before, after = _by_name(old, self.old), _by_name(new, self.new)
        for name in before.keys() - after.keys():
            yield f"{place}: can no longer be {name}"
        for name in after.keys() - before.keys() if not self.inbound else ():
            yield f"{place}: can now be {name}"
        for name in before.keys() & after.keys():
            yield from self._compare(before[name], after[name], f"{place}({name})")

    def _fields(self, old: Any, new: Any, place: str) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        was, now = set(old.get("required", ())), set(new.get("required", ()))
        for name in before.keys() - after.keys():
            if self.inbound or name in was:
                yield f"{place}.{name}: the field is gone"
        for name in after.keys() - before.keys():
            if name in now and (self.inbound or "default" not in after[name]):
                yield f"{place}.{name}: a new field is required"
        for name in before.keys() & after.keys():
            if self.inbound and name in now - was:
                yield f"{place}.{name}: the field is now required"
            if not self.inbound and name in was - now:
                yield f"{place}.{name}: the field may now be missing"
            yield from self._compare(before[name], after[name], f"{place}.{name}")


def _resolved(schema: Any, document: dict[str, Any]) -> Any:
    while "$ref" in schema:
        schema = document["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _values(schema: Any) -> set[Any]:
    return {schema["const"]} if "const" in schema else set(schema.get("enum", ()))


def _by_name(schema: Any, document: dict[str, Any]) -> dict[str, Any]:
    variants = [_resolved(variant, document) for variant in schema.get("anyOf", schema.get("oneOf", ()))]
    return {variant.get("title", variant.get("type", "any")): variant for variant in variants}


def _tightened(old: int | None, new: int | None, greater_is_less: bool) -> bool:
    if new is None:
        return False
    return old is None or (new > old if greater_is_less else new < old)


def main() -> int:
    """Exit status: 0 when nothing breaks, 1 when something does, and names it."""
    found = breaks(Path(sys.argv[1]), Path(sys.argv[2]))
    sys.stdout.writelines(f"{what}\n" for what in found)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
