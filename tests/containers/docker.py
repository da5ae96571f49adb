"""The docker command for tests: every container it makes bears the labels by which leftovers are swept."""

import subprocess
from collections.abc import Sequence

from tests.backends.contained import labels

Result = subprocess.CompletedProcess[str]


def docker(*arguments: str, text: str | None = None, seconds: float = 60) -> Result:
    """Runs `docker` and returns what it said, whatever its exit code."""
    return subprocess.run(
        ["docker", *arguments], input=text, capture_output=True, text=True, check=False, timeout=seconds
    )


def marked() -> list[str]:
    """The options that mark a container as this run's."""
    return [f"--label={name}={value}" for name, value in labels().items()]


def once(image: str, *command: str, options: Sequence[str] = (), text: str | None = None) -> Result:
    """A container that ends by itself; nothing of it is left."""
    return docker("run", "--rm", "--interactive", *marked(), *options, image, *command, text=text)
