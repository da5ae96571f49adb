"""`siao why --siao 92 --request R --vacancy V`: why a household is, or is not, designated; what would change it.

Asks orientation, which answers with the rules that decide. Exit status: 0 answered, 1 not known, 2 no answer.
"""

import argparse
import http.client
import json
import os
from typing import Any
from urllib.parse import urlencode, urlsplit

from contracts.topics import Service
from deploy.embedded import ports
from deploy.embedded.failure import PlatformError
from deploy.embedded.platform import SERVICES_PORT

ADDRESS = f"http://{ports.HOST}:{SERVICES_PORT + list(Service).index(Service.ORIENTATION)}"
SECONDS = 60.0


def declare(commands: Any) -> None:
    """Add `why` to the commands of `siao`."""
    parser = commands.add_parser("why", help="pourquoi ce ménage, ou pourquoi pas / why, or why not")
    parser.add_argument("--siao", required=True, help="département, for example 92")
    parser.add_argument("--request", "--household", required=True, help="the request or the household")
    parser.add_argument("--vacancy", "--place", required=True, help="the vacancy or the place")
    parser.add_argument("--language", choices=("fr", "en"), default="fr")
    parser.add_argument("--json", action="store_true", help="the whole answer, for machines")
    address = os.environ.get("SIAO_ORIENTATION", ADDRESS)
    parser.add_argument("--address", default=address, help="where orientation answers (SIAO_ORIENTATION)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Asks, prints the answer."""
    query = urlencode({"siao": options.siao, "household": options.request, "place": options.vacancy})
    answer = _ask(f"{options.address}/why.json?{query}")
    if "wrong" in answer:
        print(answer["wrong"])
        return 1
    print(json.dumps(answer, indent=2, ensure_ascii=False) if options.json else _in_words(answer, options.language))
    return 0


def _ask(address: str) -> dict[str, Any]:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        return dict(json.load(connection.getresponse()))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise PlatformError(
            f"Le service orientation ne répond pas à {address.partition('/why')[0]} : lancez la plateforme (make up),"
            " ou donnez --address.",
            "Orientation does not answer there: start the platform (make up), or give --address.",
        ) from error
    finally:
        connection.close()


def _in_words(answer: dict[str, Any], language: str) -> str:
    words = answer["words"][language]
    rank = {"fr": "rang {} sur {}", "en": "rank {} of {}"}[language]
    lines = [words["verdict"]]
    if answer["rank"] is not None:
        lines.append(rank.format(answer["rank"], answer["considered"]))
    for title, name in (("- ", "exclusions"), ("→ ", "possibilities")):
        lines += [f"{title}{line}" for line in words[name]]
    return "\n".join([*lines, words["hint"], *filter(None, [words["session"]])])
