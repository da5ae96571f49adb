"""`siao replay DESIGNATION` (or --all): takes a designation again from the log, and says where it comes out otherwise.

One pass over the log takes all of them again. Exit status: 0 all the same, 1 one differs, 2 not in the log.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from contracts.designations import DesignationMade
from contracts.topics import DESIGNATIONS
from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.provision.connection import administrator
from deploy.siao.log import read
from services.orientation.replaying import INPUTS, Replayed, replay


def declare(commands: Any) -> None:
    """Add `replay` to the commands of `siao`."""
    parser = commands.add_parser("replay", help="rejouer des désignations depuis le journal / replay designations")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("designation", nargs="?", help="identifiant de la désignation / its id")
    what.add_argument("--all", action="store_true", help="toutes celles du journal / all of the log")
    parser.add_argument("--state", type=Path, default=state.STATE, help="dossier de la plateforme embarquée")
    parser.add_argument("--json", action="store_true", help="le verdict pour une machine / for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Replay, print, say how it came out. Raises PlatformError."""
    began = time.monotonic()
    settings = administrator(options.state)
    # First what was decided: all that it had seen is then in the log.
    decided = read(settings, (DESIGNATIONS,))
    again = list(replay(read(settings, INPUTS), decided))
    if not options.all:
        again = [one for one in again if one.made.designation == options.designation]
        if not again:
            raise PlatformError("Cette désignation n'est pas dans le journal.", "This designation is not in the log.")
    wrong = [one for one in again if one.differences]
    if options.json:
        json.dump({"replayed": len(again), "differ": [_plain(one) for one in wrong]}, sys.stdout)
    else:
        _say(again, wrong, detailed=not options.all)
        print(
            f"{len(again)} désignations rejouées en {time.monotonic() - began:.1f} s, {len(wrong)} différentes"
            f" / {len(again)} designations replayed, {len(wrong)} differ"
        )
    return 1 if wrong else 0


def _say(again: list[Replayed], wrong: list[Replayed], *, detailed: bool) -> None:
    if detailed:
        print(_described(again[0]))
    for one in wrong:
        print(f"désignation {one.made.designation} : le rejeu diffère / the replay differs")
        for difference in one.differences:
            print(f"  {difference.what}: {difference.logged} -> {difference.replayed}")


def _plain(one: Replayed) -> dict[str, Any]:
    differences = {d.what: [str(d.logged), str(d.replayed)] for d in one.differences}
    return {"designation": one.made.designation, "differences": differences}


def _described(one: Replayed) -> str:
    made, proof = one.made, one.made.proof
    passed = ", ".join(f"{rule} {count}" for rule, count in proof.passed_over.items()) or "personne / nobody"
    if made.proof.session is not None and not made.out_of_order:
        how = f"par la séance / by session: {made.proof.session}"
    else:
        how = _in_turn(made)
    return "\n".join(
        (
            f"désignation {made.designation}, {made.made_at.isoformat()}",
            f"  ménage {made.household} (demande {made.request}) -> place {made.place}",
            f"  {how} ; rang {proof.rank} sur {proof.considered} / rank {proof.rank} of {proof.considered}",
            f"  passés / passed over: {passed}",
            f"  critères version {proof.criteria_version}, règles version {proof.rules_version}",
            f"  vu / seen: {', '.join(f'{place} {offset}' for place, offset in sorted(proof.seen.items()))}",
        )
    )


def _in_turn(made: DesignationMade) -> str:
    if made.out_of_order:
        return f"hors rang / out of order: {made.out_of_order.reason.value}"
    return "à son rang / in turn"
