"""The pages of the contract: topics, messages, codes, rejections, correspondence; a word without meaning is refused."""

import inspect
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts import __version__
from contracts.catalogue import MESSAGES, senders
from contracts.export_asyncapi import headers_schema
from contracts.export_schemas import code_lists, json_schema
from contracts.golden import Golden, golden_messages
from contracts.pages.reading import Part, parts_of
from contracts.rejections import REJECTIONS
from contracts.si_siao import AS_OF, REFERENTIALS
from contracts.topics import CHANNELS, CORE, DAY_MS, PARTNER_MESSAGE_BYTES, Channel, Role, Topic
from contracts.words import words

HERE: Final = Path(__file__).parent
KEYS_FR: Final = {
    "none needed": "aucune n'est nécessaire",
    "SIAO code": "le code du SIAO",
    "partner id": "l'identifiant du partenaire",
    "household id": "l'identifiant du ménage",
    "period": "la période",
}


@dataclass(frozen=True, slots=True)
class Told:
    """A message as its page shows it."""

    kind: str
    senders: str
    parts: tuple[Part, ...]
    examples: tuple[Golden, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A topic as its page shows it."""

    name: str
    address: str
    page: str
    fr: str
    en: str
    inbound: bool
    core: bool
    writers: str
    readers: str
    key: str
    keeps: str
    messages: tuple[Told, ...]


def pages() -> dict[str, str]:
    """File name -> HTML."""
    chapters = [chapter(topic) for topic in (*CHANNELS, *CORE)]
    shared: dict[str, Any] = {
        "chapters": chapters,
        "version": __version__,
        "style": (HERE / "style.css").read_text(encoding="utf-8"),
        "lists": _lists(),
        "rejections": tuple(REJECTIONS.values()),
        "referentials": REFERENTIALS,
        "as_of": AS_OF,
        "largest": PARTNER_MESSAGE_BYTES // 1024,
        "headers": headers_schema(CHANNELS[0], "vacancy.published.v1")["properties"],
    }
    made = {chapter.page: _render("topic.html", chapter=chapter, **shared) for chapter in chapters}
    for name in ("index", "codes", "rejets", "si-siao"):
        made[f"{name}.html"] = _render(f"{name}.html", **shared)
    return made


def chapter(topic: Topic | Channel) -> Chapter:
    """What the page of a topic says."""
    inbound, core = isinstance(topic, Channel) and topic.inbound, isinstance(topic, Topic)
    if isinstance(topic, Channel):
        partner, siao = _roles(topic.roles), _services(topic.services)
        writers, readers = (partner, siao) if inbound else (siao, partner)
        address = topic.of("<votre identifiant>")
    else:
        writers, readers = _services(topic.writers) or "l'inscription des partenaires", _services(topic.readers)
        address = topic.name
    said = words("topic", topic.name)
    return Chapter(
        topic.name,
        address,
        f"topic-{topic.name}.html",
        said.fr if said else topic.meaning,
        topic.meaning,
        inbound,
        core,
        writers,
        readers,
        KEYS_FR[topic.key],
        _keeps(topic.config),
        tuple(_told(topic, kind) for kind in MESSAGES[topic.name]),
    )


def _told(topic: Topic | Channel, kind: str) -> Told:
    if isinstance(topic, Topic):
        who = _services(topic.writers) or "l'inscription des partenaires"
    elif topic.inbound:
        who = _roles(tuple(Role(name) for name in senders(topic, kind)))
    else:
        who = _services(senders(topic, kind))
    parts = parts_of(json_schema(topic.name, kind))
    examples = sorted((golden for golden in _golden() if golden.kind == kind), key=lambda golden: len(golden.name))
    return Told(kind, who, tuple(parts), tuple(examples))


@lru_cache(maxsize=1)
def _golden() -> tuple[Golden, ...]:
    return tuple(golden_messages())


def _lists() -> list[dict[str, Any]]:
    roles = [{"code": role.value, "label": _roles((role,))} for role in Role]
    found = code_lists() | {Role.__name__: {"description": inspect.getdoc(Role), "codes": roles}}
    return [
        {"name": name, "fr": said.fr if (said := words("list", name)) else "", **one} for name, one in found.items()
    ]


def _roles(roles: tuple[Role, ...]) -> str:
    return ", ".join(said.fr if (said := words("role", role)) else role.value for role in roles)


def _services(services: tuple[str, ...]) -> str:
    return ", ".join(f"SIAO ({service})" for service in services)


def _keeps(config: dict[str, str]) -> str:
    if config.get("cleanup.policy") == "compact":
        return "le dernier mot de chaque clé"
    retention = int(config["retention.ms"])
    return "sans fin" if retention < 0 else f"{retention // DAY_MS} jours"


def _render(template: str, **facts: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2)
    return environment.get_template(template).render(page=template, **facts)
