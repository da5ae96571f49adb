"""`python -m deploy.demo`: a département lives through its days on a platform of its own; 1 when the ledger objects."""

import asyncio
import logging
import signal
import sys
import time

from confluent_kafka import KafkaException
from rich.console import Console

from deploy.demo import options, results
from deploy.demo.board import Board, milliseconds
from deploy.demo.run import Result, Run
from deploy.demo.settlement import draw
from deploy.demo.stage import open_stage
from deploy.embedded.failure import PlatformError

LOG_WIDTH = 200


def main() -> int:
    """0 when the ledger is clean, 1 when it objects, 2 when the platform failed or the run was interrupted."""
    asked = options.read()
    # Where there is no terminal, nobody folds lines: findings stay on one line each.
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    # SIGTERM stops as Ctrl-C does, at whatever moment it comes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # What a Kafka client has to say of a platform that goes away, the run says in one sentence.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    began = time.monotonic()
    try:
        result = _play(asked, console)
    except (KeyboardInterrupt, asyncio.CancelledError):
        console.print("Arrêté. / Stopped.")
        return 2
    except (PlatformError, KafkaException) as error:
        console.print(str(error), style="bold red", markup=False, highlight=False)
        return 2
    findings = results.show(console, result)
    results.write(asked.out, result, asked.settings)
    console.print(
        f"{milliseconds(result.latencies)} de la vacance à la désignation, p50 / p99 (from vacancy to designation); "
        f"{len(result.ledger.deliveries)} messages ; {time.monotonic() - began:.0f} s ; {asked.out}/",
        highlight=False,
    )
    return 1 if findings else 0


def _play(asked: options.Options, console: Console) -> Result:
    department = draw(asked.settings)
    partners = department.partners()
    with Board(console, department.profile.title) as board:
        board.step(
            f"{department.profile.title} : {len(department.structures)} structures, {len(partners)} partenaires, "
            f"{len(department.waiting)} ménages en attente, {len(department.hosted)} hébergés"
        )
        stage = open_stage(asked, partners, board.platform)
        try:
            return asyncio.run(Run(asked, department, stage, board).play())
        finally:
            # From here a second Ctrl-C would only leave processes behind.
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, signal.SIG_IGN)
            board.step("Arrêt de la plateforme / Stopping the platform")
            stage.close()


if __name__ == "__main__":
    sys.exit(main())
