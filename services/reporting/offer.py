"""How the offer is known, in places: those in sight, the share that is declared, how late a vacancy is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.codes import OfferType
from contracts.designations import StayEnded, StayStarted
from contracts.event import Message
from contracts.offers import (
    PlaceBackInService,
    PlaceOutOfService,
    StructureRegistered,
    VacancyClosed,
    VacancyExpected,
    VacancyOpened,
)
from services.chassis.clock import start_of
from services.reporting.indicators import ALL


@dataclass(frozen=True, slots=True)
class Known:
    """The offer of one type, or of all ("all"). Places at the end of the period; delays of its vacancies, in days.

    declared: share of the places installed that the SIAO has in sight, in percent; None without a place, as are
    delays without a vacancy.
    """

    offer_type: str
    installed: int
    capacity: int
    occupied: int
    vacant: int
    unavailable: int
    announced: int
    declared: float | None
    opened: int
    median_days: int | None
    p90_days: int | None


DEFINITIONS: Final = (
    ("installed", "Places installées", "Places décrites par les structures, à la fin de la période."),
    ("capacity", "Capacité", "Personnes que ces places peuvent accueillir."),
    ("occupied", "Places occupées", "Places où le SIAO sait qu'un ménage vit."),
    ("vacant", "Places vacantes", "Vacances ouvertes, désignation en cours ou non."),
    (
        "unavailable",
        "Places indisponibles",
        "Places inoccupées qui ne peuvent être attribuées, quel qu'en soit le motif.",
    ),
    ("announced", "Vacances annoncées", "Places qui seront bientôt vacantes (CASF L345-2-7) ; parmi les autres."),
    (
        "declared",
        "Part des places déclarées au SIAO",
        "Occupées, vacantes ou indisponibles, sur installées, en pour cent : le SIAO ne sait rien des autres.",
    ),
    ("opened", "Vacances connues dans la période", "Publiées, nées d'un départ, ou de places redevenues disponibles."),
    (
        "median_days",
        "Délai médian de publication (jours)",
        "Du jour où la place est libre (départ, ou premier jour d'entrée possible) à celui où le SIAO le sait.",
    ),
    ("p90_days", "Neuvième décile du même délai (jours)", "Neuf vacances sur dix sont connues en ce temps ou moins."),
)

# The last that was heard of each subject is a beginning. At one instant, an end comes after what it ends.
_STANDING: Final = text(
    "SELECT coalesce(offer_type, '') AS offer_type, sum(number) AS places, sum(persons) AS persons"
    " FROM (SELECT DISTINCT ON (subject) kind, detail, offer_type, number, persons FROM facts"
    " WHERE siao = :siao AND kind = ANY(:kinds) AND at < :until"
    " ORDER BY subject, at DESC, kind = :begins, detail DESC) f"
    " WHERE kind = :begins AND detail <> 'no_longer' GROUP BY 1"
)
_DELAYS: Final = text(
    "SELECT coalesce(offer_type, :all) AS offer_type, count(*) AS opened,"
    " percentile_disc(0.5) WITHIN GROUP (ORDER BY days) AS median,"
    " percentile_disc(0.9) WITHIN GROUP (ORDER BY days) AS p90"
    " FROM facts WHERE siao = :siao AND kind = :opened AND at >= :since AND at < :until AND days IS NOT NULL"
    " GROUP BY GROUPING SETS ((offer_type), ())"
)
_STOCKS: Final[dict[str, tuple[type[Message], ...]]] = {
    "installed": (StructureRegistered,),
    "occupied": (StayStarted, StayEnded),
    "vacant": (VacancyOpened, VacancyClosed),
    "unavailable": (PlaceOutOfService, PlaceBackInService),
    "announced": (VacancyExpected, VacancyOpened),
}


async def offer(connection: AsyncConnection, siao: str, since: date, until: date) -> list[Known]:
    """The offer as it was known at the end of [since, until): all types, then each in the order of the code list."""
    start, stop = map(start_of, (since, until))
    places, capacity = await _places(connection, siao, stop)
    period = {"siao": siao, "since": start, "until": stop, "opened": _type(VacancyOpened), "all": ALL}
    delays = {row.offer_type: row for row in (await connection.execute(_DELAYS, period)).all()}
    named = {kind for counts in places.values() for kind in counts} | set(delays)
    kinds = [kind.value for kind in OfferType if kind.value in named]
    return [_known(kind, places, capacity, delays.get(kind)) for kind in (ALL, *kinds)]


async def _places(
    connection: AsyncConnection, siao: str, stop: datetime
) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """Stock -> type of offer -> places; and type of offer -> capacity installed, in personnes."""
    places, capacity = dict[str, dict[str, int]](), dict[str, int]()
    for stock, models in _STOCKS.items():
        kinds = [_type(model) for model in models]
        asked = {"siao": siao, "kinds": kinds, "begins": kinds[0], "until": stop}
        rows: Sequence[Any] = (await connection.execute(_STANDING, asked)).all()
        places[stock] = {row.offer_type: row.places for row in rows} | {ALL: sum(row.places for row in rows)}
        if stock == "installed":
            capacity = {row.offer_type: row.persons for row in rows} | {ALL: sum(row.persons for row in rows)}
    return places, capacity


def _known(kind: str, places: dict[str, dict[str, int]], capacity: dict[str, int], delay: Any) -> Known:
    count = {stock: by_type.get(kind, 0) for stock, by_type in places.items()}
    in_sight = count["occupied"] + count["vacant"] + count["unavailable"]
    return Known(
        offer_type=kind,
        capacity=capacity.get(kind, 0),
        declared=round(100 * in_sight / count["installed"], 1) if count["installed"] else None,
        opened=delay.opened if delay else 0,
        median_days=delay.median if delay else None,
        p90_days=delay.p90 if delay else None,
        **count,
    )


def _type(model: type[Message]) -> str:
    return str(model.__dict__["type"])
