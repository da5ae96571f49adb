"""The sub-commands of `siao-partner`; each gives its exit status: 0 all well, 1 not so, 2 it could not be tried."""

import asyncio
import contextlib
import json
import sys
import uuid
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from contracts import indicator_table
from contracts.golden import Golden, golden_messages
from contracts.indicators import LIVE
from contracts.kit import display
from contracts.kit.client import AsyncPartner
from contracts.kit.copies import Copy, CsvCopy, SqliteCopy
from contracts.kit.doctor import examine
from contracts.kit.failure import KitError, Rejected
from contracts.kit.records import CHANNEL_OF, Outgoing
from contracts.kit.settings import Settings


async def doctor(options: Namespace, console: Console) -> int:
    """The list, line by line as it is found."""
    ills = 0
    async for found in examine(options.settings, ask=not options.silent):
        display.finding(console, found)
        ills += not found.well
    if ills:
        plural = "s" if ills > 1 else ""
        console.print(f"{ills} point{plural} à régler / {ills} thing{plural} to put right", style="bold red")
    else:
        console.print("Tout va bien. / All is well.", style="bold green")
    return 1 if ills else 0


async def example(options: Namespace, console: Console) -> int:
    """A golden message, or the list of them."""
    golden = {one.name: one for one in golden_messages()}
    if options.list or options.type is None:
        for one in golden.values():
            console.print(f"{one.name:<52} {one.family}", soft_wrap=True, highlight=False, markup=False)
        return 0
    found = golden.get(options.type) or next((one for one in golden.values() if one.kind == options.type), None)
    if found is None:
        raise KitError(
            f"Pas d'exemple de {options.type}. La liste : siao-partner example --list.",
            f"No example of {options.type}. The list: siao-partner example --list.",
        )
    # Not through the console: what goes to a file or a pipe is left as it is.
    sys.stdout.write(json.dumps(_document(found), ensure_ascii=False, indent=2) + "\n")
    return 0


async def send(options: Namespace, console: Console) -> int:
    """Sends a message and waits for its answer."""
    text = sys.stdin.read() if options.file == "-" else _text(Path(options.file))
    message = outgoing_of(text, options.type, new_id=options.new_id)
    async with AsyncPartner(Settings.load(options.settings), patience=options.seconds) as siao:
        try:
            display.receipt(console, await siao.send_out(message))
        except Rejected as rejected:
            display.rejection(console, rejected.answer)
            return 1
    return 0


async def watch(options: Namespace, console: Console) -> int:
    """Notices as they come, from where the last watch stopped."""
    siao = AsyncPartner(Settings.load(options.settings))
    with contextlib.suppress(TimeoutError):
        async with (
            asyncio.timeout(options.seconds),
            contextlib.aclosing(siao.notices(None if options.all else "watch")) as notices,
        ):
            async for heard in notices:
                display.notice(console, heard, as_json=options.json)
                if heard.type == options.until:
                    return 0
    return 1 if options.until else 0


async def feed(options: Namespace, console: Console) -> int:
    """Keeps a copy of the ready households, for ever, or once."""
    path: Path = options.sqlite or options.csv
    try:
        copy: Copy = SqliteCopy(path) if options.sqlite else CsvCopy(path)
        siao = AsyncPartner(Settings.load(options.settings))
        async with contextlib.aclosing(siao.ready_households()) as changes:
            async for change in changes:
                held = copy.take(change)
                console.print(f"{path} : {held} ménages prêts / ready households", soft_wrap=True, highlight=False)
                if options.once:
                    return 0
    except OSError as error:
        raise KitError(f"{path} ne s'écrit pas ({error.strerror}).", f"{path} cannot be written.") from None
    return 0


async def indicators(options: Namespace, console: Console) -> int:
    """The newest figures of a period; or of all periods, to be read by a program."""
    told = await AsyncPartner(Settings.load(options.settings)).indicators()
    if options.period or not (options.csv or options.json):
        told = {period: figures for period, figures in told.items() if period == (options.period or LIVE)}
    if not told:
        console.print("Pas encore de chiffres. / No figures yet.", style="bold red")
        return 1
    if options.json:
        sys.stdout.writelines(f"{figures.model_dump_json()}\n" for figures in told.values())
    elif options.csv:
        indicator_table.write(told.values(), sys.stdout)
    else:
        for figures in told.values():
            display.figures(console, figures)
    return 0


def outgoing_of(text: str, kind: str | None = None, *, new_id: bool = False) -> Outgoing:
    """A message from its document, as `example` prints it, or from its body alone with its type.

    The id and time of the document are kept unless `new_id`; the sender is always ourselves.
    Raises KitError for what is not JSON, has no type, or a type that this kit does not know.
    """
    try:
        document: Any = json.loads(text)
    except ValueError:
        raise KitError("Ce n'est pas du JSON.", "This is not JSON.") from None
    whole = isinstance(document, dict) and isinstance(document.get("headers"), dict) and "value" in document
    headers: dict[str, str] = document["headers"] if whole else {}
    body = document["value"] if whole else document
    kind = kind or headers.get("ce_type")
    if kind not in CHANNEL_OF:
        known = sorted(CHANNEL_OF)
        raise KitError(
            f"Donnez le type du message (--type), l'un de : {', '.join(known)}.", "Give the message's type (--type)."
        )
    identity, when = headers.get("ce_id"), headers.get("ce_time")
    if new_id or not identity or not when:
        identity, when = str(uuid.uuid4()), datetime.now(UTC).isoformat()
    return Outgoing(kind, json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), identity, _time(when))


def _time(text: str) -> datetime:
    with contextlib.suppress(ValueError):
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            return time
    raise KitError(
        "headers.ce_time n'est pas un instant ISO 8601 avec fuseau.", "headers.ce_time is no ISO 8601 instant."
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise KitError(f"Le fichier {path} ne se lit pas.", f"The file {path} cannot be read.") from None


def _document(golden: Golden) -> dict[str, Any]:
    headers = {name: value.decode() for name, value in golden.headers}
    return {"headers": headers, "key": golden.key, "value": golden.value}
