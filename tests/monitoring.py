"""Prometheus's programs in tests: there, or a reason for not testing; in CI they are there, or the test fails."""

import os
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from deploy.prometheus import variants
from deploy.prometheus.monitor import found, program

NAME: Final = re.compile(r"\b(?:siao|process)_[a-z_]+\b|\bup\b|\bALERTS\b")


def needed(*names: str) -> list[str]:
    """Where these programs are; skips the test when one is missing, and fails it in CI."""
    missing = [name for name in names if found(name) is None]
    if missing and not os.environ.get("CI"):
        pytest.skip(f"{', '.join(missing)} not installed (Debian: prometheus, prometheus-alertmanager)")
    return [program(name) for name in names]


def rules() -> Iterator[dict[str, Any]]:
    """Every alert."""
    for path in variants.RULES:
        for group in variants.read(path)["groups"]:
            yield from group["rules"]


def names_in(expression: str) -> set[str]:
    """The metrics that an expression names; labels and their values are not metrics."""
    bare = re.sub(r"\{[^}]*\}|\b(?:by|without|on|ignoring)\s*\([^)]*\)", "", expression)
    return set(NAME.findall(bare))
