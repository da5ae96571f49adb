"""`siao-partner`: tries the connection, shows examples, sends, watches, keeps the list; guesses nothing."""

import argparse
import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeAlias

from rich.console import Console

from contracts.kit import KitError, commands

Command: TypeAlias = Callable[[argparse.Namespace, Console], Awaitable[int]]

PARTNER_SECONDS: Final = 30.0


def main() -> int:
    """Exit status: 0 all well, 1 rejected or something to put right, 2 it could not be tried."""
    options = _options().parse_args()
    # What the client library logs is what we say in other words.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    command: Command = options.command
    try:
        return asyncio.run(_run(command, options))
    except KitError as error:
        Console(stderr=True).print(f"{error.fr}\n{error.en}", style="bold red", markup=False, highlight=False)
        return 2
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        # Whoever read us has read enough.
        sys.stderr.close()
        return 0


async def _run(command: Command, options: argparse.Namespace) -> int:
    return await command(options, Console(highlight=False))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="siao-partner", description="Échanger avec le SIAO / speak with the SIAO")
    parser.add_argument("--settings", type=Path, help="réglages TOML / settings (siao-partner.toml)")
    names = parser.add_subparsers(required=True, metavar="COMMANDE")

    def command(name: str, run: Command, about: str) -> argparse.ArgumentParser:
        made = names.add_parser(name, help=about, description=about)
        made.set_defaults(command=run)
        return made

    one = command("doctor", commands.doctor, "tout essayer, et dire quoi faire / try everything, say what to do")
    one.add_argument("--silent", action="store_true", help="ne rien envoyer au SIAO / send the SIAO nothing")

    one = command("example", commands.example, "un message d'exemple / a golden message")
    one.add_argument("type", nargs="?", help="vacancy.published.v1")
    one.add_argument("--list", action="store_true", help="la liste / the list")

    one = command("send", commands.send, "envoyer, attendre la réponse / send, wait for the answer")
    one.add_argument("file", help="fichier JSON, ou - / JSON file, or -")
    one.add_argument("--type", help="type, si le fichier n'est que le contenu / type, when the file is the body alone")
    one.add_argument(
        "--new-id", action="store_true", help="nouvel identifiant, heure d'à présent / new id, present time"
    )
    one.add_argument("--seconds", type=float, default=PARTNER_SECONDS, help="patience (%(default)s s)")

    one = command("watch", commands.watch, "les avis, à mesure / notices as they come")
    one.add_argument("--json", action="store_true", help="une ligne de JSON par avis / a line of JSON each")
    one.add_argument("--all", action="store_true", help="depuis le début / from the beginning")
    one.add_argument("--until", metavar="TYPE", help="s'arrêter à ce type / stop at this type")
    one.add_argument("--seconds", type=float, help="s'arrêter après / stop after")

    _lists(command)
    return parser


def _lists(command: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    """What the SIAO keeps for a partner: read whole, each time."""
    one = command("feed", commands.feed, "tenir la liste des ménages prêts / keep the list of ready households")
    kept = one.add_mutually_exclusive_group(required=True)
    kept.add_argument("--sqlite", type=Path, metavar="FICHIER")
    kept.add_argument("--csv", type=Path, metavar="FICHIER")
    one.add_argument("--once", action="store_true", help="une fois, puis finir / once, then end")

    one = command("indicators", commands.indicators, "les chiffres du SIAO / the SIAO's figures")
    one.add_argument("--period", metavar="AAAA-MM", help="un mois, ou live / a month, or live")
    shown = one.add_mutually_exclusive_group()
    shown.add_argument("--csv", action="store_true", help="toutes les périodes, pour un tableur / for a spreadsheet")
    shown.add_argument("--json", action="store_true", help="une ligne de JSON par période / a line of JSON each")


if __name__ == "__main__":
    sys.exit(main())
