"""`python -m deploy.images build`: the images of this project, and of others where theirs cannot be had."""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

from deploy.embedded import state
from deploy.embedded.failure import PlatformError
from deploy.images import engine, names, standing_in
from deploy.images.names import Part

DOCKERFILE = state.ROOT / "deploy" / "images" / "Dockerfile"
AUTHORITIES = DOCKERFILE.with_name("authorities")
# Where this machine says which authorities its package clients trust.
TRUSTED = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def main() -> int:
    """0 when every image is there, 1 with one sentence when one is not."""
    parser = argparse.ArgumentParser(prog="python -m deploy.images", description=__doc__)
    commands = parser.add_subparsers(required=True)
    build = commands.add_parser("build", help="build what is missing or has changed")
    build.add_argument("--standins", action="store_true", help="use stand-ins even where public images can be had")
    build.add_argument("--only-standins", action="store_true", help="build stand-ins, and none of ours")
    options = parser.parse_args()
    began = time.monotonic()

    def report(image: str, text: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {image:<34} {text}", flush=True)

    try:
        engine.require()
        _choose(options.standins or options.only_standins, report)
        if not options.only_standins:
            _build_ours(report)
    except PlatformError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _choose(forced: bool, report: standing_in.Report) -> None:
    """Stand-ins, and standins.env that names them, when the public base cannot be had or when they are asked for."""
    if Part.PYTHON.variable in os.environ and not forced:
        return
    if forced or not engine.obtainable(names.PUBLIC[Part.PYTHON]):
        names.write_standins(standing_in.build(report))
    else:
        names.write_standins({})


def _build_ours(report: standing_in.Report) -> None:
    _trust_as_this_machine_does()
    base = names.image(Part.PYTHON)
    for name in names.OURS:
        tag = names.ours(name)
        report(tag, "construction / building")
        engine.build(
            tag,
            state.ROOT,
            DOCKERFILE,
            arguments={"PYTHON_IMAGE": base, "SERVICE": name},
            target="provision" if name == "provision" else "service",
        )
        report(tag, "prêt / ready")


def _trust_as_this_machine_does() -> None:
    """A build has its own list of authorities: give it this machine's where a variable says that it is another one."""
    bundle = next((os.environ[name] for name in TRUSTED if os.environ.get(name)), None)
    target = AUTHORITIES / "this-machine.crt"
    if bundle is None or not Path(bundle).is_file():
        target.unlink(missing_ok=True)
    elif not target.exists() or target.read_bytes() != Path(bundle).read_bytes():
        shutil.copyfile(bundle, target)


if __name__ == "__main__":
    sys.exit(main())
