"""Which backend a test run uses: the one asked for, else containers where they can be had, else the embedded one."""

from dataclasses import dataclass

import pytest

from tests.backends import containers
from tests.backends.backend import Backend
from tests.backends.containers import Containers
from tests.backends.embedded import Embedded

CHOICES = ("auto", "embedded", "containers")


@dataclass(frozen=True, slots=True)
class Choice:
    """The backend, and what was in the way of containers when nobody had asked for another."""

    backend: Backend
    fell_back: str | None = None

    def header(self) -> str:
        """One line for the header of the run."""
        reason = f"; auto: not on containers, {self.fell_back}" if self.fell_back else ""
        return f"backend: {self.backend.description()}{reason}"


def choose(asked: str) -> Choice:
    """Raises pytest.UsageError for a name that is no backend, and for containers asked for but not to be had."""
    if asked not in CHOICES:
        raise pytest.UsageError(f"backend {asked!r}: one of {', '.join(CHOICES)}")
    if asked == "embedded":
        return Choice(Embedded())
    reason = containers.unavailable()
    if reason is None:
        return Choice(Containers())
    if asked == "containers":
        raise pytest.UsageError(f"backend containers: {reason}")
    return Choice(Embedded(), reason)
