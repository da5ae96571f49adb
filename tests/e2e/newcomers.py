"""Partners who come for the first time, each in a SIAO of its own, so that nobody takes another's household."""

import json
import os
import sys
from pathlib import Path
from typing import Final

from contracts.golden import golden_messages
from contracts.requests import RequestSubmitted
from contracts.topics import Role
from deploy.embedded.platform import Platform
from deploy.provision.partners import Partner as Registered
from tests.e2e.partner import Partner

# Who comes, and the SIAO where it does.
SIAO_OF: Final = {
    "kit": "01",
    "command": "02",
    "program": "07",
    "python": "03",
    "node": "04",
    "java": "05",
    "kcat": "06",
    "curl": "08",
    "http": "09",
    "stranger": "10",
}
# Those who may come by HTTP.
BY_HTTP: Final = ("curl", "http", "stranger")
SECONDS: Final = 60


def structure(name: str) -> str:
    """The newcomer's id."""
    return f"chrs-{name}"


def partners() -> list[Registered]:
    """A structure, a prescriber and a bailleur in each SIAO."""
    roles = {"chrs": Role.STRUCTURE, "ccas": Role.PRESCRIBER, "bailleur": Role.BAILLEUR}
    return [
        Registered(id=f"{what}-{name}", role=role, siao=siao, name=f"{what} {name}", http=name in BY_HTTP)
        for name, siao in SIAO_OF.items()
        for what, role in roles.items()
    ]


def partner(platform: Platform, what: str, name: str) -> Partner:
    """One of them, as the tests' own small software."""
    return Partner(platform, next(one for one in partners() if one.id == f"{what}-{name}"))


def environment(platform: Platform, user: str) -> dict[str, str]:
    """What the operator of the SIAO gives a partner, and nothing of this checkout's environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIAO_", "PYTHON", "VIRTUAL"))}
    return {
        **kept,
        "SIAO_ADDRESS": platform.kafka.bootstrap,
        "SIAO_PARTNER": user,
        "SIAO_PASSWORD": platform.credentials.partners[user].password,
        "SIAO_SECONDS": str(SECONDS),
        "SIAO_HTTP": platform.http_url,
        "SIAO_TOKEN": platform.credentials.partners[user].token or "",
    }


def golden_request() -> RequestSubmitted:
    """The golden request: its household suits the golden vacancy."""
    golden = next(one for one in golden_messages() if one.name == "request.submitted.v1")
    return RequestSubmitted.model_validate_json(golden.body)


async def a_household_waits(platform: Platform, name: str) -> str:
    """The prescriber of the newcomer's SIAO sends the golden request; the household's id."""
    ccas = partner(platform, "ccas", name)
    await ccas.connect()
    try:
        return (await ccas.tells(golden_request()))["household"]
    finally:
        await ccas.leave()


def notices(text: str) -> list[dict[str, object]]:
    """The lines of JSON that a recipe or `siao-partner watch --json` prints."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def librdkafka() -> Path | None:
    """The library of this environment's own Kafka client, newer than that of a distribution's kcat."""
    folders = (Path(path) / "confluent_kafka.libs" for path in sys.path)
    return next((file for folder in folders for file in folder.glob("librdkafka*.so*")), None)
