"""`/why`: why a household is, or is not, designated to a place, and what would change it; for the SIAO's own staff.

Reads the territory as it is; knows no name. Refuses nothing but an address it cannot read: staff log in with the pages
to come, until then it is served on the internal address only.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from faststream.asgi import AsgiResponse, get
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from contracts.codes import OfferType
from contracts.fields import SiaoCode
from services.chassis.looking import Look
from services.orientation import wording
from services.orientation.domain.explaining import Explanation, Place, explain
from services.orientation.domain.model import Vacancy, Waiting
from services.orientation.store import STRUCTURES, VACANCIES, WAITING
from services.orientation.territory import Territory

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
)
_SIAO: Final = TypeAdapter[str](SiaoCode)
WORDS: Final = {
    "household": "Aucune demande en attente sous cet identifiant. / No request waits under this id.",
    "place": "Aucune vacance ouverte sous cet identifiant. / No vacancy is open under this id.",
    "siao": "Donnez le code du département, par exemple ?siao=92. / Give the département's code, like ?siao=92.",
}


class Wait(NamedTuple):
    """The place waits for a session of the commission; held_on None: none is convened yet."""

    held_on: date | None


class Answer(NamedTuple):
    """What is answered for a household and a place that are known."""

    request: str
    waiting: Waiting
    place: Place
    criteria_version: int
    explanation: Explanation
    wait: Wait | None


def answer(territory: Territory, household: str, place: str) -> Answer:
    """Ask. `household`: of a request or a household; `place`: of a vacancy or a place. LookupError otherwise."""
    request = territory.request_of(household)
    waiting = territory.get(WAITING, request) if request is not None else None
    if request is None or waiting is None:
        raise LookupError("household")
    places = list(_open_places(territory))
    asked = next((open_ for open_ in places if place in (open_.id, open_.vacancy.place)), None)
    if asked is None:
        raise LookupError("place")
    others = [open_ for open_ in places if open_ is not asked and open_.vacancy.designation is None]
    explanation = explain(territory.lists, request, waiting, asked, others)
    wait = _wait(territory, asked)
    return Answer(request, waiting, asked, territory.criteria.version, explanation, wait)


def _wait(territory: Territory, place: Place) -> Wait | None:
    vacancy = place.vacancy
    if not territory.governs(vacancy.offer_type) or vacancy.session is not None or vacancy.designation is not None:
        return None
    sessions = territory.sessions()
    awaited = (session for session in sessions if session.state == "convened" or place.id in session.vacancies)
    return Wait(next((session.held_on for session in awaited), None))


def _open_places(territory: Territory) -> Iterator[Place]:
    for vacancy_id in territory.open_vacancies():
        vacancy = territory.get(VACANCIES, vacancy_id)
        structure = territory.get(STRUCTURES, vacancy.structure) if vacancy else None
        if vacancy is not None and structure is not None:
            yield Place(vacancy_id, vacancy, structure.rules)


def as_json(found: Answer) -> dict[str, Any]:
    """For machines: the facts, and the same in words."""
    explanation, vacancy = found.explanation, found.place.vacancy
    facts: dict[str, Any] = to_jsonable_python(asdict(explanation))
    return {
        "request": found.request,
        "household": found.waiting.household,
        "vacancy": found.place.id,
        "place": vacancy.place,
        "structure": vacancy.structure,
        "offer_type": vacancy.offer_type,
        "criteria_version": found.criteria_version,
        "waits_for_session": found.wait is not None,
        "session_on": found.wait.held_on.isoformat() if found.wait is not None and found.wait.held_on else None,
        **facts,
        "words": {
            language: {
                "verdict": getattr(wording.verdict(explanation), language),
                "exclusions": [getattr(wording.exclusion(one), language) for one in explanation.exclusions],
                "possibilities": [getattr(wording.possibility(one), language) for one in explanation.possibilities],
                "hint": getattr(wording.scarcity(explanation), language),
                "session": getattr(wording.waits_until(found.wait.held_on), language)
                if found.wait is not None
                else None,
            }
            for language in ("fr", "en")
        },
    }


def as_html(found: Answer | None, asked: Mapping[str, str], wrong: str = "") -> str:
    """For people: French first. Without an answer, the form alone, and what was wrong with what was asked."""
    return _TEMPLATES.get_template("why.html").render(
        found=found, asked=asked, wrong=wrong, wording=wording, OfferType=OfferType, vacancy=_vacancy_of(found)
    )


def _vacancy_of(found: Answer | None) -> Vacancy | None:
    return found.place.vacancy if found else None


def _asked(query: Mapping[str, Sequence[str]]) -> dict[str, str]:
    names = {"siao": ("siao",), "household": ("household", "request"), "place": ("place", "vacancy")}
    return {
        name: next((query[alias][0].strip() for alias in aliases if alias in query), "")
        for name, aliases in names.items()
    }


async def _found(look: Look, asked: Mapping[str, str]) -> Answer:
    """Raises LookupError: siao, household, place."""
    try:
        siao = _SIAO.validate_python(asked["siao"])
    except ValueError:
        raise LookupError("siao") from None
    async with look(siao) as territory:
        return answer(territory, asked["household"], asked["place"])


def why(path: str, look: Look) -> tuple[str, Any]:
    """The page at a path: JSON where the path says so, HTML otherwise."""
    json_wanted = path.endswith(".json")
    content_type = "application/json" if json_wanted else "text/html; charset=utf-8"

    @get
    async def serve(scope: Any) -> AsgiResponse:
        asked = _asked(parse_qs(scope["query_string"].decode()))
        found, wrong, status = None, "", 200
        if json_wanted or any(asked.values()):
            try:
                found = await _found(look, asked)
            except LookupError as error:
                wrong, status = WORDS[str(error.args[0])], 404 if error.args[0] != "siao" else 400
        body = as_html(found, asked, wrong) if not json_wanted else json.dumps(_document(found, wrong))
        return AsgiResponse(body.encode(), status, {"content-type": content_type})

    return path, serve


def _document(found: Answer | None, wrong: str) -> dict[str, Any]:
    return as_json(found) if found is not None else {"wrong": wrong}


VIEWS: Final = (partial(why, "/why"), partial(why, "/why.json"))
