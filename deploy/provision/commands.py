"""The commands on partners: plan, apply, rotate, manifests; each refuses with one sentence, in French first.

Hung under `python -m deploy.provision`, or as `partners` under another program (`declare`). Exit status: 0 done, or
nothing to do; CHANGES from `plan --exit-code` when there is something to do; the program's own for an error.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from confluent_kafka import KafkaException

from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.provision import connection, credentials, manifests, rotation, saying
from deploy.provision.apply import apply, prepare
from deploy.provision.partners import load

# Not 1 nor 2: these are an error and a wrong command line.
CHANGES: Final = 3

Options = argparse.Namespace


def declare(commands: Any) -> None:
    """Add `partners` to another program's commands; `run` is set: options -> exit status, or PlatformError."""
    parser = commands.add_parser("partners", help="partenaires : prévoir, mettre en place, changer / partners")
    declare_verbs(parser.add_subparsers(required=True, metavar="COMMAND"))


def declare_verbs(commands: Any) -> None:
    """Add plan, apply, rotate and manifests."""
    plan = _verb(commands, "plan", _plan, "montre ce que apply ferait / shows what apply would do")
    plan.add_argument("file", type=Path, help="the partners, YAML or JSON")
    plan.add_argument("--exit-code", action="store_true", help=f"exit with {CHANGES} when there is something to do")
    made = _verb(commands, "apply", _apply, "met en place / makes it so")
    made.add_argument("file", type=Path, help="the partners, YAML or JSON")
    made.add_argument("--remove", action="store_true", help="take away partners that the file does not name")
    made.add_argument("--records", action="store_true", help="only the register and the tokens: Strimzi makes the rest")
    turn = _verb(commands, "rotate", _rotate, "remplace des identifiants / replaces credentials")
    turn.add_argument("partners", nargs="+", metavar="ID", help="partners that get new credentials beside the old")
    turn.add_argument("--finish", action="store_true", help="take the old credentials away, at once")
    overlap = rotation.OVERLAP_DAYS
    turn.add_argument("--days", type=int, default=overlap, help="how long an old HTTP token still opens (%(default)s)")
    written = _verb(commands, "manifests", _manifests, "ressources Strimzi / Strimzi resources")
    written.add_argument("file", type=Path, help="the partners, YAML or JSON")
    written.add_argument("--out", type=Path, help="a directory for topics.yaml and users.yaml (default: printed)")
    written.add_argument("--cluster", default="siao", help="the name of Strimzi's Kafka (%(default)s)")


def _verb(commands: Any, name: str, run: Callable[[Options], int], help_text: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=help_text)
    default = "the embedded platform's directory; credentials go there (%(default)s)"
    parser.add_argument("--state", type=Path, default=state.STATE, help=default)
    parser.add_argument("--credentials", type=Path, help="their file, when it is not in that directory")
    parser.set_defaults(run=lambda options: _run(run, options))
    return parser


def _run(verb: Callable[[Options], int], options: Options) -> int:
    try:
        return verb(options)
    except KafkaException as error:
        said = error.args[0]
        raise PlatformError(
            f"Kafka refuse : {said.str()} ({said.name()}).", f"Kafka refuses ({said.name()})."
        ) from error


def _plan(options: Options) -> int:
    partners, administrator = load(options.file), connection.administrator(options.state)
    connection.require_answer(administrator)
    prepared = prepare(administrator, partners, _kept(options))
    print("\n".join(saying.plan_lines(prepared)))
    return CHANGES if options.exit_code and not prepared.plan.empty else 0


def _apply(options: Options) -> int:
    partners, administrator = load(options.file), connection.administrator(options.state)
    replication = connection.replication()
    connection.require_answer(administrator)
    applied = apply(
        administrator,
        partners,
        _kept(options),
        replication,
        remove=options.remove,
        only_records=options.records,
    )
    print(saying.applied_line(applied, len(partners), _kept(options)))
    print("".join(f"{line}\n" for line in saying.remaining_lines(applied)), end="")
    return 0


def _rotate(options: Options) -> int:
    administrator = connection.administrator(options.state)
    connection.require_answer(administrator)
    partners, path = list(dict.fromkeys(options.partners)), _kept(options)
    if options.finish:
        for turn in rotation.finish(administrator, partners, path):
            print(saying.finished_line(turn))
    else:
        for turn in rotation.begin(administrator, partners, path, options.days):
            print(saying.begun_lines(turn, path, options.days))
    return 0


def _manifests(options: Options) -> int:
    partners, keys = load(options.file), credentials.read(_kept(options))
    made = manifests.resources(partners, keys, options.cluster, connection.replication())
    if options.out is None:
        sys.stdout.write("".join(manifests.text(documents) for documents in made.values()))
        return 0
    options.out.mkdir(parents=True, exist_ok=True)
    for name, documents in made.items():
        path = options.out / f"{name}.yaml"
        path.write_text(manifests.text(documents), encoding="utf-8")
        print(f"{path} : {len(documents)}")
    return 0


def _kept(options: Options) -> Path:
    kept: Path = options.credentials or options.state / "credentials.json"
    return kept
