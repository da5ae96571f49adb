"""What reporting shows: indicators as JSON and CSV, the month's report as a page with its chart; no name, no script."""

import io
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from faststream.asgi import AsgiResponse, get
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from contracts.codes import OfferType
from contracts.fields import Day, SiaoCode
from contracts.indicator_table import write
from services.chassis.clock import Clock, day_of
from services.reporting.chart import bars
from services.reporting.counted import INDICATORS
from services.reporting.indicators import ALL, Line, by_id, indicators, live

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
_SIAO: Final = TypeAdapter[str](SiaoCode)
_DAY: Final = TypeAdapter[date](Day)
OUTCOMES: Final = (
    "designations_admitted",
    "designations_refused",
    "designations_declined",
    "designations_no_show",
    "designations_expired",
    "designations_withdrawn",
    "designations_cancelled",
)


class Asked:
    """What the address asks for: a SIAO and a period, the current month by default. Raises ValueError."""

    def __init__(self, query: Mapping[str, Sequence[str]], today: date) -> None:
        month = today.replace(day=1)
        self.siao: str = _SIAO.validate_python(query.get("siao", [""])[0])
        self.since = _DAY.validate_python(query.get("since", [month.isoformat()])[0])
        following = (month + timedelta(days=32)).replace(day=1)
        self.until = _DAY.validate_python(query.get("until", [following.isoformat()])[0])
        if self.until <= self.since:
            raise ValueError("the period is empty")


class Sheet(NamedTuple):
    """The figures of a period, for a table."""

    siao: str
    since: date
    until: date
    lines: Sequence[Line]


Render = Callable[[AsyncConnection, Asked, date], Awaitable[tuple[str, str]]]


def page(path: str, render: Render) -> Callable[[AsyncEngine, Clock], tuple[str, Any]]:
    """A page at a path; a wrong address is answered in words."""

    def route(engine: AsyncEngine, clock: Clock) -> tuple[str, Any]:
        @get
        async def serve(scope: Any) -> AsgiResponse:
            today = day_of(clock())
            try:
                asked = Asked(parse_qs(scope["query_string"].decode()), today)
            except ValueError:
                words = "Demandez ?siao=92&since=2026-11-01&until=2026-12-01 / Ask for that form.\n"
                return AsgiResponse(words.encode(), 400, {"content-type": "text/plain; charset=utf-8"})
            async with engine.connect() as connection:
                content_type, body = await render(connection, asked, today)
            return AsgiResponse(body.encode(), 200, {"content-type": f"{content_type}; charset=utf-8"})

        return path, serve

    return route


async def as_json(connection: AsyncConnection, asked: Asked, _today: date) -> tuple[str, str]:
    """All lines, for machines."""
    lines = await indicators(connection, asked.siao, asked.since, asked.until)
    period = {"siao": asked.siao, "since": asked.since.isoformat(), "until": asked.until.isoformat()}
    return "application/json", json.dumps({**period, "indicators": [asdict(line) for line in lines]})


async def as_csv(connection: AsyncConnection, asked: Asked, _today: date) -> tuple[str, str]:
    """All lines, for spreadsheets: UTF-8, comma, ISO dates."""
    sheet = io.StringIO()
    lines = await indicators(connection, asked.siao, asked.since, asked.until)
    write([Sheet(asked.siao, asked.since, asked.until, lines)], sheet)
    return "text/csv", sheet.getvalue()


async def as_html(connection: AsyncConnection, asked: Asked, _today: date) -> tuple[str, str]:
    """The report of a period: the table, the chart, the definition of each line."""
    lines = by_id(await indicators(connection, asked.siao, asked.since, asked.until))
    kinds = [kind for kind in OfferType if any(kind.value in table for table in lines.values())]
    body = TEMPLATES.get_template("report.html").render(
        asked=asked,
        indicators=INDICATORS,
        lines=lines,
        kinds=kinds,
        all=ALL,
        chart=Markup(_chart(lines)),  # noqa: S704
        last_day=asked.until - timedelta(days=1),
    )
    return "text/html", body


async def as_live(connection: AsyncConnection, asked: Asked, today: date) -> tuple[str, str]:
    """What is true now."""
    return "application/json", json.dumps(await live(connection, asked.siao, today + timedelta(days=1)))


def _chart(lines: Mapping[str, Mapping[str, Line]]) -> str:
    """What became of the designations."""
    labels = {indicator.id: indicator.label for indicator in INDICATORS}
    totals = [lines[outcome][ALL] for outcome in OUTCOMES]
    return bars([(labels[line.indicator], line.households, line.persons) for line in totals])


ROUTES: Final = (
    page("/indicators.json", as_json),
    page("/indicators.csv", as_csv),
    page("/report.html", as_html),
    page("/live.json", as_live),
)
