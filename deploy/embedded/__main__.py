"""`python -m deploy.embedded up`: the platform until Ctrl-C or SIGTERM; refuses to leave a process behind."""

import argparse
import signal
import sys
from pathlib import Path

from confluent_kafka import KafkaException
from rich.console import Console

from deploy.embedded import state
from deploy.embedded.board import Board
from deploy.embedded.failure import PlatformError
from deploy.embedded.platform import DEFAULT_ADDRESSES, Addresses, Platform
from deploy.provision.partners import load


def main() -> int:
    """0 after a stop that was asked for, 1 with one sentence when the platform could not start or go on."""
    options = _options()
    console = Console()
    # SIGTERM stops as Ctrl-C does, at whatever moment it comes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _up(options, console)
    except KeyboardInterrupt:
        console.print("Arrêté. / Stopped.")
        return 0
    except (PlatformError, KafkaException) as error:
        console.print(str(error), style="bold red", markup=False, highlight=False, soft_wrap=True)
        return 1


def _up(options: argparse.Namespace, console: Console) -> int:
    board = Board(console)
    platform = Platform(
        options.state,
        partners=load(options.partners) if options.partners else (),
        addresses=Addresses(options.kafka_port, options.postgres_port, options.services_port),
        log_level=options.log_level,
        otlp=options.otlp,
        report=board.report,
        on_death=board.died,
    )
    with board:
        platform.start()
    try:
        board.addresses(platform)
        platform.ended.wait()
    finally:
        # From here a second Ctrl-C would only leave processes behind.
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, signal.SIG_IGN)
        console.print("Arrêt… / Stopping…")
        platform.stop()
    if platform.failure is not None:
        raise platform.failure
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.embedded", description=__doc__)
    commands = parser.add_subparsers(required=True)
    up = commands.add_parser("up", help="start the platform and stay until Ctrl-C")
    up.add_argument("--partners", type=Path, help="partners to provision, YAML or JSON")
    up.add_argument("--state", type=Path, default=state.STATE, help="state directory (default: %(default)s)")
    up.add_argument("--kafka-port", type=int, default=DEFAULT_ADDRESSES.kafka, help="the first of three (%(default)s)")
    up.add_argument("--postgres-port", type=int, default=DEFAULT_ADDRESSES.postgres, help="(%(default)s)")
    up.add_argument("--services-port", type=int, default=DEFAULT_ADDRESSES.services, help="first of six (%(default)s)")
    up.add_argument("--otlp", help="a receiver of traces, for example http://127.0.0.1:4318 (default: none)")
    up.add_argument("--log-level", default="INFO", choices=["DEBUG", "INFO", "WARNING", "ERROR"])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
