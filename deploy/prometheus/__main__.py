"""`python -m deploy.prometheus`: `table [--check]` of metrics; `up`: Prometheus, Alertmanager beside the platform."""

import argparse
import signal
import sys
from pathlib import Path

from contracts.topics import EDGE, Service
from deploy.embedded import ports, state
from deploy.embedded.failure import PlatformError
from deploy.embedded.platform import SERVICES_PORT
from deploy.prometheus.monitor import ALERTMANAGER_PORT, PROMETHEUS_PORT, Monitor
from deploy.prometheus.names import README, filled


def main() -> int:
    """Exit status: 0 when all is well, 1 when the table is stale or a program is missing or ends."""
    options = _options()
    return _table(options) if options.command == "table" else _up(options)


def _table(options: argparse.Namespace) -> int:
    present = README.read_text(encoding="utf-8")
    wanted = filled(present)
    if wanted == present:
        return 0
    if options.check:
        print("stale: deploy/prometheus/README.md\nRun: python -m deploy.prometheus table", file=sys.stderr)
        return 1
    README.write_text(wanted, encoding="utf-8")
    print("written: deploy/prometheus/README.md")
    return 0


def _up(options: argparse.Namespace) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    services = {str(name): f"{ports.HOST}:{options.services_port + rank}" for rank, name in enumerate((*Service, EDGE))}
    monitor = Monitor(
        options.state / "monitor",
        services,
        prometheus=options.prometheus_port,
        alertmanager=options.alertmanager_port,
    )
    try:
        monitor.start()
        print(f"Prometheus     {monitor.url('prometheus')}\nAlertmanager   {monitor.url('alertmanager')}")
        print("Ctrl-C pour arrêter / to stop", flush=True)
        signal.pause()
    except KeyboardInterrupt:
        return 0
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        monitor.stop()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.prometheus", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    table = commands.add_parser("table", help="write the table of metrics of README.md")
    table.add_argument("--check", action="store_true", help="write nothing; exit 1 when it is stale")
    up = commands.add_parser("up", help="Prometheus and Alertmanager, looking at the embedded platform, until Ctrl-C")
    up.add_argument("--state", type=Path, default=state.STATE, help="state directory (default: %(default)s)")
    up.add_argument("--services-port", type=int, default=SERVICES_PORT, help="first of six (%(default)s)")
    up.add_argument("--prometheus-port", type=int, default=PROMETHEUS_PORT, help="(%(default)s)")
    up.add_argument("--alertmanager-port", type=int, default=ALERTMANAGER_PORT, help="(%(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
