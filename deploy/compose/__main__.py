"""`python -m deploy.compose secrets`: completes the secrets of a composed system; refuses to overwrite any."""

import argparse
import os
import sys
from pathlib import Path

from deploy.compose import secret_files
from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.provision.partners import load

PARTNERS = state.ROOT / "deploy" / "provision" / "partners.example.yaml"


def main() -> int:
    """0 when every secret is there, 1 with one sentence when one cannot be right."""
    parser = argparse.ArgumentParser(prog="python -m deploy.compose", description=__doc__)
    parser.add_subparsers(required=True).add_parser(
        "secrets",
        help="make what is missing in SIAO_SECRETS, for the partners of SIAO_PARTNERS_FILE, who reach Kafka at "
        "SIAO_PARTNERS_ADDRESS",
    )
    parser.parse_args()
    directory = Path(os.environ.get("SIAO_SECRETS") or state.ROOT / ".secrets")
    partners = Path(os.environ.get("SIAO_PARTNERS_FILE") or PARTNERS)
    address = os.environ.get("SIAO_PARTNERS_ADDRESS") or secret_files.ADDRESS
    try:
        made = secret_files.make(directory, load(partners), address)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"Les secrets ne peuvent pas être écrits sous {directory} ({error.strerror} : {error.filename})."
            " / The secrets cannot be written there.",
            file=sys.stderr,
        )
        return 1
    certified = ("nouveau", "new") if made.certified else ("inchangé", "unchanged")
    print(
        f"{directory} : {len(made.new)} secrets faits, {made.partners} partenaires, certificat de Kafka {certified[0]}"
        f" / {len(made.new)} secrets made, {made.partners} partners, Kafka's certificate {certified[1]}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
