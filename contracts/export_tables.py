"""The tables of `contracts/README.md`, written between markers; it refuses a text that lacks its markers."""

import inspect
from collections.abc import Callable, Sequence
from typing import Final

from contracts import codes
from contracts.catalogue import MESSAGES, senders
from contracts.codes import Labelled
from contracts.export_schemas import summary
from contracts.law import LIMITS, Limit
from contracts.rejections import REJECTIONS
from contracts.si_siao import codes_of
from contracts.topics import CHANNELS, CORE, DAY_MS, Channel, Topic


def fill(text: str) -> str:
    """The same text with each table as the contracts now give it. Raises ValueError without its markers."""
    for name, table in TABLES.items():
        start, end = f"<!-- generated: {name} -->\n", f"<!-- end: {name} -->"
        if text.count(start) != 1 or text.count(end) != 1:
            raise ValueError(f"README.md needs the markers of the table of {name}")
        before, rest = text.split(start)
        _, after = rest.split(end)
        text = f"{before}{start}\n{table()}\n{end}{after}"
    return text


def topics() -> str:
    """Every topic: who writes, who reads, its key, how long it keeps."""
    rows: list[tuple[str, ...]] = [("topic", "what", "written by", "read by", "key", "partitions", "keeps")]
    for channel in CHANNELS:
        partner, siao = _names(channel.roles), _services(channel.services)
        writers, readers = (partner, siao) if channel.inbound else (siao, partner)
        rows.append(_row(channel, channel.of("{partner}"), writers, readers))
    for topic in CORE:
        writers, readers = _services(topic.writers) or "provisioning", _services(topic.readers)
        rows.append(_row(topic, topic.name, writers, readers))
    return _table(rows)


def messages() -> str:
    """Every message, topic by topic: what it says, who sends it, its schema."""
    parts = []
    for topic in (*CHANNELS, *CORE):
        rows = [("message", "says", "sent by")]
        for kind, model in MESSAGES[topic.name].items():
            link = f"[`{kind}`](schemas/{topic.name}/{kind}.json)"
            rows.append((link, summary(model), _senders(topic, kind)))
        parts.append(f"**`{topic.name}`**\n\n{_table(rows)}")
    return "\n".join(parts)


def rejections() -> str:
    """Every code with which a message can be rejected."""
    rows = [("code", "ce qui s'est passé, que faire", "what happened, what to do")]
    rows += [(f"`{rejection.code}`", rejection.fr, rejection.en) for rejection in REJECTIONS.values()]
    return _table(rows)


def si_siao() -> str:
    """Each of our codes that the SI SIAO can say, with the codes to say it by."""
    rows = [("our code", "libellé", "SI SIAO")]
    for found in _code_lists():
        for word in found:
            said = [f"`{there.name}` {', '.join(map(str, codes))}" for there, codes in codes_of(word)]
            if said:
                rows.append((f"`{found.__name__}` `{word.value}`", word.label, "; ".join(said)))
    return _table(rows)


def _code_lists() -> list[type[Labelled]]:
    return [found for found in vars(codes).values() if inspect.isclass(found) and issubclass(found, Labelled)]


def deadlines() -> str:
    """Every deadline and limit, its origin, and whether a source confirms it."""
    rows = [("limit", "délai ou limite", "deadline or limit", "value", "origin", "confirmed")]
    rows += [
        (
            f"`{limit.id}`",
            limit.fr,
            limit.en,
            _value(limit),
            limit.origin,
            "yes" if limit.confirmed else "no: parameter",
        )
        for limit in LIMITS
    ]
    return _table(rows)


def _value(limit: Limit) -> str:
    elsewhere: dict[int, list[str]] = {}
    for siao, value in sorted(limit.by_siao.items()):
        elsewhere.setdefault(value, []).append(siao)
    others = (f"{value} in {', '.join(siaos)}" for value, siaos in elsewhere.items())
    return "; ".join((f"{limit.value} {limit.unit.value}", *others))


TABLES: Final[dict[str, Callable[[], str]]] = {
    "topics": topics,
    "messages": messages,
    "deadlines": deadlines,
    "rejections": rejections,
    "si-siao": si_siao,
}


def _row(topic: Topic | Channel, name: str, writers: str, readers: str) -> tuple[str, ...]:
    keeps = _keeps(topic.config)
    return f"`{name}`", topic.meaning, writers, readers, topic.key, str(topic.partitions), keeps


def _keeps(config: dict[str, str]) -> str:
    if config.get("cleanup.policy") == "compact":
        return "the last record of each key"
    retention = int(config["retention.ms"])
    return "for ever" if retention < 0 else f"{retention // DAY_MS} days"


def _senders(topic: Topic | Channel, kind: str) -> str:
    if isinstance(topic, Topic):
        return _services(topic.writers) or "provisioning"
    names = tuple(sender.value for sender in senders(topic, kind))
    return _names(names) if topic.inbound else _services(names)


def _names(roles: tuple[str, ...]) -> str:
    return ", ".join(roles)


def _services(services: tuple[str, ...]) -> str:
    return ", ".join(f"`{service}`" for service in services)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines) + "\n"
