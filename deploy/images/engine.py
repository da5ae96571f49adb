"""The Docker engine, by its own command line: is it there, has it an image, build one; refuses with one sentence."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.failure import PlatformError

# A label of every stand-in: the digest of all that it was made from.
RECIPE = "siao.recipe"
PULL_SECONDS = 900
LAST_LINES = 15


def require() -> None:
    """Raises PlatformError when no engine answers."""
    why = unavailable()
    if why:
        raise PlatformError(
            f"Aucun moteur Docker ne répond ({why}) : installez-le (Debian : apt install docker.io) et démarrez-le.",
            "No Docker engine answers: install one (Debian: apt install docker.io) and start it.",
        )


def unavailable() -> str | None:
    """Why no engine answers, None when one does."""
    if shutil.which("docker") is None:
        return "no docker command"
    result = _run("version", "--format", "{{.Server.Version}}")
    return None if result.returncode == 0 else result.stderr.strip().splitlines()[-1]


def has(image: str) -> bool:
    """Is this image here already?"""
    return _run("image", "inspect", image).returncode == 0


def recipe_of(image: str) -> str | None:
    """The recipe that an image was made from; None when there is no such image."""
    result = _run("image", "inspect", "--format", "{{json .Config.Labels}}", image)
    if result.returncode:
        return None
    labels: dict[str, str] = json.loads(result.stdout) or {}
    return labels.get(RECIPE)


def obtainable(image: str) -> bool:
    """Is it here, or can it be pulled? Pulls it in that case."""
    return has(image) or _run("pull", "--quiet", image, seconds=PULL_SECONDS).returncode == 0


def build(
    tag: str,
    context: Path,
    dockerfile: Path,
    *,
    arguments: Mapping[str, str],
    target: str | None = None,
    recipe: str | None = None,
) -> None:
    """Builds one image; raises PlatformError with the last lines of the build."""
    command = ["build", "--tag", tag, "--file", str(dockerfile)]
    for name, value in arguments.items():
        command += ["--build-arg", f"{name}={value}"]
    command += ["--target", target] if target else []
    command += ["--label", f"{RECIPE}={recipe}"] if recipe else []
    _require_done(f"build {tag}", _run(*command, str(context)))


def load(tag: str, archive: Path, *, environment: Mapping[str, str], command: str, recipe: str) -> None:
    """Makes an image of one layer from a tar archive of its files."""
    changes = [f"ENV {name}={value}" for name, value in environment.items()]
    changes += [f"CMD {json.dumps([command])}", f"LABEL {RECIPE}={recipe}"]
    options = [part for change in changes for part in ("--change", change)]
    _require_done(f"import {tag}", _run("import", *options, str(archive), tag))


def _run(*arguments: str, seconds: float | None = None) -> subprocess.CompletedProcess[str]:
    command = ["docker", *arguments]
    try:
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no end after {seconds:.0f} s")


def _require_done(what: str, result: subprocess.CompletedProcess[str]) -> None:
    if result.returncode:
        last = "\n".join((result.stdout + result.stderr).strip().splitlines()[-LAST_LINES:])
        raise PlatformError(f"docker {what} a échoué :\n{last}\n", f"docker {what} failed; its last lines are above.")
