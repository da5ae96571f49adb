"""What is shown of the offer: the same figures as JSON, as a sheet and as a page."""

import csv
import io
import json
from dataclasses import asdict
from datetime import date, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.codes import OfferType
from services.reporting.indicators import ALL
from services.reporting.offer import DEFINITIONS, offer
from services.reporting.pages import TEMPLATES, Asked, page

_TYPES: Final = {ALL: "Tous types d'offre", **{kind.value: kind.label for kind in OfferType}}


async def as_json(connection: AsyncConnection, asked: Asked, _today: date) -> tuple[str, str]:
    """For machines."""
    lines = await offer(connection, asked.siao, asked.since, asked.until)
    period = {"siao": asked.siao, "since": asked.since.isoformat(), "until": asked.until.isoformat()}
    return "application/json", json.dumps({**period, "offer": [asdict(line) for line in lines]})


async def as_csv(connection: AsyncConnection, asked: Asked, _today: date) -> tuple[str, str]:
    """For spreadsheets: UTF-8, comma, ISO dates."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow(
        ["siao", "du", "au_exclu", "type_offre", "type_offre_libelle", *(name for name, _, _ in DEFINITIONS)]
    )
    for line in await offer(connection, asked.siao, asked.since, asked.until):
        figures = [getattr(line, name) for name, _, _ in DEFINITIONS]
        writer.writerow([asked.siao, asked.since, asked.until, line.offer_type, _TYPES[line.offer_type], *figures])
    return "text/csv", sheet.getvalue()


async def as_html(connection: AsyncConnection, asked: Asked, _today: date) -> tuple[str, str]:
    """For people: the table, and the definition of each column."""
    body = TEMPLATES.get_template("offer.html").render(
        asked=asked,
        last_day=asked.until - timedelta(days=1),
        definitions=DEFINITIONS,
        types=_TYPES,
        lines=await offer(connection, asked.siao, asked.since, asked.until),
    )
    return "text/html", body


ROUTES: Final = (page("/offer.json", as_json), page("/offer.csv", as_csv), page("/offer.html", as_html))
