"""`python -m deploy.provision`: a running Kafka made as a file of partners says; refuses a wrong file at once."""

import argparse
import sys
from collections.abc import Sequence

from deploy.embedded.failure import PlatformError
from deploy.provision import commands


def main(arguments: Sequence[str] | None = None) -> int:
    """The command's exit status; 1 with one sentence when it cannot go on."""
    parser = argparse.ArgumentParser(prog="python -m deploy.provision", description=__doc__)
    commands.declare_verbs(parser.add_subparsers(required=True, metavar="COMMAND"))
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
