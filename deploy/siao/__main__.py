"""`python -m deploy.siao`: the operator's commands on a SIAO; it refuses with one sentence, in French first."""

import argparse
import sys
from collections.abc import Sequence

from deploy.embedded.failure import PlatformError
from deploy.provision import commands as partners
from deploy.siao import replay, structures, why

# Each module declares its command, which sets `run`: options -> exit status.
COMMANDS = (why, replay, structures, partners)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command's exit status; 2 with one sentence when it cannot go on."""
    parser = argparse.ArgumentParser(prog="python -m deploy.siao", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.declare(commands)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
