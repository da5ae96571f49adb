"""What the command shows: French first, English beside; personal data only in the notices that hold it."""

import json
from datetime import timedelta
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from contracts.indicator_table import LABELS, TYPES
from contracts.indicators import LIVE, IndicatorsComputed
from contracts.kit.findings import Finding
from contracts.kit.records import Notice
from contracts.notices import MessageAccepted, MessageRejected

SUBJECT_WIDTH: Final = 15
KIND_WIDTH: Final = 26


def finding(console: Console, found: Finding) -> None:
    """One line of the doctor's list, and a second one with the remedy when it is red."""
    mark, style = ("✔", "green") if found.well else ("✘", "bold red")
    line = Text.assemble((f"{mark} {found.subject:<{SUBJECT_WIDTH}}", style), found.fr, (f"  / {found.en}", "dim"))
    console.print(line, soft_wrap=True)
    if not found.well:
        remedy = Text.assemble((f"  → {found.remedy_fr}", "bold"), (f"\n  → {found.remedy_en}", "dim"))
        console.print(remedy, soft_wrap=True)


def receipt(console: Console, answer: MessageAccepted) -> None:
    """What a message caused."""
    again = "déjà reçu, rien n'a été refait / taken before, nothing was done again" if answer.duplicate else ""
    console.print(Text.assemble(("✔ accepté / accepted ", "green"), f"{answer.message_type} {answer.message_id}"))
    for line in (again, *(f"{caused.kind} {caused.id}" for caused in answer.caused)):
        if line:
            console.print(Text(f"  {line}"), soft_wrap=True)


def rejection(console: Console, answer: MessageRejected) -> None:
    """Why a message was not taken, where, and what to do."""
    console.print(Text.assemble(("✘ rejeté / rejected ", "bold red"), f"{answer.message_type} {answer.message_id}"))
    for line in (f"{answer.code}  {answer.path}  {answer.detail}".rstrip(), answer.text_fr, answer.text_en):
        console.print(Text(f"  {line}"), soft_wrap=True)


def notice(console: Console, heard: Notice, *, as_json: bool) -> None:
    """One notice: a line of JSON, or its time, its type and its fields."""
    if as_json:
        document = {"id": heard.id, "type": heard.type, "time": heard.time.isoformat(), "source": heard.source}
        line = json.dumps({**document, "data": heard.document}, ensure_ascii=False)
        console.print(Text(line), soft_wrap=True)
        return
    when = heard.time.astimezone().strftime("%d/%m %H:%M:%S")
    console.print(Text.assemble((f"{when}  ", "dim"), (f"{heard.type:<{KIND_WIDTH}}", "bold")))
    for name, value in heard.document.items():
        console.print(Text(f"  {name}: {_short(value)}"), soft_wrap=True)


def figures(console: Console, told: IndicatorsComputed) -> None:
    """The totals of a period, and by type of offer under them."""
    last = told.until - timedelta(days=1)
    state = "à présent / now" if told.period == LIVE else "définitif / final" if told.final else "en cours / under way"
    exact = "" if told.rounded_to == 1 else f", arrondi à / rounded to {told.rounded_to}"
    when = told.computed_at.astimezone().strftime("%d/%m/%Y %H:%M:%S")
    console.print(Text(f"SIAO {told.siao}, {told.since} … {last}, {state}{exact} ({when})"), style="bold")
    table = Table("", "ménages", "personnes", box=None)
    for line in told.lines:
        label = LABELS[line.indicator] if line.offer_type == "all" else f"  {TYPES[line.offer_type]}"
        table.add_row(Text(label), str(line.households), str(line.persons))
    console.print(table)


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
